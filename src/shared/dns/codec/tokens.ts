// The words of a record's data in presentation form (RFC 1035 §5.1): split at blanks, quotes and escapes
// kept apart. No comments or parentheses: those belong to whole zone files.

import type { Writer } from '../../../wire/writer.ts'
import { escapeSize, escapedByte } from './name.ts'

export interface Token {
  /** Without its quotes, escapes still in place. */
  readonly text: string
  /** Whether quotes stood around it, or around what follows its `=`. */
  readonly quoted: boolean
}

const WORD = /\s*(?:"((?:[^"\\]|\\[^])*)"|((?:[^\s"\\]|\\[^])+(?:="(?:[^"\\]|\\[^])*")?))(?=\s|$)/y

/** The tokens of `text`; undefined where quotes do not match. */
export function tokensOf(text: string): Token[] | undefined {
  const tokens: Token[] = []
  const trimmed = text.trim()
  WORD.lastIndex = 0
  while (WORD.lastIndex < trimmed.length) {
    const match = WORD.exec(trimmed)
    if (match === null) return undefined
    const word = match[2]
    tokens.push(word === undefined ? { text: match[1] ?? '', quoted: true } : bareToken(word))
  }
  return tokens
}

function bareToken(word: string): Token {
  const quote = word.indexOf('="')
  return quote === -1 || !word.endsWith('"')
    ? { text: word, quoted: false }
    : { text: `${word.slice(0, quote)}=${word.slice(quote + 2, -1)}`, quoted: true }
}

/** Writes the bytes that `text` stands for, UTF-8 for what is above ASCII. Undefined, or what is wrong. */
export function writeText(writer: Writer, text: string): string | undefined {
  const utf8 = /[^\0-\x7f]/.test(text) ? String.fromCharCode(...new TextEncoder().encode(text)) : text
  for (let at = 0; at < utf8.length;) {
    const size = escapeSize(utf8, at)
    const byte = escapedByte(utf8, at, size)
    if (!(byte <= 255)) return `${JSON.stringify(utf8.slice(at, at + size))} is no byte`
    writer.u8(byte)
    at += size
  }
  return undefined
}

/** Bytes as the inside of a quoted string. */
export function formatText(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) {
    if (byte < 32 || byte > 126) text += `\\${String(byte).padStart(3, '0')}`
    else text += byte === 34 || byte === 92 ? `\\${String.fromCharCode(byte)}` : String.fromCharCode(byte)
  }
  return text
}
