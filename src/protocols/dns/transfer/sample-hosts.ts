// Name servers beside one another on one simulated plane, for tests of transfers, notices and updates.

import type { WorldView } from '../../../core/world-view.ts'
import type { LiveZone, ServedZone, TransactionKey } from '../../../core/zones.ts'
import { sampleWorld } from '../sample-world.ts'

export const APEX = 'live.test'
export const PRIMARY = { ip: '192.0.2.53', port: 53 }
export const SECONDARY = { ip: '192.0.2.54', port: 53 }
export const THIRD = { ip: '192.0.2.55', port: 53 }
export const KEY: TransactionKey = { name: 'xfr', algorithm: 'hmac-sha256', secret: Uint8Array.of(1, 2, 3, 4) }
const NOBODY = { peers: [], keys: [] }

/** A host with this address that serves one zone. */
export function servingWorld(
  ip: string,
  zone: LiveZone,
  changes: Partial<ServedZone>,
  rest: Partial<WorldView> = {},
): WorldView {
  const served: ServedZone = {
    zone,
    role: 'primary',
    sources: [],
    notify: [],
    transfer: NOBODY,
    update: NOBODY,
    signing: undefined,
    signedBelow: new Map(),
    ...changes,
  }
  const host = { ...sampleWorld.host, addresses: [ip] }
  return { ...sampleWorld, host, hosts: [host], transactionKeys: [KEY], served: [served], ...rest }
}
