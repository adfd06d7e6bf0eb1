// Encoded words (RFC 2047): how a header says what is not ASCII.

import { decodeCharset, decodeOctets } from './charset.ts'

const WORD = /=\?([^?*\s]+)(?:\*[^?\s]*)?\?([bq])\?([^?]*)\?=/gi // RFC 2231 §5: a language may stand behind the charset

/** Text of a field value in Latin-1: encoded words decoded, spaces between them dropped, other octets read as UTF-8 or so. */
export function decodeWords(raw: string): string {
  if (!raw.includes('=?')) return plain(raw)
  let text = ''
  let end = 0
  let run: Run | undefined
  for (const match of raw.matchAll(WORD)) {
    const [all, charset = '', encoding = '', content = ''] = match
    const between = raw.slice(end, match.index)
    const bytes = encoding.toLowerCase() === 'b' ? Buffer.from(content, 'base64') : decodeQ(content)
    end = match.index + all.length
    if (run !== undefined && isBlank(between)) {
      if (run.charset === charset.toLowerCase()) {
        run.pieces.push(bytes) // one character may be cut in two
        continue
      }
      text += finish(run)
    } else {
      text += (run === undefined ? '' : finish(run)) + plain(between)
    }
    run = { charset: charset.toLowerCase(), pieces: [bytes] }
  }
  return text + (run === undefined ? '' : finish(run)) + plain(raw.slice(end))
}

/** Words of one charset, one after the other. */
interface Run {
  readonly charset: string
  readonly pieces: Buffer[]
}

function finish({ charset, pieces }: Run): string {
  const [first] = pieces
  return decodeCharset(pieces.length === 1 && first !== undefined ? first : Buffer.concat(pieces), charset)
}

function isBlank(text: string): boolean {
  return /^[ \t\r\n]*$/.test(text)
}

function plain(raw: string): string {
  // oxlint-disable-next-line no-control-regex -- ASCII is from 0
  return /^[\0-\x7f]*$/.test(raw) ? raw : decodeOctets(Buffer.from(raw, 'latin1'))
}

function decodeQ(content: string): Buffer {
  const octets = content
    .replaceAll('_', ' ')
    .replaceAll(/=([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  return Buffer.from(octets, 'latin1')
}
