// From the data connection to a file: what comes is gathered into blocks, blocks are written while more comes, and the file
// appears under its name when all is there.

import { isFailure, type CloseReason, type Failure, type Io, type StreamIo, type Upload } from '../../../core/index.ts'
import type { Inbox } from '../../../wire/inbox.ts'
import { AsciiIn } from '../codec/ascii.ts'
import { reply } from '../codec/reply.ts'
import type { Reply } from '../messages.ts'
import { BLOCK_BYTES, FIRST_BLOCK_BYTES, type BlockPool } from './block-pool.ts'
import { uploadRefusal } from './file-replies.ts'
import { lostReply, STALL, STALLED, type Job, type JobDone } from './job.ts'

/** Blocks that are being filled or written; then the client waits. */
const BLOCKS_MAX = 4

/** An upload that took longer than this ends with care. Ours. */
const LONG_MS = 1000
const END = 'end'

/** What has come at once when more is likely to have: half of what a socket is read for at a time. */
const PLENTY_BYTES = 32_768
/** Moved without being read, at a time, and how often before others get their turn: about 2 ms of copying. */
const DIRECT_MAX_BYTES = 1_048_576
const DIRECT_TURNS_MAX = 4

export interface UploadJobOptions {
  /** The service's own: it hears of writes when the connection is gone. */
  readonly io: Io
  readonly blocks: BlockPool
  readonly isAscii: boolean
  /** TLS is on the data connection: all of it passes through here. */
  readonly isPrivate: boolean
  readonly stallMs: number
  readonly done: JobDone
}

/** `ended`: all has come. `lost`: it is kept for later. `dropped`: it is not. */
type Phase = 'receiving' | 'ended' | 'lost' | 'dropped' | 'over'

export class UploadJob implements Job {
  readonly #upload: Upload
  readonly #options: UploadJobOptions
  readonly #ascii: AsciiIn | undefined
  #io: StreamIo | undefined
  #block: Uint8Array | undefined
  #filled = 0
  #blocks = 0
  #isFirst = true
  #offset: number
  #writing = 0
  #phase: Phase = 'receiving'
  #told: Reply | undefined
  #isTold = true
  #release: (() => void) | undefined
  #bytesBefore = -1
  #begunMs = 0

  constructor(upload: Upload, options: UploadJobOptions) {
    this.#upload = upload
    this.#options = options
    this.#offset = upload.offset
    this.#ascii = options.isAscii ? new AsciiIn() : undefined
  }

  get bytes(): number {
    return this.#offset + this.#filled - this.#upload.offset
  }

