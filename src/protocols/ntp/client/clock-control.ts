// A host's clock as its discipline handles it: always at the moment.

import type { Io } from '../../../core/io.ts'
import type { HostClock } from '../clock.ts'
import type { ClockControl } from './discipline.ts'

export function clockControl(clock: HostClock, io: Pick<Io, 'wallMs'>): ClockControl {
  return {
    slewLeftMs: () => clock.slewLeftMs(io.wallMs),
    get frequencyPpm() {
      return clock.frequencyPpm
    },
    step: (byMs) => clock.step(byMs, io.wallMs),
    slew: (byMs, overMs) => clock.slew(byMs, overMs, io.wallMs),
    setFrequency: (ppm) => clock.setFrequency(ppm, io.wallMs),
  }
}
