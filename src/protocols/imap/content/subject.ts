// The subject of a thread, without what replying and forwarding put around it (RFC 5256 §2.1).

import { decodeWords } from '../../../shared/mime/index.ts'

/** What of a subject counts. Ours: no subject is longer, and this bounds the work. */
const SUBJECT_MAX = 4096
const BLOB = /\[[^[\]]*\] */y
const REFWD = /(?:re|fwd?) *(?:\[[^[\]]*\] *)?:/iy

export interface BaseSubject {
  /** Upper case, as subjects are compared (i;unicode-casemap, RFC 5051); '' where nothing is left. */
  readonly text: string
  readonly isReplyOrForward: boolean
}

/** `raw`: the field value in Latin-1, `undefined` where there is none. */
export function baseSubject(raw: string | undefined): BaseSubject {
  let text = decodeWords((raw ?? '').slice(0, SUBJECT_MAX)).replaceAll(/[ \t\r\n]+/g, ' ')
  let isReplyOrForward = false
  for (;;) {
    const untrailed = withoutTrailers(text)
    const led = withoutLeaders(untrailed.text)
    isReplyOrForward ||= untrailed.forwarded || led.replied
    const inside = /^\[fwd:(.*)\]$/is.exec(led.text)?.[1]
    if (inside === undefined) return { text: collated(led.text), isReplyOrForward }
    isReplyOrForward = true
    text = inside
  }
}

/** A text as it is compared and sorted (RFC 5051). */
export function collated(text: string): string {
  return text.normalize('NFKD').toUpperCase()
}

/** Step 2: `(fwd)` and spaces at the end. */
function withoutTrailers(text: string): { text: string; forwarded: boolean } {
  let end = text.length
  let forwarded = false
  for (;;) {
    while (text.charAt(end - 1) === ' ') end--
    if (text.slice(Math.max(0, end - 5), end).toLowerCase() !== '(fwd)') return { text: text.slice(0, end), forwarded }
    forwarded = true
    end -= 5
  }
}

/** Steps 3 to 5: `Re:` and the like with blobs before them, and blobs that something follows. */
function withoutLeaders(text: string): { text: string; replied: boolean } {
  let at = 0
  let replied = false
  for (;;) {
    while (text.charAt(at) === ' ') at++
    const leader = leaderEnd(text, at)
    const blob = match(BLOB, text, at)
    if (leader !== -1) replied = true
    else if (blob === -1 || blob >= text.length) return { text: text.slice(at), replied }
    at = leader === -1 ? blob : leader
  }
}

/** Behind any blobs and a `Re:`; -1 where none is. */
function leaderEnd(text: string, from: number): number {
  let at = from
  for (let next = match(BLOB, text, at); next !== -1; next = match(BLOB, text, at)) at = next
  return match(REFWD, text, at)
}

/** Where a match that begins at `at` ends; -1 where there is none. */
function match(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at
  return pattern.test(text) ? pattern.lastIndex : -1
}
