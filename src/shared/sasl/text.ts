// A message of SASL as text, and the comparing of secrets.

import { createHash, timingSafeEqual } from 'node:crypto'
import { MESSAGE_MAX_BYTES, type SaslRefusal, type SaslStep } from './messages.ts'
import { saslPrep } from './saslprep.ts'

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** UTF-8, strictly (RFC 3629), and within bounds; else `undefined`. */
export function decodeText(bytes: Uint8Array): string | undefined {
  if (bytes.length > MESSAGE_MAX_BYTES) return undefined
  try {
    return utf8.decode(bytes)
  } catch {
    return undefined
  }
}

export function encodeText(text: string): Uint8Array {
  return Buffer.from(text, 'utf8')
}

/** Takes as long for one that is wrong at its first letter, too long, or not there. */
export function isPassword(given: string, known: string | undefined): boolean {
  const isEqual = timingSafeEqual(preparedDigest(given), preparedDigest(known ?? ''))
  return isEqual && known !== undefined
}

/** What SASLprep forbids is compared as it is. */
function preparedDigest(password: string): Uint8Array {
  return createHash('sha256')
    .update(saslPrep(password) ?? password)
    .digest()
}

export function failed(reason: SaslRefusal, user?: string): SaslStep {
  return { kind: 'failed', reason, ...(user === undefined ? {} : { user }) }
}

export function done(user: string, authorization: string | undefined): SaslStep {
  return { kind: 'done', user, ...(authorization === undefined ? {} : { authorization }) }
}
