// Asks a running world about its clock.

import type { Failure } from '../core/failure.ts'
import type { ClockChange, ClockStatus } from '../net/clock/index.ts'
import { asked, has } from './asked.ts'

export function askClock(folder: string): Promise<ClockStatus | Failure> {
  return asked(folder, 'clock', '', has<ClockStatus>('worldMs'))
}

export function askClockChange(folder: string, change: ClockChange): Promise<ClockStatus | Failure> {
  return asked(folder, 'change-clock', JSON.stringify(change), has<ClockStatus>('worldMs'))
}
