// What a mail is called in events and in `trace`: its Message-ID, by one rule wherever it passes.

import { headerOf, headerValue } from './fields.ts'
import { parseMessageId } from './message-ids.ts'

/** Characters of a Message-ID that is believed: a line's worth (RFC 5322 §2.1.1). */
const MESSAGE_ID_MAX_CHARS = 998
/** Octets of a header in which it is looked for: what the mailboxes' `head` gives at least. */
const HEADER_MAX_BYTES = 65_536
/** What keeps an id from being a word of an event. */
const CONTROL_OR_SPACE = /[\p{Cc}\s]/u

/** Without the brackets; `undefined` where the message has no Message-ID that can be said. */
export function mailName(message: Uint8Array): string | undefined {
  const head = message.subarray(0, HEADER_MAX_BYTES)
  const value = headerValue(head, headerOf(head), 'message-id')
  return value === undefined ? undefined : mailNameIn(value)
}

/** The same from the value of a Message-ID field. */
export function mailNameIn(value: string): string | undefined {
  const id = parseMessageId(value.slice(0, MESSAGE_ID_MAX_CHARS))
  return id === undefined || CONTROL_OR_SPACE.test(id) ? undefined : id
}
