// A wire over a real socket: the machine's bytes go straight to it and come straight from it, with no
// stream between. TLS, once asked for, goes on top of the same wire.

import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { TLSSocket } from 'node:tls'
import type { Owner } from '../core/engine.ts'
import { isFailure, type Failure } from '../core/failure.ts'
import type { CloseReason, TlsInfo } from '../core/io.ts'
import type { Secure, Wire, WireEvents } from '../core/stream-wire.ts'
import { WireDuplex } from '../core/wire-duplex.ts'
import { receiveIntoFile } from './receive-file.ts'
import { sendFromFile } from './send-file.ts'
import { startTls } from './tls.ts'

const NOTHING = new Uint8Array(0)
const UNHEARD: WireEvents = { received() {}, drained() {}, ended() {}, closed() {} }

export class SocketWire implements Wire {
  events: WireEvents = UNHEARD
  /** On whose behalf TLS is started. */
  owner: Owner | undefined
  readonly #socket: Socket
  readonly #onData = (chunk: Uint8Array) => this.events.received(chunk)
  readonly #onEnd = () => this.events.ended()
  readonly #onFlushed = () => this.#flushed()
  /** The socket, or the TLS over it. */
  #stream: Socket | TLSSocket
  #encrypted = false
  #attached = false
  #telling = false
  #sentFromFiles = 0
  #unseenReceived = 0
  #error: NodeJS.ErrnoException | undefined

