// The world's clock: the machine's time, moved and stretched. Reads no clock of its own: the machine's time is handed in.

import type { LeapSecond, WallClock } from '../../core/clock.ts'
import { failure, type Failure } from '../../core/failure.ts'
import { LeapPlan } from './leap-plan.ts'

/** Ours: a day in a second. Beyond that, no timer of the machine is fine enough to follow. */
export const RATE_MAX = 86_400
/** Ours: a second in some three hours. */
export const RATE_MIN = 0.0001
/** Ours: a clock that runs a thousandth off or less, as those who follow it may bear (RFC 5905 §7.3 has PHI at 15 ppm, servers smear at 11.6). */
export const SMEAR_MIN_MS = 1_000_000
/** What `Date` can show (ECMA-262 §21.4.1.1) and NTP's first era holds (RFC 5905 §6): 1970 to 2036, and on to 9999 in later eras. */
const WORLD_MIN_MS = 0
const WORLD_MAX_MS = Date.UTC(9999, 11, 31)

/** As a world file sets it. */
export interface ClockSettings {
  /** Where it starts. */
  readonly startMs?: number
  /** Or how far ahead of the machine's. */
  readonly offsetMs?: number
  readonly rate?: number
  readonly leap?: LeapSecond
}

export interface ClockReading {
  readonly machineMs: number
  readonly worldMs: number
}

export class WorldClock implements WallClock {
  readonly #machineMs: () => number
  readonly #watching = new Set<() => void>()
  /** When the world's even time, which knows of no leap second, was what. */
  #anchor: ClockReading = { machineMs: 0, worldMs: 0 }
  #rate = 1
  #plan: LeapPlan | undefined
  #passed: LeapSecond | undefined

  /** `machineMs`: milliseconds since 1970-01-01T00:00Z. What the settings say is done as by the methods of their names. */
  constructor(machineMs: () => number, settings: ClockSettings = {}) {
    this.#machineMs = machineMs
    const { startMs, offsetMs, rate, leap } = settings
    const hasMoved = startMs !== undefined || offsetMs !== undefined || (rate !== undefined && rate !== 1)
    if (!hasMoved && leap === undefined) return
    const now = machineMs()
    this.#anchor = { machineMs: now, worldMs: startMs ?? now + (offsetMs ?? 0) }
    this.#rate = rate ?? 1
    if (leap !== undefined) this.#announce(leap, this.#anchor.worldMs)
  }

  get rate(): number {
    return this.#rate
  }

  get leap(): LeapSecond | undefined {
    this.#settle(this.#evenMs(this.#machineMs()))
    return this.#plan?.leap ?? this.#passed
  }

  /** Whether the leap second that `leap` tells of is still to come, or being smeared. */
  get leapIsAhead(): boolean {
    return this.leap !== undefined && this.#plan !== undefined
  }

  worldMs(machineMs: number): number {
    const evenMs = this.#evenMs(machineMs)
    return this.#plan === undefined ? evenMs : this.#plan.worldMs(evenMs)
  }

  /** The time in the world where it is not the machine's. */
  movedMs(): number | undefined {
    const { machineMs, worldMs } = this.reading()
    return machineMs === worldMs ? undefined : worldMs
  }

  reading(): ClockReading {
    const machineMs = this.#machineMs()
    return { machineMs, worldMs: this.worldMs(machineMs) }
  }

  watch(then: () => void): () => void {
    const heard = () => then()
    this.#watching.add(heard)
    return () => void this.#watching.delete(heard)
  }

  /** A leap second that lies ahead of `worldMs` stays announced; one that lies behind it is over. */
  set(worldMs: number): Failure | undefined {
    return this.#move(worldMs, this.#machineMs(), this.#rate)
  }

  /** Moves it from where it is. */
  step(ms: number): Failure | undefined {
    const { machineMs, worldMs } = this.reading()
    return this.#move(worldMs + ms, machineMs, this.#rate)
  }

  /** Puts it as far ahead of the machine's. */
  offset(ms: number): Failure | undefined {
    const machineMs = this.#machineMs()
    return this.#move(machineMs + ms, machineMs, this.#rate)
  }

  /** From now on, without a step. */
  run(rate: number): Failure | undefined {
    if (!(rate >= RATE_MIN && rate <= RATE_MAX)) {
      return failure('ERANGE', `a rate lies between ${RATE_MIN} and ${RATE_MAX}; got ${rate}`)
    }
    const { machineMs, worldMs } = this.reading()
    return this.#move(worldMs, machineMs, rate)
  }

  /**
   * Announces the leap second, in place of one that is announced already. Of one whose smear would have begun, what is left
   * is smeared: the clock does not step.
   */
  announce(leap: LeapSecond): Failure | undefined {
    if (leap.smearMs !== undefined && !(leap.smearMs >= SMEAR_MIN_MS)) {
      return failure('ERANGE', `a second is smeared over ${SMEAR_MIN_MS / 1000}s or longer`)
    }
    const { machineMs, worldMs } = this.reading()
    if (!(leap.atMs <= WORLD_MAX_MS)) return failure('ERANGE', "the world's time lies between 1970 and 9999")
    if (new LeapPlan(leap).isOverAt(worldMs)) {
      return failure('ERANGE', `the end of that day has passed: it is ${new Date(worldMs).toISOString()} in the world`)
    }
    this.#anchor = { machineMs, worldMs }
    this.#announce(leap, worldMs)
    this.#tell()
    return undefined
  }

  /** As the machine's. */
  reset(): void {
    this.#anchor = { machineMs: 0, worldMs: 0 }
    this.#rate = 1
    this.#plan = undefined
    this.#passed = undefined
    this.#tell()
  }

  #move(worldMs: number, machineMs: number, rate: number): Failure | undefined {
    if (!(worldMs >= WORLD_MIN_MS && worldMs <= WORLD_MAX_MS)) {
      return failure('ERANGE', "the world's time lies between 1970 and 9999")
    }
    this.#settle(this.#evenMs(machineMs))
    const leap = this.#plan?.leap
    this.#anchor = { machineMs, worldMs }
    this.#rate = rate
    if (leap !== undefined) this.#announce(leap, worldMs)
    this.#tell()
    return undefined
  }

  #announce(leap: LeapSecond, worldMs: number): void {
    const plan = new LeapPlan(leap)
    const isOver = plan.isOverAt(worldMs)
    this.#plan = isOver ? undefined : plan
    this.#passed = isOver ? leap : undefined
    if (!isOver) this.#anchor = { machineMs: this.#anchor.machineMs, worldMs: plan.evenMs(worldMs) }
  }

  /** Forgets a leap second that is over: from then on it is a part of the anchor. */
  #settle(evenMs: number): void {
    const plan = this.#plan
    if (plan === undefined || evenMs < plan.endsMs) return
    this.#plan = undefined
    this.#passed = plan.leap
    this.#anchor = { machineMs: this.#anchor.machineMs, worldMs: this.#anchor.worldMs + plan.afterMs }
  }

  #evenMs(machineMs: number): number {
    const { machineMs: fromMs, worldMs } = this.#anchor
    const passedMs = machineMs - fromMs
    return worldMs + (this.#rate === 1 ? passedMs : passedMs * this.#rate)
  }

  #tell(): void {
    for (const heard of this.#watching) heard()
  }
}
