// What a host tells of its clock that has a reference of its own (a receiver, say) instead of servers that it follows.

import type { ClockView } from '../../../core/clock.ts'
import type { HostClock } from '../clock.ts'
import { LEAPS, type Leap } from '../messages.ts'

/** How often the reference is read, as the reference timestamp has it; that of common drivers of reference clocks (2^4 s). */
const READ_INTERVAL_MS = 16_000
/** A leap second is announced this long before it (RFC 5905 §7.3: on its day). */
const ANNOUNCED_MS = 86_400_000

export interface Reference {
  /** 1 to 15. */
  readonly stratum: number
  readonly referenceId: number
  readonly dispersionMs: number
}

/** Tells `clock` what the reference says at `wallMs`. */
export function readReference(
  clock: HostClock,
  { stratum, referenceId, dispersionMs }: Reference,
  view: ClockView,
  wallMs: number,
): void {
  const timeMs = clock.timeMs(wallMs)
  clock.system = {
    leap: leapOf(view, wallMs),
    stratum,
    rootDelayMs: 0,
    rootDispersionMs: dispersionMs,
    referenceId,
    referenceMs: Math.floor(timeMs / READ_INTERVAL_MS) * READ_INTERVAL_MS,
  }
}

/** A leap second that is spread over hours is in the time already, and must not be announced besides. */
function leapOf({ leap }: ClockView, wallMs: number): Leap {
  if (leap === undefined || leap.smearMs !== undefined) return LEAPS.none
  if (wallMs >= leap.atMs || wallMs < leap.atMs - ANNOUNCED_MS) return LEAPS.none
  return LEAPS[leap.kind]
}
