// A login over a protocol of lines, as the server: what is offered on a connection, lines of base64 until the exchange ends,
// and whom it lets in. What is said of each outcome, and what bad logins cost, is the protocol's.

import type { UserView } from '../../core/world-view.ts'
import { decodeBase64, encodeBase64 } from './base64.ts'
import { offeredMechanisms, type SaslMechanism } from './mechanisms.ts'
import type { SaslContext, SaslIo, SaslRefusal, SaslServer, SaslStep } from './messages.ts'
import type { ScramKeys } from './scram-keys.ts'
import { startSasl } from './server.ts'

/** What a service says of its logins. */
export interface LoginTerms {
  readonly policy: {
    /** Everybody logs in by any password. */
    readonly anyUser: boolean
    /** Who logs in under this name, and by which password; `undefined`: nobody. */
    user(login: string): UserView | undefined
  }
  /** One for the life of a service. */
  readonly keys: ScramKeys
  /** Names and passwords are taken without TLS. Default: false. */
  readonly plainLogin?: boolean
  /** SCRAM-SHA-256-PLUS is offered. */
  readonly channelBinding: boolean
}

/** How a login went. `by`: the mechanism, or the command that did without one. */
export type LoginOutcome =
  /** No login was tried: `*` ended it, or what was sent is no exchange. */
  | { readonly kind: 'broken'; readonly why: 'cancelled' | 'encoding' | 'malformed'; readonly reason: string }
  /** Wrong name or password, or the like: `name`, as far as it was said. */
  | { readonly kind: 'failed'; readonly name: string | undefined; readonly reason: string }
  | { readonly kind: 'done'; readonly user: UserView; readonly by: string }

export type TextStep = LoginOutcome | { readonly kind: 'challenge'; readonly base64: string }

/** RFC 4954 §4, RFC 5034 §4, RFC 9051 §6.2.2. */
const CANCEL = '*'

/** Whether a password may be shown. */
export function takesPlain({ tls }: SaslIo, { plainLogin }: LoginTerms): boolean {
  return tls !== undefined || plainLogin === true
}

/** Best first. */
export function mechanismsFor({ tls }: SaslIo, terms: LoginTerms): readonly SaslMechanism[] {
  return offeredMechanisms({
    secured: tls !== undefined,
    plainAllowedWithoutTls: terms.plainLogin === true,
    channelBinding: terms.channelBinding && tls?.channelBinding !== undefined,
    anyPassword: terms.policy.anyUser,
  })
}

/** A name and a password as a command of the protocol said them; neither has a NUL. */
export function checkPassword(
  io: SaslIo,
  terms: LoginTerms,
  command: string,
  given: readonly [string, string],
): LoginOutcome {
  const step = startSasl('PLAIN', saslContext(io, terms)).step(Buffer.from(`\0${given.join('\0')}`))
  return step.kind === 'challenge' ? malformed(command) : outcomeOf(step, terms, command)
}

export class TextExchange {
  readonly #terms: LoginTerms
  readonly #server: SaslServer

  /** `mechanism`: one of `mechanismsFor`. */
  constructor(io: SaslIo, terms: LoginTerms, mechanism: SaslMechanism) {
    this.#terms = terms
    this.#server = startSasl(mechanism, saslContext(io, terms))
  }

  /** `initial`: what came along with the command. */
  begin(initial: string | undefined): TextStep {
    return initial === undefined ? this.#step(undefined) : this.#response(initial)
  }

  /** A line of the client without its end, one character an octet. */
  answer(line: string): TextStep {
    return line === CANCEL ? broken('cancelled', 'cancelled, as asked for') : this.#response(line)
  }

  #response(base64: string): TextStep {
    const response = decodeBase64(base64)
    return response === undefined ? broken('encoding', 'this is not base64') : this.#step(response)
  }

  #step(response: Uint8Array | undefined): TextStep {
    const step = this.#server.step(response)
    if (step.kind === 'challenge') return { kind: 'challenge', base64: encodeBase64(step.bytes) }
    return outcomeOf(step, this.#terms, this.#server.mechanism)
  }
}

const REASONS = {
  credentials: 'wrong name or password',
  'channel-binding': 'bound to another TLS session',
} as const satisfies Partial<Record<SaslRefusal, string>>

function outcomeOf(step: Exclude<SaslStep, { kind: 'challenge' }>, terms: LoginTerms, by: string): LoginOutcome {
  if (step.kind === 'done') return admitted(step.user, step.authorization, terms, by)
  if (step.reason === 'malformed') return malformed(by)
  return { kind: 'failed', name: step.user, reason: REASONS[step.reason] }
}

/** Nobody acts for somebody else. */
function admitted(name: string, authorization: string | undefined, { policy }: LoginTerms, by: string): LoginOutcome {
  const user = policy.user(name)
  if (user === undefined) return { kind: 'failed', name, reason: REASONS.credentials }
  const acting = authorization === undefined ? user : policy.user(authorization)
  if (acting?.address !== user.address) return { kind: 'failed', name, reason: 'may not act for another' }
  return { kind: 'done', user, by }
}

function malformed(by: string): LoginOutcome {
  return broken('malformed', `this is no message of ${by}`)
}

function broken(why: 'cancelled' | 'encoding' | 'malformed', reason: string): LoginOutcome {
  return { kind: 'broken', why, reason }
}

function saslContext(io: SaslIo, { policy, keys, channelBinding }: LoginTerms): SaslContext {
  return {
    passwordOf: (name) => policy.user(name)?.password,
    random: (size) => io.random(size),
    keys,
    channelBinding: channelBinding ? io.tls?.channelBinding : undefined,
  }
}
