// Values with parameters: Content-Type, Content-Disposition (RFC 2045 §5.1, RFC 2183), and what RFC 2231 made of
// parameters: continuations, charsets, percent-encoding.

import { decodeCharset, decodeOctets } from './charset.ts'
import type { Parameter, Parameterized } from './part.ts'
import { Scanner } from './scanner.ts'

/** Parameters of one field; the others are not read. Ours. */
const PARAMETERS_MAX = 1000

/** `undefined` where it begins with no `type/subtype` (RFC 2045 §5.2: then it is no Content-Type). */
export function parseContentType(text: string): Parameterized | undefined {
  const scanner = new Scanner(text)
  scanner.skip()
  const type = scanner.token()
  scanner.skip()
  if (type === '' || !scanner.take('/')) return undefined
  scanner.skip()
  const subtype = scanner.token()
  return subtype === '' ? undefined : { value: `${type}/${subtype}`, parameters: parseParameters(scanner) }
}

/** `undefined` where it begins with no token. */
export function parseDisposition(text: string): Parameterized | undefined {
  const scanner = new Scanner(text)
  scanner.skip()
  const value = scanner.token()
  return value === '' ? undefined : { value, parameters: parseParameters(scanner) }
}

/** The decoded value of a parameter, the percent-encoded one before the plain one (RFC 2231 §4). `name` is in lower case. */
export function parameterOf(of: Parameterized | undefined, name: string): string | undefined {
  let plain: string | undefined
  for (const parameter of of?.parameters ?? []) {
    const known = parameter.name.toLowerCase()
    if (known === `${name}*`) return decodeExtended(parameter.value)
    if (known === name) plain ??= parameter.value
  }
  return plain === undefined ? undefined : decodeOctets(Buffer.from(plain, 'latin1'))
}

function decodeExtended(value: string): string {
  const match = /^([^']*)'[^']*'(.*)$/s.exec(value)
  const bytes = Buffer.from(percentDecoded(match?.[2] ?? value), 'latin1')
  return decodeCharset(bytes, match?.[1] ?? '')
}

function percentDecoded(text: string): string {
  return text.replaceAll(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
}

function parseParameters(scanner: Scanner): Parameter[] {
  const found: Parameter[] = []
  while (found.length < PARAMETERS_MAX && nextParameter(scanner)) {
    const parameter = parseParameter(scanner)
    if (parameter !== undefined) found.push(parameter)
  }
  return found.some(({ name }) => name.includes('*')) ? joinContinuations(found) : found
}

/** Goes behind the next semicolon, past whatever is broken before it. */
function nextParameter(scanner: Scanner): boolean {
  for (;;) {
    scanner.skip()
    if (scanner.ended) return false
    if (scanner.take(';')) return true
    if (scanner.next === '"') scanner.quoted()
    else scanner.at++
  }
}

function parseParameter(scanner: Scanner): Parameter | undefined {
  scanner.skip()
  const name = scanner.token()
  scanner.skip()
  if (name === '' || !scanner.take('=')) return undefined
  scanner.skip()
  return { name, value: scanner.next === '"' ? scanner.quoted() : bareValue(scanner) }
}

/** A token or, as many write it, whatever stands before the next semicolon or space. */
function bareValue(scanner: Scanner): string {
  const start = scanner.at
  while (!scanner.ended && !/[ \t;"]/.test(scanner.next)) scanner.at++
  const value = scanner.text.slice(start, scanner.at)
  const comment = value.indexOf('(')
  if (comment <= 0) return value
  scanner.at = start + comment
  return value.slice(0, comment)
}

const CONTINUED = /^(.+)\*(\d{1,4})(\*?)$/

interface Piece {
  readonly index: number
  readonly encoded: boolean
  readonly value: string
}

/** Pieces become one parameter behind the others, up to the first piece that is missing (RFC 2231 §3). */
function joinContinuations(found: readonly Parameter[]): Parameter[] {
  const whole: Parameter[] = []
  const pieces = new Map<string, { readonly name: string; readonly all: Piece[] }>()
  for (const parameter of found) {
    const match = CONTINUED.exec(parameter.name)
    if (match === null) {
      whole.push(parameter)
      continue
    }
    const [, name = '', index, star] = match
    const key = name.toLowerCase()
    if (!pieces.has(key)) pieces.set(key, { name, all: [] })
    pieces.get(key)?.all.push({ index: Number(index), encoded: star === '*', value: parameter.value })
  }
  return [...whole, ...[...pieces.values()].flatMap(({ name, all }) => joined(name, all))]
}

function joined(name: string, all: readonly Piece[]): Parameter[] {
  const sorted = all.toSorted((left, right) => left.index - right.index)
  const missing = sorted.findIndex((piece, index) => piece.index !== index)
  const run = missing === -1 ? sorted : sorted.slice(0, missing)
  const first = run[0]
  if (first === undefined) return []
  if (!run.some((piece) => piece.encoded)) return [{ name, value: run.map((piece) => piece.value).join('') }]
  const texts = run.map((piece) => (piece.encoded ? piece.value : percentEncoded(piece.value)))
  return [{ name: `${name}*`, value: `${first.encoded ? '' : "''"}${texts.join('')}` }]
}

function percentEncoded(text: string): string {
  return text.replaceAll(
    /[^A-Za-z0-9!#$&+\-.^_`{|}~]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  )
}
