// Commands that go through lines: cut, tr, uniq, comm, rev, tac.

import { isFailure } from '../../../../core/failure.ts'
import { pathBytes, pathText } from '../../../../wire/path-text.ts'
import { characterClass } from '../expand/pattern.ts'
import type { Input } from '../run/input.ts'
import type { Call } from '../run/shell.ts'
import { complain, eachInput, openInput, quoteName } from './operands.ts'
import { misuse, missingOperand, readOptions } from './options.ts'

/** What is held to be turned around or compared. */
const HELD_MAX_BYTES = 16 << 20

interface Range {
  readonly from: number
  readonly to: number
}

/** `1,3-5,7-`; undefined: it says no such thing. */
function readRanges(text: string): readonly Range[] | undefined {
  const ranges: Range[] = []
  for (const part of text.split(',')) {
    const [, from = '', dash, to = ''] = /^(\d{0,9})(-?)(\d{0,9})$/.exec(part) ?? []
    if (dash === undefined || (from === '' && to === '') || from === '0') return undefined
    const first = Number(from || '1')
    ranges.push({ from: first, to: dash === '' ? first : to === '' ? Infinity : Number(to) })
  }
  return ranges
}

export async function cut(call: Call): Promise<number> {
  const options = readOptions(call, {
    letters: 'b:c:f:d:sn',
    long: { bytes: 'b', characters: 'c', fields: 'f', delimiter: 'd', 'only-delimited': 's' },
  })
  if (typeof options === 'number') return options
  const { values, flags } = options
  const kind = ['f', 'c', 'b'].find((letter) => values.has(letter))
  if (kind === undefined) return misuse(call, 'you must specify a list of bytes, characters, or fields')
  const ranges = readRanges(values.get(kind) ?? '')
  if (ranges === undefined) return misuse(call, `invalid ${kind === 'f' ? 'field' : 'byte or character'} range`)
  const delimiter = values.get('d') ?? '\t'
  if ([...delimiter].length !== 1) return misuse(call, 'the delimiter must be a single character')
  const has = (place: number) => ranges.some((range) => place >= range.from && place <= range.to)
  const fields = (line: string) => {
    if (!line.includes(delimiter)) return flags.has('s') ? undefined : line
    const parts = line.split(delimiter)
    return parts.filter((_, index) => has(index + 1)).join(delimiter)
  }
  const bytes = (line: string) => pathText(Uint8Array.from(pathBytes(line).filter((_, index) => has(index + 1))))
  return eachInput(call, options.operands, (input) => mapLines(call, input, kind === 'f' ? fields : bytes))
}

async function mapLines(call: Call, input: Input, change: (line: string) => string | undefined): Promise<void> {
  for (let some = await input.lines(); some !== undefined; some = await input.lines()) {
    for (const line of some.lines) {
      const changed = change(line)
      if (changed !== undefined) call.stdout.print(`${changed}\n`)
    }
    if (!(await call.stdout.flush())) return
  }
}

export async function rev(call: Call): Promise<number> {
  return eachInput(call, call.args, (input) => mapLines(call, input, (line) => [...line].toReversed().join('')))
}

export async function tac(call: Call): Promise<number> {
  return eachInput(call, call.args, async (input) => {
    const lines = pathText(await input.all(HELD_MAX_BYTES)).split(/(?<=\n)/)
    for (const line of lines.toReversed()) call.stdout.print(line)
  })
}

export async function tr(call: Call): Promise<number> {
  const options = readOptions(call, {
    letters: 'cCdst',
    long: { delete: 'd', complement: 'c', 'squeeze-repeats': 's' },
    stopAtOperand: true,
  })
  if (typeof options === 'number') return options
  const [first, second] = options.operands
  const { flags } = options
  if (first === undefined) return missingOperand(call)
  if (second === undefined && !flags.has('d') && !flags.has('s')) {
    return misuse(call, `missing operand after ${quoteName(first)}\nTwo strings must be given when translating.`)
  }
  const complement = flags.has('c') || flags.has('C')
  const translate = new Translation(first, second, { complement, deletes: flags.has('d'), squeezes: flags.has('s') })
  for (let chunk = await call.stdin.chunk(); chunk !== undefined; chunk = await call.stdin.chunk()) {
    call.stdout.write(translate.bytes(chunk))
    if (!(await call.stdout.flush())) break
  }
  return 0
}

/** By bytes, as GNU tr works. */
class Translation {
  readonly #map = new Uint8Array(256)
  readonly #deleted = new Uint8Array(256)
  readonly #squeezed = new Uint8Array(256)
  #last = -1

