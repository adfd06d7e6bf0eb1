// The questions that a server of mailboxes asks its owner, whatever protocol it speaks: who logs in, which mailboxes are theirs,
// and whether something else is to be answered than would be. The answers here are made from a WorldView.

import type { Account } from '../../core/post.ts'
import type { UserView, WorldView } from '../../core/world-view.ts'
import { Answers, type AnswerRule } from '../answers/index.ts'

/** `Phase`: the moments at which the owner is asked; `Overruling`: what may be said instead, both in the protocol's words. */
export interface MailboxPolicy<Phase extends string, Overruling> {
  /** Everybody logs in by any password. */
  readonly anyUser: boolean
  /** Who logs in under this name, and by which password; `undefined`: nobody. */
  user(login: string): UserView | undefined
  /** `undefined`: there are no mailboxes for this address. */
  account(address: string): Account | undefined
  /** What to say instead of what would be said; `undefined`: nothing else. */
  overrule(phase: Phase, facts: OverruleFacts): Overruling | undefined
}

export interface OverruleFacts {
  /** The other side's address. */
  readonly peer: string
  /** The address of who is logged in, or would be. */
  readonly user: string | undefined
}

/** `rules`: what a world file says of answers on demand. */
export function mailboxPolicy<Phase extends string, Overruling>(
  world: WorldView,
  rules: readonly AnswerRule<Phase, Overruling>[],
): MailboxPolicy<Phase, Overruling> {
  const answers = new Answers(rules)
  return {
    anyUser: world.anyUser,
    user: (login) => world.user(login),
    account: (address) => world.post.account(address),
    overrule: (phase, { peer, user }) =>
      answers.has(phase) ? answers.decide(phase, { peer: { ip: peer, name: world.nameOf(peer) }, user }) : undefined,
  }
}
