// What the owner of a POP3 server is asked, and what it may have said instead. shared/mailbox-policy has the questions.

import type { MailboxPolicy } from '../../shared/mailbox-policy/index.ts'
import type { Reply } from './messages.ts'

/** Closing without a word, or a refusal. */
export type Overruling = Reply | 'hang-up'

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

export type Pop3Policy = MailboxPolicy<Phase, Overruling>
