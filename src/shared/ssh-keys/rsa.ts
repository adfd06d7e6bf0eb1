// RSA keys by chance. A file of its own, so that making one can begin before all else is loaded.

import { generateKeyPair } from 'node:crypto'

/** The least that NIST SP 800-131A takes; a longer one takes longer to make than a world takes to start. */
const RSA_HOST_KEY_BITS = 2048

/** A fresh one, in PKCS #1 PEM. */
export function generateRsaHostKey(): Promise<string> {
  return new Promise((resolve, reject) => {
    generateKeyPair('rsa', { modulusLength: RSA_HOST_KEY_BITS }, (error, _publicKey, privateKey) => {
      if (error) reject(error)
      else resolve(privateKey.export({ format: 'pem', type: 'pkcs1' }).toString())
    })
  })
}
