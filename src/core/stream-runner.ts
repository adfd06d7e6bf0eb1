// Runs one StreamMachine over one wire: one message a call, never a call from inside another, input that
// waits for answers, handshakes and slow peers, and bounds on what is unread. No socket, no clock of
// its own: host/ and sim/ both run their streams through here.

import type { Duplex } from 'node:stream'
import { Inbox } from '../wire/inbox.ts'
import type { Address } from './address.ts'
import { MachineIo, type Engine, type Owner } from './engine.ts'
import { failure, failureFrom, isFailure, type Failure } from './failure.ts'
import type { EditedFile, OpenFile } from './files.ts'
import type { CloseReason, SecureOptions, StreamIo, StreamMachine, TlsInfo, TlsSession } from './io.ts'
import {
  BACKLOG_HIGH_BYTES,
  DRAINED_PER_TURN,
  GATHER_MAX_BYTES,
  HANDSHAKE_MAX_MS,
  IDLE_CALLS_MAX,
  INBOX_MAX_BYTES,
  INBOX_PAUSE_BYTES,
} from './limits.ts'
import { Linger } from './linger.ts'
import type { Secure, Wire, WireEvents } from './stream-wire.ts'
import { Limit } from './timer-heap.ts'

const NOTHING = new Uint8Array(0)

export interface StreamStart {
  readonly wire: Wire
  readonly peer: Address
  readonly local: Address
  /** Application protocols offered when TLS starts as a server, best first. */
  readonly alpn?: readonly string[]
  /** Whose TLS sessions implicit TLS takes up and gives out. */
  readonly session?: 'own' | TlsSession | undefined
  readonly accept: (io: StreamIo) => StreamMachine
  /** Hears that all is over, the machine included. */
  readonly gone: () => void
}

export class StreamRunner extends MachineIo implements StreamIo, WireEvents {
  readonly peer: Address
  readonly local: Address
  tls: TlsInfo | undefined
  readonly #start: StreamStart
  readonly #wire: Wire
  readonly #inbox = new Inbox()
  #machine: StreamMachine | undefined
  #out: Uint8Array[] = []
  #outBytes = 0
  #waiting = 0
  #securing = false
  #idleCalls = 0
  #opened = false
  #stuck = false
  #paused = false
  #owesDrained = false
  #peerEnded = false
  #endedTold = false
  #ending = false
  #adopted = false
  #taken: Duplex | undefined
  #closing: CloseReason | undefined
  #closed = false
  readonly #limit: Limit
  readonly #lingering: Linger

