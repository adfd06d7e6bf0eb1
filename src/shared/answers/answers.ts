// Answers on demand: what the owner of a service wants said in place of what the service would decide. The rules are
// asked in their order, the first that fits and is due answers. Everything follows from what came before, nothing from chance.

import type { Pattern, Peer, PeerPattern } from './pattern.ts'

/** What may be counted apart. */
export const COUNTED_BY = ['peer', 'from', 'to', 'user'] as const
export type CountedBy = (typeof COUNTED_BY)[number]

/** Counts of one rule with `per`; the one unused for longest is forgotten first. Ours. */
const COUNTS_MAX = 4096

export interface AnswerRule<Phase extends string, Reply> {
  /** The moment at which it answers. */
  readonly at: Phase
  readonly from?: Pattern | undefined
  readonly to?: Pattern | undefined
  readonly user?: Pattern | undefined
  readonly peer?: PeerPattern | undefined
  /** Only the first so many times that it fits, after `after`. */
  readonly first?: number | undefined
  /** Not the first so many times that it fits. */
  readonly after?: number | undefined
  /** Every so many times that it fits: 3 means the third, the sixth. */
  readonly every?: number | undefined
  /** Counts each of these apart. Default: one count for all. */
  readonly per?: CountedBy | undefined
  readonly reply: Reply
}

/** What is known at that moment. A rule that asks for what is not known does not fit. */
export interface AnswerFacts {
  readonly peer: Peer
  /** The sender; `''` is the null reverse-path, which `<>` and `*` fit. */
  readonly from?: string | undefined
  /** One recipient, or, once a message stands, all: a rule fits if one of them does. */
  readonly to?: string | readonly string[] | undefined
  /** The login name. */
  readonly user?: string | undefined
}

interface Counted<Phase extends string, Reply> {
  readonly rule: AnswerRule<Phase, Reply>
  /** How often it fitted, by whom it is counted. */
  readonly counts: Map<string, number>
}

export class Answers<Phase extends string, Reply> {
  readonly #byPhase = new Map<Phase, Counted<Phase, Reply>[]>()

  constructor(rules: readonly AnswerRule<Phase, Reply>[]) {
    for (const rule of rules) {
      const there = this.#byPhase.get(rule.at)
      if (there === undefined) this.#byPhase.set(rule.at, [{ rule, counts: new Map() }])
      else there.push({ rule, counts: new Map() })
    }
  }

  /** Whether any rule is about that moment: what is known need not be gathered otherwise. */
  has(at: Phase): boolean {
    return this.#byPhase.has(at)
  }

  /**
   * The reply of the first rule that fits and is due, or `undefined`: the service decides. A rule counts each time that it
   * fits and no rule before it has answered.
   */
  decide(at: Phase, facts: AnswerFacts): Reply | undefined {
    const there = this.#byPhase.get(at)
    if (there === undefined) return undefined
    for (const counted of there) {
      if (fits(counted.rule, facts) && isDue(counted.rule, count(counted, facts))) return counted.rule.reply
    }
    return undefined
  }
}

function fits({ from, to, user, peer }: AnswerRule<string, unknown>, facts: AnswerFacts): boolean {
  if (peer !== undefined && !peer(facts.peer)) return false
  return hits(from, facts.from) && hits(user, facts.user) && hits(to, facts.to)
}

function hits(pattern: Pattern | undefined, value: string | readonly string[] | undefined): boolean {
  if (pattern === undefined) return true
  if (value === undefined) return false
  return typeof value === 'string' ? pattern(value) : value.some(pattern)
}

/** Counts one more, and says how many that makes. */
function count({ rule, counts }: Counted<string, unknown>, facts: AnswerFacts): number {
  const key = keyFor(rule.per, facts)
  const times = (counts.get(key) ?? 0) + 1
  counts.delete(key)
  counts.set(key, times)
  if (counts.size > COUNTS_MAX) forgetOldest(counts)
  return times
}

function keyFor(per: CountedBy | undefined, facts: AnswerFacts): string {
  if (per === undefined) return ''
  if (per === 'peer') return facts.peer.ip
  const value = facts[per] ?? ''
  return (typeof value === 'string' ? value : value.join(' ')).toLowerCase()
}

function forgetOldest(counts: Map<string, number>): void {
  const [oldest] = counts.keys()
  if (oldest !== undefined) counts.delete(oldest)
}

/** `times`: this one included. */
function isDue({ first = Infinity, after = 0, every = 1 }: AnswerRule<string, unknown>, times: number): boolean {
  const since = times - after
  return since >= 1 && since <= first && since % every === 0
}
