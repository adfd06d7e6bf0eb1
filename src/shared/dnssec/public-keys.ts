// Public keys from DNSKEY data, and what signatures they check: every algorithm that RFC 8624 §3.1 asks validators to know.

import { createPublicKey, verify, type JsonWebKey, type KeyObject } from 'node:crypto'
import { derSignature } from './ecdsa-form.ts'
import { ALGORITHM, type Dnskey } from './records.ts'

/** Bits of an RSA modulus: RFC 5702 §2.1 and §2.2 name 512 and 1024 as the least, 4096 as the most. */
const RSA_MIN_BITS = 512
const RSA_MAX_BITS = 4096
/** Octets of an RSA exponent: 65537 has three; longer ones cost time without end (BIND takes 35 bits). */
const RSA_EXPONENT_MAX_BYTES = 5

interface Verifier {
  key(publicKey: Uint8Array): JsonWebKey | undefined
  check(key: KeyObject, bytes: Uint8Array, signature: Uint8Array): boolean
}

function rsa(digest: string): Verifier {
  return { key: rsaKey, check: (key, bytes, signature) => verify(digest, bytes, key, signature) }
}

/** RFC 6605 §4: both coordinates, one after the other, in keys as in signatures. */
function ecdsa(digest: string, crv: string, size: number): Verifier {
  return {
    key: (point) =>
      point.length === 2 * size
        ? { kty: 'EC', crv, x: base64Url(point.subarray(0, size)), y: base64Url(point.subarray(size)) }
        : undefined,
    check: (key, bytes, signature) =>
      signature.length === 2 * size && verify(digest, bytes, key, derSignature(signature)),
  }
}

/** RFC 8080 §3 and §4. */
function edwards(crv: string, size: number): Verifier {
  return {
    key: (point) => (point.length === size ? { kty: 'OKP', crv, x: base64Url(point) } : undefined),
    check: (key, bytes, signature) => verify(null, bytes, key, signature),
  }
}

const VERIFIERS: ReadonlyMap<number, Verifier> = new Map([
  [ALGORITHM.RSASHA1, rsa('sha1')], // RFC 3110
  [ALGORITHM.RSASHA1_NSEC3, rsa('sha1')], // RFC 5155 §2
  [ALGORITHM.RSASHA256, rsa('sha256')], // RFC 5702
  [ALGORITHM.RSASHA512, rsa('sha512')],
  [ALGORITHM.ECDSAP256SHA256, ecdsa('sha256', 'P-256', 32)],
  [ALGORITHM.ECDSAP384SHA384, ecdsa('sha384', 'P-384', 48)],
  [ALGORITHM.ED25519, edwards('Ed25519', 32)],
  [ALGORITHM.ED448, edwards('Ed448', 57)],
])

export function isAlgorithmKnown(algorithm: number): boolean {
  return VERIFIERS.has(algorithm)
}

const made = new WeakMap<Dnskey, KeyObject | 'unusable'>()

/** Whether `signature` over `bytes` was made by `key`. A key or signature that makes no sense has made nothing. */
export function isSignedBy(key: Dnskey, bytes: Uint8Array, signature: Uint8Array): boolean {
  const verifier = VERIFIERS.get(key.algorithm)
  if (verifier === undefined) return false
  let usable = made.get(key)
  if (usable === undefined) made.set(key, (usable = keyObject(verifier, key.publicKey) ?? 'unusable'))
  if (usable === 'unusable') return false
  try {
    return verifier.check(usable, bytes, signature)
  } catch {
    return false
  }
}

function keyObject(verifier: Verifier, publicKey: Uint8Array): KeyObject | undefined {
  const jwk = verifier.key(publicKey)
  if (jwk === undefined) return undefined
  try {
    return createPublicKey({ key: jwk, format: 'jwk' })
  } catch {
    return undefined
  }
}

/** RFC 3110 §2: the exponent behind its length in one octet, or in two behind a zero; the rest is the modulus. */
function rsaKey(publicKey: Uint8Array): JsonWebKey | undefined {
  const [first = 0, high = 0, low = 0] = publicKey
  const start = first === 0 ? 3 : 1
  const length = first === 0 ? (high << 8) | low : first
  const exponent = publicKey.subarray(start, start + length)
  const modulus = publicKey.subarray(start + length)
  const bits = modulus.length * 8
  if (length === 0 || length > RSA_EXPONENT_MAX_BYTES || bits < RSA_MIN_BITS || bits > RSA_MAX_BITS) return undefined
  return { kty: 'RSA', e: base64Url(exponent), n: base64Url(modulus) }
}

function base64Url(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64url')
}
