// Combinations of flags, one object for each, so that 10,000 messages with the same flags share one and a comparison is one
// of references.

import { failure, type Failure } from '../core/failure.ts'
import { SYSTEM_FLAGS, type FlagChange, type FlagSet } from '../core/post.ts'
import { FLAG_SETS_MAX, KEYWORD_MAX_BYTES, KEYWORDS_MAX } from './limits.ts'

const SYSTEM_BY_LOWER: ReadonlyMap<string, string> = new Map(SYSTEM_FLAGS.map((flag) => [flag.toLowerCase(), flag]))
/** An atom (RFC 9051 §9): ASCII without controls, `(){ %*"\]`. */
const ATOM = /^[!#$&'+,\-./0-9:;<=>?@A-Z[^_`a-z|}~]+$/

/** Made by `FlagSets` alone. */
export class Flags implements FlagSet {
  readonly names: readonly string[]
  readonly lower: ReadonlySet<string>
  readonly text: string
  readonly seen: boolean
  readonly deleted: boolean

  constructor(names: readonly string[]) {
    this.names = names
    this.lower = new Set(names.map((name) => name.toLowerCase()))
    this.text = names.join(' ')
    this.seen = this.lower.has('\\seen')
    this.deleted = this.lower.has('\\deleted')
  }
}

export class FlagSets {
  readonly none = new Flags([])
  readonly #byText = new Map<string, Flags>([['', this.none]])

  /** The set of what people wrote: each flag once, the first spelling of a keyword stays. */
  parse(names: readonly string[]): Flags | Failure {
    if (names.length === 0) return this.none
    const byLower = new Map<string, string>()
    for (const name of names) {
      const lower = name.toLowerCase()
      const known = SYSTEM_BY_LOWER.get(lower)
      if (known === undefined && !isKeyword(name)) return failure('EINVAL', `${JSON.stringify(name)} is no flag`)
      if (!byLower.has(lower)) byLower.set(lower, known ?? name)
    }
    return this.#of(byLower)
  }

  /** The set whose `text` a database holds. */
  stored(text: string): Flags {
    return this.#byText.get(text) ?? this.#shared(text, text.split(' '))
  }

  /** What `from` becomes; `from` itself where nothing changes. */
  changed(from: Flags, kind: FlagChange['kind'], by: Flags): Flags | Failure {
    if (kind === 'replace') return sameFlags(from, by) ? from : by
    const byLower = new Map(from.names.map((name) => [name.toLowerCase(), name]))
    for (const name of by.names) {
      const lower = name.toLowerCase()
      if (kind === 'remove') byLower.delete(lower)
      else if (!byLower.has(lower)) byLower.set(lower, name)
    }
    return byLower.size === from.names.length && sameKeys(from, byLower) ? from : this.#of(byLower)
  }

  #of(byLower: ReadonlyMap<string, string>): Flags | Failure {
    const system = SYSTEM_FLAGS.filter((flag) => byLower.has(flag.toLowerCase()))
    const keywords = [...byLower].filter(([lower]) => !SYSTEM_BY_LOWER.has(lower)).toSorted(byFirst)
    if (keywords.length > KEYWORDS_MAX) return failure('EINVAL', `more than ${KEYWORDS_MAX} keywords on one message`)
    const names = [...system, ...keywords.map(([, written]) => written)]
    const text = names.join(' ')
    return this.#byText.get(text) ?? this.#shared(text, names)
  }

  #shared(text: string, names: readonly string[]): Flags {
    if (this.#byText.size >= FLAG_SETS_MAX) this.#byText.clear()
    const flags = new Flags(names)
    this.#byText.set(text, flags)
    return flags
  }
}

function isKeyword(name: string): boolean {
  return name.length <= KEYWORD_MAX_BYTES && ATOM.test(name)
}

function byFirst(left: readonly [string, string], right: readonly [string, string]): number {
  return left[0] < right[0] ? -1 : 1
}

function sameFlags(left: Flags, right: Flags): boolean {
  return left === right || (left.names.length === right.names.length && sameKeys(left, right.lower))
}

function sameKeys(flags: Flags, keys: { has(key: string): boolean }): boolean {
  for (const lower of flags.lower) if (!keys.has(lower)) return false
  return true
}
