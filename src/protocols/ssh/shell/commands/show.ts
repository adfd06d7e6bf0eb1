// cat, head, tail, tee and wc.

import { isFailure } from '../../../../core/failure.ts'
import type { Input } from '../run/input.ts'
import { systemMessage } from '../run/messages.ts'
import { Output } from '../run/output.ts'
import { isNullDevice } from '../run/redirect.ts'
import type { Call } from '../run/shell.ts'
import { fileSink } from '../run/streams.ts'
import { complain, eachInput, pathOf, quoteName } from './operands.ts'
import { readOptions } from './options.ts'

const LF = 10
/** What tail holds in memory. */
const TAIL_MAX_BYTES = 8 << 20
const FILE_MODE = 0o666

export async function cat(call: Call): Promise<number> {
  const options = readOptions(call, { letters: 'nuA', long: { number: 'n' } })
  if (typeof options === 'number') return options
  let line = 0
  return eachInput(call, options.operands, async (input) => {
    if (options.flags.has('n')) line = await numbered(call, input, line)
    else await copied(call, input)
  })
}

async function copied({ stdout }: Call, input: Input): Promise<void> {
  for (let chunk = await input.chunk(); chunk !== undefined; chunk = await input.chunk()) {
    stdout.write(chunk)
    if (!(await stdout.flush())) return
  }
}

async function numbered({ stdout }: Call, input: Input, from: number): Promise<number> {
  let number = from
  for (let some = await input.lines(); some !== undefined; some = await input.lines()) {
    for (const line of some.lines) stdout.print(`${String(++number).padStart(6)}\t${line}\n`)
    if (!(await stdout.flush())) break
  }
  return number
}

interface Cut {
  readonly count: number
  readonly bytes: boolean
  /** `head`: from the end; `tail`: from the front. */
  readonly other: boolean
}

/** `-5`, `-n 5`, `-c 5`; `-1c` as old programs write it. A number: misuse. */
function readCut(call: Call): { cut: Cut; operands: readonly string[]; flags: ReadonlySet<string> } | number {
  const old = /^-(\d+)([cl]?)$/.exec(call.args[0] ?? '')
  const args = old === null ? call.args : [old[2] === 'c' ? '-c' : '-n', old[1] ?? '', ...call.args.slice(1)]
  const options = readOptions({ ...call, args }, { letters: 'n:c:qv', long: { lines: 'n', bytes: 'c', quiet: 'q' } })
  if (typeof options === 'number') return options
  const bytes = options.values.has('c')
  const text = options.values.get(bytes ? 'c' : 'n') ?? '10'
  const [, sign, digits, unit = ''] = /^([-+]?)(\d{1,15})([bkKMG]?)$/.exec(text) ?? []
  if (digits === undefined) {
    call.stderr.print(`${call.name}: invalid number of ${bytes ? 'bytes' : 'lines'}: ${quoteName(text)}\n`)
    return 1
  }
  const other = sign === (call.name === 'head' ? '-' : '+')
  return {
    cut: { count: Number(digits) * (UNITS[unit] ?? 1), bytes, other },
    operands: options.operands,
    flags: options.flags,
  }
}

const UNITS: Readonly<Record<string, number>> = { b: 512, k: 1024, K: 1024, M: 1 << 20, G: 1 << 30 }

/** Runs `show` for each operand, under its name where there are several. */
function eachTitled(
  call: Call,
  operands: readonly string[],
  flags: ReadonlySet<string>,
  show: (input: Input) => Promise<void>,
): Promise<number> {
  let shown = 0
  return eachInput(call, operands, async (input, name) => {
    const titled = (operands.length > 1 && !flags.has('q')) || flags.has('v')
    if (titled) call.stdout.print(`${shown++ > 0 ? '\n' : ''}==> ${name === '-' ? 'standard input' : name} <==\n`)
    await show(input)
  })
}

export async function head(call: Call): Promise<number> {
  const read = readCut(call)
  if (typeof read === 'number') return read
  const { cut, operands, flags } = read
  return eachTitled(call, operands, flags, async (input) => {
    if (cut.other) await allButLast(call, input, cut)
    else await first(call, input, cut)
  })
}

async function first({ stdout }: Call, input: Input, { count, bytes }: Cut): Promise<void> {
  let left = count
  while (left > 0) {
    const chunk = await input.chunk()
    if (chunk === undefined) return
    const end = bytes ? Math.min(left, chunk.length) : afterLines(chunk, left)
    stdout.write(chunk.subarray(0, end))
    left -= bytes ? end : countLines(chunk.subarray(0, end))
    if (!(await stdout.flush())) return
  }
}

/** Where in `chunk` the first `count` lines end; its length if there are fewer. */
function afterLines(chunk: Uint8Array, count: number): number {
  let at = 0
  for (let line = 0; line < count; line++) {
    const end = chunk.indexOf(LF, at)
    if (end === -1) return chunk.length
    at = end + 1
  }
  return at
}

function countLines(chunk: Uint8Array): number {
  let count = 0
  for (let at = chunk.indexOf(LF); at !== -1; at = chunk.indexOf(LF, at + 1)) count++
  return count
}

async function allButLast({ stdout }: Call, input: Input, { count, bytes }: Cut): Promise<void> {
  const all = await input.all(TAIL_MAX_BYTES)
  stdout.write(all.subarray(0, bytes ? Math.max(0, all.length - count) : startOfLast(all, count)))
}

/** Where the last `count` lines begin. */
function startOfLast(all: Uint8Array, count: number): number {
  let at = all.length
  for (let line = 0; line < count && at > 0; line++) {
    at = at === 1 ? 0 : all.lastIndexOf(LF, at - 2) + 1
  }
  return at
}

