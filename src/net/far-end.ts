// Flows between two hosts of the world are known twice: where they are opened, and where they arrive. Here is told which
// of the two is left out, so that they suffer, are captured and are recorded once; and whose doing a flow is.

import type { Flow } from '../core/flow.ts'
import { hostAt } from './firewall/address-set.ts'
import type { World } from './world/model.ts'

/** Whether a host that serves lives at an address; where clients live at the same one, a client does. */
export function isHostAt(world: World, ip: string): boolean {
  const host = hostAt(world, ip)
  return host !== undefined && !world.hosts.some((one) => one.client && one.addresses.includes(ip))
}

/** Whether the flow was opened here and arrives at a host of the world, where it is known a second time. */
export function isFarEndOurs(world: World, flow: Flow): boolean {
  const far = flow.dialed === true ? hostAt(world, flow.to.ip) : undefined
  return far !== undefined && !far.client
}
