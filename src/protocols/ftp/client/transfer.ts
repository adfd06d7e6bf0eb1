// One transfer: where it starts, the data connection, the command, and both ends of it, the reply's and the data's.

import { failure, isFailure, type Failure, type StreamIo } from '../../../core/index.ts'
import { formatReply } from '../codec/index.ts'
import type { Reply, TransferType } from '../messages.ts'
import type { Conversation } from './conversation.ts'
import { openDataLink, type DataLinkHearer } from './data-link.ts'
import type { DataStream, DataTls } from './data-stream.ts'
import type { DataMode, FtpCommand } from './options.ts'

/** Of one transfer that is kept in memory. */
const CONTENT_MAX_BYTES = 64 * 1024 * 1024

interface Wanted {
  /** Left out where it may be (LIST, STOU). */
  readonly path?: string
  /** Byte to start at (REST). Default: 0. */
  readonly from?: number
  /** Default: I. With A, what is sent and what comes are lines that end in CRLF. */
  readonly type?: TransferType
}

export interface Download extends Wanted {
  readonly verb: 'RETR' | 'LIST' | 'NLST' | 'MLSD'
  /** Hears what comes, a view for this call. Left out: all of it stands in the outcome, 64 MiB at most. */
  heard?(chunk: Uint8Array): void
}

export interface Upload extends Wanted {
  readonly verb: 'STOR' | 'APPE' | 'STOU'
  readonly content: Uint8Array
}

export type TransferRequest = Download | Upload

export interface TransferOutcome {
  /** What announced it: 125 or 150. Of STOU: with the name (RFC 1123 §4.1.2.9). */
  readonly opening: Reply | undefined
  readonly reply: Reply
  /** On the data connection. */
  readonly bytes: number
  /** The server says that it is done, and all bytes went through. */
  readonly isWhole: boolean
  /** Of a download that nobody heard. */
  readonly content: Uint8Array | undefined
}

export interface TransferParts {
  readonly io: StreamIo
  readonly talk: Conversation
  readonly mode: DataMode
  readonly tls: DataTls | undefined
  readonly request: TransferRequest
  readonly usePasv: (() => void) | undefined
  /** Once. A failure: no command was sent, or no reply to it came. */
  over(result: TransferOutcome | Failure): void
}

export class Transfer implements DataLinkHearer {
  readonly #parts: TransferParts
  readonly #pieces: Uint8Array[] = []
  #close = (): void => {}
  #stream: DataStream | undefined
  #opening: Reply | undefined
  #reply: Reply | undefined
  #dataOver: Failure | 'whole' | undefined
  #bytes = 0
  #kept = 0
  #state: 'linking' | 'asked' | 'over' = 'linking'

  constructor(parts: TransferParts) {
    this.#parts = parts
  }

  begin(): void {
    const { io, talk, mode, tls, request, usePasv } = this.#parts
    talk.moving(true)
    const content = 'content' in request ? request.content : undefined
    this.#close = openDataLink({ io, talk, mode, form: { tls, content }, usePasv, hearer: this })
  }

  agreed(): void {
    if (this.#state === 'linking') this.#restart()
  }

  connected(): void {
    this.agreed()
  }

  stream(stream: DataStream): void {
    this.#stream = stream
    this.#start()
  }

  moved(bytes: number, chunk: Uint8Array | undefined): void {
    this.#bytes += bytes
    this.#parts.talk.moving(true)
    if (chunk === undefined) return
    const { request } = this.#parts
    if ('heard' in request && request.heard !== undefined) request.heard(chunk)
    else this.#keep(chunk)
  }

  /** The session is over. */
  lost(why: Failure): void {
    this.#done(why)
  }

  over(why: Failure | undefined): void {
    if (this.#state === 'over' || this.#dataOver !== undefined) return
    if (this.#state === 'linking') return this.#done(why ?? failure('ECONNRESET', 'the data connection was closed'))
    this.#dataOver = why ?? 'whole'
    this.#end()
  }

  /** REST goes right before the command that it is for (RFC 3659 §5.3). */
  #restart(): void {
    const { talk, request } = this.#parts
    const { from = 0 } = request
    if (from === 0) return this.#ask()
    this.#state = 'asked'
    talk.say({ verb: 'REST', argument: String(from) }, (reply) => {
      if (isFailure(reply)) return this.#done(reply)
      if (reply.code === 350) this.#ask()
      else this.#done(failure('EREFUSED', `it starts at the front only: ${formatReply(reply)}`))
    })
  }

  #ask(): void {
    if (this.#state === 'over') return
    const { talk, request } = this.#parts
    this.#state = 'asked'
    const command: FtpCommand = {
      verb: request.verb,
      ...(request.path === undefined ? {} : { argument: request.path }),
    }
    talk.say(
      command,
      (reply) => (isFailure(reply) ? this.#done(reply) : this.#answered(reply)),
      (opening) => {
        this.#opening ??= opening
        this.#start()
      },
    )
  }

  /** Data moves once there is a connection, and the server has said that it begins. */
  #start(): void {
    if (this.#opening !== undefined) this.#stream?.begin()
  }

  #answered(reply: Reply): void {
    this.#reply = reply
    // A server that is done without having begun, or that refuses, moves nothing more.
    if (reply.code >= 400 || this.#opening === undefined || this.#stream === undefined) {
      this.#dataOver ??= failure('EREFUSED', formatReply(reply))
    }
    this.#end()
  }

  #end(): void {
    if (this.#reply === undefined || this.#dataOver === undefined) return
    const { request } = this.#parts
    const isHeard = 'content' in request || request.heard !== undefined
    this.#done({
      opening: this.#opening,
      reply: this.#reply,
      bytes: this.#bytes,
      isWhole: this.#reply.code < 300 && this.#dataOver === 'whole',
      content: isHeard ? undefined : Buffer.concat(this.#pieces),
    })
  }

  #keep(chunk: Uint8Array): void {
    this.#kept += chunk.length
    if (this.#kept <= CONTENT_MAX_BYTES) return void this.#pieces.push(Uint8Array.from(chunk))
    this.#dataOver ??= failure('EMSGSIZE', `more than ${CONTENT_MAX_BYTES} bytes`)
    this.#stream?.drop()
  }

  #done(result: TransferOutcome | Failure): void {
    if (this.#state === 'over') return
    this.#state = 'over'
    this.#parts.talk.moving(false)
    this.#close()
    this.#stream?.drop()
    this.#parts.over(result)
  }
}
