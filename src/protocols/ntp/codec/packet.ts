// The header of an NTP packet (RFC 5905 §7.3), from bytes and into bytes. What follows it is extension.ts' matter.

import { HEADER_BYTES, LEAPS, type Header, type Leap } from '../messages.ts'

/** Where the fields begin. */
export const AT = {
  stratum: 1,
  poll: 2,
  precision: 3,
  rootDelay: 4,
  rootDispersion: 8,
  referenceId: 12,
  reference: 16,
  origin: 24,
  receive: 32,
  transmit: 40,
} as const

const LEAP_OF: readonly Leap[] = [LEAPS.none, LEAPS.insert, LEAPS.delete, LEAPS.unsynchronised]
/** 16.16 bits of seconds (RFC 5905 §6, short format). */
const SHORT_UNITS_PER_MS = 65.536
const SHORT_MAX = 0xffff_ffff

/** `undefined`: shorter than a header. Everything else is some header; whether it makes sense is another question. */
export function decodeHeader(packet: Uint8Array): Header | undefined {
  if (packet.length < HEADER_BYTES) return undefined
  const view = new DataView(packet.buffer, packet.byteOffset, HEADER_BYTES)
  const first = view.getUint8(0)
  return {
    leap: LEAP_OF[first >> 6] ?? LEAPS.unsynchronised,
    version: (first >> 3) & 7,
    mode: first & 7,
    stratum: view.getUint8(AT.stratum),
    poll: view.getInt8(AT.poll),
    precision: view.getInt8(AT.precision),
    rootDelayMs: view.getUint32(AT.rootDelay) / SHORT_UNITS_PER_MS,
    rootDispersionMs: view.getUint32(AT.rootDispersion) / SHORT_UNITS_PER_MS,
    referenceId: view.getUint32(AT.referenceId),
    reference: view.getBigUint64(AT.reference),
    origin: view.getBigUint64(AT.origin),
    receive: view.getBigUint64(AT.receive),
    transmit: view.getBigUint64(AT.transmit),
  }
}

/** 48 octets. */
export function encodeHeader(header: Header): Uint8Array {
  const packet = new Uint8Array(HEADER_BYTES)
  const view = new DataView(packet.buffer)
  view.setUint8(0, firstOctet(header.leap, header.version, header.mode))
  view.setUint8(AT.stratum, header.stratum)
  view.setInt8(AT.poll, header.poll)
  view.setInt8(AT.precision, header.precision)
  view.setUint32(AT.rootDelay, shortOf(header.rootDelayMs))
  view.setUint32(AT.rootDispersion, shortOf(header.rootDispersionMs))
  view.setUint32(AT.referenceId, header.referenceId)
  view.setBigUint64(AT.reference, header.reference)
  view.setBigUint64(AT.origin, header.origin)
  view.setBigUint64(AT.receive, header.receive)
  view.setBigUint64(AT.transmit, header.transmit)
  return packet
}

export function firstOctet(leap: number, version: number, mode: number): number {
  return (leap << 6) | ((version & 7) << 3) | (mode & 7)
}

/** NTP's short format; below 0 and above 18 hours it stays at the end of its range. */
export function shortOf(ms: number): number {
  return Math.max(0, Math.min(SHORT_MAX, Math.round(ms * SHORT_UNITS_PER_MS)))
}

/** Four octets of ASCII, such as `GPS` or `RATE`, filled with zeros; more than four are cut. */
export function referenceIdOfText(text: string): number {
  let id = 0
  for (let index = 0; index < 4; index++) id = (id << 8) | (index < text.length ? text.charCodeAt(index) & 0xff : 0)
  return id >>> 0
}

/** The ASCII in a reference id, without the zeros behind it: `RATE`. */
export function textOfReferenceId(id: number): string {
  const octets = [id >>> 24, (id >>> 16) & 0xff, (id >>> 8) & 0xff, id & 0xff]
  return String.fromCharCode(...octets).replace(/\0+$/, '')
}
