// xargs: words of stdin as arguments of a command.

import { Input } from '../run/input.ts'
import type { Call } from '../run/shell.ts'
import { EMPTY_SOURCE } from '../run/streams.ts'
import { pathText } from '../../../../wire/path-text.ts'
import { stopped } from './operands.ts'
import { readOptions } from './options.ts'

const INPUT_MAX_BYTES = 2 << 20
/** Words for one command where -n says nothing. */
const WORDS_MAX = 5000
const STATUS_SOME_FAILED = 123

export async function xargs(call: Call): Promise<number> {
  const options = readOptions(call, {
    letters: '0n:I:rtL:',
    long: { null: '0', 'max-args': 'n', replace: 'I', 'no-run-if-empty': 'r' },
    stopAtOperand: true,
  })
  if (typeof options === 'number') return options
  const { flags, values, operands } = options
  const text = pathText(await call.stdin.all(INPUT_MAX_BYTES))
  const replaced = values.get('I')
  const words = flags.has('0')
    ? text.split('\0').filter((word) => word !== '')
    : replaced === undefined
      ? wordsOf(text)
      : linesOf(text)
  const command = operands.length === 0 ? ['echo'] : operands
  const size = replaced === undefined ? Math.max(1, Number(values.get('n') ?? values.get('L') ?? WORDS_MAX) || 1) : 1
  const ends = new Map(call.ends).set(0, { input: new Input(EMPTY_SOURCE) })
  let status = 0
  const least = flags.has('r') || replaced !== undefined ? 0 : 1
  for (let at = 0; at < Math.max(least, words.length); at += size) {
    const some = words.slice(at, at + size)
    const line =
      replaced === undefined
        ? [...command, ...some]
        : command.map((word) => word.replaceAll(replaced, () => some[0] ?? ''))
    const ended = await call.shell.command(line, ends)
    if (stopped(call) || ended === 127 || ended === 126) return ended
    if (ended !== 0) status = STATUS_SOME_FAILED
  }
  return status
}

function linesOf(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.replace(/^[ \t]+/, ''))
    .filter((line) => line !== '')
}

/** Blank-separated, with quotes and backslashes. */
function wordsOf(text: string): string[] {
  const found = text.match(/(?:"[^"\n]*"|'[^'\n]*'|\\[^]|[^\s"'\\])+/g) ?? []
  return found.map((word) =>
    word.replace(
      /"([^"\n]*)"|'([^'\n]*)'|\\([^])/g,
      (_, double?: string, single?: string, escaped?: string) => double ?? single ?? escaped ?? '',
    ),
  )
}
