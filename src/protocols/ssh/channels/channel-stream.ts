// One channel (RFC 4254 §5) as a Node stream: windows both ways, data and extended data in packets, EOF and close. What
// it is for is the business of who opened it.

import { Duplex, Writable } from 'node:stream'
import type { ProgramEnd } from '../../../core/index.ts'
import { PACKET_DATA_BYTES } from '../limits.ts'
import { SIGNALS, STDERR } from '../messages.ts'
import type { Engine } from '../transport/library.ts'
import type { Link } from '../transport/link.ts'

/** Windows are 32 bits wide (RFC 4254 §5.2). */
const WINDOW_MAX_BYTES = 2 ** 32 - 1

export interface ChannelOptions {
  readonly link: Link
  /** Our number of it. */
  readonly local: number
  /** The peer's number of it, and what it takes. */
  readonly remote: { readonly channel: number; readonly window: number; readonly packetSize: number }
  /** Bytes that the peer may send before they are read. */
  readonly windowBytes: number
  /** Both sides have closed it. */
  closed(): void
}

interface Outgoing {
  readonly bytes: Uint8Array
  sent: number
  readonly extended: boolean
  readonly written: (error?: Error | null) => void
}

export class ChannelStream extends Duplex {
  /** Extended data of type 1. It ends when the channel does. */
  readonly stderr: Writable
  readonly #options: ChannelOptions
  readonly #packetBytes: number
  readonly #out: Outgoing[] = []
  #outWindow: number
  #inWindow: number
  #exit: ProgramEnd | undefined
  #unread = false
  #sentEnd = false
  #sentClose = false
  #gotEnd = false
  #gotClose = false

  constructor(options: ChannelOptions) {
    super({
      allowHalfOpen: true,
      readableHighWaterMark: options.windowBytes / 2,
      writableHighWaterMark: PACKET_DATA_BYTES,
    })
    this.#options = options
    this.#outWindow = options.remote.window
    this.#inWindow = options.windowBytes
    this.#packetBytes = Math.min(options.remote.packetSize, PACKET_DATA_BYTES)
    this.stderr = new Writable({
      highWaterMark: PACKET_DATA_BYTES,
      write: (chunk: Buffer, _encoding, written) => this.#queue(chunk, true, written),
    })
  }

  /** The peer's number of it. */
  get remote(): number {
    return this.#options.remote.channel
  }

  /** The peer has closed it, or is gone. */
  get isClosed(): boolean {
    return this.#gotClose || this.destroyed
  }

  /** Nobody takes what is written. */
  get isUnread(): boolean {
    return this.#unread || this.isClosed
  }

  /** How a session has ended, once that is known. */
  get ending(): ProgramEnd | undefined {
    return this.#exit
  }

  /** What `end` tells of a session before EOF and close. */
  exit(status: number): void {
    this.#exit ??= { code: status }
  }

