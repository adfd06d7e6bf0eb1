// The clocks of hosts, from what their services tell: the latest event of each that names its host and says how far off it is.

import type { Event } from '../../core/event.ts'
import type { HostClock } from './desk.ts'

export interface ToldEvent {
  readonly service: string
  readonly event: Event
}

const SERVICE = 'ntp'

/** `events`: oldest first. Those that count have `host` and `offsetMs` in their detail, and `source` where there is one. */
export function hostClocks(events: readonly ToldEvent[]): HostClock[] {
  const clocks = new Map<string, HostClock>()
  for (const { service, event } of events) {
    const { host, offsetMs, source } = event.detail ?? {}
    if (service !== SERVICE || typeof host !== 'string' || typeof offsetMs !== 'number') continue
    clocks.set(host, { host, offsetMs, ...(typeof source === 'string' ? { source } : {}) })
  }
  return [...clocks.values()].toSorted((a, b) => (a.host < b.host ? -1 : 1))
}
