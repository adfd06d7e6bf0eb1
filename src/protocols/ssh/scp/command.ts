// The command line by which a client starts the other side: `scp -r -p -t -- 'a folder'`.

import { unescapePattern } from '../shell/expand/pattern.ts'
import { splitWords } from './words.ts'

export interface ScpArguments {
  /** `source`: it sends files (`-f`); `sink`: it takes them (`-t`). */
  readonly side: 'source' | 'sink'
  /** `-r`. */
  readonly recursive: boolean
  /** `-p`: modes and times go with the files. */
  readonly preserves: boolean
  /** `-d`: the target must be a folder. */
  readonly toFolder: boolean
  /** Patterns of the shell (§2.13), a `~` at the front included. */
  readonly paths: readonly string[]
}

const PROGRAM = /^(?:.*\/)?scp$/
/** Letters without arguments of their own that scp knows; those that are not named below change nothing here. */
const OPTIONS = /^-[346ABCOqRTvrpdft]+$/

/** `undefined`: not the other side of a copy. */
export function parseScp(command: string): ScpArguments | undefined {
  const [program, ...words] = splitWords(command) ?? []
  if (program === undefined || !PROGRAM.test(unescapePattern(program))) return undefined
  const end = words.findIndex((word) => word === '--' || !word.startsWith('-') || word === '-')
  const options = end === -1 ? words : words.slice(0, end)
  if (!options.every((option) => OPTIONS.test(option))) return undefined
  const letters = new Set(options.join(''))
  if (letters.has('f') === letters.has('t')) return undefined
  return {
    side: letters.has('f') ? 'source' : 'sink',
    recursive: letters.has('r'),
    preserves: letters.has('p'),
    toFolder: letters.has('d'),
    paths: end === -1 ? [] : words.slice(words[end] === '--' ? end + 1 : end),
  }
}
