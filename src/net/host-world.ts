// A world on loopback: what `portolan up` and the SDK share. Where its ports stand is the placement's matter.

import { formatAddress, type Address } from '../core/address.ts'
import { isFailure } from '../core/failure.ts'
import { HostPlane } from '../host/plane.ts'
import { assemble, type AssembleOptions, type Assembly } from './assemble.ts'
import type { Binding } from './internet.ts'
import { onLoopback } from './loopback.ts'
import { openWorldFolder } from './world-folder.ts'

export type HostWorldOptions = Omit<AssembleOptions, 'plane' | 'folder'>

/**
 * The world moved onto loopback, nothing listening yet. What its services open to a port of the world arrives where that
 * port stands, and comes from the address of the host that opened it.
 */
export function assembleOnLoopback(options: HostWorldOptions): Assembly {
  const world = onLoopback(options.world, process.platform === 'linux')
  let standing: ReadonlyMap<string, Address> = new Map()
  const plane = new HostPlane({ route: (to) => standing.get(formatAddress(to)) ?? to })
  const assembly = assemble({ ...options, world, plane, folder: (path) => openWorldFolder(world, path) })
  const start = async () => {
    const internet = await assembly.start()
    standing = streamPlaces(internet.bindings)
    return internet
  }
  return { ...assembly, start }
}

function streamPlaces(bindings: readonly Binding[]): Map<string, Address> {
  return new Map(
    bindings.flatMap(({ transport, known, bound }) =>
      transport === 'udp' || isFailure(bound) ? [] : [[formatAddress(known), bound] as const],
    ),
  )
}
