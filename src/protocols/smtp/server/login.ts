// Logging in by AUTH (RFC 4954): what each line of an exchange comes to. The connection answers and keeps the time.

import type { StreamIo, UserView } from '../../../core/index.ts'
import {
  decodeBase64,
  encodeBase64,
  offeredMechanisms,
  parseMechanism,
  startSasl,
  type SaslContext,
  type SaslMechanism,
  type SaslRefusal,
  type SaslServer,
  type SaslStep,
} from '../../../shared/sasl/index.ts'
import { reply, type Reply } from '../messages.ts'
import type { SmtpContext } from './context.ts'
import * as say from './replies.ts'

export type LoginStep =
  | { readonly kind: 'challenge'; readonly reply: Reply }
  /** No login was tried: what was sent is no exchange, or was cancelled. */
  | { readonly kind: 'refused'; readonly reply: Reply }
  /** Wrong name or password: `name`, as far as it was said. */
  | { readonly kind: 'failed'; readonly name: string | undefined; readonly reason: string }
  | { readonly kind: 'done'; readonly user: UserView; readonly mechanism: SaslMechanism }

export interface Rebuff {
  readonly reply: Reply
  /** The connection ends with it. */
  readonly close: boolean
  readonly delayMs: number
}

/** RFC 4954 §4. */
const CANCEL = '*'

export class Login {
  readonly #io: StreamIo
  readonly #context: SmtpContext
  #server: SaslServer | undefined
  #failures = 0

  constructor(io: StreamIo, context: SmtpContext) {
    this.#io = io
    this.#context = context
  }

  /** Best first: what EHLO says. Without TLS nobody is asked for a password. */
  get mechanisms(): readonly SaslMechanism[] {
    const { tls } = this.#io
    if (tls === undefined) return []
    return offeredMechanisms({
      secured: true,
      plainAllowedWithoutTls: false,
      channelBinding: this.#context.channelBinding && tls.channelBinding !== undefined,
      anyPassword: this.#context.policy.anyUser,
    })
  }

  /** What a bad login gets, and when. */
  rebuff(name: string | undefined, reason: string): Rebuff {
    const { log, logins } = this.#context
    const { ip } = this.#io.peer
    const { close, shut, delayMs } = logins.failed(ip, ++this.#failures, this.#io.now)
    log.loginFailed(this.#io, name, reason)
    if (shut) log.abuse(this.#io, `${ip} is shut out: too many bad logins`)
    return { delayMs, close, reply: close ? say.TOO_MANY_GUESSES : reply(535, '5.7.8', reason) }
  }

  /** Forgets what was begun. */
  cancel(): void {
    this.#server = undefined
  }

  begin(word: string, initial: string | undefined): LoginStep {
    const mechanism = parseMechanism(word)
    const offered = this.mechanisms
    if (mechanism === undefined || !offered.includes(mechanism)) {
      return refused(504, '5.5.4', `these are offered: ${offered.join(' ')}`)
    }
    if (this.#context.logins.isShut(this.#io.peer.ip, this.#io.now)) return { kind: 'refused', reply: say.SHUT_OUT }
    this.#server = startSasl(mechanism, this.#sasl())
    return initial === undefined ? this.#step(this.#server, undefined) : this.#response(this.#server, initial)
  }

  /** A line of the client within an exchange. */
  answer(line: Uint8Array): LoginStep {
    const server = this.#server
    const text = Buffer.from(line.buffer, line.byteOffset, line.length).toString('latin1')
    if (server === undefined || text === CANCEL) {
      this.cancel()
      return refused(501, '5.7.0', 'cancelled, as asked for')
    }
    return this.#response(server, text)
  }

  #response(server: SaslServer, base64: string): LoginStep {
    const response = decodeBase64(base64)
    if (response !== undefined) return this.#step(server, response)
    this.cancel()
    return refused(501, '5.5.2', 'this is not base64')
  }

  #step(server: SaslServer, response: Uint8Array | undefined): LoginStep {
    const step = server.step(response)
    if (step.kind === 'challenge') return { kind: 'challenge', reply: reply(334, undefined, encodeBase64(step.bytes)) }
    this.cancel()
    return this.#outcome(step, server.mechanism)
  }

  #outcome(step: Exclude<SaslStep, { kind: 'challenge' }>, mechanism: SaslMechanism): LoginStep {
    if (step.kind === 'done') return this.#proved(step.user, step.authorization, mechanism)
    if (step.reason === 'malformed') return refused(501, '5.5.2', `this is no message of ${mechanism}`)
    return { kind: 'failed', name: step.user, reason: REASONS[step.reason] }
  }

  /** Nobody acts for somebody else. */
  #proved(name: string, authorization: string | undefined, mechanism: SaslMechanism): LoginStep {
    const { policy } = this.#context
    const user = policy.user(name)
    if (user === undefined) return { kind: 'failed', name, reason: REASONS.credentials }
    const acting = authorization === undefined ? user : policy.user(authorization)
    if (acting?.address !== user.address) return { kind: 'failed', name, reason: 'may not act for another' }
    return { kind: 'done', user, mechanism }
  }

  #sasl(): SaslContext {
    const { policy, keys, channelBinding } = this.#context
    return {
      passwordOf: (name) => policy.user(name)?.password,
      random: (size) => this.#io.random(size),
      keys,
      channelBinding: channelBinding ? this.#io.tls?.channelBinding : undefined,
    }
  }
}

const REASONS = {
  credentials: 'wrong name or password',
  'channel-binding': 'bound to another TLS session',
} as const satisfies Partial<Record<SaslRefusal, string>>

function refused(code: number, enhanced: string, text: string): LoginStep {
  return { kind: 'refused', reply: reply(code, enhanced, text) }
}
