// The world's name servers as the checks of a sender want to ask them: promises, errors with Node's codes, answers kept for
// a minute. It follows nothing and decides nothing.

import { failure, isFailure, type Failure } from '../../../core/failure.ts'
import type { LookupType, NameResolver } from '../../../core/world-view.ts'

/** How long an answer is kept, whatever its own time: names of a world change with the world file only. Ours. */
export const KEPT_MS = 60_000
/** Answers kept, the oldest goes first. Ours. */
const ANSWERS_MAX = 4096

type Answer = readonly (readonly string[])[] | Failure

interface Kept {
  readonly answer: Answer
  readonly untilMs: number
}

/** What Node's `dns.promises.resolve` gives; an MX has its fields by name as well. */
export type Lookup = (name: string, type: string) => Promise<string[] | string[][]>

const TYPES: ReadonlyMap<string, LookupType> = new Map([
  ['A', 'A'],
  ['AAAA', 'AAAA'],
  ['MX', 'MX'],
  ['PTR', 'PTR'],
  ['TXT', 'TXT'],
])

/** A policy of a whole top-level domain (RFC 9091): no world has one, and each mail would ask for it by a name that is unknown. */
const TOP_LEVEL_POLICY = /^_dmarc\.[^.]+$/

class LookupError extends Error {
  readonly code: string

  constructor({ code, message }: Failure) {
    super(message)
    this.code = code
  }
}

export class Lookups {
  readonly #resolver: () => Promise<NameResolver | Failure>
  readonly #kept = new Map<string, Kept>()

  /** `resolver` gives the same one each time. */
  constructor(resolver: () => Promise<NameResolver | Failure>) {
    this.#resolver = resolver
  }

  /**
   * A way to look up for one mail. Once a name server has not answered in time, the mail's further questions fail at once, so that
   * a dead one costs a mail one wait and not ten.
   */
  forOneMail(wallMs: number): Lookup {
    let timedOut: Failure | undefined
    return async (name, type) => {
      const known = TYPES.get(type)
      if (known === undefined) throw new LookupError(failure('ENODATA', `no ${type} here`))
      const answer = timedOut ?? (await this.#answer(name.toLowerCase(), known, wallMs))
      if (!isFailure(answer)) return inNodesForm(answer, known)
      if (answer.code === 'ETIMEOUT') timedOut = answer
      throw new LookupError(answer)
    }
  }

  async #answer(name: string, type: LookupType, wallMs: number): Promise<Answer> {
    const key = `${type} ${name}`
    const kept = this.#kept.get(key)
    if (kept !== undefined && kept.untilMs > wallMs && kept.untilMs <= wallMs + KEPT_MS) return kept.answer
    if (TOP_LEVEL_POLICY.test(name)) return failure('ENOTFOUND', `there is no ${name}`)
    const resolver = await this.#resolver()
    if (isFailure(resolver)) return resolver
    const answer = await new Promise<Answer>((resolve) => resolver.resolve(name, type, resolve))
    if (!isFailure(answer) || answer.code === 'ENOTFOUND' || answer.code === 'ENODATA') this.#keep(key, answer, wallMs)
    return answer
  }

  #keep(key: string, answer: Answer, wallMs: number): void {
    this.#kept.delete(key)
    this.#kept.set(key, { answer, untilMs: wallMs + KEPT_MS })
    if (this.#kept.size <= ANSWERS_MAX) return
    for (const oldest of this.#kept.keys()) return void this.#kept.delete(oldest)
  }
}

function inNodesForm(records: readonly (readonly string[])[], type: LookupType): string[] | string[][] {
  if (type === 'TXT') return records.map((pieces) => [...pieces])
  if (type === 'MX') return records.map(([priority = '0', exchange = '']) => exchanger(Number(priority), exchange))
  return records.map(([value = '']) => value)
}

function exchanger(priority: number, exchange: string): string[] {
  return Object.assign([String(priority), exchange], { priority, exchange })
}
