// Logging in: STARTTLS, LOGIN (RFC 9051 §6.2) and AUTHENTICATE with its exchange.

import { isFailure, type UserView } from '../../../../core/index.ts'
import {
  BASE64_MAX_BYTES,
  checkPassword,
  mechanismsFor,
  parseMechanism,
  takesPlain,
  TextExchange,
  type LoginOutcome,
  type TextStep,
} from '../../../../shared/sasl/index.ts'
import type { CommandOf } from '../../messages.ts'
import { preparedCapabilities } from '../capabilities.ts'
import { bad, no, ok, type Outcome } from '../outcome.ts'
import type { Session } from '../session.ts'

/** RFC 9051 §6.2.1. What came behind the command and before the handshake is dropped by `secure`. */
export function startTls(session: Session): Outcome {
  if (session.io.tls !== undefined) return bad('TLS is on already')
  const secure = (): void =>
    session.io.secure({ side: 'server' }, (result) => {
      if (isFailure(result)) session.over()
    })
  return { ...ok('begin TLS'), after: secure }
}

export function login(session: Session, { user, password }: CommandOf<'LOGIN'>): Outcome {
  const { io, context } = session
  if (!takesPlain(io, context)) return no('names and passwords are taken under TLS only', 'PRIVACYREQUIRED')
  if (isShut(session)) return shutOut(session)
  if (user.includes('\0') || password.includes('\0')) return bad('a name or password with a NUL')
  return outcome(session, checkPassword(io, context, 'LOGIN', [user, password]))
}

export function authenticate(session: Session, { mechanism: word, initial }: CommandOf<'AUTHENTICATE'>): Outcome {
  const { io, context } = session
  const mechanism = parseMechanism(word)
  if (mechanism === undefined || !mechanismsFor(io, context).includes(mechanism)) {
    return no('this mechanism is not offered here', takesPlain(io, context) ? 'CANNOT' : 'PRIVACYREQUIRED')
  }
  if (isShut(session)) return shutOut(session)
  const exchange = new TextExchange(io, context, mechanism)
  const line = (text: string): Outcome | undefined => answered(session, exchange.answer(text))
  return answered(session, exchange.begin(initial)) ?? { kind: 'exchange', lineMaxBytes: BASE64_MAX_BYTES, line }
}

/** `undefined`: the exchange goes on. */
function answered(session: Session, step: TextStep): Outcome | undefined {
  if (step.kind !== 'challenge') return outcome(session, step)
  session.out.text(`+ ${step.base64}\r\n`)
  return undefined
}

function outcome(session: Session, login: LoginOutcome): Outcome {
  switch (login.kind) {
    case 'broken':
      return bad(login.why === 'cancelled' ? 'given up, as asked for' : login.reason)
    case 'failed':
      return failed(session, login.name, login.reason)
    case 'done':
      return admit(session, login.user, login.by)
  }
}

function admit(session: Session, user: UserView, mechanism: string): Outcome {
  const { context, io } = session
  const overruled = context.policy.overrule('login', { peer: io.peer.ip, user: user.address })
  if (overruled !== undefined) return session.host.overruled(overruled)
  const account = context.policy.account(user.address)
  if (account === undefined) return no('there are no mailboxes for this user', 'CONTACTADMIN')
  if (!context.sessions.enter(user.address)) {
    context.log.abuse(io, `more than ${context.limits.sessionsMax} sessions of ${user.address}`)
    return no('too many sessions of this user', 'LIMIT')
  }
  context.logins.succeeded(io.peer.ip)
  session.user = user
  session.account = account
  context.log.loggedIn(io, user.address, mechanism, io.tls !== undefined)
  return ok('logged in', `CAPABILITY ${preparedCapabilities(session)}`)
}

function failed(session: Session, name: string | undefined, reason: string): Outcome {
  const { io, context } = session
  const { delayMs, close, shut } = context.logins.failed(io.peer.ip, ++session.badLogins, io.now)
  context.log.loginFailed(io, name, reason)
  if (shut) context.log.abuse(io, `${io.peer.ip} is shut out after too many bad logins`)
  const refusal = no('wrong name or password', 'AUTHENTICATIONFAILED')
  const after = (): void => session.bye('too many bad logins')
  return { kind: 'held', delayMs, outcome: close ? { ...refusal, after } : refusal }
}

function isShut({ io, context }: Session): boolean {
  return context.logins.isShut(io.peer.ip, io.now)
}

function shutOut(session: Session): Outcome {
  const after = (): void => session.bye('too many bad logins from your address')
  return { ...no('too many bad logins from your address, try later', 'LIMIT'), after }
}