  constructor(engine: Engine, owner: Owner, start: StreamStart) {
    super(engine, owner)
    this.#start = start
    this.#wire = start.wire
    this.peer = start.peer
    this.local = start.local
    start.wire.events = this
    this.#limit = new Limit(engine)
    this.#lingering = new Linger({
      wire: start.wire,
      isAdopted: () => this.#adopted,
      limit: this.#limit,
      close: (reason) => this.#close(reason, true),
    })
  }

  /** Makes the machine and lets it speak; with implicit TLS, after a handshake. */
  open(implicitTls: boolean): void {
    this.#limit.off()
    if (!implicitTls) return this.#accept()
    const { session } = this.#start
    this.#handshake(this.#secureFrom({ side: 'server', ...(session && { session }) }), (result) => {
      if (!isFailure(result)) this.#accept()
    })
  }

  /** The stream could not be opened: the machine hears `closed` alone. */
  fail(code: string): void {
    if (this.#closed) return
    this.#limit.off()
    this.enqueue(() => {
      this.#machine ??= this.#start.accept(this)
      this.#close({ kind: 'failed', detail: code }, true)
    })
  }

  /** `fail`, unless it opens or closes before. */
  failIn(ms: number, code: string): void {
    this.#limit.in(ms, () => this.fail(code))
  }

  /** Closes because its plane or listener stops. */
  stop(): void {
    if (this.#closed) return
    this.#close({ kind: 'stopped' }, true)
  }

  get backlog(): number {
    return this.#wire.backlog + this.#outBytes
  }

  send(bytes: Uint8Array): void {
    if (this.#ending || this.#closing !== undefined || this.#adopted || bytes.length === 0) return
    this.#owesDrained = true
    this.#outBytes += bytes.length
    this.#out.push(bytes)
    if (!this.busy) this.turn()
  }

  sendFile(file: OpenFile, offset: number, length: number): number {
    if (this.#ending || this.#closing !== undefined || this.#adopted || this.backlog > 0) return 0
    const sent = file.descriptor === undefined ? 0 : (this.#wire.sendFile?.(file.descriptor, offset, length) ?? 0)
    if (sent > 0) this.engine.soon(() => this.#owe())
    return sent
  }

  receiveFile(file: EditedFile, offset: number, length: number): number {
    if (this.#ending || this.#closing !== undefined || this.#adopted || this.#inbox.length > 0) return 0
    const wire = this.#wire
    return file.fill?.(offset, length, (descriptor, room) => wire.receiveFile?.(descriptor, offset, room) ?? 0) ?? 0
  }

  secure(options: SecureOptions, then: (result: TlsInfo | Failure) => void): void {
    if (this.#ending || this.#closing !== undefined || this.#adopted) return
    const secure = this.#secureFrom(options)
    this.#inbox.clear()
    this.#flush()
    this.#handshake(secure, (result) => this.enqueue(() => then(result)))
  }

  adopt(take: (stream: Duplex) => void): void {
    if (this.#ending || this.#closing !== undefined || this.#adopted) return
    this.#flush()
    this.#adopted = true
    this.enqueue(() => {
      const unread = this.#inbox.length === 0 ? NOTHING : new Uint8Array(this.#inbox.peek())
      this.#inbox.clear()
      if (this.#closing !== undefined) return
      this.#taken = this.#wire.adopt(unread, () => void (this.#closing ?? this.#lingering.begin()))
      take(this.#taken)
    })
  }

  end(): void {
    if (this.#ending || this.#closing !== undefined || this.#adopted) return
    this.#flush()
    this.#ending = true
    this.#inbox.clear()
    if (this.#paused) this.#resume()
    this.#lingering.begin()
    this.#wire.end()
  }

  reset(reason: string): void {
    this.#close({ kind: 'reset', detail: reason }, true)
  }

  received(chunk: Uint8Array): void {
    if (this.#ending || this.#closing !== undefined) return
    this.#inbox.push(chunk)
    this.#stuck = false
    if (this.busy) return
    if (this.#holds()) return this.#pauseWhenFull()
    this.turn()
  }

  drained(): void {
    if (!this.busy) this.turn()
  }

  ended(): void {
    this.#peerEnded = true
    if (!this.busy) this.turn()
  }

  closed(reason: CloseReason): void {
    this.#close(reason, false)
  }

  protected override wake(timer: string): void {
    this.enqueue(() => {
      if (!this.#adopted) this.#machine?.woke?.(timer)
    })
  }

  protected override askChanged(change: 1 | -1): void {
    this.#waiting += change
  }

  protected override broken(thrown: unknown): void {
    this.reportBroken(thrown)
    this.#close({ kind: 'failed', detail: failureFrom(thrown).message }, true)
  }

  protected override turn(): void {
    if (this.#closed) return
    this.begin()
    try {
      this.#run()
    } catch (thrown) {
      this.broken(thrown)
    } finally {
      this.busy = false
    }
    if (this.#closing !== undefined) this.#finish(this.#closing)
  }

  #run(): void {
    let drainedCalls = 0
    while (this.#closing === undefined) {
      const call = this.queued.shift()
      if (call !== undefined) {
        this.#stuck = false
        call()
        continue
      }
      if (this.#outBytes > 0 && (this.#outBytes >= GATHER_MAX_BYTES || !this.#readable())) this.#flush()
      if (this.#drainedDue()) {
        if (++drainedCalls > DRAINED_PER_TURN) return this.engine.soon(() => this.drained())
        this.#owesDrained = false
        this.#stuck = false
        this.#machine?.drained?.()
        continue
      }
      if (this.#readable()) this.#hand()
      else if (!this.#tellEnded()) return this.#rest()
    }
  }

  #hand(): void {
    const before = this.#inbox.length
    if (!this.#machine!.received(this.#inbox)) this.#stuck = true
    else if (this.#inbox.length < before) this.#idleCalls = 0
    else if (++this.#idleCalls > IDLE_CALLS_MAX) throw new Error('received takes nothing and says true')
  }

  #tellEnded(): boolean {
    if (!this.#peerEnded || this.#endedTold || this.#holds() || this.#ending) return false
    this.#endedTold = true
    if (this.#machine?.ended === undefined) this.end()
    else this.#machine.ended(this.#inbox)
    return true
  }

  #rest(): void {
    const isFull = this.#stuck && this.#inbox.length >= INBOX_MAX_BYTES
    // A machine may wait for its answer to leave before it takes more.
    const waits = this.#machine?.drained !== undefined && this.#owesDrained && this.backlog > 0
    if (isFull && !waits) return this.#overfull()
    if (isFull || this.#holds()) this.#pauseWhenFull()
    else if (this.#paused) this.#resume()
  }

  #overfull(): void {
    const summary = `${this.#inbox.length} unread bytes and no whole message`
    this.emit({ kind: 'driver.limit', summary, severity: 'warning', detail: { inboxMaxBytes: INBOX_MAX_BYTES } })
    this.#close({ kind: 'failed', detail: 'too much unread' }, true)
  }

  #readable(): boolean {
    return this.#inbox.length > 0 && !this.#stuck && !this.#holds() && !this.#ending && !this.#endedTold
  }

  #holds(): boolean {
    return this.#waiting > 0 || !this.#opened || this.#adopted || this.backlog > BACKLOG_HIGH_BYTES
  }

  #owe(): void {
    this.#owesDrained = true
    this.drained()
  }

  #drainedDue(): boolean {
    return this.#owesDrained && this.#opened && !this.#ending && !this.#adopted && this.backlog === 0
  }

  #pauseWhenFull(): void {
    if (this.#paused || this.#adopted || this.#inbox.length < INBOX_PAUSE_BYTES) return
    this.#paused = true
    this.#wire.pause()
  }

  #resume(): void {
    this.#paused = false
    this.#wire.resume()
  }

  #flush(): void {
    const total = this.#outBytes
    if (total === 0 || this.#securing) return
    const out = this.#out
    this.#outBytes = 0
    const tell = this.#machine?.drained !== undefined || this.#wire.backlog + total > BACKLOG_HIGH_BYTES
    if (out.length === 1) return this.#wire.write(out.pop()!, tell)
    this.#out = []
    if (total <= GATHER_MAX_BYTES) this.#wire.write(Buffer.concat(out, total), tell)
    else for (const bytes of out) this.#wire.write(bytes, tell)
  }

  #accept(): void {
    this.enqueue(() => {
      this.#machine = this.#start.accept(this)
      this.#opened = true
      if (!this.#adopted && this.#closing === undefined) this.#machine.opened?.()
      if (!this.#adopted && this.#closing === undefined) this.#wire.resume()
    })
  }

  #secureFrom(options: SecureOptions): Secure {
    const { alpn = [] } = this.#start
    if (options.side === 'client') return { alpn: [], ...options }
    const { unread, ...secure } = options
    if (unread === undefined) return { ...secure, alpn }
    return { ...secure, alpn, unread: new Uint8Array(this.#inbox.peek()) }
  }

  #handshake(secure: Secure, then: (result: TlsInfo | Failure) => void): void {
    let done = false
    const finish = (result: TlsInfo | Failure) => {
      if (done || this.#closed) return
      done = true
      this.#waiting--
      this.#securing = false
      if (!this.#ending) this.#limit.off()
      if (isFailure(result)) this.#handshakeFailed(result)
      else this.#secured(result)
      if (!isFailure(result) && this.#opened) this.#wire.resume()
      then(result)
      if (isFailure(result)) this.enqueue(() => this.#close({ kind: 'failed', detail: result.message }, true))
    }
    this.#waiting++
    this.#securing = true
    this.#limit.in(HANDSHAKE_MAX_MS, () => finish(failure('ETIMEDOUT', 'TLS handshake took too long')))
    if (this.#paused) this.#resume()
    this.#wire.secure(secure, finish)
  }

  #secured(tls: TlsInfo): void {
    const { gatekeeper, flow } = this.owner
    this.tls = tls
    const { channelBinding: _binding, exportKey: _exporter, session: _session, ...kept } = tls
    if (flow !== undefined) gatekeeper.secured?.(flow, kept)
  }

  #handshakeFailed(result: Failure): void {
    const { code, message } = result
    this.emit({ kind: 'driver.tls', summary: `TLS failed: ${message}`, severity: 'warning', detail: { code } })
  }

  #account(reason: CloseReason): void {
    const { gatekeeper, flow } = this.owner
    if (flow === undefined) return
    const text = reason.detail === undefined ? reason.kind : `${reason.kind}: ${reason.detail}`
    gatekeeper.closed(flow, this.#wire.bytesReceived, this.#wire.bytesSent, text)
  }

  #close(reason: CloseReason, resetWire: boolean): void {
    if (this.#closing !== undefined) return
    this.#closing = reason
    if (resetWire) this.#wire.reset()
    if (resetWire) this.#taken?.destroy()
    if (!this.busy) this.#finish(reason)
  }

  #finish(reason: CloseReason): void {
    if (this.#closed) return
    this.#closed = true
    this.#limit.off()
    this.release()
    this.#inbox.clear()
    this.#out = []
    this.#outBytes = 0
    this.begin()
    try {
      this.#machine?.closed?.(reason)
    } catch (thrown) {
      this.reportBroken(thrown)
    } finally {
      this.busy = false
    }
    this.#account(reason)
    this.#start.gone()
  }
}
