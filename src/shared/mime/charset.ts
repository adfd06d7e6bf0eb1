// Octets to text by the name of a charset. Total: what is unknown or broken becomes the likeliest text, never a failure.

import { isAscii } from 'node:buffer'
import { TextDecoder } from 'node:util'
import { latin1 } from '../../wire/text.ts'

const decoders = new Map<string, TextDecoder>()
const UTF8_FATAL = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const WINDOWS_1252 = new TextDecoder('windows-1252')

/** Names that say little: much mail has them and means UTF-8 or Latin-1. */
const VAGUE = new Set(['', 'us-ascii', 'ascii', 'ansi_x3.4-1968', 'default', 'unknown-8bit', 'x-unknown', '8bit'])

/** Text of `bytes` in the charset called `label` (any case). Unknown ones are read as `decodeOctets` does. */
export function decodeCharset(bytes: Uint8Array, label: string): string {
  const name = label.trim().toLowerCase()
  if (VAGUE.has(name)) return decodeOctets(bytes)
  if (isUtf7(name)) return decodeUtf7(bytes)
  return decoderOf(name)?.decode(bytes) ?? decodeOctets(bytes)
}

/** Octets of which no charset is known: UTF-8 if they are that, Windows-1252 otherwise. */
export function decodeOctets(bytes: Uint8Array): string {
  if (isAscii(bytes)) return latin1(bytes)
  try {
    return UTF8_FATAL.decode(bytes)
  } catch {
    return WINDOWS_1252.decode(bytes)
  }
}

function isUtf7(name: string): boolean {
  return name === 'utf-7' || name === 'unicode-1-1-utf-7'
}

function decoderOf(name: string): TextDecoder | undefined {
  const known = decoders.get(name)
  if (known !== undefined) return known
  try {
    const decoder = new TextDecoder(ALIASES.get(name) ?? name)
    decoders.set(name, decoder)
    return decoder
  } catch {
    return undefined
  }
}

/** Names in mail that the Encoding standard does not list. */
const ALIASES: ReadonlyMap<string, string> = new Map([
  ['cp932', 'shift_jis'],
  ['cp936', 'gbk'],
  ['cp949', 'euc-kr'],
  ['cp950', 'big5'],
  ['utf8mb4', 'utf-8'],
  ['windows-31j', 'shift_jis'],
  ['iso-2022-jp-1', 'iso-2022-jp'],
  ['iso-2022-jp-2', 'iso-2022-jp'],
  ['iso-8859-1-windows-3.1-latin-1', 'windows-1252'],
  ['ks_c_5601', 'euc-kr'],
])

/** RFC 2152. A shift that is broken stands as it is. */
function decodeUtf7(bytes: Uint8Array): string {
  return latin1(bytes).replaceAll(/\+([A-Za-z0-9+/]*)-?/g, (_, run: string) => (run === '' ? '+' : utf16(run)))
}

function utf16(base64: string): string {
  const bytes = Buffer.from(base64, 'base64')
  return bytes
    .subarray(0, bytes.length & ~1)
    .swap16()
    .toString('utf16le')
}
