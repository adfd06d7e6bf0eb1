// The control connection as lines: commands go out, replies come in order, those that only announce (1xx) apart. Knows no
// command's meaning.

import { failure, type StreamIo } from '../../../core/index.ts'
import { ClientSession } from '../../../shared/mailbox-client/index.ts'
import type { Failure } from '../../../core/index.ts'
import type { Inbox } from '../../../wire/inbox.ts'
import { encodeCommand, formatReply, ReplyReader } from '../codec/index.ts'
import type { Reply } from '../messages.ts'
import type { FtpAnswered, FtpCommand } from './options.ts'

/** The server goes (RFC 959 §5.4): said at any time. */
const CLOSING = 421

interface Exchange {
  readonly answered: FtpAnswered
  readonly announced: ((reply: Reply) => void) | undefined
}

export class Conversation {
  readonly #io: StreamIo
  readonly #session: ClientSession
  readonly #reader = new ReplyReader()
  readonly #exchanges: Exchange[] = []
  #isMoving = false

  /** `over` hears once why there is no more to come, before those that wait do. */
  constructor(io: StreamIo, over: (why: Failure) => void) {
    this.#io = io
    this.#session = new ClientSession(io, (why) => {
      over(why)
      for (const { answered } of this.#exchanges.splice(0)) answered(why)
    })
  }

  get failed(): Failure | undefined {
    return this.#session.failed
  }

  /** The first reply answers nothing: it greets. */
  begin(greeted: FtpAnswered): void {
    this.#session.expectSoon()
    this.#exchanges.push({ answered: greeted, announced: undefined })
  }

  /** `announced`: hears a reply that only begins (1xx). */
  say({ verb, argument = '' }: FtpCommand, answered: FtpAnswered, announced?: (reply: Reply) => void): void {
    if (this.#session.failed !== undefined) return answered(this.#session.failed)
    this.#exchanges.push({ answered, announced })
    this.#session.expectSoon()
    this.#io.send(encodeCommand({ verb, argument }))
  }

  /** Takes one reply. */
  received(inbox: Inbox): boolean {
    const reply = this.#reader.next(inbox)
    if (reply === 'more') return false
    this.#session.expectSoon()
    if (reply === 'bad') return this.#broken('a line that is no reply')
    if (reply.code === CLOSING) {
      this.fail(failure('ECLOSING', `the server closes: ${formatReply(reply)}`))
      return false
    }
    this.#heard(reply)
    return true
  }

  /** A transfer has begun, goes on, or is over: while there is one, silence on both connections is a server's that is gone. */
  moving(isMoving: boolean): void {
    this.#isMoving = isMoving
    if (isMoving) this.#session.expectSoon()
  }

  fail(why: Failure): void {
    this.#session.fail(why)
  }

  ended(): void {
    this.#session.ended()
  }

  closed(...reason: Parameters<ClientSession['closed']>): void {
    this.#session.closed(...reason)
  }

  woke(timer: string): void {
    this.#session.woke(timer, this.#isMoving || this.#exchanges.length > 0)
  }

  #heard(reply: Reply): void {
    const exchange = this.#exchanges[0]
    if (exchange === undefined) return void this.#broken('a reply to nothing')
    if (reply.code < 200) return exchange.announced?.(reply)
    this.#exchanges.shift()
    exchange.answered(reply)
  }

  #broken(what: string): false {
    this.fail(failure('EPROTO', what))
    return false
  }
}
