// sort, in the C locale: by whole lines or keys, as text, numbers, sizes or months.

import { isFailure } from '../../../../core/failure.ts'
import { pathBytes, pathText } from '../../../../wire/path-text.ts'
import { Output } from '../run/output.ts'
import type { Call } from '../run/shell.ts'
import { fileSink } from '../run/streams.ts'
import { complain, eachInput, pathOf } from './operands.ts'
import { readOptions } from './options.ts'

/** What is held to be sorted. */
const HELD_MAX_BYTES = 16 << 20
const FILE_MODE = 0o666
const STATUS_TROUBLE = 2
const SPEC = {
  letters: 'bdfnhrusVk:t:o:c',
  long: {
    reverse: 'r',
    'numeric-sort': 'n',
    'human-numeric-sort': 'h',
    unique: 'u',
    'ignore-case': 'f',
    key: 'k',
    'field-separator': 't',
    output: 'o',
    stable: 's',
    'version-sort': 'V',
  },
  status: STATUS_TROUBLE,
}

interface Key {
  readonly field: number
  readonly char: number
  readonly lastField: number
  readonly lastChar: number
  readonly flags: ReadonlySet<string>
}

type Compare = (a: string, b: string) => number

export async function sort(call: Call): Promise<number> {
  const options = readOptions(call, SPEC)
  if (typeof options === 'number') return options
  const { flags, values, operands } = options
  const wanted = values.get('k')
  const key = wanted === undefined ? undefined : readKey(wanted, flags)
  if (wanted !== undefined && key === undefined) {
    call.stderr.print(`sort: invalid number at field start: invalid count at start of '${wanted}'\n`)
    return STATUS_TROUBLE
  }
  const lines: string[] = []
  const status = await eachInput(call, operands, async (input) => {
    const some = pathText(await input.all(HELD_MAX_BYTES)).split('\n')
    if (some.at(-1) === '') some.pop()
    for (const line of some) lines.push(line)
  })
  const ordering = keyCompare(key, flags, values.get('t'))
  if (flags.has('c')) return checkOrder(call, lines, ordering)
  const sign = key === undefined && flags.has('r') ? -1 : 1
  const last: Compare = flags.has('s') || flags.has('u') ? () => 0 : compareText
  const reverse = flags.has('r') ? -1 : 1
  lines.sort((a, b) => sign * ordering(a, b) || reverse * last(a, b))
  const kept = flags.has('u')
    ? lines.filter((line, index) => index === 0 || ordering(line, lines[index - 1] ?? '') !== 0)
    : lines
  return Math.max(status === 0 ? 0 : STATUS_TROUBLE, await printLines(call, kept, values.get('o')))
}

async function printLines(call: Call, lines: readonly string[], name: string | undefined): Promise<number> {
  const output = name === undefined ? call.stdout : await openOutput(call, name)
  if (output === undefined) return STATUS_TROUBLE
  for (const line of lines) {
    output.print(`${line}\n`)
    if (output.full && !(await output.flush())) break
  }
  if (name === undefined) return 0
  await output.flush()
  output.close()
  return output.failure === undefined ? 0 : complain(call, name, output.failure) + 1
}

async function openOutput(call: Call, name: string): Promise<Output | undefined> {
  const file = await call.tree.edit(pathOf(call, name), { create: true, mode: FILE_MODE & ~call.shell.state.umask })
  const problem = isFailure(file) ? file : await file.change({ size: 0 })
  if (!isFailure(file) && problem === undefined) return new Output(fileSink(file, false))
  if (problem !== undefined) complain(call, name, problem)
  return undefined
}

function checkOrder(call: Call, lines: readonly string[], compare: Compare): number {
  const wrong = lines.findIndex((line, index) => index > 0 && compare(lines[index - 1] ?? '', line) > 0)
  if (wrong === -1) return 0
  call.stderr.print(`sort: -:${wrong + 1}: disorder: ${lines[wrong]}\n`)
  return 1
}

/** `2,3nr`, `1.2`. */
function readKey(text: string, global: ReadonlySet<string>): Key | undefined {
  const [, field, char, first = '', lastField, lastChar, second = ''] =
    /^([1-9]\d{0,5})(?:\.([1-9]\d{0,5}))?([bdfhnrV]*)(?:,([1-9]\d{0,5})(?:\.(\d{1,6}))?([bdfhnrV]*))?$/.exec(text) ?? []
  if (field === undefined) return undefined
  const own = new Set(first + second)
  return {
    field: Number(field),
    char: Number(char ?? '1'),
    lastField: Number(lastField ?? Infinity),
    lastChar: Number(lastChar ?? '0') || Infinity,
    flags: own.size === 0 ? global : own,
  }
}

function keyCompare(key: Key | undefined, flags: ReadonlySet<string>, separator: string | undefined): Compare {
  if (key === undefined) return comparing(flags)
  const compare = comparing(key.flags)
  const sign = key.flags.has('r') ? -1 : 1
  return (a, b) => sign * compare(keyOf(a, key, separator), keyOf(b, key, separator))
}

/** The text from the key's first place to its last. */
function keyOf(line: string, key: Key, separator: string | undefined): string {
  const fields = separator === undefined ? line.split(/(?<=\S)(?=\s)/) : line.split(separator)
  const joint = separator ?? ''
  const chosen = fields.slice(key.field - 1, key.lastField)
  const full = key.lastField <= fields.length && key.lastChar !== Infinity
  if (full) chosen[chosen.length - 1] = (chosen.at(-1) ?? '').slice(0, key.lastChar)
  const text = chosen.join(joint)
  const bare = key.flags.has('b') ? text.trimStart() : text
  return bare.slice(key.char - 1)
}

function comparing(flags: ReadonlySet<string>): Compare {
  if (flags.has('n')) return (a, b) => numberOf(a) - numberOf(b)
  if (flags.has('h')) return (a, b) => sizeOf(a) - sizeOf(b)
  if (flags.has('V')) return compareVersions
  const fold = (text: string) => {
    const bare = flags.has('b') ? text.trimStart() : text
    const plain = flags.has('d') ? bare.replace(/[^A-Za-z0-9\s]/g, '') : bare
    return flags.has('f') ? plain.toUpperCase() : plain
  }
  return flags.has('f') || flags.has('d') || flags.has('b') ? (a, b) => compareText(fold(a), fold(b)) : compareText
}

/** By bytes; for text within the basic plane that is the order of its code units. */
function compareText(a: string, b: string): number {
  if (/[\ud800-\uffff]/.test(a) || /[\ud800-\uffff]/.test(b)) return Buffer.compare(pathBytes(a), pathBytes(b))
  return a < b ? -1 : a > b ? 1 : 0
}

function numberOf(text: string): number {
  return Number(/^\s*(-?\d*\.?\d*)/.exec(text)?.[1] || '0') || 0
}

function sizeOf(text: string): number {
  const unit = /^\s*-?[\d.]+([KMGTPE]?)/.exec(text)?.[1] ?? ''
  return numberOf(text) + (unit === '' ? 0 : ('KMGTPE'.indexOf(unit) + 1) * 1e6)
}

function compareVersions(a: string, b: string): number {
  const [left, right] = [a.match(/\d+|\D+/g) ?? [], b.match(/\d+|\D+/g) ?? []]
  for (let index = 0; index < Math.max(left.length, right.length); index++) {
    const [x = '', y = ''] = [left[index], right[index]]
    const numbers = /^\d/.test(x) && /^\d/.test(y)
    const order = numbers ? Number(x) - Number(y) : compareText(x, y)
    if (order !== 0) return order
  }
  return 0
}
