// One data connection, from when it stands to its end: it holds back what comes until a transfer begins, is secured where the
// session says so, and then belongs to the transfer's job.

import type { CloseReason, StreamIo, StreamMachine, TlsSession } from '../../../core/index.ts'
import { isFailure } from '../../../core/index.ts'
import type { Inbox } from '../../../wire/inbox.ts'

/** What a transfer does on its data connection; all calls come within a turn of it. */
export interface DataJob {
  begin(io: StreamIo): void
  received(inbox: Inbox): boolean
  drained(): void
  woke(timer: string): void
  ended(): void
  /** The last call, also where `begin` never came. */
  closed(reason: CloseReason | 'refused'): void
}

/** TLS on a data connection (RFC 4217 §9). */
export interface DataSecurity {
  readonly session: TlsSession | undefined
  /** Only a session that continues the control connection's will do. */
  readonly reuse: 'require' | 'any'
}

export interface DataWatcher {
  /** It stands. */
  stood(stream: DataStream): void
  /** It never stood, or went before a transfer took it. */
  lost(stream: DataStream, reason: CloseReason): void
}

const REFUSED = 'refused'
/** How long a refused client may take to hear of it. Ours. */
const REFUSED_MS = 1000

export class DataStream implements StreamMachine {
  readonly #io: StreamIo
  readonly #watcher: DataWatcher
  #job: DataJob | undefined
  #isGoing = false
  #closed: CloseReason | undefined
  #release: (() => void) | undefined

  constructor(io: StreamIo, watcher: DataWatcher) {
    this.#io = io
    this.#watcher = watcher
  }

  opened(): void {
    this.#io.ask(new Promise<void>((resolve) => (this.#release = resolve)), () => undefined)
    this.#watcher.stood(this)
  }

  /** To be called from outside of its turns. */
  start(job: DataJob, security: DataSecurity | undefined): void {
    this.#job = job
    if (this.#closed !== undefined) return job.closed(this.#closed)
    this.#io.ask(undefined, () => {
      if (security === undefined) this.#go()
      else this.#secure(security)
    })
  }

  /** To be called from outside of its turns: breaks it off. */
  drop(reason: string): void {
    this.#io.ask(undefined, () => this.#io.reset(reason))
  }

  received(inbox: Inbox): boolean {
    return this.#isGoing && this.#job !== undefined ? this.#job.received(inbox) : false
  }

  drained(): void {
    if (this.#isGoing) this.#job?.drained()
  }

  woke(timer: string): void {
    if (timer === REFUSED) this.#io.reset('the TLS session is not that of the control connection')
    else this.#job?.woke(timer)
  }

  ended(): void {
    if (this.#isGoing) this.#job?.ended()
    else this.#io.end()
  }

  closed(reason: CloseReason): void {
    this.#closed = reason
    this.#release?.()
    if (this.#job === undefined) this.#watcher.lost(this, reason)
    else this.#job.closed(reason)
  }

  #secure({ session, reuse }: DataSecurity): void {
    const options = { side: 'server', unread: 'handshake' } as const
    this.#io.secure(session === undefined ? options : { ...options, session }, (result) => {
      if (isFailure(result)) return
      if (reuse === 'any' || result.resumed === true) return this.#go()
      this.#refuse()
    })
  }

  /** In good order, so that the client reads why on the control connection; what it sends meanwhile is cut off soon. */
  #refuse(): void {
    this.#job?.closed('refused')
    this.#job = undefined
    this.#io.end()
    this.#io.wakeAt(REFUSED, this.#io.now + REFUSED_MS)
  }

  #go(): void {
    this.#isGoing = true
    this.#release?.()
    this.#job?.begin(this.#io)
  }
}
