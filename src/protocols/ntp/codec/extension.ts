// What follows the header: extension fields (RFC 5905 §7.5, RFC 7822) and a message authentication code. Which is which follows from
// lengths alone (RFC 7822 §3): what is 20 or 24 octets long at the end is a MAC, so that the last extension field has 28 at least
// where no MAC follows.

import { HEADER_BYTES } from '../messages.ts'

/** RFC 7822 §3: with type and length, and the least of the last one where no MAC follows it. */
const FIELD_MIN_BYTES = 16
const LAST_FIELD_MIN_BYTES = 28
const FIELD_HEADER_BYTES = 4
export const KEY_ID_BYTES = 4
/** A key id and a digest of 128 or 160 bits (RFC 7822 §3, RFC 8573 §4). */
const MAC_BYTES: ReadonlySet<number> = new Set([20, 24])
/** What a packet may have; ours: more than NTS asks for (RFC 8915 §5.7 has 11 with eight cookies). */
const FIELDS_MAX = 32

export interface ExtensionField {
  readonly type: number
  /** Without type and length; padding is a part of it. */
  readonly body: Uint8Array
  /** Where it begins in the packet, with its type. */
  readonly at: number
}

export interface MessageCode {
  readonly keyId: number
  /** Empty: a crypto-NAK (RFC 5905 §7.4). */
  readonly digest: Uint8Array
  /** Where it begins in the packet, with the key id: what stands before it is covered by it. */
  readonly at: number
}

export interface Trailer {
  readonly fields: readonly ExtensionField[]
  readonly mac: MessageCode | undefined
}

/** What follows the header, in views of `packet`. `undefined`: no packet may end like that. Version 3 and below know MACs alone. */
export function decodeTrailer(packet: Uint8Array, version: number): Trailer | undefined {
  const fields: ExtensionField[] = []
  let at = HEADER_BYTES
  while (packet.length - at > 0) {
    const left = packet.length - at
    const mac = macAt(packet, at)
    if (mac !== undefined) return { fields, mac }
    const length = version >= 4 && fields.length < FIELDS_MAX ? fieldLength(packet, at) : 0
    if (length < (length === left ? LAST_FIELD_MIN_BYTES : FIELD_MIN_BYTES) || length > left) return undefined
    fields.push(fieldAt(packet, at, length))
    at += length
  }
  return at > packet.length ? undefined : { fields, mac: undefined }
}

/** Fields within an NTS authenticator (RFC 8915 §5.6), where no MAC can follow. `undefined`: they do not fill `bytes` exactly. */
export function decodeFields(bytes: Uint8Array): readonly ExtensionField[] | undefined {
  const fields: ExtensionField[] = []
  let at = 0
  while (at < bytes.length) {
    const length = fieldLength(bytes, at)
    if (length < FIELD_MIN_BYTES || length > bytes.length - at || fields.length === FIELDS_MAX) return undefined
    fields.push(fieldAt(bytes, at, length))
    at += length
  }
  return fields
}

/** Type, length, body and zeros up to a multiple of four and to `minBytes` in all. */
export function encodeField(type: number, body: Uint8Array, minBytes = FIELD_MIN_BYTES): Uint8Array {
  const length = Math.max(minBytes, (FIELD_HEADER_BYTES + body.length + 3) & ~3)
  const field = new Uint8Array(length)
  field[0] = type >>> 8
  field[1] = type
  field[2] = length >>> 8
  field[3] = length
  field.set(body, FIELD_HEADER_BYTES)
  return field
}

function macAt(packet: Uint8Array, at: number): MessageCode | undefined {
  const left = packet.length - at
  if (left !== KEY_ID_BYTES && !MAC_BYTES.has(left)) return undefined
  const keyId = ((packet[at]! << 24) | (packet[at + 1]! << 16) | (packet[at + 2]! << 8) | packet[at + 3]!) >>> 0
  return { keyId, digest: packet.subarray(at + KEY_ID_BYTES), at }
}

/** As the field says; 0 where that is none, or no multiple of four. */
function fieldLength(bytes: Uint8Array, at: number): number {
  if (bytes.length - at < FIELD_HEADER_BYTES) return 0
  const length = (bytes[at + 2]! << 8) | bytes[at + 3]!
  return length % 4 === 0 ? length : 0
}

function fieldAt(bytes: Uint8Array, at: number, length: number): ExtensionField {
  return { type: (bytes[at]! << 8) | bytes[at + 1]!, body: bytes.subarray(at + FIELD_HEADER_BYTES, at + length), at }
}
