// Whole IP packets around TCP segments and UDP datagrams, with right checksums (RFC 791, 8200, 9293, 768). For captures:
// nothing here is sent anywhere.

import type { Address } from '../../../core/address.ts'
import { addWords, checksumOf } from '../../../wire/checksum.ts'
import { ipBytes } from '../../../wire/ip.ts'

/** One end of a conversation as packets name it. */
export interface Endpoint {
  readonly ip: Uint8Array
  readonly port: number
}

export interface Segment {
  readonly sequence: number
  readonly acknowledgment: number
  readonly flags: number
  /** Maximum segment size option, on SYN only (RFC 9293 §3.7.1). */
  readonly mss?: number
  readonly payload: Uint8Array
}

export const FLAG = { fin: 0x01, syn: 0x02, rst: 0x04, psh: 0x08, ack: 0x10 } as const

const PROTOCOL = { tcp: 6, udp: 17 } as const
const HOPS = 64
const WINDOW = 65_535
const IPV4_HEADER_BYTES = 20
const IPV6_HEADER_BYTES = 40
const TCP_HEADER_BYTES = 20
const MSS_OPTION_BYTES = 4
const UDP_HEADER_BYTES = 8
const DONT_FRAGMENT = 0x4000

/** Undefined when the address is none, or when the two would be of different families: such a flow has no packets. */
export function endpointsOf(from: Address, to: Address): readonly [Endpoint, Endpoint] | undefined {
  const [a, b] = [ipBytes(from.ip), ipBytes(to.ip)]
  if (!a || !b || a.length !== b.length) return undefined
  return [
    { ip: a, port: from.port },
    { ip: b, port: to.port },
  ]
}

export function tcpPacket(from: Endpoint, to: Endpoint, identification: number, segment: Segment): Uint8Array {
  const headerBytes = TCP_HEADER_BYTES + (segment.mss === undefined ? 0 : MSS_OPTION_BYTES)
  const { packet, view, at } = ipPacket(from, to, identification, PROTOCOL.tcp, headerBytes + segment.payload.length)
  view.setUint16(at, from.port)
  view.setUint16(at + 2, to.port)
  view.setUint32(at + 4, segment.sequence)
  view.setUint32(at + 8, segment.acknowledgment)
  view.setUint16(at + 12, ((headerBytes / 4) << 12) | segment.flags)
  view.setUint16(at + 14, WINDOW)
  if (segment.mss !== undefined) view.setUint32(at + 20, (2 << 24) | (4 << 16) | segment.mss)
  packet.set(segment.payload, at + headerBytes)
  view.setUint16(at + 16, transportChecksum(packet, at, from, to, PROTOCOL.tcp))
  return packet
}

/** Undefined for a payload that fits no datagram. */
export function udpPacket(
  from: Endpoint,
  to: Endpoint,
  identification: number,
  payload: Uint8Array,
): Uint8Array | undefined {
  const length = UDP_HEADER_BYTES + payload.length
  if (length + IPV4_HEADER_BYTES > 0xffff) return undefined
  const { packet, view, at } = ipPacket(from, to, identification, PROTOCOL.udp, length)
  view.setUint16(at, from.port)
  view.setUint16(at + 2, to.port)
  view.setUint16(at + 4, length)
  packet.set(payload, at + UDP_HEADER_BYTES)
  view.setUint16(at + 6, transportChecksum(packet, at, from, to, PROTOCOL.udp) || 0xffff) // RFC 768: 0 means none
  return packet
}

interface Begun {
  readonly packet: Uint8Array
  readonly view: DataView
  /** Where the transport header begins. */
  readonly at: number
}

function ipPacket(from: Endpoint, to: Endpoint, identification: number, protocol: number, length: number): Begun {
  const at = from.ip.length === 4 ? IPV4_HEADER_BYTES : IPV6_HEADER_BYTES
  const packet = Buffer.allocUnsafe(at + length)
  packet.fill(0, 0, Math.min(packet.length, at + TCP_HEADER_BYTES + MSS_OPTION_BYTES))
  const view = new DataView(packet.buffer, packet.byteOffset, packet.length)
  if (at === IPV4_HEADER_BYTES) putIpv4Header(view, identification, protocol)
  else putIpv6Header(view, protocol, length)
  packet.set(from.ip, at - from.ip.length * 2)
  packet.set(to.ip, at - to.ip.length)
  if (at === IPV4_HEADER_BYTES) view.setUint16(10, checksumOf(addWords(0, packet, 0, at)))
  return { packet, view, at }
}

function putIpv4Header(view: DataView, identification: number, protocol: number): void {
  view.setUint8(0, 0x45)
  view.setUint16(2, view.byteLength)
  view.setUint16(4, identification & 0xffff)
  view.setUint16(6, DONT_FRAGMENT)
  view.setUint8(8, HOPS)
  view.setUint8(9, protocol)
}

function putIpv6Header(view: DataView, protocol: number, length: number): void {
  view.setUint8(0, 0x60)
  view.setUint16(4, length)
  view.setUint8(6, protocol)
  view.setUint8(7, HOPS)
}

/** With the pseudo header: addresses, protocol, length (RFC 9293 §3.1, RFC 8200 §8.1). */
function transportChecksum(packet: Uint8Array, at: number, from: Endpoint, to: Endpoint, protocol: number): number {
  const pseudo = addWords(addWords(protocol + packet.length - at, from.ip), to.ip)
  return checksumOf(addWords(pseudo, packet, at))
}
