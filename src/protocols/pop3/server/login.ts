// Logging in: USER and PASS (RFC 1939 §7), AUTH (RFC 5034), and which of them are offered. It says what each line comes to;
// the connection answers.

import type { StreamIo, UserView } from '../../../core/index.ts'
import {
  BASE64_MAX_BYTES,
  checkPassword,
  mechanismsFor,
  parseMechanism,
  takesPlain,
  TextExchange,
  type TextStep,
} from '../../../shared/sasl/index.ts'
import { latin1 } from '../../../wire/text.ts'
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
  | { readonly kind: 'done'; readonly user: UserView; readonly by: string }

const WITHOUT_TLS: LoginStep = { kind: 'bad', reason: 'names and passwords are taken under TLS only: STLS first' }

export class Login {
  readonly #io: StreamIo
  readonly #context: Pop3Context
  #name: string | undefined
  #exchange: TextExchange | undefined
  #failures = 0

  constructor(io: StreamIo, context: Pop3Context) {
    this.#io = io
    this.#context = context
  }

  /** What CAPA says of logins. */
  capabilities(): string[] {
    const mechanisms = mechanismsFor(this.#io, this.#context)
    return [
      ...(takesPlain(this.#io, this.#context) ? ['USER'] : []),
      ...(mechanisms.length > 0 ? [`SASL ${mechanisms.join(' ')}`] : []),
    ]
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
    if (!takesPlain(this.#io, this.#context)) return WITHOUT_TLS
    this.#name = name
    return { kind: 'say', reply: reply('now the password') }
  }

  pass(password: string): LoginStep {
    const name = this.#name
    this.#name = undefined
    if (name === undefined) return { kind: 'bad', reason: 'USER comes before PASS' }
    if (this.#isShut()) return { kind: 'shut' }
    return this.#step(checkPassword(this.#io, this.#context, 'USER', [name, password]))
  }

  /** Begins an exchange; without a mechanism it lists them. */
  auth(word: string | undefined, initial: string | undefined): LoginStep {
    this.#name = undefined
    const offered = mechanismsFor(this.#io, this.#context)
    if (word === undefined) return { kind: 'mechanisms', names: offered }
    const mechanism = parseMechanism(word)
    if (mechanism === undefined || !offered.includes(mechanism)) {
      return { kind: 'bad', reason: `the mechanism is not offered here; these are: ${offered.join(' ')}` }
    }
    if (this.#isShut()) return { kind: 'shut' }
    this.#exchange = new TextExchange(this.#io, this.#context, mechanism)
    return this.#step(this.#exchange.begin(initial))
  }

  /** A line of the client within an exchange. */
  answer(line: Uint8Array): LoginStep {
    if (this.#exchange === undefined) return { kind: 'bad', reason: 'no exchange was begun' }
    return this.#step(this.#exchange.answer(latin1(line)))
  }

  #step(step: TextStep): LoginStep {
    if (step.kind === 'challenge') return { kind: 'challenge', line: Buffer.from(`+ ${step.base64}\r\n`) }
    this.#exchange = undefined
    return step.kind === 'broken' ? { kind: 'bad', reason: step.reason } : step
  }

  #isShut(): boolean {
    return this.#context.logins.isShut(this.#io.peer.ip, this.#io.now)
  }
}
