// An IMAP client on one connection: TLS where it is offered, a login by the best mechanism, then commands one after the
// other, each answered whole. For tests and the SDK.

import {
  failure,
  isFailure,
  type CloseReason,
  type Failure,
  type StreamIo,
  type StreamMachine,
} from '../../core/index.ts'
import { ClientSession, tlsBeforeLogin, type MailboxClientOptions } from '../../shared/mailbox-client/index.ts'
import { startTextClient, type TextClient } from '../../shared/sasl/index.ts'
import type { Inbox } from '../../wire/inbox.ts'
import { formatCommand, type CommandPiece } from './codec/format-command.ts'
import { ResponseReader } from './codec/response.ts'
import {
  UNASKED_LITERAL_MAX_BYTES,
  type Command,
  type DataResponse,
  type Response,
  type StatusResponse,
} from './messages.ts'

export interface ImapClientOptions extends MailboxClientOptions<ImapReady> {
  /** Hears each untagged response that belongs to no command of ours. */
  heard?(response: Response): void
}

export interface ImapReady {
  /** In upper case. */
  readonly capabilities: readonly string[]
  /** `LOGIN`, or the SASL mechanism. */
  readonly mechanism: string
}

export interface ImapAnswer {
  /** How the command ended: OK, NO or BAD. */
  readonly status: StatusResponse
  /** What came before it. */
  readonly untagged: readonly (DataResponse | StatusResponse)[]
}

type Answered = (result: ImapAnswer | Failure) => void

interface Exchange {
  readonly command: Command
  readonly answered: Answered
  /** IDLE: hears what comes, at once. */
  readonly heard?: (response: Response) => void
}

export class ImapClient implements StreamMachine {
  readonly #io: StreamIo
  readonly #options: ImapClientOptions
  readonly #session: ClientSession
  readonly #reader = new ResponseReader()
  readonly #waiting: Exchange[] = []
  #running: Exchange | undefined
  #tag = 0
  /** What of the running command is still to be sent. */
  #pieces: readonly CommandPiece[] = []
  #untagged: (DataResponse | StatusResponse)[] = []
  #capabilities: readonly string[] = []
  #isGreeted = false
  #sasl: TextClient | undefined
  #isIdling = false
  #isReady = false

  constructor(io: StreamIo, options: ImapClientOptions) {
    this.#io = io
    this.#options = options
    this.#session = new ClientSession(io, (why) => this.#over(why))
  }

  /** Sends a command once those before it are answered. To be used once `ready` has heard that all is well. */
  ask(command: Command, answered: Answered): void {
    this.#queue({ command, answered })
  }

  /** Waits in IDLE until `done`; `heard` hears what happens meanwhile. */
  idle(heard: (response: Response) => void, answered: Answered): void {
    this.#queue({ command: { kind: 'IDLE' }, heard, answered })
  }

  /** Ends `idle`. */
  done(): void {
    if (this.#isIdling) this.#send('DONE\r\n')
    this.#isIdling = false
  }

  opened(): void {
    this.#session.expectSoon()
  }

  received(inbox: Inbox): boolean {
    const response = this.#reader.next(inbox)
    if (response === 'more') return false
    this.#session.expectSoon()
    if (response === 'malformed') {
      this.#session.fail(failure('EPROTO', 'the server said something that is no IMAP'))
      return false
    }
    this.#heard(response)
    return true
  }

  ended(): void {
    this.#session.ended()
  }

  closed(reason: CloseReason): void {
    this.#session.closed(reason)
  }

  woke(timer: string): void {
    this.#session.woke(timer, !this.#isIdling && (!this.#isReady || this.#running !== undefined))
  }

  #queue(exchange: Exchange): void {
    if (this.#session.failed !== undefined) return exchange.answered(this.#session.failed)
    this.#waiting.push(exchange)
    this.#next()
  }

  #next(): void {
    if (this.#running !== undefined || this.#session.failed !== undefined) return
    const exchange = this.#waiting.shift()
    if (exchange === undefined) return
    this.#running = exchange
    this.#tag++
    this.#untagged = []
    const [first = '', ...rest] = formatCommand(exchange.command, 'utf-7')
    this.#pieces = [`a${this.#tag} ${typeof first === 'string' ? first : ''}`, ...rest]
    this.#session.expectSoon()
    this.#sendPieces()
  }

  /** Up to a literal that the server must ask for, or the end. */
  #sendPieces(): void {
    while (this.#pieces.length > 0) {
      const [piece = '', ...rest] = this.#pieces
      const literal = rest[0]
      this.#pieces = rest
      if (typeof piece !== 'string') this.#io.send(piece)
      else if (typeof literal === 'string' || literal === undefined) this.#send(piece)
      else if (this.#announce(piece, literal)) return
    }
    this.#send('\r\n')
  }

  /** True where the server must say that it may come (RFC 9051 §4.3, RFC 7888). */
  #announce(text: string, { length }: Uint8Array): boolean {
    const isSmall = length <= UNASKED_LITERAL_MAX_BYTES && this.#capabilities.includes('LITERAL-')
    const asks = !isSmall && !this.#capabilities.includes('LITERAL+')
    this.#send(`${text}{${length}${asks ? '' : '+'}}\r\n`)
    return asks
  }

  #heard(response: Response): void {
    if (response.kind === 'continue') return this.#goOn(response.text)
    if (response.kind === 'status' && response.tag !== undefined) return this.#answered(response)
    this.#note(response)
    if (!this.#isGreeted) return this.#greeting(response)
    if (response.kind === 'status' && response.status === 'BYE' && this.#running?.command.kind !== 'LOGOUT') {
      return this.#session.fail(failure('ECONNRESET', `the server says goodbye: ${response.text}`))
    }
    const running = this.#running
    if (running === undefined) this.#options.heard?.(response)
    else if (running.heard === undefined) this.#untagged.push(response)
    else running.heard(response)
  }