  /** Ends a session: all output, then how it ended (RFC 4254 §6.10), EOF and close. */
  finish(end: ProgramEnd): void {
    if (this.#exit !== undefined) return
    this.#exit = end
    this.stderr.end(() => this.end())
  }

  /** Whether something waits for a window or for room on the connection. */
  get waits(): boolean {
    return this.#out.length > 0
  }

  /** Sends what may be sent. */
  pump(): void {
    if (this.#out.length > 0) this.#options.link.enter((engine) => this.#pump(engine))
  }

  /** From the peer; `false`: more than its window. `data` is kept. */
  receive(data: Buffer): boolean {
    if (this.#gotEnd || this.destroyed) return true
    this.#inWindow -= data.length
    if (this.#inWindow < 0) return false
    this.push(data)
    return true
  }

  /** The peer takes more; `false`: more than a window may be. */
  widen(bytes: number): boolean {
    this.#outWindow += bytes
    if (this.#outWindow > WINDOW_MAX_BYTES) return false
    this.pump()
    return true
  }

  receiveEnd(): void {
    if (this.#gotEnd) return
    this.#gotEnd = true
    if (!this.destroyed) this.push(null)
    // A session ends when what runs in it does.
    if (this.#sentEnd) this.#sendClose()
  }

  /** The peer reads no more (PROTOCOL of OpenSSH, 2.1): what is written from now on goes nowhere, and `unread` says so. */
  receiveEndOfWrite(): void {
    if (this.#unread) return
    this.#unread = true
    this.#drop()
    this.emit('unread')
  }

  receiveClose(): void {
    if (this.#gotClose) return
    this.#gotClose = true
    this.receiveEnd()
    this.#drop()
    this.#sendClose()
    this.emit('hangup')
    this.stderr.destroy()
    this.end()
    this.#options.closed()
  }

  /** The connection is gone. */
  lost(): void {
    if (this.#gotClose) return
    this.#gotClose = true
    this.#sentClose = true
    this.#drop()
    this.emit('hangup')
    this.stderr.destroy()
    this.destroy()
  }

  /** What was taken out is made up for: `_read` alone is asked before that, and then not again. */
  override read(size?: number): ReturnType<Duplex['read']> {
    const chunk = super.read(size)
    this.#grant()
    return chunk
  }

  override _read(): void {
    this.#grant()
  }

  /** Lets the peer send as much again as was read, once that is half a window. */
  #grant(): void {
    const { link, remote, windowBytes } = this.#options
    const read = windowBytes - this.#inWindow - this.readableLength
    if (read < windowBytes / 2 || this.#gotEnd || this.#sentClose) return
    this.#inWindow += read
    link.enter((engine) => engine.channelWindowAdjust(remote.channel, read))
  }

  override _write(chunk: Buffer, _encoding: string, written: (error?: Error | null) => void): void {
    this.#queue(chunk, false, written)
  }

  override _final(finished: () => void): void {
    this.#options.link.enter((engine) => this.#sendEnd(engine))
    finished()
  }

  override _destroy(error: Error | null, destroyed: (error?: Error | null) => void): void {
    this.#drop()
    this.#sendClose()
    destroyed(error)
  }

  #queue(bytes: Uint8Array, extended: boolean, written: (error?: Error | null) => void): void {
    if (this.isUnread || this.#sentClose || bytes.length === 0) return written()
    this.#out.push({ bytes, sent: 0, extended, written })
    if (this.#out.length === 1) this.pump()
  }

  #pump(engine: Engine): void {
    const { link } = this.#options
    for (let next = this.#out[0]; next !== undefined; next = this.#out[0]) {
      const left = next.bytes.length - next.sent
      if (this.#outWindow === 0 || !link.hasRoom) return
      const size = Math.min(left, this.#outWindow, this.#packetBytes)
      this.#send(engine, next, size)
      next.sent += size
      this.#outWindow -= size
      if (size < left) continue
      this.#out.shift()
      next.written()
    }
  }

  #send(engine: Engine, { bytes, sent, extended }: Outgoing, size: number): void {
    const { channel } = this.#options.remote
    const data = sent === 0 && size === bytes.length ? bytes : bytes.subarray(sent, sent + size)
    const buffer = Buffer.isBuffer(data) ? data : Buffer.from(data.buffer, data.byteOffset, data.length)
    if (extended) engine.channelExtData(channel, buffer, STDERR)
    else engine.channelData(channel, buffer)
  }

  #sendEnd(engine: Engine): void {
    if (this.#sentEnd || this.#sentClose) return
    this.#sentEnd = true
    const { channel } = this.#options.remote
    if (this.#exit !== undefined) sendExit(engine, channel, this.#exit)
    engine.channelEOF(channel)
    if (this.#exit !== undefined || this.#gotEnd) this.#sendClose()
  }

  #sendClose(): void {
    if (this.#sentClose) return
    this.#sentClose = true
    const { link, remote } = this.#options
    link.enter((engine) => engine.channelClose(remote.channel))
  }

  /** What waits is lost. */
  #drop(): void {
    for (const { written } of this.#out.splice(0)) written()
  }
}

function sendExit(engine: Engine, channel: number, end: ProgramEnd): void {
  if ('code' in end) return engine.exitStatus(channel, end.code)
  if (SIGNALS.has(end.signal)) return engine.exitSignal(channel, end.signal, end.coreDumped, '')
  // 128 and more is what shells say of a signal; the number of one that RFC 4254 has no name for is not known here.
  engine.exitStatus(channel, 128)
}
