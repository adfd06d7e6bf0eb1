// The questions that a POP3 server asks its owner: who logs in, which mailboxes are theirs, and whether something else is to
// be answered than would be. The answers here are made from a WorldView.

import type { Account, UserView, WorldView } from '../../core/index.ts'
import { Answers, type AnswerRule } from '../../shared/answers/index.ts'
import type { Reply } from './messages.ts'

export interface Pop3Policy {
  /** Everybody logs in by any password. */
  readonly anyUser: boolean
  /** Who logs in under this name, and by which password; `undefined`: nobody. */
  user(login: string): UserView | undefined
  /** `undefined`: there are no mailboxes for this address. */
  account(address: string): Account | undefined
  /** What to say instead of what would be said; `undefined`: nothing else. */
  overrule(phase: Phase, facts: OverruleFacts): Overruling | undefined
}

/** Closing without a word, or a refusal. */
export type Overruling = Reply | 'hang-up'

export interface OverruleFacts {
  /** The other side's address. */
  readonly peer: string
  /** The address of who is logged in, or would be. */
  readonly user: string | undefined
}

/** When the owner is asked: a connection, a login that would succeed, and commands. */
export const PHASES = [
  'connect',
  'login',
  'capa',
  'stls',
  'user',
  'stat',
  'list',
  'retr',
  'dele',
  'noop',
  'rset',
  'top',
  'uidl',
  'quit',
] as const
export type Phase = (typeof PHASES)[number]

/** `rules`: what a world file says of answers on demand. */
export function worldPolicy(world: WorldView, rules: readonly AnswerRule<Phase, Overruling>[] = []): Pop3Policy {
  const answers = new Answers<Phase, Overruling>(rules)
  return {
    anyUser: world.anyUser,
    user: (login) => world.user(login),
    account: (address) => world.post.account(address),
    overrule: (phase, { peer, user }) =>
      answers.has(phase) ? answers.decide(phase, { peer: { ip: peer, name: world.nameOf(peer) }, user }) : undefined,
  }
}
