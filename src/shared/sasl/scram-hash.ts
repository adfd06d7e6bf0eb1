// What the three SCRAM mechanisms compute (RFC 5802 §3; RFC 7677), and nothing of their messages.

import { createHash, createHmac, pbkdf2Sync } from 'node:crypto'
import type { SaslMechanism } from './mechanisms.ts'
import { saslPrep } from './saslprep.ts'

/** RFC 7677 §4: at least 4,096. RFC 5802 §5.1 asks the same of SHA-1. */
export const ITERATIONS = 4096

export type ScramMechanism = Exclude<SaslMechanism, 'PLAIN' | 'LOGIN'>
export type ScramHash = 'sha1' | 'sha256'

export const HASH_OF = {
  'SCRAM-SHA-1': 'sha1',
  'SCRAM-SHA-256': 'sha256',
  'SCRAM-SHA-256-PLUS': 'sha256',
} as const satisfies Record<ScramMechanism, ScramHash>

const HASH_BYTES = { sha1: 20, sha256: 32 } as const satisfies Record<ScramHash, number>

/** Milliseconds of work. A password that SASLprep forbids is taken as it is. */
export function saltedPassword(hash: ScramHash, password: string, salt: Uint8Array, iterations: number): Uint8Array {
  return pbkdf2Sync(saslPrep(password) ?? password, salt, iterations, HASH_BYTES[hash], hash)
}

export function clientKey(hash: ScramHash, salted: Uint8Array): Uint8Array {
  return hmac(hash, salted, 'Client Key')
}

export function serverKey(hash: ScramHash, salted: Uint8Array): Uint8Array {
  return hmac(hash, salted, 'Server Key')
}

export function digest(hash: ScramHash, bytes: Uint8Array): Uint8Array {
  return createHash(hash).update(bytes).digest()
}

export function hmac(hash: ScramHash, key: Uint8Array, text: string): Uint8Array {
  return createHmac(hash, key).update(text).digest()
}

/** Of two of the same length. */
export function xor(one: Uint8Array, other: Uint8Array): Uint8Array {
  return one.map((byte, index) => byte ^ (other[index] ?? 0))
}
