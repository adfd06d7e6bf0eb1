// An FTP client on one connection (RFC 959, 2428, 3659, 4217, 7151): TLS where it is wanted, a login, then commands and
// transfers one after the other, each answered whole. For tests and the SDK.

import {
  failure,
  isFailure,
  type CloseReason,
  type Failure,
  type StreamIo,
  type StreamMachine,
} from '../../../core/index.ts'
import type { Inbox } from '../../../wire/inbox.ts'
import { formatReply } from '../codec/index.ts'
import type { TransferType } from '../messages.ts'
import { Conversation } from './conversation.ts'
import type { DataTls } from './data-stream.ts'
import { Opening, type Opened } from './opening.ts'
import type { DataMode, FtpAnswered, FtpClientOptions, FtpCommand } from './options.ts'
import { Transfer, type TransferOutcome, type TransferRequest } from './transfer.ts'

interface Job {
  begin(): void
  lost(why: Failure): void
}

export class FtpClient implements StreamMachine {
  readonly #io: StreamIo
  readonly #options: FtpClientOptions
  readonly #talk: Conversation
  readonly #opening: Opening
  readonly #waiting: Job[] = []
  #mode: DataMode
  #opened: Opened | undefined
  #type: TransferType = 'I'
  #current: Transfer | undefined
  #isBusy = false

  constructor(io: StreamIo, options: FtpClientOptions) {
    this.#io = io
    this.#options = options
    this.#mode = options.data ?? 'EPSV'
    this.#talk = new Conversation(io, (why) => this.#over(why))
    this.#opening = new Opening(io, this.#talk, options, (opened) => this.#ready(opened))
  }

  /** Sends a command once what was asked before is answered. */
  ask(command: FtpCommand, answered: FtpAnswered): void {
    this.#queue({
      begin: () =>
        this.#talk.say(command, (reply) => {
          this.#next(() => answered(reply))
        }),
      lost: answered,
    })
  }

  /** RNFR and RNTO with nothing between them; the reply is that of the last that was sent. */
  rename(from: string, to: string, answered: FtpAnswered): void {
    const last: FtpAnswered = (reply) => this.#next(() => answered(reply))
    this.#queue({
      begin: () =>
        this.#talk.say({ verb: 'RNFR', argument: from }, (reply) => {
          if (isFailure(reply) || reply.code !== 350) last(reply)
          else this.#talk.say({ verb: 'RNTO', argument: to }, last)
        }),
      lost: answered,
    })
  }

  /** Moves a file or a listing once what was asked before is answered. */
  transfer(request: TransferRequest, over: (result: TransferOutcome | Failure) => void): void {
    this.#queue({ begin: () => this.#typed(request, over), lost: over })
  }

  /** Breaks off the transfer that runs (RFC 959 §4.1.3): it is answered first, with what came of it, then this is. */
  abort(answered: FtpAnswered): void {
    this.#talk.say({ verb: 'ABOR' }, answered)
  }

  opened(): void {
    this.#opening.begin()
  }

  received(inbox: Inbox): boolean {
    return this.#talk.received(inbox)
  }

  ended(): void {
    this.#talk.ended()
  }

  closed(reason: CloseReason): void {
    this.#talk.closed(reason)
  }

  woke(timer: string): void {
    this.#talk.woke(timer)
  }

  #ready(opened: Opened): void {
    this.#opened = opened
    this.#options.ready({ features: opened.features, tls: opened.tls })
    if (!this.#isBusy) this.#next(() => {})
  }

  #queue(job: Job): void {
    if (this.#talk.failed !== undefined) return job.lost(this.#talk.failed)
    this.#waiting.push(job)
    if (!this.#isBusy && this.#opened !== undefined) this.#next(() => {})
  }

  /** `answer` may ask for more, which then comes after what waits. */
  #next(answer: () => void): void {
    this.#isBusy = true
    answer()
    const job = this.#talk.failed === undefined ? this.#waiting.shift() : undefined
    if (job === undefined) this.#isBusy = false
    else job.begin()
  }

  /** Listings come in whatever type is set: their lines end in CRLF either way. */
  #typed(request: TransferRequest, over: (result: TransferOutcome | Failure) => void): void {
    const isFile = request.verb === 'RETR' || 'content' in request
    const { type = isFile ? 'I' : this.#type } = request
    if (type === this.#type) return this.#move(request, over)
    this.#talk.say({ verb: 'TYPE', argument: type }, (reply) => {
      if (isFailure(reply)) return this.#next(() => over(reply))
      if (reply.code !== 200) return this.#next(() => over(failure('EREFUSED', `no such type: ${formatReply(reply)}`)))
      this.#type = type
      this.#move(request, over)
    })
  }

  #move(request: TransferRequest, over: (result: TransferOutcome | Failure) => void): void {
    const insists = this.#options.data !== undefined
    const current = new Transfer({
      io: this.#io,
      talk: this.#talk,
      mode: this.#mode,
      tls: this.#dataTls(),
      request,
      usePasv: insists ? undefined : () => void (this.#mode = 'PASV'),
      over: (result) => {
        this.#current = undefined
        this.#next(() => over(result))
      },
    })
    this.#current = current
    current.begin()
  }

  #dataTls(): DataTls | undefined {
    if (this.#opened?.isDataProtected !== true) return undefined
    return { serverName: this.#options.serverName ?? this.#io.peer.ip, session: this.#io.tls?.session }
  }

  /** Tells all that still wait. */
  #over(why: Failure): void {
    if (this.#opened === undefined) this.#options.ready(why)
    this.#current?.lost(why)
    for (const job of this.#waiting.splice(0)) job.lost(why)
  }
}