  constructor(socket: Socket) {
    this.#socket = socket
    this.#stream = socket
    socket.on('error', (error) => this.#failed(error))
    socket.on('close', () => this.#closed())
  }

  get backlog(): number {
    return this.#stream.writableLength
  }

  get bytesReceived(): number {
    return this.#socket.bytesRead + this.#unseenReceived
  }

  get bytesSent(): number {
    return this.#socket.bytesWritten + this.#sentFromFiles
  }

  write(bytes: Uint8Array, tell: boolean): void {
    if (tell && this.#encrypted) return this.#writeAndTell(bytes)
    this.#stream.write(bytes)
    if (tell && this.#stream.writableLength > 0) this.#writeAndTell(NOTHING)
  }

  sendFile(descriptor: number, offset: number, length: number): number {
    if (this.#encrypted || this.#socket.writableLength > 0 || this.#socket.destroyed) return 0
    const sent = sendFromFile(this.#socket, descriptor, offset, length)
    this.#sentFromFiles += sent
    return sent
  }

  receiveFile(descriptor: number, offset: number, length: number): number {
    const socket = this.#socket
    if (this.#encrypted || !this.#attached || socket.readableLength > 0 || socket.destroyed) return 0
    const { bytes, rest } = receiveIntoFile(socket, descriptor, offset, length)
    this.#unseenReceived += bytes + rest.length
    if (rest.length > 0) this.events.received(rest)
    return bytes
  }

  pause(): void {
    this.#stream.pause()
  }

  resume(): void {
    if (this.#attached) this.#stream.resume()
    else this.#attach()
  }

  end(): void {
    this.#stream.end()
  }

  /** A socket whose end is on its way is closed only: libuv refuses to reset it, and would then keep it for good. */
  reset(): void {
    const isEnding = this.#stream.writableEnded && !this.#stream.writableFinished
    if (!this.#socket.connecting && !isEnding) this.#socket.resetAndDestroy()
    this.#socket.destroy()
    if (this.#encrypted) this.#stream.destroy()
  }

  secure(secure: Secure, then: (result: TlsInfo | Failure) => void): void {
    if (this.owner === undefined) throw new Error('TLS for no one')
    this.#detach()
    if (secure.unread !== undefined && secure.unread.length > 0) this.#socket.unshift(secure.unread)
    this.#encrypted = true
    const tls = startTls(this.owner, this.#socket, secure, (result) => {
      if (!isFailure(result)) tls.on('error', (error) => this.#failed(error))
      then(result)
    })
    this.#stream = tls
  }

  adopt(unread: Uint8Array, abandoned: () => void): Duplex {
    const stream = this.#stream
    stream.once('finish', abandoned)
    // Not on the next tick: node:http2 reads what is unshifted then, and would find it gone.
    if (this.#attached) setImmediate(() => stream.resume())
    this.#detach()
    if (unread.length > 0) stream.unshift(unread)
    return stream
  }

  #attach(): void {
    this.#attached = true
    this.#stream.on('data', this.#onData)
    this.#stream.on('end', this.#onEnd)
    this.#stream.resume()
    tellEnd(this.#stream, this.#onEnd)
  }

  #detach(): void {
    if (!this.#attached) return
    this.#attached = false
    this.#stream.pause()
    this.#stream.off('data', this.#onData)
    this.#stream.off('end', this.#onEnd)
  }

  #writeAndTell(bytes: Uint8Array): void {
    if (this.#telling && bytes.length === 0) return
    this.#telling = true
    this.#stream.write(bytes, this.#onFlushed)
  }

  #flushed(): void {
    if (this.#stream.destroyed || !this.#telling) return
    if (this.#stream.writableLength > 0) return void this.#stream.write(NOTHING, this.#onFlushed)
    this.#telling = false
    this.events.drained()
  }

  #failed(error: NodeJS.ErrnoException): void {
    this.#error ??= error
    if (this.#encrypted) this.#socket.destroy()
  }

  #closed(): void {
    if (this.#encrypted) this.#stream.destroy()
    this.events.closed(closeReason(this.#error))
  }
}

/** A wire whose TLS must run above what is below it: layers that see the encrypted bytes. */
export class SecurableWire implements Wire {
  readonly #below: Wire
  readonly #owner: Owner
  #above: Wire
  #events: WireEvents = UNHEARD

  constructor(below: Wire, owner: Owner) {
    this.#below = below
    this.#above = below
    this.#owner = owner
  }

  get events(): WireEvents {
    return this.#events
  }

  set events(events: WireEvents) {
    this.#events = events
    this.#above.events = events
  }

  get backlog(): number {
    return this.#above.backlog
  }

  get bytesReceived(): number {
    return this.#below.bytesReceived
  }

  get bytesSent(): number {
    return this.#below.bytesSent
  }

  write(bytes: Uint8Array, tell: boolean): void {
    this.#above.write(bytes, tell)
  }

  pause(): void {
    this.#above.pause()
  }

  resume(): void {
    this.#above.resume()
  }

  end(): void {
    this.#above.end()
  }

  reset(): void {
    this.#below.reset()
  }

  secure(secure: Secure, then: (result: TlsInfo | Failure) => void): void {
    this.#below.events = UNHEARD
    const under = new WireDuplex(this.#below, secure.unread ?? NOTHING, () => this.#below.end())
    const tls = startTls(this.#owner, under, secure, then)
    this.#above = new TlsWire(tls, this.#below)
    this.#above.events = this.#events
  }

  adopt(unread: Uint8Array, abandoned: () => void): Duplex {
    return this.#above.adopt(unread, abandoned)
  }
}

/** A stream may have ended before anybody listened: right behind a handshake, say. */
function tellEnd(stream: Duplex, ended: () => void): void {
  if (stream.readableEnded) setImmediate(() => void (stream.destroyed || ended()))
}

/** TLS over a wire with layers. */
class TlsWire implements Wire {
  events: WireEvents = UNHEARD
  readonly #tls: TLSSocket
  readonly #below: Wire
  readonly #onFlushed = () => this.#flushed()
  readonly #onData = (chunk: Uint8Array) => this.events.received(chunk)
  readonly #onEnd = () => this.events.ended()
  #attached = false
  #error: NodeJS.ErrnoException | undefined

  constructor(tls: TLSSocket, below: Wire) {
    this.#tls = tls
    this.#below = below
    tls.on('error', (error: NodeJS.ErrnoException) => {
      this.#error ??= error
    })
    const under = below.events
    below.events = {
      received: (chunk) => under.received(chunk),
      drained: () => under.drained(),
      ended: () => under.ended(),
      closed: (reason) => {
        under.closed(reason)
        this.events.closed(this.#error === undefined ? reason : closeReason(this.#error))
      },
    }
  }

  get backlog(): number {
    return this.#tls.writableLength + this.#below.backlog
  }

  get bytesReceived(): number {
    return this.#below.bytesReceived
  }

  get bytesSent(): number {
    return this.#below.bytesSent
  }

  write(bytes: Uint8Array, tell: boolean): void {
    if (tell) this.#tls.write(bytes, this.#onFlushed)
    else this.#tls.write(bytes)
  }

  pause(): void {
    this.#tls.pause()
  }

  resume(): void {
    if (this.#attached) return void this.#tls.resume()
    this.#attached = true
    this.#tls.on('data', this.#onData)
    this.#tls.on('end', this.#onEnd)
    this.#tls.resume()
    tellEnd(this.#tls, this.#onEnd)
  }

  end(): void {
    this.#tls.end()
  }

  reset(): void {
    this.#below.reset()
  }

  secure(): void {
    throw new Error('TLS runs already')
  }

  adopt(unread: Uint8Array, abandoned: () => void): Duplex {
    this.#tls.once('finish', abandoned)
    if (this.#attached) this.#detach()
    if (unread.length > 0) this.#tls.unshift(unread)
    return this.#tls
  }

  #detach(): void {
    this.#tls.pause()
    this.#tls.off('data', this.#onData)
    this.#tls.off('end', this.#onEnd)
    setImmediate(() => this.#tls.resume())
  }

  #flushed(): void {
    if (this.#tls.destroyed) return
    if (this.backlog > 0) this.#tls.write(NOTHING, this.#onFlushed)
    else this.events.drained()
  }
}

function closeReason(error: NodeJS.ErrnoException | undefined): CloseReason {
  if (error === undefined) return { kind: 'ended' }
  const detail = error.code ?? error.message
  return { kind: detail === 'ECONNRESET' || detail === 'EPIPE' ? 'reset' : 'failed', detail }
}
