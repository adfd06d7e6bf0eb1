// Options of commands as getopt(3) of glibc takes them: letters together, values behind them, words between operands,
// long names where a command has them.

import type { Call } from '../run/shell.ts'

export interface Options {
  readonly flags: ReadonlySet<string>
  readonly values: ReadonlyMap<string, string>
  readonly operands: readonly string[]
}

export interface OptionSpec {
  /** Letters; a colon behind one: it takes a value. */
  readonly letters: string
  /** Long names and the letters they stand for. */
  readonly long?: Readonly<Record<string, string>>
  /** Operands end the options (POSIX; `env`). Default: they may stand between them. */
  readonly stopAtOperand?: boolean
  /** Exit status of misuse. Default: 1. */
  readonly status?: number
}

/** A number: misuse that was told, and the exit status for it. */
export function readOptions(call: Call, spec: OptionSpec): Options | number {
  const reader = new OptionReader(call.args, spec)
  const problem = reader.read()
  if (problem === undefined) return reader
  call.stderr.print(`${call.name}: ${problem}\nTry '${call.name} --help' for more information.\n`)
  return spec.status ?? 1
}

export function misuse(call: Call, message: string, status = 1): number {
  call.stderr.print(`${call.name}: ${message}\nTry '${call.name} --help' for more information.\n`)
  return status
}

export function missingOperand(call: Call): number {
  return misuse(call, 'missing operand')
}

class OptionReader implements Options {
  readonly flags = new Set<string>()
  readonly values = new Map<string, string>()
  readonly operands: string[] = []
  readonly #args: readonly string[]
  readonly #spec: OptionSpec
  #at = 0

  constructor(args: readonly string[], spec: OptionSpec) {
    this.#args = args
    this.#spec = spec
  }

  read(): string | undefined {
    for (; this.#at < this.#args.length; this.#at++) {
      const word = this.#args[this.#at] ?? ''
      if (word === '--') return this.#rest(this.#at + 1)
      if (!word.startsWith('-') || word === '-') {
        if (this.#spec.stopAtOperand === true) return this.#rest(this.#at)
        this.operands.push(word)
        continue
      }
      const problem = word.startsWith('--') ? this.#long(word.slice(2)) : this.#letters(word)
      if (problem !== undefined) return problem
    }
    return undefined
  }

  #rest(from: number): undefined {
    for (const word of this.#args.slice(from)) this.operands.push(word)
  }

  #letters(word: string): string | undefined {
    for (let at = 1; at < word.length; at++) {
      const letter = word.charAt(at)
      const place = letter === ':' ? -1 : this.#spec.letters.indexOf(letter)
      if (place === -1) return `invalid option -- '${letter}'`
      if (this.#spec.letters.charAt(place + 1) !== ':') this.flags.add(letter)
      else {
        const value = at + 1 < word.length ? word.slice(at + 1) : this.#args[++this.#at]
        if (value === undefined) return `option requires an argument -- '${letter}'`
        this.values.set(letter, value)
        return undefined
      }
    }
    return undefined
  }

  #long(word: string): string | undefined {
    const [name = ''] = word.split('=', 1)
    const long = this.#spec.long ?? {}
    const letter = Object.hasOwn(long, name) ? long[name] : undefined
    if (letter === undefined) return `unrecognized option '--${name}'`
    const takes = this.#spec.letters.includes(`${letter}:`)
    const given = word.length > name.length ? word.slice(name.length + 1) : undefined
    if (!takes && given !== undefined) return `option '--${name}' doesn't allow an argument`
    if (!takes) this.flags.add(letter)
    else {
      const value = given ?? this.#args[++this.#at]
      if (value === undefined) return `option '--${name}' requires an argument`
      this.values.set(letter, value)
    }
    return undefined
  }
}
