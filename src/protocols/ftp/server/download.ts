// From a source to the data connection: reads ahead of what the client takes, and ends when all has left.

import { isFailure, type CloseReason, type Io, type StreamIo } from '../../../core/index.ts'
import { AsciiOut } from '../codec/ascii.ts'
import { reply } from '../codec/reply.ts'
import type { Reply } from '../messages.ts'
import { lostReply, STALL, STALLED, type Job, type JobDone } from './job.ts'
import type { Block, Source } from './source.ts'

/** Blocks that are being read or wait to be sent: one more than is read at a time, so that the disk never waits. */
const BLOCKS_AHEAD = 3
/** Unsent octets above which the next block waits: the largest block, so that the socket has one while another comes. */
const BACKLOG_MAX_BYTES = 524_288

/** Read and sent until the system is asked again whether it sends by itself. Ours. */
const DIRECT_AGAIN_BYTES = 16_777_216

interface Slot {
  block: Block | undefined
}

export interface DownloadOptions {
  /** The service's own. */
  readonly io: Io
  readonly isAscii: boolean
  /** TLS is on the data connection: all of it passes through here. */
  readonly isPrivate: boolean
  readonly stallMs: number
  /** What is said when all has left. */
  readonly doneText: string
  readonly done: JobDone
}

export class Download implements Job {
  readonly #source: Source
  readonly #options: DownloadOptions
  readonly #ascii: AsciiOut | undefined
  /** The system sends of the file by itself; what it does not take is read and sent. */
  #isDirect: boolean
  /** It has, since that was tried. */
  #isProven = false
  /** When what is sent reaches this it is tried again. */
  #directAgainAt = Infinity
  /** In the order of the file. */
  readonly #slots: Slot[] = []
  #io: StreamIo | undefined
  #reading = 0
  #isRead = false
  #isOver = false
  #bytes = 0
  #sent = 0
  /** What had left when the clock was last looked at. */
  #leftBefore = -1

  constructor(source: Source, options: DownloadOptions) {
    this.#source = source
    this.#options = options
    this.#ascii = options.isAscii ? new AsciiOut() : undefined
    this.#isDirect = source.isDirect && !options.isAscii && !options.isPrivate
    if (!this.#isDirect) this.#readAhead(1)
  }

  get bytes(): number {
    return this.#bytes
  }

  begin(io: StreamIo): void {
    this.#io = io
    io.wakeAt(STALL, io.now + this.#options.stallMs)
    this.#pump()
  }

  /** A client has nothing to say here. */
  received(inbox: { clear(): void }): boolean {
    inbox.clear()
    return true
  }

  drained(): void {
    this.#pump()
  }

  ended(): void {}

  woke(timer: string): void {
    const io = this.#io
    if (timer !== STALL || io === undefined || this.#isOver) return
    const left = this.#sent - io.backlog
    if (left === this.#leftBefore) return this.#fail(STALLED)
    this.#leftBefore = left
    io.wakeAt(STALL, io.now + this.#options.stallMs)
  }

  closed(reason: CloseReason | 'refused'): void {
    this.#over(lostReply(reason))
  }

  abort(): void {
    const io = this.#io
    this.#over(undefined)
    io?.ask(undefined, () => io.reset('transfer aborted'))
  }

  /** In a turn of the data connection. */
  #pump(): void {
    const io = this.#io
    if (io === undefined || this.#isOver || this.#sendDirectly(io)) return
    for (;;) {
      const block = this.#slots[0]?.block
      if (block !== undefined && io.backlog <= BACKLOG_MAX_BYTES) {
        this.#slots.shift()
        if (isFailure(block)) return this.#fail(reply(451, 'Failure reading the file; transfer ended.'))
        this.#send(io, block)
      } else if ((this.#isDirect && io.backlog > 0) || !this.#readAhead(this.#isDirect ? 1 : BLOCKS_AHEAD)) break
    }
    if (this.#isRead && this.#slots.length === 0 && io.backlog === 0) this.#finish(io)
  }

  /** Whether something left so: `drained` follows then. */
  #sendDirectly(io: StreamIo): boolean {
    if (this.#sent >= this.#directAgainAt) this.#tryDirectly(true)
    if (!this.#isDirect || this.#slots.length > 0 || io.backlog > 0) return false
    const sent = this.#source.sendTo(io)
    if (sent > 0) this.#isProven = true
    else if (!this.#isProven) this.#tryDirectly(false)
    this.#bytes += sent
    this.#sent += sent
    return sent > 0
  }

  /** Not now may mean later: the system's ways are made ready when they are first asked for. */
  #tryDirectly(isDirect: boolean): void {
    this.#isDirect = isDirect
    this.#isProven = false
    this.#directAgainAt = isDirect ? Infinity : this.#sent + DIRECT_AGAIN_BYTES
  }

  #send(io: StreamIo, block: Uint8Array): void {
    this.#bytes += block.length
    const bytes = this.#ascii?.convert(block) ?? block
    this.#sent += bytes.length
    io.send(bytes)
  }

  /** Whether one more was asked for. */
  #readAhead(slotsMax: number): boolean {
    if (this.#isRead || this.#slots.length >= slotsMax) return false
    const next = this.#source.next()
    this.#isRead = next === undefined
    if (next === undefined) return false
    const slot: Slot = { block: undefined }
    this.#slots.push(slot)
    if (!(next instanceof Promise)) slot.block = next
    else this.#await(next, slot)
    return true
  }

  #await(next: Promise<Block>, slot: Slot): void {
    this.#reading++
    this.#options.io.ask(next, (block) => {
      this.#reading--
      slot.block = block
      if (this.#isOver) this.#closeSource()
      else this.#io?.ask(undefined, () => this.#pump())
    })
  }

  #finish(io: StreamIo): void {
    io.end()
    this.#over(reply(226, this.#options.doneText))
  }

  #fail(why: Reply): void {
    const io = this.#io
    this.#over(why)
    io?.reset(why.lines[0] ?? '')
  }

  #over(told: Reply | undefined): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#slots.length = 0
    this.#io?.cancel(STALL)
    this.#closeSource()
    if (told !== undefined) this.#options.done({ reply: told, bytes: this.#bytes })
  }

  /** Not under a read that is still out. */
  #closeSource(): void {
    if (this.#reading === 0) this.#options.io.ask(this.#source.close(), () => undefined)
  }
}
