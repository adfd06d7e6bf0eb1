// Which command is legal when (RFC 5321 §4.1.4, RFC 3030 §2, RFC 3207 §4, RFC 4954 §4), and what to say where it is not.

import type { CommandKind, Reply } from '../messages.ts'
import type { Phase, Role } from '../policy.ts'
import * as say from './replies.ts'

/**
 * `start`: no greeting yet. `ready`: between mails. `mail`: a sender is known; `rcpt`: a recipient too. `chunks`: between
 * two BDAT. `content`: a message or a chunk is read. `exchange`: within AUTH. `held`: an answer is held back. `over`: the
 * last word was said.
 */
export type State = 'start' | 'ready' | 'mail' | 'rcpt' | 'chunks' | 'content' | 'exchange' | 'held' | 'over'

interface Legality {
  readonly in: readonly State[]
  /** What to say elsewhere, by state; the command is refused as out of order where nothing stands. */
  readonly otherwise: Readonly<Partial<Record<State, Reply>>>
  /** The word by which the owner's rules name it. */
  readonly phase?: Phase
  /** On a submission port before TLS and login: allowed when. Default: after the login. */
  readonly before?: 'tls' | 'login'
  /** It brings no mail forward: too many of these end the connection. */
  readonly isIdle?: true
}

const ALWAYS: readonly State[] = ['start', 'ready', 'mail', 'rcpt', 'chunks']
const NOT_STARTED = { start: say.HELLO_FIRST } as const

export const LEGAL: Readonly<Record<CommandKind, Legality>> = {
  AUTH: {
    in: ['ready'],
    otherwise: { ...NOT_STARTED, mail: say.NOT_IN_MAIL, rcpt: say.NOT_IN_MAIL },
    phase: 'auth',
    before: 'login',
    isIdle: true,
  },
  BDAT: {
    in: ['rcpt', 'chunks'],
    otherwise: { ...NOT_STARTED, ready: say.MAIL_FIRST, mail: say.NO_RECIPIENTS },
    phase: 'data',
  },
  DATA: {
    in: ['rcpt'],
    otherwise: { ...NOT_STARTED, ready: say.MAIL_FIRST, mail: say.NO_RECIPIENTS, chunks: say.BDAT_ONLY },
    phase: 'data',
  },
  EHLO: { in: ALWAYS, otherwise: {}, phase: 'helo', before: 'tls', isIdle: true },
  EXPN: { in: ALWAYS, otherwise: {}, isIdle: true },
  HELO: { in: ALWAYS, otherwise: {}, phase: 'helo', before: 'tls', isIdle: true },
  HELP: { in: ALWAYS, otherwise: {}, before: 'tls', isIdle: true },
  MAIL: {
    in: ['ready'],
    otherwise: { ...NOT_STARTED, mail: say.NESTED_MAIL, rcpt: say.NESTED_MAIL, chunks: say.BDAT_ONLY },
    phase: 'mail',
  },
  NOOP: { in: ALWAYS, otherwise: {}, before: 'tls', isIdle: true },
  QUIT: { in: ALWAYS, otherwise: {}, phase: 'quit', before: 'tls' },
  RCPT: {
    in: ['mail', 'rcpt'],
    otherwise: { ...NOT_STARTED, ready: say.MAIL_FIRST, chunks: say.BDAT_ONLY },
    phase: 'rcpt',
  },
  RSET: { in: ALWAYS, otherwise: {}, before: 'tls', isIdle: true },
  STARTTLS: {
    in: ['start', 'ready'],
    otherwise: { mail: say.NOT_IN_MAIL, rcpt: say.NOT_IN_MAIL, chunks: say.NOT_IN_MAIL },
    phase: 'starttls',
    before: 'tls',
    isIdle: true,
  },
  VRFY: { in: ALWAYS, otherwise: {}, isIdle: true },
}

export interface Situation {
  readonly state: State
  readonly role: Role
  readonly isSecured: boolean
  readonly isLoggedIn: boolean
}

/** What to say instead of obeying; `undefined`: the command is legal now. */
export function illegal(kind: CommandKind, { state, role, isSecured, isLoggedIn }: Situation): Reply | undefined {
  const legality = LEGAL[kind]
  if (role === 'submission' && legality.before !== 'tls') {
    if (!isSecured) return say.TLS_FIRST
    if (!isLoggedIn && legality.before === undefined) return say.LOGIN_FIRST
  }
  if (kind === 'STARTTLS' && isSecured) return say.TLS_RUNS
  if (kind === 'AUTH' && role === 'mx') return say.NO_LOGINS
  if (kind === 'AUTH' && isLoggedIn) return say.LOGIN_DONE
  return legality.in.includes(state) ? undefined : (legality.otherwise[state] ?? say.NOT_IN_MAIL)
}
