// What a change of flags comes to for each of some messages, before anything is changed.

import { isFailure, type Failure } from '../core/failure.ts'
import type { FlagChange } from '../core/post.ts'
import type { Flags, FlagSets } from './flags.ts'
import type { StoredMessage } from './message.ts'

export interface FlagPlan {
  /** Those whose flags become others, and beside them the flags that they get. */
  readonly changed: readonly StoredMessage[]
  readonly flags: readonly Flags[]
  /** Those that were changed after `unchangedSince`. */
  readonly modified: readonly StoredMessage[]
}

/** `by`: the flags of `change`, looked at once for all. */
export function planFlagChange(
  flagSets: FlagSets,
  messages: readonly StoredMessage[],
  { kind, unchangedSince = Infinity }: FlagChange,
  by: Flags,
): FlagPlan | Failure {
  const known = new Map<Flags, Flags | Failure>()
  const plan = { changed: new Array<StoredMessage>(), flags: new Array<Flags>(), modified: new Array<StoredMessage>() }
  for (const message of messages) {
    if (message.modSeq > unchangedSince) {
      plan.modified.push(message)
      continue
    }
    const next = known.get(message.flags) ?? flagSets.changed(message.flags, kind, by)
    known.set(message.flags, next)
    if (isFailure(next)) return next
    if (next === message.flags) continue
    plan.changed.push(message)
    plan.flags.push(next)
  }
  return plan
}

/** Keywords of some messages, as written, each once. */
export function keywordsOf(messages: readonly StoredMessage[]): readonly string[] {
  const byLower = new Map<string, string>()
  for (const { names } of new Set(messages.map((message) => message.flags))) {
    for (const name of names) if (!name.startsWith('\\')) byLower.set(name.toLowerCase(), name)
  }
  return [...byLower.values()].toSorted()
}
