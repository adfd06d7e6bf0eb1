// Packets of one socket that have left and wait for the kernel to say when. Most stamps are there as soon as the packet is handed over; what
// a queue of the network holds back comes later, or never.

import type { KernelStamps } from './kernel-stamps.ts'

interface Waiting {
  /** By the clock, right behind the call that sent it. */
  readonly sentMs: number
  /** Hears when it left, and whether the kernel says so. */
  readonly left: (machineMs: number, isStamp: boolean) => void
}

/** Looks for stamps that were not there at once, so far apart; the next packet looks as well. Ours. */
const LOOK_MS = 5
/** After so many looks nobody waits any more. */
const LOOKS_MAX = 20
/** A stamp that comes later must be taken away all the same: until then the socket counts as ready, and its loop would run on and on. */
const LATE_LOOK_MS = 1000
const LATE_LOOKS_MAX = 30
/** Packets of one socket that wait; the oldest goes by the clock. Ours. */
const WAITING_MAX = 1024
/** The kernel counts in 32 bits. */
const COUNTS = 2 ** 32

/** The part of `KernelStamps` that it needs. */
export type DepartureSource = Pick<KernelStamps, 'departed' | 'shown'>

export class Departures {
  readonly #stamps: DepartureSource
  readonly #waiting = new Map<number, Waiting>()
  /** The kernel's number of the next packet. */
  #next = 0
  /** Stamps that are still to come. */
  #owed = 0
  #looks = 0
  #looking: NodeJS.Timeout | undefined

  constructor(stamps: DepartureSource) {
    this.#stamps = stamps
  }

  /** A packet has been handed over that asks for its stamp. `left` hears that, or `sentMs` where none comes. */
  wait(sentMs: number, left: Waiting['left']): void {
    this.#waiting.set(this.#next, { sentMs, left })
    this.#next = (this.#next + 1) % COUNTS
    this.#owed++
    this.#looks = 0
    if (this.#waiting.size > WAITING_MAX) this.#giveUp(1)
  }

  /** Takes the stamps that are there. A look costs a system call: none where nothing waits. */
  read(): void {
    if (this.#owed === 0) return
    this.#stamps.shown(true)
    for (let one = this.#stamps.departed(); one !== undefined; one = this.#stamps.departed()) {
      this.#told(one.count, one.machineMs)
    }
    this.#stamps.shown(false)
    if (this.#owed > 0) this.#lookAgain()
  }

  stop(): void {
    clearTimeout(this.#looking)
    this.#waiting.clear()
  }

  #told(count: number, machineMs: number): void {
    this.#owed--
    const waiting = this.#waiting.get(count)
    this.#waiting.delete(count)
    const isStamp = !Number.isNaN(machineMs)
    waiting?.left(isStamp ? machineMs : waiting.sentMs, isStamp)
    if (waiting !== undefined || this.#owed > 0) return
    // Numbers that ran apart, as a packet got one and was not sent: what waits goes by the clock, and they count alike again.
    this.#giveUp(this.#waiting.size)
    this.#next = (count + 1) % COUNTS
  }

  #lookAgain(): void {
    if (this.#looking !== undefined) return
    this.#looks++
    if (this.#looks === LOOKS_MAX) this.#giveUp(this.#waiting.size)
    if (this.#looks > LOOKS_MAX + LATE_LOOKS_MAX) {
      this.#owed = 0
      return
    }
    const look = () => {
      this.#looking = undefined
      this.read()
    }
    this.#looking = setTimeout(look, this.#looks < LOOKS_MAX ? LOOK_MS : LATE_LOOK_MS).unref()
  }

  #giveUp(most: number): void {
    for (const [count, { sentMs, left }] of [...this.#waiting].slice(0, most)) {
      this.#waiting.delete(count)
      left(sentMs, false)
    }
  }
}
