// SSH worlds for this folder, clients that log in, and what no client sends: packets of any shape before and after the keys.

import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import type { TestContext } from 'node:test'
import ssh2, { type Client, type ClientChannel, type ConnectConfig } from 'ssh2'
import type { RunningWorld, WorldData } from '../../src/index.ts'

export const HOST = 'files.harbor.test'
export const ALICE = 'alice@harbor.test'
/** Where others come from. */
const ELSEWHERE = '127.0.0.9'
const SERVED = 'served\n'

/** What the client's engine can do and its types leave out. */
export interface Engine {
  readonly _cipher: { allocPacket(payloadBytes: number): Buffer; encrypt(packet: Buffer): void }
  readonly _kexinit: unknown
  rekey(): void
  requestFailure(): void
  authKeyboard(user: string): void
  authPassword(user: string, password: string): void
  channelWindowAdjust: (channel: number, bytes: number) => void
}

/** One host with the files of two users. `settings`: what stands in the world file under `ssh`. */
export function sshData(settings: object = {}, user: object = {}): WorldData {
  return {
    hosts: { [HOST]: { services: [{ ssh: settings }] } },
    users: { [ALICE]: { password: 'alice', ...user }, 'bob@harbor.test': 'bob' },
  }
}

export async function socketTo(t: TestContext, world: RunningWorld, from?: string): Promise<Socket> {
  const { ip, port } = world.address(HOST, 22)
  const socket = connect({ host: ip, port, noDelay: true, ...(from === undefined ? {} : { localAddress: from }) })
  t.after(() => socket.destroy())
  await once(socket, 'connect')
  socket.on('error', () => undefined)
  return socket
}

/** A client that has keys, and has asked for nothing yet but what there is to log in by. Its later refusals count. */
export interface Stranger {
  readonly client: Client
  readonly engine: Engine
  readonly socket: Socket
  refusals(): number
}

export async function stranger(
  t: TestContext,
  world: RunningWorld,
  options: ConnectConfig & { readonly from?: string } = {},
): Promise<Stranger> {
  const { from, ...settings } = options
  const socket = await socketTo(t, world, from)
  const client = new ssh2.Client()
  t.after(() => client.destroy())
  client.on('error', () => undefined)
  let refusals = -2
  const { promise, resolve } = Promise.withResolvers<void>()
  const username = settings.username ?? 'alice'
  client.connect({
    ...settings,
    sock: socket,
    username,
    readyTimeout: 0,
    authHandler: (_left, _partial, next) => {
      refusals++
      if (refusals === -1) return next({ type: 'none', username })
      resolve()
    },
  })
  await promise
  return { client, socket, engine: engineOf(client), refusals: () => refusals }
}

export async function loggedIn(
  t: TestContext,
  world: RunningWorld,
  user = 'alice',
  options: ConnectConfig & { readonly from?: string; readonly socket?: Socket } = {},
): Promise<Client> {
  const { from, socket, ...settings } = options
  const sock = socket ?? (await socketTo(t, world, from))
  const client = new ssh2.Client()
  t.after(() => client.destroy())
  client.connect({ password: user, ...settings, sock, username: user, readyTimeout: 0 })
  await once(client, 'ready')
  client.on('error', () => undefined)
  return client
}

export function engineOf(client: Client): Engine {
  return (client as unknown as { readonly _protocol: Engine })._protocol
}

/** Sends one packet, whose plain bytes `bend` may change before it is encrypted. */
export function sendPacket(
  engine: Engine,
  payload: Uint8Array,
  bend: (packet: Buffer) => Buffer = (same) => same,
): void {
  const packet = engine._cipher.allocPacket(payload.length)
  packet.set(payload, 5)
  engine._cipher.encrypt(bend(packet))
}

/** Fields of a message: a number is four bytes, a text a string, true and false one byte, bytes are themselves. */
export function message(type: number, ...fields: readonly (number | string | boolean | Uint8Array)[]): Buffer {
  return Buffer.concat([Buffer.of(type), ...fields.flatMap(fieldOf)])
}

function fieldOf(field: number | string | boolean | Uint8Array): Uint8Array[] {
  if (typeof field === 'boolean') return [Buffer.of(field ? 1 : 0)]
  if (typeof field === 'number') return [u32(field)]
  return typeof field === 'string' ? [u32(Buffer.byteLength(field)), Buffer.from(field)] : [field]
}

export function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}

export function begun(client: Client, command: string): Promise<ClientChannel> {
  return new Promise((resolve, reject) =>
    client.exec(command, (error, channel) => (error === undefined ? resolve(channel) : reject(error))),
  )
}

async function said(client: Client, command: string): Promise<string> {
  const channel = await begun(client, command)
  let text = ''
  channel.on('data', (piece: Buffer) => (text += piece.toString()))
  await once(channel, 'close')
  return text
}

/** Another client, from another address, logs in and runs a command. */
export async function others(t: TestContext, world: RunningWorld): Promise<void> {
  const client = await loggedIn(t, world, 'bob', { from: ELSEWHERE })
  const output = await said(client, 'echo served')
  client.end()
  await once(client, 'close')
  if (output !== SERVED) throw new Error(`others hear ${output}`)
}

/** Resolves once the connection is gone. */
export async function gone(socket: Socket): Promise<void> {
  socket.resume()
  if (!socket.closed) await new Promise((resolve) => socket.once('close', resolve))
}

/** Messages of the events of abuse, and of the driver's. */
export function abuse(world: RunningWorld): readonly string[] {
  return world.events().flatMap(({ kind, summary }) => (/\.abuse$|\.refusals$|^driver\./.test(kind) ? [summary] : []))
}
