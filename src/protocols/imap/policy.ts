// What the owner of an IMAP server is asked, and what it may have said instead. shared/mailbox-policy has the questions.

import type { MailboxPolicy } from '../../shared/mailbox-policy/index.ts'
import type { Status } from './messages.ts'

/** Closing without a word, or how the command ends. BYE ends the session. */
export type Overruling = 'hang-up' | { readonly status: Exclude<Status, 'PREAUTH' | 'OK'>; readonly text: string }

/** When the owner is asked: a connection, a login that would succeed, and commands. */
export const PHASES = [
  'connect',
  'login',
  'capability',
  'starttls',
  'enable',
  'list',
  'lsub',
  'status',
  'namespace',
  'create',
  'delete',
  'rename',
  'subscribe',
  'select',
  'append',
  'idle',
  'search',
  'sort',
  'thread',
  'fetch',
  'store',
  'copy',
  'move',
  'expunge',
  'close',
  'quota',
  'noop',
  'logout',
] as const
export type Phase = (typeof PHASES)[number]

export type ImapPolicy = MailboxPolicy<Phase, Overruling>