  begin(io: StreamIo): void {
    this.#io = io
    this.#begunMs = io.now
    io.wakeAt(STALL, io.now + this.#options.stallMs)
  }

  received(inbox: Inbox): boolean {
    if (this.#phase !== 'receiving') {
      inbox.clear()
      return true
    }
    const view = inbox.take(Math.min(inbox.length, this.#room()))
    if (view !== undefined) this.#gather(this.#ascii?.convert(view) ?? view)
    if ((view?.length ?? 0) >= PLENTY_BYTES) this.#receiveDirectly()
    if (this.#room() === 0) this.#hold()
    return true
  }

  /** What comes behind all that was taken, if the system moves it by itself; writes find their places in any order. */
  #receiveDirectly(): void {
    const io = this.#io
    if (io === undefined || this.#ascii !== undefined || this.#options.isPrivate) return
    for (let turns = 0; turns < DIRECT_TURNS_MAX; turns++) {
      const moved = io.receiveFile(this.#upload, this.#offset + this.#filled, DIRECT_MAX_BYTES)
      if (moved > 0) this.#write()
      this.#offset += moved
      if (moved < DIRECT_MAX_BYTES) return
    }
  }

  drained(): void {}

  woke(timer: string): void {
    const io = this.#io
    if (io === undefined || this.#phase !== 'receiving') return
    if (timer === END) return this.#finish(io)
    if (timer !== STALL) return
    if (this.bytes === this.#bytesBefore && this.#release === undefined) return this.#giveUp('lost', STALLED)
    this.#bytesBefore = this.bytes
    io.wakeAt(STALL, io.now + this.#options.stallMs)
  }

  /** The end of what took long may be that of its client: the control connection, whose end comes along, is heard first. */
  ended(): void {
    const io = this.#io
    if (io === undefined || this.#phase !== 'receiving') return
    if (io.now - this.#begunMs < LONG_MS) return this.#finish(io)
    io.wakeAt(END, io.now + 1)
  }

  closed(reason: CloseReason | 'refused'): void {
    this.#release?.()
    this.#end('lost', lostReply(reason))
  }

  abort(why: 'aborted' | 'lost'): void {
    const io = this.#io
    // Before it has begun there is nothing of it to drop, but what was to be gone on with.
    const phase = why === 'lost' || io === undefined ? 'lost' : 'dropped'
    this.#isTold = false
    if (this.#phase === 'ended') this.#phase = phase
    else this.#end(phase, undefined)
    io?.ask(undefined, () => io.reset('transfer aborted'))
  }

  #finish(io: StreamIo): void {
    if (this.#ascii !== undefined) this.#gather(this.#ascii.rest())
    io.end()
    this.#end('ended', undefined)
  }

  /** Octets that may come now. One is spared for a CR that was held back. */
  #room(): number {
    this.#block ??= this.#nextBlock(BLOCKS_MAX)
    const room = (this.#block?.length ?? 0) - this.#filled
    return this.#ascii === undefined ? room : Math.max(0, room - 1)
  }

  #nextBlock(blocksMax: number): Uint8Array | undefined {
    if (this.#blocks >= blocksMax) return undefined
    this.#blocks++
    return this.#options.blocks.take(this.#isFirst ? FIRST_BLOCK_BYTES : BLOCK_BYTES)
  }

  #gather(bytes: Uint8Array): void {
    if (bytes.length === 0) return
    this.#block ??= this.#nextBlock(BLOCKS_MAX + 1)
    this.#block?.set(bytes, this.#filled)
    this.#filled += bytes.length
    if (this.#filled >= (this.#block?.length ?? 0) - 1) this.#write()
  }

  /** Waits, with what has come unread, until a block is free. */
  #hold(): void {
    this.#io?.ask(new Promise<void>((resolve) => (this.#release = resolve)), () => (this.#release = undefined))
  }

  #write(): void {
    const block = this.#block
    if (block === undefined || this.#filled === 0) return
    const bytes = block.subarray(0, this.#filled)
    const offset = this.#offset
    this.#offset += this.#filled
    this.#filled = 0
    this.#block = undefined
    this.#isFirst = false
    this.#writing++
    this.#options.io.ask(this.#upload.write(offset, bytes), (failed) => this.#written(block, failed))
  }

  /** In a turn of the service. */
  #written(block: Uint8Array, failed: Failure | undefined): void {
    this.#writing--
    this.#blocks--
    this.#options.blocks.give(block)
    if (failed !== undefined && this.#phase !== 'dropped' && this.#phase !== 'over') this.#refused(failed)
    this.#release?.()
    this.#settle()
  }

  #refused(failed: Failure): void {
    this.#told = uploadRefusal(failed)
    this.#phase = 'dropped'
    this.#breakOff(this.#told)
  }

  #giveUp(phase: 'lost' | 'dropped', told: Reply): void {
    this.#end(phase, told)
    this.#io?.reset(told.lines[0] ?? '')
  }

  #breakOff(told: Reply): void {
    const io = this.#io
    io?.ask(undefined, () => io.reset(told.lines[0] ?? ''))
  }

  #end(phase: Exclude<Phase, 'receiving' | 'over'>, told: Reply | undefined): void {
    if (this.#phase !== 'receiving') return
    this.#io?.cancel(STALL)
    if (phase !== 'dropped') this.#write()
    this.#phase = phase
    this.#told = told
    this.#settle()
  }

  /** Once no write is out any more. */
  #settle(): void {
    if (this.#writing > 0 || this.#phase === 'receiving' || this.#phase === 'over') return
    const phase = this.#phase
    this.#phase = 'over'
    if (this.#block !== undefined) this.#options.blocks.give(this.#block)
    this.#block = undefined
    this.#filled = 0
    if (phase === 'ended') return this.#commit()
    const { io } = this.#options
    io.ask(phase === 'lost' ? this.#upload.interrupt() : this.#upload.close(), () => this.#tell(this.#told))
  }

  #commit(): void {
    this.#options.io.ask(this.#upload.commit(), (result) => {
      this.#tell(isFailure(result) ? uploadRefusal(result) : reply(226, 'Transfer complete.'))
    })
  }

  #tell(told: Reply | undefined): void {
    if (this.#isTold && told !== undefined) this.#options.done({ reply: told, bytes: this.bytes })
  }
}
