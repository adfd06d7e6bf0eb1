// The key that a domain's mail is signed with (RFC 6376, RFC 8463): derived from the world's secret, so that who signs
// and who publishes need not speak with one another, and so that no key lies in any file.

import { createPrivateKey, createPublicKey, hkdfSync, type KeyObject } from 'node:crypto'

export interface DkimKeyPair {
  readonly privateKey: KeyObject
  /** The data of the TXT record at `SELECTOR._domainkey.DOMAIN` (RFC 6376 §3.6.1). */
  readonly record: string
  readonly selector: string
}

const SELECTOR = 'portolan'
const SEED_BYTES = 32 // RFC 8032 §5.1.5
/** PKCS #8 around an Ed25519 seed (RFC 8410 §7). */
const PKCS8_HEAD = Buffer.from('302e020100300506032b657004220420', 'hex')

/** The same for the same `secret` (any length) and `domain` (any case). */
export function dkimKeyPair(secret: Uint8Array, domain: string): DkimKeyPair {
  const seed = Buffer.from(hkdfSync('sha256', secret, '', `dkim ed25519 ${domain.toLowerCase()}`, SEED_BYTES))
  const privateKey = createPrivateKey({ key: Buffer.concat([PKCS8_HEAD, seed]), format: 'der', type: 'pkcs8' })
  const spki = createPublicKey(privateKey).export({ format: 'der', type: 'spki' })
  return {
    privateKey,
    record: `v=DKIM1; k=ed25519; p=${spki.subarray(-SEED_BYTES).toString('base64')}`,
    selector: SELECTOR,
  }
}
