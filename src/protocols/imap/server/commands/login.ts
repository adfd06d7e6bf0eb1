// Logging in: STARTTLS, LOGIN (RFC 9051 §6.2) and AUTHENTICATE with its exchange.

import { isFailure, type UserView } from '../../../../core/index.ts'
import {
  BASE64_MAX_BYTES,
  decodeBase64,
  encodeBase64,
  parseMechanism,
  startSasl,
  type SaslContext,
  type SaslMechanism,
  type SaslServer,
  type SaslStep,
} from '../../../../shared/sasl/index.ts'
import type { CommandOf } from '../../messages.ts'
import { mechanismsFor, preparedCapabilities, takesPlain } from '../capabilities.ts'
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
  if (!takesPlain(session)) return no('names and passwords are taken under TLS only', 'PRIVACYREQUIRED')
  if (isShut(session)) return shutOut(session)
  if (user.includes('\0') || password.includes('\0')) return bad('a name or password with a NUL')
  return outcome(session, startSasl('PLAIN', saslContext(session)).step(Buffer.from(`\0${user}\0${password}`)), 'LOGIN')
}

export function authenticate(session: Session, { mechanism: word, initial }: CommandOf<'AUTHENTICATE'>): Outcome {
  const mechanism = parseMechanism(word)
  if (mechanism === undefined || !mechanismsFor(session).includes(mechanism)) {
    return no('this mechanism is not offered here', takesPlain(session) ? 'CANNOT' : 'PRIVACYREQUIRED')
  }
  if (isShut(session)) return shutOut(session)
  const server = startSasl(mechanism, saslContext(session))
  const exchange = new Authentication(session, mechanism, server)
  return exchange.begin(initial) ?? exchange
}

/** Lines of base64 one after the other, until the mechanism is done or `*` ends it. */
class Authentication {
  readonly kind = 'exchange'
  readonly lineMaxBytes = BASE64_MAX_BYTES
  readonly #session: Session
  readonly #mechanism: SaslMechanism
  readonly #server: SaslServer

  constructor(session: Session, mechanism: SaslMechanism, server: SaslServer) {
    this.#session = session
    this.#mechanism = mechanism
    this.#server = server
  }

  begin(initial: string | undefined): Outcome | undefined {
    return initial === undefined ? this.#step(undefined) : this.line(initial)
  }

  line(text: string): Outcome | undefined {
    if (text === '*') return bad('given up, as asked for')
    const response = decodeBase64(text)
    return response === undefined ? bad('this is not base64') : this.#step(response)
  }

  #step(response: Uint8Array | undefined): Outcome | undefined {
    const step = this.#server.step(response)
    if (step.kind !== 'challenge') return outcome(this.#session, step, this.#mechanism)
    this.#session.out.text(`+ ${encodeBase64(step.bytes)}\r\n`)
    return undefined
  }
}

function outcome(session: Session, step: SaslStep, mechanism: string): Outcome {
  switch (step.kind) {
    case 'challenge':
      return bad('the response is not complete')
    case 'failed':
      if (step.reason === 'malformed') return bad(`this is no message of ${mechanism}`)
      return failed(
        session,
        step.user,
        step.reason === 'credentials' ? 'wrong name or password' : 'bound to another TLS',
      )
    case 'done':
      return proved(session, step.user, step.authorization, mechanism)
  }
}

/** Nobody acts for somebody else. */
function proved(session: Session, name: string, authorization: string | undefined, mechanism: string): Outcome {
  const { policy } = session.context
  const user = policy.user(name)
  const acting = authorization === undefined || authorization === '' ? user : policy.user(authorization)
  if (user === undefined) return failed(session, name, 'wrong name or password')
  if (acting?.address !== user.address) return failed(session, name, 'may not act for another')
  return admit(session, user, mechanism)
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

function saslContext({ io, context }: Session): SaslContext {
  return {
    passwordOf: (name) => context.policy.user(name)?.password,
    random: (size) => io.random(size),
    keys: context.keys,
    channelBinding: context.channelBinding ? io.tls?.channelBinding : undefined,
  }
}
