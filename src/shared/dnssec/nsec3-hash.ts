// The hash that stands for a name in NSEC3 records (RFC 5155 §5), and the owner that it makes.

import { hash } from 'node:crypto'
import { formatBase32hex } from '../dns/codec/base32hex.ts'
import { below } from '../dns/codec/labels.ts'
import { nameBytes } from '../dns/codec/name.ts'
import type { DomainName } from '../dns/messages.ts'
import type { Nsec3Parameters } from './records.ts'

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

/** The owner of the NSEC3 record for a hash. */
export function nsec3Owner(digest: Uint8Array, zone: DomainName): DomainName {
  return below(formatBase32hex(digest), zone)
}
