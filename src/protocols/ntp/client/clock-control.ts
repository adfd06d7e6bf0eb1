// A host's clock as its discipline handles it: always at the moment. It counts what has been slewed, so that offsets measured before
// and behind can be compared.

import type { Io } from '../../../core/io.ts'
import type { HostClock } from '../clock.ts'
import type { ClockControl } from './discipline.ts'

export class SlewedClock implements ClockControl {
  readonly #clock: HostClock
  readonly #io: Pick<Io, 'wallMs'>
  /** Of all slews so far, the last one to its end. */
  #wantedMs = 0

  constructor(clock: HostClock, io: Pick<Io, 'wallMs'>) {
    this.#clock = clock
    this.#io = io
  }

  /** By how much the clock has been moved, steps left out. */
  get slewedMs(): number {
    return this.#wantedMs - this.slewLeftMs()
  }

  slewLeftMs(): number {
    return this.#clock.slewLeftMs(this.#io.wallMs)
  }

  get frequencyPpm(): number {
    return this.#clock.frequencyPpm
  }

  step(byMs: number): void {
    this.#wantedMs = this.slewedMs
    this.#clock.step(byMs, this.#io.wallMs)
  }

  slew(byMs: number, overMs: number): void {
    this.#wantedMs = this.slewedMs + byMs
    this.#clock.slew(byMs, overMs, this.#io.wallMs)
  }

  setFrequency(ppm: number): void {
    this.#clock.setFrequency(ppm, this.#io.wallMs)
  }
}
