// A POP3 client on one connection: TLS where it is offered, a login by the best mechanism, then commands, pipelined, each
// answered whole. For tests and the SDK.

import {
  failure,
  isFailure,
  type CloseReason,
  type Failure,
  type StreamIo,
  type StreamMachine,
} from '../../core/index.ts'
import { ClientSession, tlsBeforeLogin, type MailboxClientOptions } from '../../shared/mailbox-client/index.ts'
import { BASE64_MAX_BYTES, startTextClient, type TextClient } from '../../shared/sasl/index.ts'
import type { Inbox } from '../../wire/inbox.ts'
import { formatCommand } from './codec/command.ts'
import { DotReader } from './codec/dots.ts'
import { formatReply, parseReply } from './codec/reply.ts'
import { COMMAND_LINE_MAX_BYTES, REPLY_LINE_MAX_BYTES, type Command, type Reply } from './messages.ts'

/** Of one multi-line answer. */
const ANSWER_MAX_BYTES = 64 * 1024 * 1024

export type Pop3ClientOptions = MailboxClientOptions<Pop3Ready>

export interface Pop3Ready {
  /** After the login, as CAPA lists them. */
  readonly capabilities: readonly string[]
  /** `USER`, or the SASL mechanism. */
  readonly mechanism: string
}

export interface Pop3Answer {
  readonly reply: Reply
  /** What followed the first line of a multi-line answer, lines ending as they came, the stuffing undone. */
  readonly content?: Uint8Array
}

type Answered = (result: Pop3Answer | Failure) => void

interface Exchange {
  readonly isMultiline: boolean
  readonly answered: Answered
}

export class Pop3Client implements StreamMachine {
  readonly #io: StreamIo
  readonly #options: Pop3ClientOptions
  readonly #session: ClientSession
  readonly #exchanges: Exchange[] = []
  #greeted = false
  #reading: { readonly reply: Reply; readonly reader: DotReader } | undefined
  #sasl: TextClient | undefined
  #isReady = false

  constructor(io: StreamIo, options: Pop3ClientOptions) {
    this.#io = io
    this.#options = options
    this.#session = new ClientSession(io, (why) => this.#over(why))
  }

  /** Sends a command at once; answers come in order. To be used once `ready` has heard that all is well. */
  ask(command: Command, answered: Answered): void {
    if (this.#session.failed !== undefined) return answered(this.#session.failed)
    this.#exchanges.push({ isMultiline: isMultiline(command), answered })
    this.#session.expectSoon()
    this.#io.send(Buffer.from(`${formatCommand(command)}\r\n`))
  }

  opened(): void {
    this.#session.expectSoon()
  }

  received(inbox: Inbox): boolean {
    this.#session.expectSoon()
    if (this.#reading !== undefined) return this.#content(inbox, this.#reading)
    const line = inbox.line(this.#sasl === undefined ? REPLY_LINE_MAX_BYTES : BASE64_MAX_BYTES, true)
    if (line === 'more') return false
    if (line === 'too-long') return this.#broken('a line that is too long')
    this.#line(Buffer.from(line).toString('utf8'))
    return true
  }

  ended(): void {
    this.#session.ended()
  }

  closed(reason: CloseReason): void {
    this.#session.closed(reason)
  }

  woke(timer: string): void {
    this.#session.woke(timer, !this.#isReady || this.#exchanges.length > 0)
  }

  #line(text: string): void {
    if (this.#sasl !== undefined && text.startsWith('+') && !text.startsWith('+OK')) {
      return this.#challenge(this.#sasl, text.slice(1).trim())
    }
    const answer = parseReply(text)
    if (answer === undefined) return void this.#broken('a line that is no answer')
    if (!this.#greeted) return this.#greeting(answer)
    const exchange = this.#exchanges[0]
    if (exchange === undefined) return void this.#broken('an answer to nothing')
    if (answer.ok && exchange.isMultiline) this.#reading = { reply: answer, reader: new DotReader(ANSWER_MAX_BYTES) }
    else this.#answered({ reply: answer })
  }

  #content(inbox: Inbox, { reply, reader }: { readonly reply: Reply; readonly reader: DotReader }): boolean {
    const step = reader.take(inbox)
    if (step === 'more') return false
    if (step === 'too-long') return this.#broken('an answer that is too long')
    this.#reading = undefined
    this.#answered({ reply, content: reader.content })
    return true
  }

  #answered(answer: Pop3Answer): void {
    this.#exchanges.shift()?.answered(answer)
  }

  #greeting(answer: Reply): void {
    this.#greeted = true
    if (!answer.ok) return this.#refused('the server takes no session', answer)
    this.#capabilities((capabilities) => this.#secure(capabilities))
  }

