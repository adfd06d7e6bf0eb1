// The beginning of a session, up to where mail can be sent: greeting, EHLO, STARTTLS, AUTH.

import { failure, isFailure, type Failure } from '../../../core/failure.ts'
import type { StreamIo, TlsInfo } from '../../../core/io.ts'
import { startTextClient, type TextClient } from '../../../shared/sasl/index.ts'
import { oneLine } from '../codec/reply.ts'
import { COMMAND_LINE_BYTES, type Reply } from '../messages.ts'
import { NOTHING_OFFERED, offeredIn } from './commands.ts'
import type { Conversation } from './conversation.ts'
import type { Offered, Phase, SessionEnd } from './outgoing.ts'

/**
 * `never`; `offered`: where the server offers STARTTLS; `required`: STARTTLS or nothing; `implicit`: from the first byte
 * (RFC 8314 §3.3).
 */
export type TlsUse = 'never' | 'offered' | 'required' | 'implicit'

export interface Login {
  readonly user: string
  readonly password: string
  /** Whom to act as. Default: the user. */
  readonly authorization?: string
  /** PLAIN and LOGIN without TLS, for whoever can read along. Default: false. */
  readonly plainAllowedWithoutTls?: boolean
}

export interface SessionOptions {
  /** What EHLO says. */
  readonly name: string
  /** Default: `offered`. */
  readonly tls?: TlsUse
  /** What the server's certificate must be for. Default: the address of the peer. */
  readonly serverName?: string
  readonly login?: Login
}

const READY = 220
const CONTINUE = 334
const LOGGED_IN = 235

export class Session {
  readonly #io: StreamIo
  readonly #talk: Conversation
  readonly #options: SessionOptions
  readonly #ready: () => void
  readonly #over: (end: SessionEnd) => void
  offered: Offered = NOTHING_OFFERED
  /** STARTTLS was tried, or is not wanted. */
  #tlsSettled: boolean
  #loggedIn: boolean

  constructor(
    io: StreamIo,
    talk: Conversation,
    options: SessionOptions,
    ready: () => void,
    over: (end: SessionEnd) => void,
  ) {
    this.#io = io
    this.#talk = talk
    this.#options = options
    this.#ready = ready
    this.#over = over
    this.#tlsSettled = options.tls === 'never' || options.tls === 'implicit'
    this.#loggedIn = options.login === undefined
  }

  begin(): void {
    if (this.#options.tls === 'implicit' && this.#io.tls === undefined) this.#secure(() => this.#greet())
    else this.#greet()
  }

  #greet(): void {
    this.#talk.expect('greeting', (reply) => {
      if (reply.code === READY) this.#hello()
      else this.#refused('greeting', reply)
    })
  }

  #hello(): void {
    this.#talk.say('hello', `EHLO ${this.#options.name}\r\n`, (reply) => {
      if (reply.code >= 500) return this.#helo()
      if (reply.code !== 250) return this.#refused('hello', reply)
      this.offered = offeredIn(reply)
      this.#next()
    })
  }

  /** A server from before extensions (RFC 5321 §3.2). */
  #helo(): void {
    this.#talk.say('hello', `HELO ${this.#options.name}\r\n`, (reply) => {
      if (reply.code !== 250) return this.#refused('hello', reply)
      this.#next()
    })
  }

  #next(): void {
    if (!this.#tlsSettled) return this.#startTls()
    if (!this.#loggedIn) return this.#logIn()
    this.#ready()
  }

  #startTls(): void {
    this.#tlsSettled = true
    if (!this.offered.extensions.has('STARTTLS')) return this.#withoutTls()
    this.#talk.say('starttls', 'STARTTLS\r\n', (reply) => {
      if (reply.code !== READY) return this.#withoutTls(reply)
      this.offered = NOTHING_OFFERED
      this.#secure(() => this.#hello())
    })
  }

  #withoutTls(reply?: Reply): void {
    if (this.#options.tls !== 'required') return this.#next()
    if (reply === undefined) this.#fail('starttls', failure('ETLS', 'the server offers no STARTTLS'))
    else this.#refused('starttls', reply)
  }

  #secure(then: () => void): void {
    const serverName = this.#options.serverName ?? this.#io.peer.ip
    // Who would send in plain rather than not at all gains nothing by refusing a certificate (RFC 7435 §3).
    const verify = this.#options.tls !== 'offered' || this.#options.login !== undefined
    this.#io.secure({ side: 'client', serverName, verify }, (result: TlsInfo | Failure) => {
      if (isFailure(result)) this.#fail('starttls', failure('ETLS', `TLS failed: ${result.message}`))
      else then()
    })
  }

  #logIn(): void {
    const { login } = this.#options
    if (login === undefined) return this.#ready()
    const { mechanisms } = this.offered
    const { plainAllowedWithoutTls = false } = login
    const sasl = startTextClient(this.#io, mechanisms, { ...login, plainAllowedWithoutTls })
    if (sasl === undefined) return this.#fail('login', failure('EAUTH', noMechanism(mechanisms)))
    this.#sayAuth(sasl)
  }

  /** The initial response goes along where the line can hold it (RFC 4954 §4). */
  #sayAuth(sasl: TextClient): void {
    const bare = `AUTH ${sasl.mechanism}`
    const initial = sasl.initial()
    const whole = initial === undefined ? bare : `${bare} ${initial}`
    const line = whole.length + 2 > COMMAND_LINE_BYTES ? bare : whole
    this.#talk.say('login', `${line}\r\n`, (reply) => this.#authAnswered(sasl, reply), `${bare} (not shown)`)
  }

  #authAnswered(sasl: TextClient, reply: Reply): void {
    if (reply.code === LOGGED_IN) return this.#loggedInWith(sasl)
    if (reply.code !== CONTINUE) return this.#refused('login', reply)
    const answer = sasl.answer((reply.lines[0] ?? '').trim())
    if (answer.kind === 'response') {
      this.#respond(sasl, answer.base64)
      return
    }
    const why = failure('EAUTH', `${sasl.mechanism}: ${answer.why}`)
    this.#talk.say('login', '*\r\n', () => this.#fail('login', why))
  }

  #respond(sasl: TextClient, response: string): void {
    this.#talk.say('login', `${response}\r\n`, (reply) => this.#authAnswered(sasl, reply), '(not shown)')
  }

  #loggedInWith(sasl: TextClient): void {
    if (!sasl.isComplete) return this.#fail('login', failure('EAUTH', 'the server did not prove that it knows us'))
    this.#loggedIn = true
    this.#next()
  }

  #refused(phase: Phase, reply: Reply): void {
    this.#over({ phase, failure: failure(phase === 'login' ? 'EAUTH' : 'EREFUSED', oneLine(reply)), reply })
  }

  #fail(phase: Phase, why: Failure): void {
    this.#over({ phase, failure: why })
  }
}

function noMechanism(offered: readonly string[]): string {
  return offered.length === 0 ? 'the server offers no AUTH' : `no mechanism of ours among ${offered.join(', ')}`
}
