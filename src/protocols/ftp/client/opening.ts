// From the greeting to a session that is logged in: TLS, HOST, the login, what the server can, and how data is hidden.

import { failure, isFailure, type Failure, type StreamIo } from '../../../core/index.ts'
import { formatReply } from '../codec/index.ts'
import type { Reply } from '../messages.ts'
import type { Conversation } from './conversation.ts'
import type { FtpClientOptions, FtpReady } from './options.ts'
import { featuresIn } from './results.ts'

/** A server that does not know a command says one of these (RFC 959 §4.2.2). */
const UNKNOWN = [500, 502]

export interface Opened extends FtpReady {
  /** What is transferred is hidden too. */
  readonly isDataProtected: boolean
}

export class Opening {
  readonly #io: StreamIo
  readonly #talk: Conversation
  readonly #options: FtpClientOptions
  readonly #opened: (opened: Opened) => void

  constructor(io: StreamIo, talk: Conversation, options: FtpClientOptions, opened: (opened: Opened) => void) {
    this.#io = io
    this.#talk = talk
    this.#options = options
    this.#opened = opened
  }

  begin(): void {
    const { tls, serverName = this.#io.peer.ip } = this.#options
    if (tls === 'implicit') this.#handshake(serverName, () => this.#greeting())
    else this.#greeting()
  }

  #greeting(): void {
    this.#talk.begin((greeting) => this.#then(greeting, 'the server takes no session', [220], () => this.#secure()))
  }

  /** RFC 4217 §4.1. What was said before the handshake counts for nothing after it. */
  #secure(): void {
    const { serverName, tlsRequired = true } = this.#options
    if (this.#io.tls !== undefined) return this.#host()
    if (serverName === undefined) return tlsRequired ? this.#fail('ENOTLS', 'no name for TLS is known') : this.#host()
    this.#talk.say({ verb: 'AUTH', argument: 'TLS' }, (reply) => {
      if (isFailure(reply)) return
      if (reply.code === 234) return this.#handshake(serverName, () => this.#host())
      if (tlsRequired) this.#fail('ENOTLS', `the server offers no TLS: ${formatReply(reply)}`)
      else this.#host()
    })
  }

  #handshake(serverName: string, then: () => void): void {
    this.#io.secure({ side: 'client', serverName }, (secured) => {
      if (isFailure(secured)) this.#talk.fail(secured)
      else then()
    })
  }

  /** RFC 7151 §3. */
  #host(): void {
    const { host } = this.#options
    if (host === undefined) return this.#user()
    this.#talk.say({ verb: 'HOST', argument: host }, (reply) =>
      this.#then(reply, 'the host is not known', [220, ...UNKNOWN], () => this.#user()),
    )
  }

  /** RFC 959 §5.4: USER, PASS and ACCT, as far as the server asks for them. */
  #user(): void {
    this.#talk.say({ verb: 'USER', argument: this.#options.user }, (reply) => this.#asked(reply))
  }

  #asked(reply: Reply | Failure): void {
    if (isFailure(reply)) return
    const { password, account } = this.#options
    if (reply.code === 331) {
      return this.#talk.say({ verb: 'PASS', argument: password }, (next) => this.#answeredPassword(next))
    }
    if (reply.code === 332 && account !== undefined) return this.#account(account)
    this.#then(reply, 'the login was refused', [230, 232], () => this.#loggedIn())
  }

  #answeredPassword(reply: Reply | Failure): void {
    const { account } = this.#options
    if (!isFailure(reply) && reply.code === 332 && account !== undefined) return this.#account(account)
    this.#then(reply, 'the login was refused', [202, 230], () => this.#loggedIn())
  }

  #account(argument: string): void {
    this.#talk.say({ verb: 'ACCT', argument }, (reply) =>
      this.#then(reply, 'the login was refused', [202, 230], () => this.#loggedIn()),
    )
  }

  #loggedIn(): void {
    this.#talk.say({ verb: 'FEAT' }, (reply) => {
      if (isFailure(reply)) return
      const features = reply.code === 211 ? featuresIn(reply) : []
      this.#utf8(features, () => this.#protect((isDataProtected) => this.#image(features, isDataProtected)))
    })
  }

  /** Names are UTF-8 (RFC 2640 §3.1); some servers want to hear it. */
  #utf8(features: readonly string[], then: () => void): void {
    if (!features.some((feature) => feature.toUpperCase() === 'UTF8')) return then()
    this.#talk.say({ verb: 'OPTS', argument: 'UTF8 ON' }, (reply) => {
      if (!isFailure(reply)) then()
    })
  }

  /** RFC 4217 §8, §9. */
  #protect(then: (isDataProtected: boolean) => void): void {
    if (this.#io.tls === undefined || this.#options.protectData === false) return then(false)
    this.#talk.say({ verb: 'PBSZ', argument: '0' }, (sized) =>
      this.#then(sized, 'the server hides no data', [200], () =>
        this.#talk.say({ verb: 'PROT', argument: 'P' }, (reply) =>
          this.#then(reply, 'the server hides no data', [200], () => then(true)),
        ),
      ),
    )
  }

  #image(features: readonly string[], isDataProtected: boolean): void {
    this.#talk.say({ verb: 'TYPE', argument: 'I' }, (reply) =>
      this.#then(reply, 'the server transfers no bytes', [200], () =>
        this.#opened({ features, tls: this.#io.tls, isDataProtected }),
      ),
    )
  }

  /** Goes on after one of these codes, and ends the session after others. */
  #then(reply: Reply | Failure, otherwise: string, codes: readonly number[], next: () => void): void {
    if (isFailure(reply)) return
    if (codes.includes(reply.code)) return next()
    this.#fail(reply.code === 530 ? 'EAUTH' : 'EREFUSED', `${otherwise}: ${formatReply(reply)}`)
  }

  #fail(code: string, message: string): void {
    this.#talk.fail(failure(code, message))
  }
}
