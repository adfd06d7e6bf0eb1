// Transfers that are under way to others: one at a time on a connection, some on the server, each as fast as its peer takes it.

import type { Io } from '../../../core/io.ts'
import type { Asker } from '../transaction/asker.ts'
import type { DeskReply } from '../desk.ts'

/** At a time; more wait. BIND has 10 (`transfers-out`), and refuses more. */
const RUNNING_MAX = 32
/** That wait for others to end; ours. */
const WAITING_MAX = 256
/** Messages in a row that go out before others have their turn. */
const BURST = 8
/** After which a peer that takes nothing is given up: as long as a closing stream may take nothing (core/limits.ts). */
const STALL_MS = 30_000
const GO_TIMER = 'transfer:go'
const STALL_TIMER = 'transfer:stall'

export interface Transfer {
  readonly asker: Asker
  readonly reply: DeskReply
  /** Undefined: what comes next cannot be sent. */
  readonly messages: Iterator<Uint8Array | undefined>
  /** Hears how it ended, and of its octets and messages. */
  ended(how: 'sent' | 'stalled' | 'unfit', bytes: number, messages: number): void
}

interface Running {
  readonly transfer: Transfer
  bytes: number
  messages: number
  /** When `messages` and the backlog were last seen to have changed, and what they were. */
  movedMs: number
  seen: number
}

export class Sendings {
  readonly #io: Io
  /** By the stream of the peer. */
  readonly #running = new Map<Io, Running>()
  readonly #paused = new Set<Running>()
  #waiting: Transfer[] = []

  /** `io` is the service's. */
  constructor(io: Io) {
    this.#io = io
  }

  /** False: too many wait. */
  add(transfer: Transfer): boolean {
    if (this.#waiting.length >= WAITING_MAX) return false
    this.#waiting.push(transfer)
    this.#next()
    return true
  }

  woke(timer: string): void {
    if (timer === STALL_TIMER) return this.#lookForStalled()
    const paused = [...this.#paused]
    this.#paused.clear()
    for (const one of paused) this.#go(one)
  }

  #next(): void {
    while (this.#running.size < RUNNING_MAX) {
      const at = this.#waiting.findIndex(({ reply }) => !this.#running.has(reply.io))
      const [transfer] = at === -1 ? [] : this.#waiting.splice(at, 1)
      if (transfer === undefined) return
      if (this.#running.size === 0) this.#io.wakeAt(STALL_TIMER, this.#io.now + STALL_MS)
      const running = { transfer, bytes: 0, messages: 0, movedMs: this.#io.now, seen: 0 }
      this.#running.set(transfer.reply.io, running)
      this.#go(running)
    }
  }

  #go(running: Running): void {
    const { asker, reply, messages } = running.transfer
    if (this.#running.get(reply.io) !== running) return
    for (let burst = 0; burst < BURST; burst += 1) {
      const next = messages.next()
      if (next.done === true) return this.#end(running, 'sent')
      if (next.value === undefined) return this.#end(running, 'unfit')
      asker.send(next.value)
      running.bytes += next.value.length
      running.messages += 1
      if (reply.backlog > 0) return reply.whenDrained(() => this.#go(running))
    }
    this.#paused.add(running)
    this.#io.wakeAt(GO_TIMER, this.#io.now)
  }

  #end(running: Running, how: 'sent' | 'stalled' | 'unfit'): void {
    const { transfer, bytes, messages } = running
    this.#running.delete(transfer.reply.io)
    transfer.ended(how, bytes, messages)
    this.#next()
  }

  /** A peer that is gone takes nothing either, and nobody tells of it. */
  #lookForStalled(): void {
    for (const running of this.#running.values()) {
      const seen = running.messages * 0x1_0000_0000 - running.transfer.reply.backlog
      if (seen !== running.seen) Object.assign(running, { seen, movedMs: this.#io.now })
      else if (this.#io.now - running.movedMs >= STALL_MS) this.#end(running, 'stalled')
    }
    if (this.#running.size > 0) this.#io.wakeAt(STALL_TIMER, this.#io.now + STALL_MS)
  }
}
