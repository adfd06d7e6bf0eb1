// read and getopts.

import { DEFAULT_IFS } from '../expand/fields.ts'
import type { Call } from '../run/shell.ts'

/** Lines that a backslash at their end joins. */
const JOINED_MAX = 1000

export async function read(call: Call): Promise<number> {
  const raw = call.args[0] === '-r'
  const names = raw ? call.args.slice(1) : call.args
  if (names.length === 0) {
    call.stderr.print(`${call.shell.state.name}: read: arg count\n`)
    return 2
  }
  const line = await readLine(call, raw)
  const values = splitLine(line.text, names.length, call.shell.get('IFS') ?? DEFAULT_IFS, raw)
  for (const [index, name] of names.entries()) {
    if (call.shell.set(name, values[index] ?? '')) continue
    call.stderr.print(`${call.shell.state.name}: ${name}: is read only\n`)
    return 2
  }
  return line.ended ? 0 : 1
}

async function readLine({ stdin }: Call, raw: boolean): Promise<{ text: string; ended: boolean }> {
  let text = ''
  for (let joined = 0; joined < JOINED_MAX; joined++) {
    const line = await stdin.line()
    if (line === undefined) break
    const continues = !raw && line.ended && /(?:^|[^\\])(?:\\\\)*\\$/.test(line.text)
    text += continues ? line.text.slice(0, -1) : line.text
    if (!continues) return { text, ended: line.ended }
  }
  return { text, ended: false }
}

/** Fields at IFS, the last with all that is left; escaped characters separate nothing. */
function splitLine(text: string, count: number, ifs: string, raw: boolean): string[] {
  const isSpace = (char: string) => DEFAULT_IFS.includes(char) && ifs.includes(char)
  const values: string[] = []
  let value = ''
  let kept = 0
  let at = 0
  while (at < text.length && isSpace(text.charAt(at))) at++
  for (; at < text.length; at++) {
    const char = text.charAt(at)
    if (!raw && char === '\\') {
      value += text.charAt(++at)
      kept = value.length
    } else if (values.length < count - 1 && ifs.includes(char)) {
      values.push(value)
      value = ''
      kept = 0
      at = skipDelimiter(text, at, ifs, isSpace) - 1
    } else {
      value += char
      if (!isSpace(char)) kept = value.length
    }
  }
  const rest = value.slice(0, kept)
  const last = rest.slice(0, -1)
  const only = rest !== '' && ifs.includes(rest.slice(-1)) && !isSpace(rest.slice(-1))
  values.push(only && ![...last].some((char) => ifs.includes(char)) ? last : rest)
  return values
}

function skipDelimiter(text: string, from: number, ifs: string, isSpace: (char: string) => boolean): number {
  let at = from
  while (at < text.length && isSpace(text.charAt(at))) at++
  if (at < text.length && ifs.includes(text.charAt(at)) && !isSpace(text.charAt(at))) at++
  while (at < text.length && isSpace(text.charAt(at))) at++
  return Math.max(at, from + 1)
}

/** One option at a time; OPTIND and a place within a word stand for where it is. */
export function getopts(call: Call): number {
  const [letters = '', name = '', ...given] = call.args
  const { shell } = call
  const args = given.length > 0 ? given : shell.positional
  const [index = 1, place = 1] = (shell.get('OPTIND') ?? '1').split('.').map(Number)
  const word = args[index - 1] ?? ''
  if (!/^-./.test(word) || word === '--') return endOptions(call, name, word === '--' ? index + 1 : index)
  const letter = word.charAt(place)
  const last = place + 1 >= word.length
  const at = letter === ':' ? -1 : letters.replace(/^:/, '').indexOf(letter)
  const takes = at !== -1 && letters.replace(/^:/, '').charAt(at + 1) === ':'
  const value = takes ? (last ? args[index] : word.slice(place + 1)) : undefined
  shell.set('OPTIND', takes ? String(index + (last ? 2 : 1)) : last ? String(index + 1) : `${index}.${place + 1}`)
  if (at !== -1 && (!takes || value !== undefined)) return optionFound(call, name, letter, value)
  return optionWrong(call, name, { letter, known: at !== -1, silent: letters.startsWith(':') })
}

function optionFound({ shell }: Call, name: string, letter: string, value: string | undefined): number {
  shell.set(name, letter)
  if (value === undefined) shell.state.unset('OPTARG')
  else shell.set('OPTARG', value)
  return 0
}

function optionWrong(
  { shell, stderr }: Call,
  name: string,
  { letter, known, silent }: { letter: string; known: boolean; silent: boolean },
): number {
  shell.set(name, silent && known ? ':' : '?')
  if (silent) shell.set('OPTARG', letter)
  else stderr.print(known ? `No arg for -${letter} option\n` : `Illegal option -${letter}\n`)
  return 0
}

function endOptions({ shell }: Call, name: string, index: number): number {
  shell.set('OPTIND', String(index))
  shell.set(name, '?')
  return 1
}
