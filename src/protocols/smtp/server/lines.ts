// One command line out of the unread bytes: CRLF ends it, and an LF without a CR is told apart.

import type { Inbox } from '../../../wire/inbox.ts'

const CR = 13
const LF = 10

/** Without its end. `maxBytes`: with it. `too-long` takes nothing. */
export function takeLine(inbox: Inbox, maxBytes: number): Uint8Array | 'more' | 'too-long' | 'bare-lf' {
  const end = inbox.indexOf(LF)
  if (end === -1) return inbox.length >= maxBytes ? 'too-long' : 'more'
  if (end >= maxBytes) return 'too-long'
  const isWhole = end > 0 && inbox.byte(end - 1) === CR
  const line = inbox.take(end + 1) ?? new Uint8Array(0)
  return isWhole ? line.subarray(0, end - 1) : 'bare-lf'
}
