// A world's names where it has none: for tests, and for hosts that nobody knows.

import { plainClock } from './clock.ts'
import type { WorldView } from './world-view.ts'

export const emptyNames: Pick<
  WorldView,
  'zones' | 'served' | 'root' | 'transactionKeys' | 'lab' | 'clock' | 'showClock'
> = {
  zones: [],
  served: [],
  root: { servers: [], signing: undefined },
  transactionKeys: [],
  lab: { busy: false, take: () => undefined },
  clock: plainClock,
  showClock: () => undefined,
}
