// Worlds of names and time for this folder, and what is asked of them by hand.

import { createSocket, type Socket as UdpSocket } from 'node:dgram'
import { once } from 'node:events'
import type { TestContext } from 'node:test'
import { connect as connectTls, type TLSSocket } from 'node:tls'
import type { Address } from '../../src/core/address.ts'
import type { RunningWorld, WorldData } from '../../src/index.ts'
import { encodeMessage } from '../../src/shared/dns/codec/message.ts'
import { CLASS, query, typeNumber, type Message } from '../../src/shared/dns/messages.ts'

/** Name server, resolver and time server of one domain; the settings of each stand in the world file. */
export function namesData(
  settings: { dns?: object; resolver?: object; ntp?: object; domain?: object } = {},
): WorldData {
  const { dns = {}, resolver = {}, ntp = {}, domain = {} } = settings
  return {
    hosts: {
      [NS]: { services: [{ dns }] },
      [RESOLVER]: { services: [{ resolver }] },
      [TIME]: { services: [{ ntp }] },
      'www.harbor.test': {},
    },
    domains: { 'harbor.test': domain },
  }
}

export const NS = 'ns.harbor.test'
export const RESOLVER = 'resolver.harbor.test'
export const TIME = 'time.harbor.test'

/** EDNS with DO, and as much room as there can be. */
export const WIDE = { edns: { udpSizeBytes: 65_535, version: 0, dnssecOk: true, options: [] } }

/** A question with RD, as it stands on the wire. */
export function question(name: string, type: string, changes: Partial<Message> = {}, id = 0x1234): Uint8Array {
  return encodeMessage(query(id, { name, type: typeNumber(type) ?? 0, class: CLASS.IN }, changes))
}

/** Behind its length (RFC 1035 §4.2.2). */
export function overTcp(message: Uint8Array): Buffer {
  const length = Buffer.alloc(2)
  length.writeUInt16BE(message.length)
  return Buffer.concat([length, message])
}

/** A socket on loopback. `from`: an address of this machine. */
export async function datagrams(t: TestContext, from = '127.0.0.1', port = 0): Promise<UdpSocket> {
  const socket = createSocket('udp4')
  t.after(() => socket.close())
  socket.bind(port, from)
  await once(socket, 'listening')
  return socket
}

/** The next packet that comes. */
async function heard(socket: UdpSocket): Promise<Buffer> {
  const [packet]: Buffer[] = await once(socket, 'message')
  return packet ?? Buffer.alloc(0)
}

/** Sends, and gives the next packet that comes. */
export async function asked(socket: UdpSocket, packet: Uint8Array, to: Address): Promise<Buffer> {
  const answer = heard(socket)
  socket.send(packet, to.port, to.ip)
  return answer
}

/** All that comes back to `packets` before the answer to `last`, which is left out. It must be one that is answered after them. */
export async function answersBefore(
  socket: UdpSocket,
  packets: readonly Uint8Array[],
  last: Uint8Array,
  to: Address,
  isLast: (answer: Buffer) => boolean,
): Promise<readonly Buffer[]> {
  const answers: Buffer[] = []
  const { promise, resolve } = Promise.withResolvers<void>()
  const hear = (packet: Buffer): void => {
    if (isLast(packet)) resolve()
    else answers.push(packet)
  }
  socket.on('message', hear)
  for (const packet of packets) socket.send(packet, to.port, to.ip)
  socket.send(last, to.port, to.ip)
  await promise
  socket.off('message', hear)
  return answers
}

/** TLS to a port of a host, its errors heard, its input left unread. */
export async function secured(
  t: TestContext,
  world: RunningWorld,
  host: string,
  port: number,
  alpn: string,
): Promise<TLSSocket> {
  const { ip, port: bound } = world.address(host, port)
  const socket = connectTls({ host: ip, port: bound, servername: host, ca: world.authorityPem, ALPNProtocols: [alpn] })
  t.after(() => socket.destroy())
  await once(socket, 'secureConnect')
  socket.on('error', () => undefined)
  return socket
}

/** What others ask meanwhile: the address of a host of the domain. */
export async function othersAsk(t: TestContext, world: RunningWorld, host = NS): Promise<void> {
  const socket = await datagrams(t)
  await asked(socket, question('www.harbor.test', 'A'), world.address(host, 53, 'udp'))
}