  /** RFC 2449 §5. A server without CAPA has no capabilities. */
  #capabilities(then: (capabilities: readonly string[]) => void): void {
    this.ask({ kind: 'CAPA' }, (result) => {
      if (isFailure(result)) return
      then(
        result.content === undefined ? [] : Buffer.from(result.content).toString('utf8').split(/\r?\n/).filter(Boolean),
      )
    })
  }

  /** RFC 2595 §4: what was said before the handshake counts for nothing after it. */
  #secure(capabilities: readonly string[]): void {
    const isOffered = capabilities.some((each) => each.toUpperCase() === 'STLS')
    const serverName = tlsBeforeLogin(this.#io, this.#options, isOffered)
    if (serverName === undefined) return this.#login(capabilities)
    if (isFailure(serverName)) return this.#session.fail(serverName)
    this.ask({ kind: 'STLS' }, (result) => {
      if (isFailure(result)) return
      if (!result.reply.ok) return this.#refused('the server refused TLS', result.reply)
      this.#io.secure({ side: 'client', serverName }, (secured) => {
        if (isFailure(secured)) return this.#session.fail(secured)
        this.#capabilities((anew) => this.#login(anew))
      })
    })
  }

  #login(capabilities: readonly string[]): void {
    const { user, password } = this.#options
    const offered =
      capabilities
        .find((each) => /^sasl /i.test(each))
        ?.split(' ')
        .slice(1) ?? []
    const plainAllowedWithoutTls = this.#options.tlsRequired === false
    const sasl = startTextClient(this.#io, offered, { user, password, plainAllowedWithoutTls })
    if (sasl !== undefined) return this.#authenticate(sasl)
    this.ask({ kind: 'USER', name: user }, (named) => {
      if (isFailure(named)) return
      if (!named.reply.ok) return this.#refused('the login was refused', named.reply)
      this.ask({ kind: 'PASS', password }, (result) => this.#loggedIn(result, 'USER'))
    })
  }

  #authenticate(sasl: TextClient): void {
    const { mechanism } = sasl
    this.#sasl = sasl
    const initial = initialFor(sasl)
    this.ask({ kind: 'AUTH', mechanism, ...(initial === undefined ? {} : { initial }) }, (result) => {
      if (!isFailure(result) && result.reply.ok && !sasl.isComplete) {
        return this.#session.fail(failure('EPROTO', 'the server did not prove that it knows the password'))
      }
      this.#loggedIn(result, mechanism)
    })
  }

  #challenge(sasl: TextClient, base64: string): void {
    const answer = sasl.answer(base64)
    if (answer.kind === 'response') this.#io.send(Buffer.from(`${answer.base64}\r\n`))
    else this.#session.fail(failure('EPROTO', `the login broke off: ${answer.why}`))
  }

  #loggedIn(result: Pop3Answer | Failure, mechanism: string): void {
    this.#sasl = undefined
    if (isFailure(result)) return
    if (!result.reply.ok) return this.#refused('the login was refused', result.reply)
    this.#capabilities((capabilities) => {
      this.#isReady = true
      this.#options.ready({ capabilities, mechanism })
    })
  }

  #refused(what: string, answer: Reply): void {
    this.#session.fail(failure(answer.code === 'AUTH' ? 'EAUTH' : 'EREFUSED', `${what}: ${formatReply(answer)}`))
  }

  #broken(what: string): true {
    this.#session.fail(failure('EPROTO', what))
    return true
  }

  /** Tells all that still wait. */
  #over(why: Failure): void {
    if (!this.#isReady) this.#options.ready(why)
    for (const exchange of this.#exchanges.splice(0)) exchange.answered(why)
  }
}

function isMultiline(command: Command): boolean {
  switch (command.kind) {
    case 'CAPA':
    case 'RETR':
    case 'TOP':
      return true
    case 'LIST':
    case 'UIDL':
      return command.number === undefined
    case 'AUTH':
      return command.mechanism === undefined
    default:
      return false
  }
}

/** RFC 5034 §4: what does not fit into a command goes as the first response. */
function initialFor(sasl: TextClient): string | undefined {
  const initial = sasl.initial()
  return `AUTH ${sasl.mechanism} ${initial ?? ''}\r\n`.length > COMMAND_LINE_MAX_BYTES ? undefined : initial
}
