// Reads zone files (RFC 1035 §5) from bytes into a sink. Common records go straight from bytes to bytes; all others take the way of
// the codec, word by word. Never throws on text: what is wrong is told with its place, and reading goes on behind it.

import { isFailure } from '../../../core/failure.ts'
import { FOLDED } from '../codec/canonical.ts'
import { nameBytes, parseRelativeName } from '../codec/name.ts'
import { rdataOfTokens } from '../codec/rdata.ts'
import {
  CLASS,
  NAME_MAX_BYTES,
  TYPE,
  className,
  isMalformed,
  typeName,
  typeNumber,
  type DomainName,
} from '../messages.ts'
import { parseDirective, type Directive } from './directives.ts'
import { PlainData, readPlainName } from './plain-data.ts'
import type { RecordView, ZoneFileOptions, ZoneFileProblem, ZoneSink } from './sink.ts'
import { ZoneText, type Mark, type PlacedToken } from './text.ts'
import { readTtl } from './ttl.ts'

/** Problems told of one reading; ours. */
export const PROBLEMS_MAX = 100
/** Files within files; ours. */
export const INCLUDE_DEPTH_MAX = 16
/** Includes of one reading; ours: each may hold others. */
const INCLUDES_MAX = 1000
/** Lines of $GENERATE that are made before they are read. */
const GENERATED_AT_ONCE = 1000
const DOLLAR = 36

/** All that is wrong with the file, in its order; no more than `PROBLEMS_MAX`, where reading stops. */
export function readZoneFile(bytes: Uint8Array, options: ZoneFileOptions, sink: ZoneSink): readonly ZoneFileProblem[] {
  const reading = new Reading(options, sink)
  new FileReading(reading, options.path, new ZoneText(bytes), options.origin, 0).run()
  return reading.problems
}

/** What a file shares with those that it includes. */
class Reading {
  readonly options: ZoneFileOptions
  readonly sink: ZoneSink
  readonly problems: ZoneFileProblem[] = []
  readonly plain = new PlainData()
  readonly view = new FilledView()
  includes = 0
  /** Of $TTL, of the last record that stated one, and the SOA's minimum; -1: none yet. */
  defaultTtl = -1
  lastTtl = -1
  soaMinimum = -1

  constructor(options: ZoneFileOptions, sink: ZoneSink) {
    this.options = options
    this.sink = sink
  }

  get full(): boolean {
    return this.problems.length >= PROBLEMS_MAX
  }
}

class FilledView implements RecordView {
  owner: Uint8Array = new Uint8Array(NAME_MAX_BYTES + 1)
  ownerBytes = 0
  sameOwner = false
  type = 0
  ttlSeconds = 0
  data: Uint8Array = new Uint8Array(0)
  dataBytes = 0
}

/** Letters of a word as one number, 5 bits each, so that types are found without a string. */
function letterCode(word: string): number {
  let code = 0
  for (let at = 0; at < word.length; at += 1) code = (code << 5) | (word.charCodeAt(at) & 31)
  return code
}

const CODE_LETTERS_MAX = 6
const TYPES: ReadonlyMap<number, number> = new Map(
  Object.entries(TYPE)
    .filter(([name]) => /^[A-Z]+$/.test(name) && name.length <= CODE_LETTERS_MAX)
    .map(([name, type]) => [letterCode(name), type]),
)
const IN = letterCode('IN')

class FileReading {
  readonly #reading: Reading
  readonly #path: string
  readonly #text: ZoneText
  readonly #includeDepth: number
  /** Where problems are said to be: of lines that $GENERATE made, its own place. */
  readonly #place: PlacedToken | undefined
  readonly #start: Mark = { at: 0, line: 0, lineStart: 0, depth: 0 }
  #origin: DomainName
  #originBytes: Uint8Array
  /** The last owner and the one being read, folded; they change places. */
  #owner: Uint8Array = new Uint8Array(NAME_MAX_BYTES + 1)
  #ownerBytes = 0
  #next: Uint8Array = new Uint8Array(NAME_MAX_BYTES + 1)
  /** Whether the record handed over last had the same owner. */
  #handed = false
  #ttl = -1
  #type = 0

  constructor(
    reading: Reading,
    path: string,
    text: ZoneText,
    origin: DomainName,
    includeDepth: number,
    place?: PlacedToken,
  ) {
    this.#reading = reading
    this.#path = path
    this.#text = text
    this.#origin = origin
    this.#originBytes = nameBytes(origin)
    this.#includeDepth = includeDepth
    this.#place = place
  }

