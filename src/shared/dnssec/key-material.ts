// Key pairs of zones, derived from the world's secret: the same zone, role and period always give the same pair.

import { createECDH, createPrivateKey, createPublicKey, hkdfSync, type KeyObject } from 'node:crypto'
import { ALGORITHM } from './records.ts'

const SEED_BYTES = 32 // RFC 8032 §5.1.5, and a scalar of P-256
/** PKCS #8 around an Ed25519 seed (RFC 8410 §7). */
const PKCS8_HEAD = Buffer.from('302e020100300506032b657004220420', 'hex')

export interface KeyPair {
  readonly privateKey: KeyObject
  /** As in a DNSKEY record: RFC 6605 §4, RFC 8080 §3. */
  readonly publicKey: Uint8Array
}

/** `use` tells keys of one secret apart. */
export function derivedKeyPair(secret: Uint8Array, algorithm: 13 | 15, use: string): KeyPair {
  const derive = (attempt: string): Buffer =>
    Buffer.from(hkdfSync('sha256', secret, '', `dnssec ${algorithm} ${use}${attempt}`, SEED_BYTES))
  return algorithm === ALGORITHM.ED25519 ? ed25519Pair(derive('')) : p256Pair(derive)
}

function ed25519Pair(seed: Buffer): KeyPair {
  const privateKey = createPrivateKey({ key: Buffer.concat([PKCS8_HEAD, seed]), format: 'der', type: 'pkcs8' })
  const { x } = createPublicKey(privateKey).export({ format: 'jwk' })
  return { privateKey, publicKey: Buffer.from(x ?? '', 'base64url') }
}

/** Scalars from 1 to the order less 1 are keys (SEC 1 §3.2.1); the few others are passed over. */
function p256Pair(derive: (attempt: string) => Buffer): KeyPair {
  for (let attempt = 0; ; attempt += 1) {
    const scalar = derive(` ${attempt}`)
    const point = pointOf(scalar)
    if (point === undefined) continue
    const [x, y] = [point.subarray(1, 33), point.subarray(33)]
    const jwk = {
      kty: 'EC',
      crv: 'P-256',
      d: scalar.toString('base64url'),
      x: x.toString('base64url'),
      y: y.toString('base64url'),
    }
    return { privateKey: createPrivateKey({ key: jwk, format: 'jwk' }), publicKey: new Uint8Array(point.subarray(1)) }
  }
}

/** The public point of a scalar, uncompressed; undefined where the scalar is out of range. */
function pointOf(scalar: Buffer): Buffer | undefined {
  const curve = createECDH('prime256v1')
  try {
    curve.setPrivateKey(scalar)
    return curve.getPublicKey()
  } catch {
    return undefined
  }
}
