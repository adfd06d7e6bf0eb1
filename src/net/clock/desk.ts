// What other commands ask of the clock of a running world, and have it do.

import type { HostClockReading, LeapSecond } from '../../core/clock.ts'
import { failure, type Failure } from '../../core/failure.ts'
import type { WorldClock } from './world-clock.ts'

/** A host whose clock is not the world's alone: it is off, or follows others. */
export interface HostClock extends HostClockReading {
  readonly host: string
}

export interface ClockStatus {
  readonly machineMs: number
  readonly worldMs: number
  readonly rate: number
  readonly leap: ClockLeap | null
  readonly hosts: readonly HostClock[]
}

export interface ClockLeap {
  readonly kind: LeapSecond['kind']
  /** The midnight at which it is. */
  readonly atMs: number
  /** `null`: it is announced, and the clock steps. */
  readonly smearMs: number | null
  readonly passed: boolean
}

export type ClockChange =
  | { readonly do: 'set' | 'offset' | 'step'; readonly ms: number }
  | { readonly do: 'rate'; readonly rate: number }
  /** `atMs`: the midnight; left out: the next one in the world. */
  | { readonly do: 'leap'; readonly kind: LeapSecond['kind']; readonly atMs?: number; readonly smearMs?: number }
  | { readonly do: 'reset' }

export interface ClockCalls {
  clock(): ClockStatus | Refused
  /** How it stands afterwards. */
  changeClock(change: ClockChange): ClockStatus | Refused
}

interface Refused {
  readonly refused: string
}

const DAY_MS = 86_400_000

/** `hosts`: clocks of hosts, as they read at a time of the world. `clock` is left out where the plane's cannot be set. */
export function clockCalls(
  clock: WorldClock | undefined,
  hosts: (worldMs: number) => readonly HostClock[],
): ClockCalls {
  const fixed = { refused: 'the clock of this world cannot be set' }
  const status = (of: WorldClock): ClockStatus => {
    const reading = of.reading()
    return { ...reading, rate: of.rate, leap: leapOf(of), hosts: hosts(reading.worldMs) }
  }
  return {
    clock: () => (clock === undefined ? fixed : status(clock)),
    changeClock: (change) => {
      if (clock === undefined) return fixed
      const failed = done(clock, change)
      return failed === undefined ? status(clock) : { refused: failed.message }
    },
  }
}

function done(clock: WorldClock, change: ClockChange): Failure | undefined {
  switch (change.do) {
    case 'set':
      return clock.set(change.ms)
    case 'offset':
      return clock.offset(change.ms)
    case 'step':
      return clock.step(change.ms)
    case 'rate':
      return clock.run(change.rate)
    case 'leap': {
      const nextMs = (Math.floor(clock.reading().worldMs / DAY_MS) + 1) * DAY_MS
      return clock.announce({ kind: change.kind, atMs: change.atMs ?? nextMs, smearMs: change.smearMs })
    }
    case 'reset':
      return void clock.reset()
    default:
      return failure('EUSAGE', 'no such change of a clock')
  }
}

function leapOf(clock: WorldClock): ClockLeap | null {
  const { leap } = clock
  if (leap === undefined) return null
  const { kind, atMs, smearMs } = leap
  return { kind, atMs, smearMs: smearMs ?? null, passed: !clock.leapIsAhead }
}
