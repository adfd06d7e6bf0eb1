// The lines of zone files that begin with a dollar: $ORIGIN, $TTL, $INCLUDE (RFC 1035 §5.1, RFC 2308 §4), $GENERATE. Each is
// taken apart here and comes back as what the reader is to do.

import { parseRelativeName } from '../codec/name.ts'
import type { DomainName } from '../messages.ts'
import { parseRange, parseTemplate, fill, type Range } from './generate.ts'
import { ZoneText, type PlacedToken } from './text.ts'
import { readTtl } from './ttl.ts'

export type Directive =
  | { readonly kind: 'origin'; readonly origin: DomainName }
  | { readonly kind: 'ttl'; readonly ttlSeconds: number }
  | { readonly kind: 'include'; readonly path: string; readonly origin?: DomainName }
  | { readonly kind: 'generate'; readonly range: Range; readonly line: (value: number) => string }
  | { readonly kind: 'wrong'; readonly message: string; readonly token?: PlacedToken }

type Parse = (words: readonly PlacedToken[], origin: DomainName) => Directive

const DIRECTIVES: ReadonlyMap<string, Parse> = new Map<string, Parse>([
  ['$ORIGIN', parseOrigin],
  ['$TTL', parseTtl],
  ['$INCLUDE', parseInclude],
  ['$GENERATE', parseGenerate],
])

/** `words` is the whole line, its first word with the dollar. */
export function parseDirective(words: readonly PlacedToken[], origin: DomainName): Directive {
  const [first, ...rest] = words
  const parse = DIRECTIVES.get(first?.text.toUpperCase() ?? '')
  return parse === undefined ? wrong(`${first?.text ?? '$'} is no directive`, first) : parse(rest, origin)
}

function wrong(message: string, token?: PlacedToken): Directive {
  return token === undefined ? { kind: 'wrong', message } : { kind: 'wrong', message, token }
}

function parseOrigin(words: readonly PlacedToken[], origin: DomainName): Directive {
  const name = words.length === 1 ? parseRelativeName(words[0]?.text ?? '', origin) : undefined
  if (name === undefined) return wrong('$ORIGIN takes one name', words[1])
  return typeof name === 'string' ? { kind: 'origin', origin: name } : wrong(name.reason, words[0])
}

function parseTtl(words: readonly PlacedToken[]): Directive {
  const text = new ZoneText(Buffer.from(words[0]?.text ?? '', 'latin1'))
  const ttlSeconds = readTtl(text)
  if (words.length !== 1 || ttlSeconds === -1) return wrong('$TTL takes a time, as 3600 or 1h30m', words[0])
  return { kind: 'ttl', ttlSeconds }
}

function parseInclude(words: readonly PlacedToken[], origin: DomainName): Directive {
  const path = words[0]?.text.replaceAll(/\\(\d{3}|[^])/g, (_, escaped: string) => unescaped(escaped))
  if (path === undefined || path === '' || words.length > 2) return wrong('$INCLUDE takes a file and at most one name')
  const utf8 = Buffer.from(path, 'latin1').toString()
  if (words[1] === undefined) return { kind: 'include', path: utf8 }
  const name = parseRelativeName(words[1].text, origin)
  return typeof name === 'string' ? { kind: 'include', path: utf8, origin: name } : wrong(name.reason, words[1])
}

function unescaped(escaped: string): string {
  return escaped.length === 3 ? String.fromCharCode(Number(escaped) & 255) : escaped
}

/** `$GENERATE range owner [ttl] [class] type data`: all behind the range is one template. */
function parseGenerate(words: readonly PlacedToken[]): Directive {
  const range = parseRange(words[0]?.text ?? '')
  if (range === undefined) return wrong('a range is START-STOP or START-STOP/STEP, a million lines at most', words[0])
  const line = words.slice(1).map(({ text, quoted }) => (quoted ? `"${text}"` : text))
  const template = parseTemplate(line.join(' '))
  if (template === undefined) return wrong('what stands in ${...} is OFFSET,WIDTH,BASE', words[1])
  if (line.length < 3) return wrong('$GENERATE takes a range, an owner, a type and data')
  return { kind: 'generate', range, line: (value) => fill(template, value) }
}
