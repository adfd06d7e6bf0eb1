// Logging in: USER and PASS (RFC 1939 §7), AUTH (RFC 5034), and which of them are offered. It says what each line comes to;
// the connection answers.

import type { StreamIo, UserView } from '../../../core/index.ts'
import {
  BASE64_MAX_BYTES,
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
import { reply } from '../codec/reply.ts'
import type { Reply } from '../messages.ts'
import type { Pop3Context } from './context.ts'

/** One line within AUTH without its end, octets. RFC 5034 has no figure of its own: RFC 4954 §4 has. */
export const RESPONSE_MAX_BYTES = BASE64_MAX_BYTES

/** What a line of a login comes to. */
export type LoginStep =
  | { readonly kind: 'say'; readonly reply: Reply }
  | { readonly kind: 'bad'; readonly reason: string }
  | { readonly kind: 'challenge'; readonly line: Uint8Array }
  | { readonly kind: 'mechanisms'; readonly names: readonly string[] }
  /** Wrong name or password: `name`, as far as it was said. */
  | { readonly kind: 'failed'; readonly name: string | undefined; readonly reason: string }
  /** The peer has guessed too often to be heard. */
  | { readonly kind: 'shut' }
  | { readonly kind: 'done'; readonly user: UserView; readonly mechanism: string }

interface Exchange {
  readonly mechanism: SaslMechanism
  readonly server: SaslServer
}

/** RFC 5034 §4. */
const CANCEL = '*'
const WITHOUT_TLS: LoginStep = { kind: 'bad', reason: 'names and passwords are taken under TLS only: STLS first' }

export class Login {
  readonly #io: StreamIo
  readonly #context: Pop3Context
  #name: string | undefined
  #exchange: Exchange | undefined
  #failures = 0

  constructor(io: StreamIo, context: Pop3Context) {
    this.#io = io
    this.#context = context
  }

  /** What CAPA says of logins. */
  capabilities(): string[] {
    const mechanisms = this.#mechanisms()
    return [...(this.#takesPlain() ? ['USER'] : []), ...(mechanisms.length > 0 ? [`SASL ${mechanisms.join(' ')}`] : [])]
  }

  /** Bad logins on this connection, one more than before. */
  countFailure(): number {
    return ++this.#failures
  }

  /** Forgets what was begun. */
  cancel(): void {
    this.#name = undefined
    this.#exchange = undefined
  }

  /** Any name will do here: who exists is not told. */
  user(name: string): LoginStep {
    if (!this.#takesPlain()) return WITHOUT_TLS
    this.#name = name
    return { kind: 'say', reply: reply('now the password') }
  }

  pass(password: string): LoginStep {
    const name = this.#name
    this.#name = undefined
    if (name === undefined) return { kind: 'bad', reason: 'USER comes before PASS' }
    if (this.#isShut()) return { kind: 'shut' }
    const message = Buffer.from(`\0${name}\0${password}`)
    return this.#outcome(startSasl('PLAIN', this.#sasl()).step(message), 'USER')
  }

  /** Begins an exchange; without a mechanism it lists them. */
  auth(word: string | undefined, initial: string | undefined): LoginStep {
    this.#name = undefined
    const offered = this.#mechanisms()
    if (word === undefined) return { kind: 'mechanisms', names: offered }
    const mechanism = parseMechanism(word)
    if (mechanism === undefined || !offered.includes(mechanism)) {
      return { kind: 'bad', reason: `the mechanism is not offered here; these are: ${offered.join(' ')}` }
    }
    if (this.#isShut()) return { kind: 'shut' }
    this.#exchange = { mechanism, server: startSasl(mechanism, this.#sasl()) }
    return initial === undefined ? this.#step(this.#exchange, undefined) : this.#response(this.#exchange, initial)
  }

  /** A line of the client within an exchange. */
  answer(line: Uint8Array): LoginStep {
    const exchange = this.#exchange
    if (exchange === undefined) return { kind: 'bad', reason: 'no exchange was begun' }
    const text = Buffer.from(line.buffer, line.byteOffset, line.length).toString('latin1')
    if (text !== CANCEL) return this.#response(exchange, text)
    this.#exchange = undefined
    return { kind: 'bad', reason: 'cancelled, as asked for' }
  }

  #response(exchange: Exchange, base64: string): LoginStep {
    const response = decodeBase64(base64)
    if (response !== undefined) return this.#step(exchange, response)
    this.#exchange = undefined
    return { kind: 'bad', reason: 'this is not base64' }
  }

  #step({ mechanism, server }: Exchange, response: Uint8Array | undefined): LoginStep {
    const step = server.step(response)
    if (step.kind === 'challenge') {
      return { kind: 'challenge', line: Buffer.from(`+ ${encodeBase64(step.bytes)}\r\n`) }
    }
    this.#exchange = undefined
    return this.#outcome(step, mechanism)
  }

  #outcome(step: SaslStep, mechanism: string): LoginStep {
    switch (step.kind) {
      case 'challenge':
        return { kind: 'bad', reason: 'the response is not complete' }
      case 'failed':
        return step.reason === 'malformed'
          ? { kind: 'bad', reason: `this is no message of ${mechanism}` }
          : { kind: 'failed', name: step.user, reason: REASONS[step.reason] }
      case 'done':
        return this.#proved(step.user, step.authorization, mechanism)
    }
  }

  /** Nobody acts for somebody else. */
  #proved(name: string, authorization: string | undefined, mechanism: string): LoginStep {
    const { policy } = this.#context
    const user = policy.user(name)
    const acting = authorization === undefined || authorization === '' ? user : policy.user(authorization)
    if (user === undefined) return { kind: 'failed', name, reason: REASONS.credentials }
    if (acting?.address !== user.address) return { kind: 'failed', name, reason: 'may not act for another' }
    return { kind: 'done', user, mechanism }
  }

  #isShut(): boolean {
    return this.#context.logins.isShut(this.#io.peer.ip, this.#io.now)
  }

  #takesPlain(): boolean {
    return this.#io.tls !== undefined || this.#context.plainLogin
  }

  #mechanisms(): readonly SaslMechanism[] {
    return offeredMechanisms({
      secured: this.#io.tls !== undefined,
      plainAllowedWithoutTls: this.#context.plainLogin,
      channelBinding: this.#context.channelBinding && this.#io.tls?.channelBinding !== undefined,
      anyPassword: this.#context.policy.anyUser,
    })
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