  #note(response: DataResponse | StatusResponse): void {
    const list = capabilitiesIn(response)
    if (list !== undefined) this.#capabilities = list
  }

  #goOn(text: string): void {
    const sasl = this.#sasl
    if (sasl !== undefined) return this.#challenge(sasl, text)
    if (this.#pieces.length > 0) return this.#sendPieces()
    if (this.#running?.command.kind !== 'IDLE')
      return this.#session.fail(failure('EPROTO', 'the server asks for nothing'))
    this.#isIdling = true
  }

  #answered(status: StatusResponse): void {
    const exchange = this.#running
    if (exchange === undefined || status.tag !== `a${this.#tag}`) {
      return this.#session.fail(failure('EPROTO', 'an answer to nothing'))
    }
    this.#note(status)
    this.#running = undefined
    this.#pieces = []
    this.#isIdling = false
    exchange.answered({ status, untagged: this.#untagged })
    this.#next()
  }

  #greeting(response: Response): void {
    this.#isGreeted = true
    if (response.kind !== 'status' || response.status !== 'OK') {
      return this.#session.fail(failure('EREFUSED', `the server takes no session: ${textOf(response)}`))
    }
    this.#withCapabilities(() => this.#secure())
  }

  #withCapabilities(then: () => void): void {
    if (this.#capabilities.length > 0) return then()
    this.ask({ kind: 'CAPABILITY' }, (result) => {
      if (!isFailure(result)) then()
    })
  }

  /** What was said before the handshake counts for nothing after it (RFC 9051 §6.2.1). */
  #secure(): void {
    const serverName = tlsBeforeLogin(this.#io, this.#options, this.#capabilities.includes('STARTTLS'))
    if (serverName === undefined) return this.#login()
    if (isFailure(serverName)) return this.#session.fail(serverName)
    this.ask({ kind: 'STARTTLS' }, (result) => {
      if (isFailure(result)) return
      if (result.status.status !== 'OK') return this.#refused('the server refused TLS', result.status)
      this.#io.secure({ side: 'client', serverName }, (secured) => {
        if (isFailure(secured)) return this.#session.fail(secured)
        this.#capabilities = []
        this.#withCapabilities(() => this.#login())
      })
    })
  }

  #login(): void {
    const { user, password } = this.#options
    const offered = this.#capabilities.flatMap((each) => (each.startsWith('AUTH=') ? [each.slice(5)] : []))
    const plainAllowedWithoutTls = this.#options.tlsRequired === false
    const sasl = startTextClient(this.#io, offered, { user, password, plainAllowedWithoutTls })
    if (sasl !== undefined) return this.#authenticate(sasl)
    if (this.#capabilities.includes('LOGINDISABLED'))
      return this.#session.fail(failure('EAUTH', 'the server takes no login'))
    this.ask({ kind: 'LOGIN', user, password }, (result) => this.#loggedIn(result, 'LOGIN'))
  }

  #authenticate(sasl: TextClient): void {
    const { mechanism } = sasl
    this.#sasl = sasl
    const initial = this.#capabilities.includes('SASL-IR') ? sasl.initial() : undefined
    this.ask({ kind: 'AUTHENTICATE', mechanism, ...(initial === undefined ? {} : { initial }) }, (result) => {
      if (!isFailure(result) && result.status.status === 'OK' && !sasl.isComplete) {
        return this.#session.fail(failure('EPROTO', 'the server did not prove that it knows the password'))
      }
      this.#loggedIn(result, mechanism)
    })
  }

  #challenge(sasl: TextClient, base64: string): void {
    const answer = sasl.answer(base64)
    if (answer.kind === 'response') this.#send(`${answer.base64}\r\n`)
    else this.#session.fail(failure('EPROTO', `the login broke off: ${answer.why}`))
  }

  #loggedIn(result: ImapAnswer | Failure, mechanism: string): void {
    this.#sasl = undefined
    if (isFailure(result)) return
    if (result.status.status !== 'OK') return this.#refused('the login was refused', result.status)
    if (capabilitiesIn(result.status) === undefined) this.#capabilities = []
    this.#withCapabilities(() => {
      this.#isReady = true
      this.#options.ready({ capabilities: this.#capabilities, mechanism })
    })
  }

  #refused(what: string, { code, text }: StatusResponse): void {
    const isAuth = code === 'AUTHENTICATIONFAILED'
    this.#session.fail(
      failure(isAuth ? 'EAUTH' : 'EREFUSED', `${what}: ${code === undefined ? '' : `[${code}] `}${text}`),
    )
  }

  #send(text: string): void {
    this.#io.send(Buffer.from(text, 'latin1'))
  }

  /** Tells all that still wait. */
  #over(why: Failure): void {
    if (!this.#isReady) this.#options.ready(why)
    const waiting = [...(this.#running === undefined ? [] : [this.#running]), ...this.#waiting.splice(0)]
    this.#running = undefined
    for (const exchange of waiting) exchange.answered(why)
  }
}

/** In a response of its own, or in the code of another (RFC 9051 §7.1, §7.2.2). */
function capabilitiesIn(response: DataResponse | StatusResponse): readonly string[] | undefined {
  if (response.kind === 'status') {
    return response.code === 'CAPABILITY' ? (response.codeText ?? '').toUpperCase().split(' ') : undefined
  }
  if (response.name !== 'CAPABILITY') return undefined
  return response.values.flatMap((value) => (typeof value === 'string' ? [value.toUpperCase()] : []))
}

function textOf(response: Response): string {
  return response.kind === 'data' ? response.name : response.text
}
