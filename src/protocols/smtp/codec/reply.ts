// Replies (RFC 5321 §4.2), with enhanced codes (RFC 2034, RFC 3463): `250 2.1.0 the sender is fine`. Both ways.

import type { Inbox } from '../../../wire/inbox.ts'
import { utf8 } from '../../../wire/text.ts'
import { REPLY_LINES_MAX, REPLY_LINE_MAX_BYTES, type Reply } from '../messages.ts'

const LINE = /^([2-5]\d\d)(?:([ -])(.*))?$/s
/** The class must be that of the code (RFC 2034 §4). */
const ENHANCED = /^([245]\.\d{1,3}\.\d{1,3})(?: |$)/
const CONTROL = /[\p{Cc}]/gu

/** With its line ends. */
export function formatReply({ code, enhanced, lines }: Reply): string {
  const status = enhanced === undefined ? '' : `${enhanced} `
  const only = lines[0] ?? ''
  if (lines.length <= 1) return `${code} ${status}${only}\r\n`
  return lines.map((line, at) => `${code}${at === lines.length - 1 ? ' ' : '-'}${status}${line}\r\n`).join('')
}

/** `550 5.1.1 nobody here by that name`. */
export function oneLine({ code, enhanced, lines }: Reply): string {
  const status = enhanced === undefined ? '' : ` ${enhanced}`
  return `${code}${status} ${lines.join(' ')}`.trimEnd()
}

export function encodeReply(reply: Reply): Uint8Array {
  return Buffer.from(formatReply(reply))
}

/** `451 4.3.0 try again later`, a line of a reply without its end. `undefined`: no such line. */
export function parseReplyLine(text: string): (Reply & { readonly isLast: boolean }) | undefined {
  const [, code, separator, rest = ''] = LINE.exec(text) ?? []
  if (code === undefined) return undefined
  const [prefix = '', enhanced] = ENHANCED.exec(rest) ?? []
  const fits = enhanced?.[0] === code[0]
  const line = (fits ? rest.slice(prefix.length) : rest).replaceAll(CONTROL, '\u{fffd}')
  const isLast = separator !== '-'
  return { code: Number(code), ...(fits && enhanced !== undefined ? { enhanced } : {}), lines: [line], isLast }
}

/** `bad`: what came is no reply; the connection is of no further use. */
export type ReplyResult = Reply | 'more' | { readonly kind: 'bad'; readonly reason: string }

/** Reads replies at the client, one after the other; what is too long is bad. */
export class ReplyReader {
  #code: number | undefined
  #enhanced: string | undefined
  #lines: string[] = []

  /** Takes at most one reply out of `inbox`, line by line. LF alone ends a line too. */
  take(inbox: Inbox): ReplyResult {
    for (;;) {
      const line = inbox.line(REPLY_LINE_MAX_BYTES, true)
      if (line === 'more') return 'more'
      if (line === 'too-long') return { kind: 'bad', reason: `a reply line above ${REPLY_LINE_MAX_BYTES} bytes` }
      const parsed = parseReplyLine(utf8(line))
      if (parsed === undefined) return { kind: 'bad', reason: 'a line that is no reply' }
      if (this.#code !== undefined && parsed.code !== this.#code)
        return { kind: 'bad', reason: 'two codes in one reply' }
      if (this.#lines.length >= REPLY_LINES_MAX) return { kind: 'bad', reason: `more than ${REPLY_LINES_MAX} lines` }
      this.#code = parsed.code
      this.#enhanced ??= parsed.enhanced
      this.#lines.push(...parsed.lines)
      if (parsed.isLast) return this.#finish(parsed.code)
    }
  }

  #finish(code: number): Reply {
    const lines = this.#lines
    const enhanced = this.#enhanced
    this.#code = undefined
    this.#enhanced = undefined
    this.#lines = []
    return enhanced === undefined ? { code, lines } : { code, enhanced, lines }
  }
}
