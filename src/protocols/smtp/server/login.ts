// Logging in by AUTH (RFC 4954): what each line of an exchange comes to. The connection answers and keeps the time.

import type { StreamIo, UserView } from '../../../core/index.ts'
import {
  mechanismsFor,
  parseMechanism,
  TextExchange,
  type SaslMechanism,
  type TextStep,
} from '../../../shared/sasl/index.ts'
import { latin1 } from '../../../wire/text.ts'
import { reply, type Reply } from '../messages.ts'
import type { SmtpContext } from './context.ts'
import * as say from './replies.ts'

export type LoginStep =
  | { readonly kind: 'challenge'; readonly reply: Reply }
  /** No login was tried: what was sent is no exchange, or was cancelled. */
  | { readonly kind: 'refused'; readonly reply: Reply }
  /** Wrong name or password: `name`, as far as it was said. */
  | { readonly kind: 'failed'; readonly name: string | undefined; readonly reason: string }
  | { readonly kind: 'done'; readonly user: UserView; readonly by: string }

export interface Rebuff {
  readonly reply: Reply
  /** The connection ends with it. */
  readonly close: boolean
  readonly delayMs: number
}

export class Login {
  readonly #io: StreamIo
  readonly #context: SmtpContext
  #exchange: TextExchange | undefined
  #failures = 0

  constructor(io: StreamIo, context: SmtpContext) {
    this.#io = io
    this.#context = context
  }

  /** Best first: what EHLO says. Without TLS nobody is asked for a password. */
  get mechanisms(): readonly SaslMechanism[] {
    return this.#io.tls === undefined ? [] : mechanismsFor(this.#io, this.#context)
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
    this.#exchange = undefined
  }

  begin(word: string, initial: string | undefined): LoginStep {
    const mechanism = parseMechanism(word)
    const offered = this.mechanisms
    if (mechanism === undefined || !offered.includes(mechanism)) {
      return refused(504, '5.5.4', `these are offered: ${offered.join(' ')}`)
    }
    if (this.#context.logins.isShut(this.#io.peer.ip, this.#io.now)) return { kind: 'refused', reply: say.SHUT_OUT }
    this.#exchange = new TextExchange(this.#io, this.#context, mechanism)
    return this.#step(this.#exchange.begin(initial))
  }

  /** A line of the client within an exchange. */
  answer(line: Uint8Array): LoginStep {
    if (this.#exchange === undefined) return refused(501, '5.7.0', 'no exchange was begun')
    return this.#step(this.#exchange.answer(latin1(line)))
  }

  #step(step: TextStep): LoginStep {
    if (step.kind === 'challenge') return { kind: 'challenge', reply: reply(334, undefined, step.base64) }
    this.cancel()
    return step.kind === 'broken' ? refused(501, BROKEN[step.why], step.reason) : step
  }
}

const BROKEN = { cancelled: '5.7.0', encoding: '5.5.2', malformed: '5.5.2' } as const

function refused(code: number, enhanced: string, text: string): LoginStep {
  return { kind: 'refused', reply: reply(code, enhanced, text) }
}
