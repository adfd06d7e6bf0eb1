// The hash that stands for a name in NSEC3 records (RFC 5155 §5), and how it is written as a label.

import { hash } from 'node:crypto'
import { nameBytes } from '../dns/codec/name.ts'
import type { DomainName } from '../dns/messages.ts'
import type { Nsec3Parameters } from './records.ts'

/** Base 32 with extended hex alphabet (RFC 4648 §7), in lower case. */
const ALPHABET = '0123456789abcdefghijklmnopqrstuv'
/** Octets of a SHA-1 digest. */
export const NSEC3_HASH_BYTES = 20

/** Of a folded name. */
export function nsec3Hash(name: DomainName, { salt, iterations }: Nsec3Parameters): Buffer {
  let digest = hashOf(nameBytes(name), salt)
  for (let round = 0; round < iterations; round += 1) digest = hashOf(digest, salt)
  return digest
}

function hashOf(bytes: Uint8Array, salt: Uint8Array): Buffer {
  return hash('sha1', salt.length === 0 ? bytes : Buffer.concat([bytes, salt]), 'buffer')
}

export function formatBase32Hex(bytes: Uint8Array): string {
  let text = ''
  let bits = 0
  let held = 0
  for (const byte of bytes) {
    held = ((held << 8) | byte) & 0xfff
    bits += 8
    for (; bits >= 5; bits -= 5) text += ALPHABET[(held >> (bits - 5)) & 31] ?? ''
  }
  return bits > 0 ? text + (ALPHABET[(held << (5 - bits)) & 31] ?? '') : text
}

/** In any case, without padding; undefined for other letters, or bits left over that say something. */
export function parseBase32Hex(text: string): Uint8Array | undefined {
  const bytes: number[] = []
  let bits = 0
  let held = 0
  for (const letter of text.toLowerCase()) {
    const value = ALPHABET.indexOf(letter)
    if (value === -1) return undefined
    held = ((held << 5) | value) & 0xfff
    bits += 5
    if (bits < 8) continue
    bits -= 8
    bytes.push((held >> bits) & 0xff)
  }
  return (held & ((1 << bits) - 1)) === 0 && bits < 5 ? Uint8Array.from(bytes) : undefined
}

/** The owner of the NSEC3 record for a hash. */
export function nsec3Owner(digest: Uint8Array, zone: DomainName): DomainName {
  return zone === '' ? formatBase32Hex(digest) : `${formatBase32Hex(digest)}.${zone}`
}
