// Messages over a stream: each behind its length in two octets (RFC 1035 §4.2.2, RFC 7766 §8).

import type { Inbox } from '../../wire/inbox.ts'

/** Bytes before each message. */
const LENGTH_BYTES = 2

/** One whole message without its length; a view. Undefined: not there yet. */
export function takeFramed(inbox: Inbox): Uint8Array | undefined {
  const length = (inbox.byte(0) << 8) | inbox.byte(1)
  if (inbox.length < LENGTH_BYTES + length || inbox.length < LENGTH_BYTES) return undefined
  inbox.skip(LENGTH_BYTES)
  return inbox.take(length)
}

/** A copy of `message` behind its length. */
export function framed(message: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(LENGTH_BYTES + message.length)
  bytes[0] = message.length >> 8
  bytes[1] = message.length
  bytes.set(message, LENGTH_BYTES)
  return bytes
}
