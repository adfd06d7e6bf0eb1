// Names of mailboxes: which are names at all, and the one spelling that they are kept in. Not the encodings of IMAP.

import { failure, type Failure } from '../core/failure.ts'
import { LEVEL_MAX_BYTES, NAME_MAX_BYTES } from './limits.ts'

export const INBOX = 'INBOX'
const LEVEL_ENDS = '/'
/** RFC 9051 §5.1: no controls, and neither of the two line separators. */
// oxlint-disable-next-line no-control-regex
const FORBIDDEN = /[\0-\x1f\x7f-\x9f\u2028\u2029]/
const INBOX_FIRST = /^inbox(?=$|\/)/i

/** The spelling that a name is kept in: NFC (RFC 9051 §5.1), and INBOX in capitals, also as the first of several levels. */
export function spelling(name: string): string {
  return name.normalize('NFC').replace(INBOX_FIRST, INBOX)
}

/** A name in its spelling, or why it is none. */
export function parseName(text: string): string | Failure {
  if (!text.isWellFormed() || FORBIDDEN.test(text))
    return failure('EINVAL', 'a character that no mailbox name may have')
  const name = spelling(text)
  if (Buffer.byteLength(name) > NAME_MAX_BYTES) return failure('EINVAL', `a name of more than ${NAME_MAX_BYTES} octets`)
  const levels = name.split(LEVEL_ENDS)
  if (levels.includes('')) return failure('EINVAL', 'a level without a name')
  const long = levels.some((level) => Buffer.byteLength(level) > LEVEL_MAX_BYTES)
  return long ? failure('EINVAL', `a level of more than ${LEVEL_MAX_BYTES} octets`) : name
}

/** `a`, `a/b` for `a/b/c`. */
export function levelsAbove(name: string): readonly string[] {
  const above: string[] = []
  for (let at = name.indexOf(LEVEL_ENDS); at !== -1; at = name.indexOf(LEVEL_ENDS, at + 1))
    above.push(name.slice(0, at))
  return above
}

export function isBelow(name: string, above: string): boolean {
  return name.length > above.length && name.startsWith(above) && name[above.length] === LEVEL_ENDS
}

/** INBOX first, the others by code unit. */
export function byName(left: string, right: string): number {
  if (left === right) return 0
  if (left === INBOX) return -1
  if (right === INBOX) return 1
  return left < right ? -1 : 1
}
