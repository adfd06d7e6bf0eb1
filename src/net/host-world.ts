// A world on loopback: what `portolan up` and the SDK share. Where its ports stand is the placement's matter.

import { formatAddress, type Address, type Transport } from '../core/address.ts'
import { isFailure, type Failure } from '../core/failure.ts'
import type { TreeOptions } from '../core/files.ts'
import { machineMs } from '../host/machine-time.ts'
import { HostPlane } from '../host/plane.ts'
import { assemble, type AssembleOptions, type Assembly } from './assemble.ts'
import { WorldClock } from './clock/index.ts'
import type { Binding } from './internet.ts'
import { onLoopback } from './loopback.ts'
import type { World } from './world/model.ts'
import { openWorldFolder } from './world-folder.ts'

export type HostWorldOptions = Omit<AssembleOptions, 'plane' | 'clock' | 'folder'>

/**
 * The world moved onto loopback, nothing listening yet. What its services open to a port of the world arrives where that
 * port stands, and comes from the address of the host that opened it.
 */
export async function assembleOnLoopback(options: HostWorldOptions): Promise<Assembly | Failure> {
  const world = onLoopback(options.world, process.platform === 'linux')
  let places: Places = { standing: new Map(), known: new Map() }
  const clock = new WorldClock(machineMs, world.clock)
  const plane = new HostPlane({
    wallClock: clock,
    route: (to, transport) => places.standing.get(placeKey(to, transport)) ?? to,
    sources: options.placement,
    ownListenersOnly: true,
    othersAt: bareAddresses(world),
    origin: (from) => places.known.get(formatAddress(from)) ?? from,
  })
  const folder = (path: string, wanted?: TreeOptions) =>
    openWorldFolder(world, path, wanted && { ...wanted, wallMs: () => clock.movedMs() })
  const assembly = await assemble({ ...options, world, plane, clock, folder })
  if (isFailure(assembly)) return assembly
  const start = async () => {
    const internet = await assembly.start()
    places = placesOf(internet.bindings)
    return internet
  }
  return { ...assembly, start }
}

/** A host that serves nothing here has an address of its own for somebody else's server: its owner's, on this machine. */
function bareAddresses(world: World): ReadonlySet<string> {
  const [bare, others] = [true, false].map((isBare) =>
    world.hosts.filter((host) => (!host.client && host.services.length === 0) === isBare),
  )
  const shared = new Set(others?.flatMap((host) => host.addresses))
  return new Set(bare?.flatMap((host) => host.addresses).filter((ip) => !shared.has(ip)))
}

interface Places {
  /** Where an address of the world stands, by transport. */
  readonly standing: ReadonlyMap<string, Address>
  /** What a bound datagram address is known by. */
  readonly known: ReadonlyMap<string, Address>
}

function placesOf(bindings: readonly Binding[]): Places {
  const standing = new Map<string, Address>()
  const known = new Map<string, Address>()
  for (const binding of bindings) {
    if (isFailure(binding.bound)) continue
    standing.set(placeKey(binding.known, binding.transport), binding.bound)
    if (binding.transport === 'udp') known.set(formatAddress(binding.bound), binding.known)
  }
  return { standing, known }
}

function placeKey(address: Address, transport: Transport): string {
  return `${transport} ${formatAddress(address)}`
}
