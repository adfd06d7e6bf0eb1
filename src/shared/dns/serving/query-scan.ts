// A glance at a packet that is a plain query, without making an object: the fast way in. Whatever is not
// plain is left to codec/message.ts, and so is every refusal.

import { FOLDED } from '../codec/canonical.ts'
import { HEADER_BYTES, NAME_MAX_BYTES, LABEL_MAX_BYTES, UDP_PLAIN_MAX_BYTES } from '../messages.ts'

/** Bytes of an OPT record without options: root, type, size, flags, length (RFC 6891 §6.1.2). */
const OPT_BYTES = 11
const OPT_TYPE = 41
/** FNV-1a, 32 bits. */
const HASH_START = 0x811c9dc5
const HASH_PRIME = 0x01000193

/** IANA "DNS EDNS0 Option Codes (OPT)": those that a query can bear and an answer minds. */
const OPTION = { NSID: 3, EXPIRE: 9, COOKIE: 10, KEEPALIVE: 11, PADDING: 12 } as const

/** Bits of `QueryScan.wants`: what the asker would have besides the answer. */
export const WANTS = {
  /** RFC 5001 */
  nsid: 1,
  /** RFC 7314 */
  expire: 2,
  /** RFC 7828 */
  keepalive: 4,
  /** RFC 7830 */
  padding: 8,
} as const

/** Overwritten by each `read`; one for each server. */
export class QueryScan {
  /** End of the name, and of the question behind it, counted from the packet's start. */
  nameEnd = 0
  questionEnd = 0
  /** The type that is asked for. */
  type = 0
  /** Bit 0: EDNS, bit 1: DNSSEC OK (RFC 3225 §3). Questions that differ here get answers of their own. */
  variant = 0
  /** The longest answer that the asker takes over UDP. */
  udpSizeBytes = 0
  /** Over the folded question and the variant. */
  hash = 0
  /** Bits of `WANTS`. */
  wants = 0
  /** Where the data of the COOKIE option begins, and its length; 0: there is none (RFC 7873 §4). */
  cookieStart = 0
  cookieBytes = 0

  /** False: not a plain query; the fields then mean nothing. */
  read(packet: Uint8Array): boolean {
    return isPlainHeader(packet) && this.#readName(packet) && this.#readRest(packet)
  }

  #readName(packet: Uint8Array): boolean {
    const end = Math.min(packet.length, HEADER_BYTES + NAME_MAX_BYTES)
    let hash = HASH_START
    let at = HEADER_BYTES
    let labelEnd = at
    for (; at < end; at += 1) {
      const byte = packet[at]!
      hash = Math.imul(hash ^ FOLDED[byte]!, HASH_PRIME)
      if (at !== labelEnd) continue
      if (byte === 0) break
      if (byte > LABEL_MAX_BYTES) return false
      labelEnd = at + byte + 1
    }
    this.hash = hash
    this.nameEnd = at + 1
    this.questionEnd = at + 5
    return at < end && this.questionEnd <= packet.length
  }

  #readRest(packet: Uint8Array): boolean {
    const at = this.questionEnd
    const additionals = packet[11]!
    this.type = (packet[at - 4]! << 8) | packet[at - 3]!
    this.variant = 0
    this.udpSizeBytes = UDP_PLAIN_MAX_BYTES
    this.wants = 0
    this.cookieBytes = 0
    if (additionals === 1 && !this.#readOpt(packet, at)) return false
    if (additionals === 0 && at !== packet.length) return false
    this.hash = Math.imul(this.hash ^ (this.type << 9) ^ (packet[at - 1]! << 2) ^ this.variant, HASH_PRIME)
    return true
  }

  #readOpt(packet: Uint8Array, at: number): boolean {
    const options = at + OPT_BYTES
    if (options > packet.length || packet[at] !== 0 || packet[at + 1] !== 0 || packet[at + 2] !== OPT_TYPE) return false
    if (packet[at + 5] !== 0 || packet[at + 6] !== 0) return false
    if (((packet[options - 2]! << 8) | packet[options - 1]!) !== packet.length - options) return false
    this.udpSizeBytes = Math.max(UDP_PLAIN_MAX_BYTES, (packet[at + 3]! << 8) | packet[at + 4]!)
    this.variant = packet[at + 7]! >= 0x80 ? 3 : 1
    return options === packet.length || this.#readOptions(packet, options)
  }

  /** Whether the options fill the packet exactly. */
  #readOptions(packet: Uint8Array, start: number): boolean {
    let at = start
    while (at + 4 <= packet.length) {
      const length = (packet[at + 2]! << 8) | packet[at + 3]!
      this.#readOption((packet[at]! << 8) | packet[at + 1]!, at + 4, length)
      at += 4 + length
    }
    return at === packet.length
  }

  #readOption(code: number, start: number, length: number): void {
    if (code === OPTION.COOKIE && this.cookieBytes === 0) {
      this.cookieStart = start
      this.cookieBytes = length
    } else if (code === OPTION.PADDING) this.wants |= WANTS.padding
    else if (code === OPTION.NSID) this.wants |= WANTS.nsid
    else if (code === OPTION.EXPIRE) this.wants |= WANTS.expire
    else if (code === OPTION.KEEPALIVE) this.wants |= WANTS.keepalive
  }
}

/** A query (not a response), opcode 0, one question, at most one further record, and that an additional one. */
function isPlainHeader(packet: Uint8Array): boolean {
  return (
    packet.length >= HEADER_BYTES + 5 &&
    (packet[2]! & 0xf8) === 0 &&
    packet[4] === 0 &&
    packet[5] === 1 &&
    (packet[6]! | packet[7]! | packet[8]! | packet[9]! | packet[10]!) === 0 &&
    packet[11]! <= 1
  )
}
