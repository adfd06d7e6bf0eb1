// Base64 as SASL's profiles want it (RFC 4648 §4): strict, so that nothing is taken for what it is not.

import { bufferOf } from '../../wire/text.ts'
import { BASE64_MAX_BYTES } from './messages.ts'

/** Every group whole, padding where it belongs, and no bits set behind the end. */
const STRICT = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{2}==)?$/
/** An initial response without any bytes (RFC 4954 §4, RFC 9051 §6.2.2, RFC 5034 §4). */
const EMPTY = '='

/** One response. `=` alone is an empty one. `undefined`: not base64, or more than `BASE64_MAX_BYTES`. The `*` that cancels is not read here. */
export function decodeBase64(text: string): Uint8Array | undefined {
  if (text === EMPTY) return new Uint8Array(0)
  if (text.length > BASE64_MAX_BYTES || !STRICT.test(text)) return undefined
  const bytes = Buffer.from(text, 'base64')
  return bytes.toString('base64') === text ? new Uint8Array(bytes) : undefined
}

/** Without the `=` for nothing: whoever sends an empty initial response writes that. */
export function encodeBase64(bytes: Uint8Array): string {
  return bufferOf(bytes).toString('base64')
}