  constructor(
    first: string,
    second: string | undefined,
    { complement, deletes, squeezes }: { complement: boolean; deletes: boolean; squeezes: boolean },
  ) {
    const given = byteSet(first)
    const from = complement ? [...this.#map.keys()].filter((byte) => !given.includes(byte)) : given
    const to = second === undefined ? [] : byteSet(second, from.length)
    for (let byte = 0; byte < 256; byte++) this.#map[byte] = byte
    if (deletes) for (const byte of from) this.#deleted[byte] = 1
    else if (to.length > 0) for (const [index, byte] of from.entries()) this.#map[byte] = to[index] ?? to.at(-1) ?? byte
    if (squeezes) for (const byte of second === undefined ? from : to) this.#squeezed[byte] = 1
  }

  bytes(chunk: Uint8Array): Uint8Array {
    const out = new Uint8Array(chunk.length)
    let size = 0
    for (const byte of chunk) {
      if (this.#deleted[byte] === 1) continue
      const mapped = this.#map[byte] ?? byte
      if (this.#squeezed[mapped] === 1 && mapped === this.#last) continue
      out[size++] = mapped
      this.#last = mapped
    }
    return out.subarray(0, size)
  }
}

const SET_ITEM = /\[:([a-z]+):\]|\[(\\?[^])\*(\d*)\]|(\\[0-7]{1,3}|\\[^]|[^])(?:-(\\[0-7]{1,3}|\\[^]|[^]))?/gu
const ESCAPES: Readonly<Record<string, number>> = { a: 7, b: 8, f: 12, n: 10, r: 13, t: 9, v: 11 }

/** What a set of tr stands for; `wanted`: how long `[x*]` makes it. */
function byteSet(text: string, wanted = 0): number[] {
  const bytes: number[] = []
  for (const [, named, repeated, times = '', from, to] of text.matchAll(SET_ITEM)) {
    const set = named === undefined ? undefined : characterClass(named)
    if (set !== undefined) {
      for (let byte = 0; byte < 128; byte++) if (set.test(String.fromCharCode(byte))) bytes.push(byte)
    } else if (repeated !== undefined) {
      const count = Number(times) || Math.max(0, wanted - bytes.length)
      for (let index = 0; index < Math.min(256, count); index++) bytes.push(byteOf(repeated))
    } else if (from !== undefined && to !== undefined) {
      for (let byte = byteOf(from); byte <= byteOf(to); byte++) bytes.push(byte)
    } else if (from !== undefined) bytes.push(...(from.startsWith('\\') ? [byteOf(from)] : pathBytes(from)))
  }
  return bytes
}

function byteOf(text: string): number {
  const octal = /^\\([0-7]{1,3})$/.exec(text)?.[1]
  if (octal !== undefined) return Number.parseInt(octal, 8) & 255
  const bare = text.length > 1 && text.startsWith('\\') ? text.slice(1) : text
  return (bare !== text ? ESCAPES[bare] : undefined) ?? pathBytes(bare)[0] ?? 0
}

export async function uniq(call: Call): Promise<number> {
  const options = readOptions(call, {
    letters: 'cdui',
    long: { count: 'c', repeated: 'd', unique: 'u', 'ignore-case': 'i' },
  })
  if (typeof options === 'number') return options
  const { flags } = options
  const key = (line: string) => (flags.has('i') ? line.toLowerCase() : line)
  let before: string | undefined
  let count = 0
  const tell = () => {
    if (before === undefined || (flags.has('d') && count === 1) || (flags.has('u') && count > 1)) return
    call.stdout.print(`${flags.has('c') ? `${String(count).padStart(7)} ` : ''}${before}\n`)
  }
  const status = await eachInput(call, options.operands.slice(0, 1), async (input) => {
    for (let some = await input.lines(); some !== undefined; some = await input.lines()) {
      for (const line of some.lines) {
        const same = before !== undefined && key(line) === key(before)
        if (!same) tell()
        if (!same) before = line
        count = same ? count + 1 : 1
      }
      if (!(await call.stdout.flush())) return
    }
  })
  tell()
  return status
}

export async function comm(call: Call): Promise<number> {
  const options = readOptions(call, { letters: '123' })
  if (typeof options === 'number') return options
  const [first, second] = options.operands
  if (first === undefined || second === undefined) return missingOperand(call)
  const left = await allLines(call, first)
  const right = await allLines(call, second)
  if (left === undefined || right === undefined) return 1
  const print = (column: 1 | 2 | 3, line: string): void => {
    if (options.flags.has(String(column))) return
    const before = [1, 2].filter((one) => one < column && !options.flags.has(String(one)))
    call.stdout.print(`${'\t'.repeat(before.length)}${line}\n`)
  }
  for (let [i, j] = [0, 0]; i < left.length || j < right.length;) {
    const [a, b] = [left[i], right[j]]
    if (a !== undefined && a === b) print(3, a)
    else if (a !== undefined && (b === undefined || a < b)) print(1, a)
    else print(2, b ?? '')
    const both = a === b
    if (both || (a !== undefined && (b === undefined || a < b))) i++
    if (both || !(a !== undefined && (b === undefined || a < b))) j++
  }
  return 0
}

async function allLines(call: Call, name: string): Promise<string[] | undefined> {
  const input = await openInput(call, name)
  if (isFailure(input)) {
    complain(call, name, input)
    return undefined
  }
  const lines = pathText(await input.all(HELD_MAX_BYTES)).split('\n')
  if (lines.at(-1) === '') lines.pop()
  if (name !== '-') input.close()
  return lines
}