  run(): void {
    const text = this.#text
    while (text.at < text.end && !this.#reading.full) {
      if (this.#entry()) text.nextLine()
      else text.skipEntry()
    }
  }

  /** One entry up to its line end; false: it is wrong, and the place is within it. */
  #entry(): boolean {
    const text = this.#text
    const first = text.bytes[text.at]!
    if (first === DOLLAR) return this.#directive()
    text.mark(this.#start)
    text.blanks()
    if (text.entryEnds) return text.depth === 0 || this.#open()
    if (text.at === this.#start.at && !this.#readOwner()) return false
    if (this.#ownerBytes === 0) return this.#wrong('a record without an owner before it')
    return this.#head() && this.#data()
  }

  #open(): boolean {
    const { line, lineStart, at } = this.#start
    return this.#wrong('parentheses that are not closed', { text: '', quoted: false, line, column: at - lineStart + 1 })
  }

  #readOwner(): boolean {
    const text = this.#text
    const { at } = text
    let size = readPlainName(text, this.#next, 0, FOLDED, this.#originBytes)
    if (size === -1) {
      text.at = at
      size = this.#readOddOwner()
    }
    if (size <= 0) return false
    if (size === this.#ownerBytes && sameBytes(this.#next, this.#owner, size)) return true
    const previous = this.#owner
    this.#owner = this.#next
    this.#next = previous
    this.#ownerBytes = size
    this.#handed = false
    return true
  }

  /** An owner with escapes, or one that is wrong. */
  #readOddOwner(): number {
    const token = this.#text.token()
    const name = token && parseRelativeName(token.text, this.#origin)
    if (typeof name !== 'string') {
      this.#wrong(name?.reason ?? 'what is no name', token)
      return -1
    }
    const bytes = nameBytes(name)
    for (let at = 0; at < bytes.length; at += 1) this.#next[at] = FOLDED[bytes[at]!]!
    return bytes.length
  }

  /** TTL and class in either order, then the type. */
  #head(): boolean {
    const text = this.#text
    this.#ttl = -1
    for (;;) {
      text.blanks()
      if (text.entryEnds) return this.#wrong('a type is missing')
      const digit = text.bytes[text.at]! - 48
      if (digit >= 0 && digit <= 9) {
        if (this.#ttl !== -1) return this.#wrong('a second TTL')
        this.#ttl = readTtl(text)
        if (this.#ttl === -1) return this.#wrong('not a TTL: up to 2147483647 seconds, or as 1h30m')
        continue
      }
      const found = this.#classOrType()
      if (found !== 'class') return found === 'type'
    }
  }

  #classOrType(): 'class' | 'type' | 'wrong' {
    const text = this.#text
    const end = text.wordEnd()
    let code = 0
    let letters = end - text.at <= CODE_LETTERS_MAX
    for (let at = text.at; at < end && letters; at += 1) {
      const byte = text.bytes[at]! | 32
      code = (code << 5) | (byte & 31)
      letters = byte >= 97 && byte <= 122
    }
    const known = letters ? TYPES.get(code) : undefined
    const word = known === undefined ? text.slice(text.at, end) : ''
    const isClass = known === undefined && (letters ? code === IN : word.toUpperCase() === 'CLASS1')
    const type = known ?? (isClass ? 0 : typeNumber(word))
    if (!isClass && (type === undefined || !isStored(type))) {
      this.#wrong(problemOf(word, type))
      return 'wrong'
    }
    text.at = end
    if (isClass) return 'class'
    this.#type = type ?? 0
    return 'type'
  }

  #data(): boolean {
    const text = this.#text
    const { plain, view } = this.#reading
    text.blanks()
    text.mark(this.#start)
    const size = plain.read(this.#type, text, this.#originBytes)
    if (size === -1) {
      text.back(this.#start)
      return this.#oddData()
    }
    if (text.depth > 0) return this.#open()
    view.data = plain.data
    view.dataBytes = size
    return this.#hand()
  }

  /** Data by the codec, whose words are taken apart first. */
  #oddData(): boolean {
    const text = this.#text
    const tokens = text.tokens()
    if (tokens === undefined) return this.#wrong('quotes or a parenthesis without their other half')
    if (text.depth > 0) return this.#open()
    const words = [...tokens]
    const data = rdataOfTokens(this.#type, words, this.#origin)
    if (isMalformed(data)) return this.#wrong(data.reason, tokens[Math.max(0, tokens.length - words.length - 1)])
    const { view } = this.#reading
    view.data = data
    view.dataBytes = data.length
    return this.#hand()
  }

  #hand(): boolean {
    const reading = this.#reading
    const { view } = reading
    const ttlSeconds = this.#ttlOf(view)
    if (ttlSeconds === -1) return this.#wrong('no TTL, and none before it')
    view.owner = this.#owner
    view.ownerBytes = this.#ownerBytes
    view.sameOwner = this.#handed
    view.type = this.#type
    view.ttlSeconds = ttlSeconds
    this.#handed = true
    reading.sink.record(view)
    return true
  }

  #ttlOf(view: FilledView): number {
    const reading = this.#reading
    const minimum = this.#type === TYPE.SOA ? minimumOf(view) : -1
    if (minimum !== -1 && reading.soaMinimum === -1) reading.soaMinimum = minimum
    if (this.#ttl !== -1) reading.lastTtl = this.#ttl
    if (this.#ttl !== -1) return this.#ttl
    if (reading.defaultTtl !== -1) return reading.defaultTtl
    if (reading.lastTtl !== -1) return reading.lastTtl
    return reading.soaMinimum === -1 ? (reading.options.ttlSeconds ?? -1) : reading.soaMinimum
  }

  #directive(): boolean {
    const text = this.#text
    text.mark(this.#start)
    const words = text.tokens()
    if (words === undefined) return this.#wrong('quotes or a parenthesis without their other half')
    if (text.depth > 0) return this.#open()
    return this.#obey(parseDirective(words, this.#origin), words[0])
  }

  #obey(directive: Directive, place: PlacedToken | undefined): boolean {
    switch (directive.kind) {
      case 'origin':
        this.#origin = directive.origin
        this.#originBytes = nameBytes(directive.origin)
        return true
      case 'ttl':
        this.#reading.defaultTtl = directive.ttlSeconds
        return true
      case 'include':
        return this.#include(directive.path, directive.origin ?? this.#origin, place)
      case 'generate':
        return this.#generate(directive, place)
      case 'wrong':
        return this.#wrong(directive.message, directive.token ?? place)
    }
  }

  #include(path: string, origin: DomainName, place: PlacedToken | undefined): boolean {
    const reading = this.#reading
    reading.includes += 1
    if (this.#includeDepth >= INCLUDE_DEPTH_MAX)
      return this.#wrong(`includes more than ${INCLUDE_DEPTH_MAX} deep`, place)
    if (reading.includes > INCLUDES_MAX) return this.#wrong(`more than ${INCLUDES_MAX} includes`, place)
    const bytes = reading.options.include?.(path, this.#path)
    if (bytes === undefined) return this.#wrong('$INCLUDE has no place here', place)
    if (isFailure(bytes)) return this.#wrong(`${path}: ${bytes.message}`, place)
    new FileReading(reading, path, new ZoneText(bytes), origin, this.#includeDepth + 1).run()
    this.#handed = false
    return true
  }

  #generate(directive: Extract<Directive, { kind: 'generate' }>, place: PlacedToken | undefined): boolean {
    const { start, stop, step } = directive.range
    for (let value = start; value <= stop && !this.#reading.full;) {
      let lines = ''
      for (let left = GENERATED_AT_ONCE; left > 0 && value <= stop; left -= 1, value += step)
        lines += `${directive.line(value)}\n`
      const text = new ZoneText(Buffer.from(lines, 'latin1'))
      new FileReading(this.#reading, this.#path, text, this.#origin, this.#includeDepth, place).run()
    }
    this.#handed = false
    return true
  }

  /** Tells a problem at `token`, or where the text is read. Always false. */
  #wrong(message: string, token?: PlacedToken): false {
    const at = this.#place ?? token ?? this.#text
    if (!this.#reading.full)
      this.#reading.problems.push({ path: this.#path, line: at.line, column: at.column, message })
    return false
  }
}

function sameBytes(a: Uint8Array, b: Uint8Array, length: number): boolean {
  for (let at = 0; at < length; at += 1) if (a[at] !== b[at]) return false
  return true
}

/** Whether a zone can hold records of a type: queries, OPT and what signs messages are none (RFC 6895 §3.1). */
function isStored(type: number): boolean {
  return type !== 0 && type !== TYPE.OPT && !(type >= 128 && type <= 255)
}

function problemOf(word: string, type: number | undefined): string {
  if (type !== undefined) return `${typeName(type)} is no type of records in zones`
  return /^(?:CH|HS|CS|CLASS\d+)$/i.test(word)
    ? `class ${word}: zones here are of class ${className(CLASS.IN)}`
    : `${JSON.stringify(word)} is neither a type, a class nor a TTL`
}

/** The last field of an SOA's data (RFC 2308 §4). */
function minimumOf({ data, dataBytes }: RecordView): number {
  const at = dataBytes - 4
  return ((data[at]! << 24) | (data[at + 1]! << 16) | (data[at + 2]! << 8) | data[at + 3]!) & 0x7fff_ffff
}
