// One data connection, whoever opened it: TLS once the server has agreed to transfer, then bytes one way until its end.

import {
  failure,
  isFailure,
  type CloseReason,
  type Failure,
  type StreamIo,
  type StreamMachine,
  type TlsSession,
} from '../../../core/index.ts'
import type { Inbox } from '../../../wire/inbox.ts'

/** Handed to the driver at once when uploading. */
const PIECE_BYTES = 262_144

export interface DataTls {
  readonly serverName: string
  /** Of the control connection: servers want it taken up again. */
  readonly session: TlsSession | undefined
}

export interface DataForm {
  readonly tls: DataTls | undefined
  /** What is to be uploaded; `undefined`: what comes is taken. */
  readonly content: Uint8Array | undefined
}

export interface DataHearer {
  /** The connection stands. */
  connected(): void
  /** Bytes that came, a view for this call; or, when uploading, bytes that have left. */
  moved(bytes: number, chunk: Uint8Array | undefined): void
  /** Once: all of it went through (`undefined`), or why not. */
  over(why: Failure | undefined): void
}

export class DataStream implements StreamMachine {
  readonly #io: StreamIo
  readonly #hearer: DataHearer
  readonly #tls: DataTls | undefined
  readonly #content: Uint8Array | undefined
  #sent = 0
  #state: 'waiting' | 'securing' | 'moving' | 'over' = 'waiting'

  constructor(io: StreamIo, { tls, content }: DataForm, hearer: DataHearer) {
    this.#io = io
    this.#tls = tls
    this.#content = content
    this.#hearer = hearer
  }

  /** In the clear, bytes may be here before the reply that announces them. */
  opened(): void {
    if (this.#tls === undefined && this.#content === undefined) this.#move()
    this.#hearer.connected()
  }

  /** The server is about to transfer. */
  begin(): void {
    if (this.#state !== 'waiting') return
    if (this.#tls === undefined) return this.#move()
    this.#state = 'securing'
    const { serverName, session } = this.#tls
    const options = { side: 'client', serverName, ...(session === undefined ? {} : { session }) } as const
    this.#io.secure(options, (secured) => {
      if (isFailure(secured)) this.#over(secured)
      else this.#move()
    })
  }

  /** Nobody waits for it any more. */
  drop(): void {
    if (this.#state === 'over') return
    this.#state = 'over'
    this.#io.reset('the transfer is over')
  }

  received(inbox: Inbox): boolean {
    if (this.#state === 'over') inbox.clear()
    if (this.#state !== 'moving' || inbox.length === 0) return false
    if (this.#content !== undefined) {
      this.#over(failure('EPROTO', 'the server sends where it should receive'))
      this.#io.end()
      return false
    }
    const chunk = inbox.peek()
    this.#hearer.moved(chunk.length, chunk)
    inbox.clear()
    return true
  }

  drained(): void {
    if (this.#state === 'moving' && this.#content !== undefined) this.#send(this.#content)
  }

  ended(): void {
    const isWhole = this.#state === 'moving' && this.#content === undefined
    this.#over(isWhole ? undefined : failure('ECONNRESET', 'the server closed the data connection'))
    this.#io.end()
  }

  closed({ kind, detail }: CloseReason): void {
    const isWhole = this.#content !== undefined && this.#sent === this.#content.length && kind === 'ended'
    const code = kind === 'failed' && detail !== undefined && /^E[A-Z]+$/.test(detail) ? detail : 'ECONNRESET'
    this.#over(isWhole ? undefined : failure(code, `the data connection ended: ${detail ?? kind}`))
  }

  #move(): void {
    this.#state = 'moving'
    if (this.#content !== undefined) this.#send(this.#content)
  }

  #send(content: Uint8Array): void {
    if (this.#sent === content.length) {
      this.#over(undefined)
      return this.#io.end()
    }
    const piece = content.subarray(this.#sent, this.#sent + PIECE_BYTES)
    this.#sent += piece.length
    this.#io.send(piece)
    this.#hearer.moved(piece.length, undefined)
  }

  #over(why: Failure | undefined): void {
    if (this.#state === 'over') return
    this.#state = 'over'
    this.#hearer.over(why)
  }
}
