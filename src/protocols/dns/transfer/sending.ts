// Transfers that are under way to others: one at a time on a connection, some on the server, each as fast as its peer takes it.

import type { Io } from '../../../core/io.ts'
import type { Asker } from '../transaction/asker.ts'
import type { DeskReply } from '../desk.ts'

/** At a time; more wait. BIND has 10 (`transfers-out`), and refuses more. */
const RUNNING_MAX = 32
/** That wait for others to end; ours. */
const WAITING_MAX = 256
/** Of these, by one address: a half, so that others have their turn whatever it does; ours. */
const RUNNING_PER_PEER = 16
const WAITING_PER_PEER = 128
/** After which a peer that takes nothing is given up: as long as a closing stream may take nothing (core/limits.ts). */
const STALL_MS = 30_000
const GO_TIMER = 'transfer:go'
const STALL_TIMER = 'transfer:stall'

/** `gone`: the peer has closed the connection. */
export type Ending = 'sent' | 'stalled' | 'unfit' | 'gone'

export interface Transfer {
  readonly asker: Asker
  readonly reply: DeskReply
  /** Undefined: what comes next cannot be sent. */
  readonly messages: Iterator<Uint8Array | undefined>
  /** Messages in a row that go out before others have their turn. */
  readonly burst: number
  /** Hears how it ended, and of its octets and messages. */
  ended(how: Ending, bytes: number, messages: number): void
}

interface Waiting {
  readonly transfer: Transfer
  /** Lets the connection go. */
  readonly release: () => void
}

interface Running extends Waiting {
  bytes: number
  messages: number
  /** Since others had their turn. */
  inARow: number
  /** When `messages` and the backlog were last seen to have changed, and what they were. */
  movedMs: number
  seen: number
}

export class Sendings {
  readonly #io: Io
  /** By the stream of the peer. */
  readonly #running = new Map<Io, Running>()
  readonly #paused = new Set<Running>()
  #waiting: Waiting[] = []

  /** `io` is the service's. */
  constructor(io: Io) {
    this.#io = io
  }

  /** False: too many wait. */
  add(transfer: Transfer): boolean {
    const { ip } = transfer.reply.peer
    const own = this.#waiting.filter((one) => one.transfer.reply.peer.ip === ip).length
    if (this.#waiting.length >= WAITING_MAX || own >= WAITING_PER_PEER) return false
    this.#waiting.push({ transfer, release: transfer.reply.hold() })
    this.#next()
    return true
  }

  woke(timer: string): void {
    if (timer === STALL_TIMER) return this.#lookForStalled()
    const paused = [...this.#paused]
    this.#paused.clear()
    for (const running of paused) this.#go(running)
  }

  #next(): void {
    while (this.#running.size < RUNNING_MAX) {
      const at = this.#waiting.findIndex(({ transfer }) => this.#mayRun(transfer.reply))
      const [next] = at === -1 ? [] : this.#waiting.splice(at, 1)
      if (next === undefined) return
      if (this.#running.size === 0) this.#io.wakeAt(STALL_TIMER, this.#io.now + STALL_MS)
      const running = { ...next, bytes: 0, messages: 0, inARow: 0, movedMs: this.#io.now, seen: 0 }
      this.#running.set(next.transfer.reply.io, running)
      this.#go(running)
    }
  }

  #mayRun({ io, peer }: DeskReply): boolean {
    if (this.#running.has(io)) return false
    let own = 0
    for (const { transfer } of this.#running.values()) if (transfer.reply.peer.ip === peer.ip) own += 1
    return own < RUNNING_PER_PEER
  }

  #go(running: Running): void {
    const { asker, reply, messages, burst } = running.transfer
    if (this.#running.get(reply.io) !== running) return
    if (reply.isGone) return this.#end(running, 'gone')
    while (running.inARow < burst) {
      const next = messages.next()
      if (next.done === true) return this.#end(running, 'sent')
      if (next.value === undefined) return this.#end(running, 'unfit')
      asker.send(next.value)
      running.bytes += next.value.length
      running.messages += 1
      running.inARow += 1
      if (reply.backlog > 0) return reply.whenDrained(() => this.#go(running))
    }
    running.inARow = 0
    this.#io.wakeAt(GO_TIMER, this.#io.now)
    this.#paused.add(running)
  }

  #end(running: Running, how: Ending): void {
    const { transfer, bytes, messages, release } = running
    this.#running.delete(transfer.reply.io)
    transfer.ended(how, bytes, messages)
    this.#next()
    release()
  }

  #lookForStalled(): void {
    for (const running of this.#running.values()) {
      const seen = running.messages * 0x1_0000_0000 - running.transfer.reply.backlog
      if (seen !== running.seen) Object.assign(running, { seen, movedMs: this.#io.now })
      else if (this.#io.now - running.movedMs >= STALL_MS) this.#end(running, 'stalled')
    }
    if (this.#running.size > 0) this.#io.wakeAt(STALL_TIMER, this.#io.now + STALL_MS)
  }
}
