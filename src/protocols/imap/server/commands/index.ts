// Every command: in which states it is legal (RFC 9051 §6), by which word the owner's rules name it, and what runs it.

import type { Command, CommandKind, CommandOf, SessionState } from '../../messages.ts'
import type { Phase } from '../../policy.ts'
import type { Outcome } from '../outcome.ts'
import type { Session } from '../session.ts'
import { capability, compress, enable, id, logout, noop } from './any.ts'
import { append } from './append.ts'
import { copy, expunge } from './copy.ts'
import { fetch } from './fetch.ts'
import { idle } from './idle.ts'
import { list, lsub, status } from './list.ts'
import { authenticate, login, startTls } from './login.ts'
import { create, getQuota, getQuotaRoot, namespace, remove, rename, subscribe } from './mailboxes.ts'
import { search, sort, thread } from './search.ts'
import { close, select, unselect } from './select.ts'
import { store } from './store.ts'

interface Legality {
  readonly in: readonly SessionState[]
  readonly phase?: Phase
  /** Numbers of messages must not change while these are answered (RFC 9051 §7.5.1). */
  readonly keepsNumbers?: true
}

type Run<Kind extends CommandKind> = (session: Session, command: CommandOf<Kind>, tag: string) => Outcome

const ANYWHERE: readonly SessionState[] = ['not-authenticated', 'authenticated', 'selected']
const BEFORE: readonly SessionState[] = ['not-authenticated']
const LOGGED_IN: readonly SessionState[] = ['authenticated', 'selected']
const SELECTED: readonly SessionState[] = ['selected']

export const LEGAL: Readonly<Record<CommandKind, Legality>> = {
  APPEND: { in: LOGGED_IN, phase: 'append' },
  AUTHENTICATE: { in: BEFORE },
  CAPABILITY: { in: ANYWHERE, phase: 'capability' },
  CHECK: { in: SELECTED, phase: 'noop' },
  CLOSE: { in: SELECTED, phase: 'close' },
  COMPRESS: { in: LOGGED_IN },
  COPY: { in: SELECTED, phase: 'copy' },
  CREATE: { in: LOGGED_IN, phase: 'create' },
  DELETE: { in: LOGGED_IN, phase: 'delete' },
  ENABLE: { in: LOGGED_IN, phase: 'enable' },
  EXAMINE: { in: LOGGED_IN, phase: 'select' },
  EXPUNGE: { in: SELECTED, phase: 'expunge' },
  FETCH: { in: SELECTED, phase: 'fetch', keepsNumbers: true },
  GETQUOTA: { in: LOGGED_IN, phase: 'quota' },
  GETQUOTAROOT: { in: LOGGED_IN, phase: 'quota' },
  ID: { in: ANYWHERE },
  IDLE: { in: LOGGED_IN, phase: 'idle' },
  LIST: { in: LOGGED_IN, phase: 'list' },
  LOGIN: { in: BEFORE },
  LOGOUT: { in: ANYWHERE, phase: 'logout' },
  LSUB: { in: LOGGED_IN, phase: 'lsub' },
  MOVE: { in: SELECTED, phase: 'move' },
  NAMESPACE: { in: LOGGED_IN, phase: 'namespace' },
  NOOP: { in: ANYWHERE, phase: 'noop' },
  RENAME: { in: LOGGED_IN, phase: 'rename' },
  SEARCH: { in: SELECTED, phase: 'search', keepsNumbers: true },
  SELECT: { in: LOGGED_IN, phase: 'select' },
  SORT: { in: SELECTED, phase: 'sort', keepsNumbers: true },
  STARTTLS: { in: BEFORE, phase: 'starttls' },
  STATUS: { in: LOGGED_IN, phase: 'status' },
  STORE: { in: SELECTED, phase: 'store', keepsNumbers: true },
  SUBSCRIBE: { in: LOGGED_IN, phase: 'subscribe' },
  THREAD: { in: SELECTED, phase: 'thread', keepsNumbers: true },
  UNSELECT: { in: SELECTED, phase: 'close' },
  UNSUBSCRIBE: { in: LOGGED_IN, phase: 'subscribe' },
}

const RUN: { readonly [Kind in CommandKind]: Run<Kind> } = {
  APPEND: append,
  AUTHENTICATE: authenticate,
  CAPABILITY: capability,
  CHECK: noop,
  CLOSE: close,
  COMPRESS: compress,
  COPY: copy,
  CREATE: create,
  DELETE: remove,
  ENABLE: enable,
  EXAMINE: select,
  EXPUNGE: expunge,
  FETCH: fetch,
  GETQUOTA: getQuota,
  GETQUOTAROOT: getQuotaRoot,
  ID: id,
  IDLE: idle,
  LIST: list,
  LOGIN: login,
  LOGOUT: logout,
  LSUB: lsub,
  MOVE: copy,
  NAMESPACE: namespace,
  NOOP: noop,
  RENAME: rename,
  SEARCH: search,
  SELECT: select,
  SORT: sort,
  STARTTLS: startTls,
  STATUS: status,
  STORE: store,
  SUBSCRIBE: subscribe,
  THREAD: thread,
  UNSELECT: unselect,
  UNSUBSCRIBE: subscribe,
}

export function run<Kind extends CommandKind>(
  session: Session,
  command: CommandOf<Kind> & { readonly kind: Kind },
  tag: string,
): Outcome {
  return RUN[command.kind](session, command, tag)
}

/** Whether messages may lose their numbers at the end of this command. */
export function mayExpunge(command: Command): boolean {
  const isByUid = 'uid' in command && command.uid
  return isByUid || LEGAL[command.kind].keepsNumbers !== true
}
