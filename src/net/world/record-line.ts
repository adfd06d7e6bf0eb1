// One line of a zone file (RFC 1035 §5.1) to a record. No parentheses over several lines, no $-directives.

import type { Name, NamedRecord } from '../../core/world-view.ts'
import { didYouMean } from '../../core/closest.ts'
import { formatRdata, rdataOfTokens } from '../../shared/dns/codec/rdata.ts'
import { tokensOf as tokenize } from '../../shared/dns/codec/tokens.ts'
import { isMalformed, typeNumber } from '../../shared/dns/messages.ts'
import { parseOwnerName } from './names.ts'
import { parseData, RECORD_TYPES, type Token } from './record-data.ts'

/** Seconds that others may keep a record, where the file does not say; also the time for which an absence is kept. */
export const DEFAULT_TTL_SECONDS = 300
/** RFC 2181 §8. */
const TTL_MAX_SECONDS = 2 ** 31 - 1

export interface MalformedLine {
  readonly kind: 'malformed'
  readonly message: string
}

/** `owner [seconds] [IN] TYPE data`, owner and names relative to `origin` unless they end in a dot; `@` is the origin. */
export function parseRecordLine(line: string, origin: Name): NamedRecord | MalformedLine {
  const tokens = tokensOf(line)
  if (typeof tokens === 'string') return malformed(tokens)
  const [ownerText = '', ...rest] = tokens
  const { ttlSeconds, type = '', data } = headOf(rest)
  if (type === '') return malformed('expected "owner TYPE data" as in a zone file: www A 192.0.2.1')
  const owner = absoluteOwner(ownerText, origin)
  if (owner === undefined) return malformed(`"${ownerText}" is no name that can own a record`)
  if (ttlSeconds > TTL_MAX_SECONDS) return malformed(`a time to live is at most ${TTL_MAX_SECONDS} seconds`)
  const form = RECORD_TYPES.get(type)
  const parsed = form === undefined ? parseFurther(type, data, origin) : parseData(form, data, origin)
  return 'message' in parsed
    ? malformed(form === undefined ? parsed.message : `${type}: ${parsed.message}`)
    : { name: owner, type, ttlSeconds, data: parsed.text }
}

function malformed(message: string): MalformedLine {
  return { kind: 'malformed', message }
}

/** Made by servers themselves, or no data at all (RFC 4034, RFC 5155, RFC 6895 §3.1). */
const NOT_WRITTEN = new Set([
  'SOA',
  'RRSIG',
  'NSEC',
  'NSEC3',
  'OPT',
  'TKEY',
  'TSIG',
  'IXFR',
  'AXFR',
  'MAILB',
  'MAILA',
  'ANY',
])

/** All types that name servers know, and others as RFC 3597 §5 writes them. */
function parseFurther(type: string, data: readonly Token[], origin: Name): { text: string } | { message: string } {
  const number = typeNumber(type)
  if (type === 'SOA') return { message: 'a zone has exactly one SOA record, and it follows from the domain' }
  if (number === undefined || NOT_WRITTEN.has(type)) return { message: unknownType(type) }
  const words = tokenize(data.join(' '))
  const bytes = words === undefined ? undefined : rdataOfTokens(number, words, origin)
  if (bytes === undefined) return { message: `${type}: quotes that do not match` }
  return isMalformed(bytes) ? { message: `${type}: ${bytes.reason}` } : { text: formatRdata(number, bytes) }
}

function unknownType(type: string): string {
  const known = [...RECORD_TYPES.keys()]
  return `unknown record type "${type}"${didYouMean(type, known) || `; known are ${known.join(', ')} and others`}`
}

/** TTL and class may stand in either order before the type. */
function headOf(tokens: readonly Token[]): { ttlSeconds: number; type: string | undefined; data: readonly Token[] } {
  let ttlSeconds = DEFAULT_TTL_SECONDS
  let at = 0
  for (; at < tokens.length; at++) {
    const token = tokens[at] ?? ''
    if (/^\d+$/.test(token)) ttlSeconds = Number(token)
    else if (token.toUpperCase() !== 'IN') break
  }
  return { ttlSeconds, type: tokens[at]?.toUpperCase(), data: tokens.slice(at + 1) }
}

function absoluteOwner(text: Token, origin: Name): Name | undefined {
  if (text === '@') return origin
  return parseOwnerName(text.endsWith('.') ? text : `${text}.${origin}`)
}

const TOKEN = /\s*(?:;.*|("(?:[^"\\]|\\.)*")(?=\s|;|$)|((?:[^\s;"\\()]|\\.)+)(?=\s|;|$))/y

function tokensOf(line: string): Token[] | string {
  const tokens: Token[] = []
  TOKEN.lastIndex = 0
  while (TOKEN.lastIndex < line.trimEnd().length) {
    const from = TOKEN.lastIndex
    const match = TOKEN.exec(line)
    if (!match) return whyNoToken(line.slice(from).trim())
    const token = match[1] ?? match[2]
    if (token !== undefined) tokens.push(token)
  }
  return tokens
}

function whyNoToken(rest: string): string {
  if (/^[()]/.test(rest)) return 'parentheses are for zone files; here a record is one line'
  return rest.startsWith('"') ? `a quoted text does not end: ${rest}` : `a quote stands inside of a word: ${rest}`
}
