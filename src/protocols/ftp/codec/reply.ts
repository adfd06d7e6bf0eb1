// Replies, both ways (RFC 959 §4.2): `226 Transfer complete.`, or several lines, of which the first has a hyphen behind its
// code and the last has a space.

import type { Inbox } from '../../../wire/inbox.ts'
import { pathBytes, pathText } from '../../../wire/path-text.ts'
import type { Reply } from '../messages.ts'
import { escapeTelnet, telnetLine } from './telnet.ts'

/** One line of a reply with its end, as a client takes it: PATH_MAX twice over, each byte of it doubled, and words. */
const REPLY_LINE_MAX_BYTES = 20_480
/** All of a reply, as a client takes it. Ours: STAT of a large folder. */
const REPLY_MAX_BYTES = 4_194_304

const FIRST = /^([1-5]\d\d)(?:([ -])([^]*))?$/

export function reply(code: number, ...lines: readonly [string, ...string[]]): Reply {
  return { code, lines }
}

/** What a client is to read, with its end. Lines within it that look like its last one are moved by a space. */
export function encodeReply({ code, lines }: Reply): Uint8Array {
  return escapeTelnet(pathBytes(`${formatReply({ code, lines })}\r\n`))
}

/** Lines with CRLF between them, none at the end. */
export function formatReply({ code, lines }: Reply): string {
  const last = lines.length - 1
  if (last <= 0) return `${code} ${lines[0] ?? ''}`
  const inner = lines.slice(1, last).map((line) => (/^\d{3} /.test(line) ? ` ${line}` : line))
  return [`${code}-${lines[0]}`, ...inner, `${code} ${lines[last]}`].join('\r\n')
}

/** One line, with or without its end. `undefined`: it is none, or not the last of its reply. */
export function parseReply(line: string): Reply | undefined {
  const [whole, code = '', mark = ' ', text = ''] = FIRST.exec(line.replace(/\r?\n$/, '')) ?? []
  if (whole === undefined || mark === '-') return undefined
  return { code: Number(code), lines: [text] }
}

/** Reads replies as they come, across chunks. */
export class ReplyReader {
  #code = 0
  #lines: string[] = []
  #bytes = 0

  /** The next whole reply; `more`: it is not all there yet; `bad`: what is there is none, or too long. */
  next(inbox: Inbox): Reply | 'more' | 'bad' {
    for (;;) {
      const line = inbox.line(REPLY_LINE_MAX_BYTES, true)
      if (line === 'more') return 'more'
      if (line === 'too-long') return 'bad'
      this.#bytes += line.length
      if (this.#bytes > REPLY_MAX_BYTES) return 'bad'
      const outcome = this.#line(pathText(telnetLine(line).text))
      if (outcome !== 'more') return outcome
    }
  }

  #line(line: string): Reply | 'more' | 'bad' {
    const [whole, code = '', mark = ' ', text = ''] = FIRST.exec(line) ?? []
    if (this.#code === 0) {
      if (whole === undefined) return 'bad'
      this.#code = Number(code)
      this.#lines.push(text)
      return mark === '-' ? 'more' : this.#done()
    }
    const isLast = whole !== undefined && Number(code) === this.#code && mark === ' '
    this.#lines.push(isLast ? text : line)
    return isLast ? this.#done() : 'more'
  }

  #done(): Reply {
    const done = { code: this.#code, lines: this.#lines }
    this.#code = 0
    this.#lines = []
    this.#bytes = 0
    return done
  }
}