export async function tail(call: Call): Promise<number> {
  const read = readCut(call)
  if (typeof read === 'number') return read
  const { cut, operands, flags } = read
  return eachTitled(call, operands, flags, async (input) => {
    if (cut.other) await from(call, input, cut)
    else await last(call, input, cut)
  })
}

/** From the `count`th on, counted from 1. */
async function from({ stdout }: Call, input: Input, { count, bytes }: Cut): Promise<void> {
  let skip = Math.max(0, count - 1)
  for (let chunk = await input.chunk(); chunk !== undefined; chunk = await input.chunk()) {
    const end = bytes ? Math.min(skip, chunk.length) : afterLines(chunk, skip)
    skip -= bytes ? end : countLines(chunk.subarray(0, end))
    stdout.write(chunk.subarray(end))
    if (!(await stdout.flush())) return
  }
}

async function last({ stdout, stderr, name }: Call, input: Input, { count, bytes }: Cut): Promise<void> {
  let kept: Uint8Array = new Uint8Array(0)
  for (let chunk = await input.chunk(); chunk !== undefined; chunk = await input.chunk()) {
    const all = Buffer.concat([kept, chunk])
    kept = all.subarray(bytes ? Math.max(0, all.length - count) : startOfLast(all, count))
    if (kept.length <= TAIL_MAX_BYTES) continue
    stderr.print(`${name}: memory exhausted\n`)
    return
  }
  stdout.write(kept)
}

export async function tee(call: Call): Promise<number> {
  const options = readOptions(call, { letters: 'ai', long: { append: 'a' } })
  if (typeof options === 'number') return options
  const outputs: Output[] = []
  let status = 0
  for (const name of options.operands) {
    const output = await openTee(call, name, options.flags.has('a'))
    if (typeof output === 'number') status = output
    else outputs.push(output)
  }
  for (let chunk = await call.stdin.chunk(); chunk !== undefined; chunk = await call.stdin.chunk()) {
    for (const output of [call.stdout, ...outputs]) output.write(chunk)
    for (const output of outputs) await output.flush()
    if (!(await call.stdout.flush())) break
  }
  for (const [index, output] of outputs.entries()) {
    if (output.failure !== undefined) status = complain(call, options.operands[index] ?? '', output.failure)
    output.close()
  }
  return status
}

async function openTee(call: Call, name: string, append: boolean): Promise<Output | number> {
  const path = pathOf(call, name)
  if (isNullDevice(path)) return new Output({ write: () => Promise.resolve(undefined) })
  const file = await call.tree.edit(path, { create: true, mode: FILE_MODE & ~call.shell.state.umask })
  if (isFailure(file)) return complain(call, name, file)
  const problem = append ? undefined : await file.change({ size: 0 })
  if (problem === undefined) return new Output(fileSink(file, append))
  await file.close()
  call.stderr.print(`tee: ${name}: ${systemMessage(problem)}\n`)
  return 1
}

interface Counts {
  lines: number
  words: number
  chars: number
  bytes: number
  /** Within a word. */
  inside: boolean
}

export async function wc(call: Call): Promise<number> {
  const options = readOptions(call, { letters: 'lwcm', long: { lines: 'l', words: 'w', bytes: 'c', chars: 'm' } })
  if (typeof options === 'number') return options
  const chosen = options.flags.size === 0 ? new Set(['l', 'w', 'c']) : options.flags
  const rows: { counts: Counts; name: string }[] = []
  const status = await eachInput(call, options.operands, async (input, name) => {
    rows.push({ counts: await countInput(input), name: options.operands.length === 0 ? '' : name })
  })
  if (options.operands.length > 1) rows.push({ counts: total(rows.map((row) => row.counts)), name: 'total' })
  const biggest = Math.max(...rows.map(({ counts }) => counts.bytes), 0)
  const single = options.operands.length <= 1 && chosen.size === 1
  const width = single
    ? 1
    : options.operands.length === 0 || options.operands.includes('-')
      ? 7
      : String(biggest).length
  for (const { counts, name } of rows)
    call.stdout.print(`${wcRow(counts, chosen, width)}${name === '' ? '' : ` ${name}`}\n`)
  return status
}

function wcRow(counts: Counts, chosen: ReadonlySet<string>, width: number): string {
  const columns = [
    ['l', counts.lines],
    ['w', counts.words],
    ['m', counts.chars],
    ['c', counts.bytes],
  ] as const
  return columns
    .filter(([letter]) => chosen.has(letter))
    .map(([, count]) => String(count).padStart(width))
    .join(' ')
}

function total(all: readonly Counts[]): Counts {
  const sum = (key: 'lines' | 'words' | 'chars' | 'bytes') => all.reduce((before, counts) => before + counts[key], 0)
  return { lines: sum('lines'), words: sum('words'), chars: sum('chars'), bytes: sum('bytes'), inside: false }
}

async function countInput(input: Input): Promise<Counts> {
  const counts: Counts = { lines: 0, words: 0, chars: 0, bytes: 0, inside: false }
  for (let chunk = await input.chunk(); chunk !== undefined; chunk = await input.chunk()) countChunk(counts, chunk)
  return counts
}

function countChunk(counts: Counts, chunk: Uint8Array): void {
  counts.bytes += chunk.length
  for (const byte of chunk) {
    if (byte === LF) counts.lines++
    if ((byte & 0xc0) !== 0x80) counts.chars++
    const space = byte === 32 || (byte >= 9 && byte <= 13)
    if (!space && !counts.inside) counts.words++
    counts.inside = !space
  }
}
