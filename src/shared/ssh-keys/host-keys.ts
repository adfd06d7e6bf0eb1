// Ed25519 and ECDSA keys from a secret, RSA keys by chance.

import { createECDH, createPrivateKey, createPublicKey, hkdfSync, type JsonWebKey, type KeyObject } from 'node:crypto'
import type { HostKey } from '../../core/world-view.ts'
import { sshBlob, sshMpint, sshString } from './blob.ts'

const SEED_BYTES = 32 // RFC 8032 §5.1.5, and a scalar of P-256
/** PKCS #8 around an Ed25519 seed (RFC 8410 §7). */
const PKCS8_HEAD = Buffer.from('302e020100300506032b657004220420', 'hex')
const PEM_COLUMNS = 70 // as ssh-keygen writes it

/** The same for the same `secret` and `host` (any case): Ed25519, then ECDSA over P-256. */
export function derivedHostKeys(secret: Uint8Array, host: string): readonly HostKey[] {
  const derive = (kind: string): Buffer =>
    Buffer.from(hkdfSync('sha256', secret, '', `ssh host key ${kind} ${host.toLowerCase()}`, SEED_BYTES))
  return [ed25519HostKey(derive('ed25519')), ecdsaHostKey(derive)]
}

/** Throws if `privatePem` is no RSA key. */
export function rsaHostKey(privatePem: string): HostKey {
  const { e, n } = jwkOf(createPublicKey(privatePem))
  if (e === undefined || n === undefined) throw new Error('not an RSA key')
  const publicBlob = Buffer.concat([sshString('ssh-rsa'), sshMpint(base64Url(e)), sshMpint(base64Url(n))])
  return { algorithm: 'ssh-rsa', privatePem, publicBlob }
}

function ed25519HostKey(seed: Buffer): HostKey {
  const privateKey = createPrivateKey({ key: Buffer.concat([PKCS8_HEAD, seed]), format: 'der', type: 'pkcs8' })
  const point = base64Url(jwkOf(createPublicKey(privateKey)).x ?? '')
  const publicBlob = sshBlob('ssh-ed25519', point)
  return { algorithm: 'ssh-ed25519', privatePem: openSshPem(seed, point, publicBlob), publicBlob }
}

/** Scalars from 1 to the order less 1 are keys (SEC 1 §3.2.1); the few others are passed over. */
function ecdsaHostKey(derive: (kind: string) => Buffer): HostKey {
  for (let attempt = 0; ; attempt++) {
    const scalar = derive(`ecdsa ${attempt}`)
    const point = pointOf(scalar)
    if (point === undefined) continue
    const jwk = {
      kty: 'EC',
      crv: 'P-256',
      d: scalar.toString('base64url'),
      x: point.subarray(1, 33).toString('base64url'),
      y: point.subarray(33).toString('base64url'),
    }
    const privateKey = createPrivateKey({ key: jwk, format: 'jwk' })
    return {
      algorithm: 'ecdsa-sha2-nistp256',
      privatePem: privateKey.export({ format: 'pem', type: 'sec1' }).toString(),
      publicBlob: sshBlob('ecdsa-sha2-nistp256', 'nistp256', point),
    }
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

function jwkOf(key: KeyObject): JsonWebKey {
  return key.export({ format: 'jwk' })
}

function base64Url(text: string): Buffer {
  return Buffer.from(text, 'base64url')
}

/** openssh-key-v1 without a passphrase (OpenSSH's PROTOCOL.key): the only form in which Ed25519 keys are widely read. */
function openSshPem(seed: Buffer, point: Buffer, publicBlob: Buffer): string {
  const check = point.subarray(0, 4)
  const inner = Buffer.concat([check, check, sshBlob('ssh-ed25519', point, Buffer.concat([seed, point]), '')])
  const padding = Buffer.from(Array.from({ length: (8 - (inner.length % 8)) % 8 }, (_, at) => at + 1))
  const whole = Buffer.concat([
    Buffer.from('openssh-key-v1\0'),
    sshBlob('none', 'none', ''),
    Buffer.of(0, 0, 0, 1),
    sshBlob(publicBlob, Buffer.concat([inner, padding])),
  ])
  const lines = whole.toString('base64').match(new RegExp(`.{1,${PEM_COLUMNS}}`, 'g')) ?? []
  return ['-----BEGIN OPENSSH PRIVATE KEY-----', ...lines, '-----END OPENSSH PRIVATE KEY-----', ''].join('\n')
}
