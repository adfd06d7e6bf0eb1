// Keys as Node likes them. Without its native addon, ssh2 begins a cipher or a MAC for each packet and names its key as
// bytes, of which Node finds out each time, at half the price of the packet, that they are no KeyObject yet.

import { createSecretKey } from 'node:crypto'

/** Where ssh2's ciphers, deciphers and MACs keep the keys that they begin anew with. */
const KEY_FIELDS = [
  '_encKey',
  '_decipherKey',
  '_macKey',
  '_encKeyMain',
  '_encKeyPktLen',
  '_decKeyMain',
  '_decKeyPktLen',
]

/** Puts objects in the place of the bytes that are there; what a cipher lacks, or keeps by itself, stays as it is. */
export function keepKeyObjects(cipher: unknown): void {
  if (typeof cipher !== 'object' || cipher === null) return
  for (const field of KEY_FIELDS) {
    const key: unknown = Reflect.get(cipher, field)
    if (key instanceof Uint8Array && key.length > 0) Reflect.set(cipher, field, createSecretKey(key))
  }
}
