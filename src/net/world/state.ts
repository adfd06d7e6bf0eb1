// What a running world knows, once for all its services: zones, who lives at which address, who may log in.

import { createHash, timingSafeEqual } from 'node:crypto'
import type { Folder } from '../../core/folder.ts'
import type { HostView, Name, WorldView, Zone } from '../../core/world-view.ts'
import type { Host, World } from './model.ts'
import { createUnknownNames } from './unknown-names.ts'
import { reverseNames, zonesOf } from './zones.ts'

export interface WorldStateOptions {
  /** Opens a folder that the world file names; undefined if that cannot be. Relative paths start at `world.folder`. */
  folder(path: string): Folder | undefined
}

export interface WorldState {
  readonly world: World
  readonly zones: readonly Zone[]
  readonly hosts: readonly HostView[]
  /** The name at an address: a host's, a record's, or one that was unknown until somebody asked for it. */
  nameOf(ip: string): Name | undefined
  /** What a service on `host` sees of the world. Throws for a host of another world. */
  viewFor(host: Pick<Host, 'name'>): WorldView
}

export function createWorldState(world: World, options: WorldStateOptions): WorldState {
  const zones = zonesOf(world)
  const hosts = world.hosts.map(hostView)
  const known = reverseNames(
    world,
    zones.flatMap((zone) => zone.records),
  )
  const unknown = createUnknownNames((ip) => known.has(ip))
  const nameOf = (ip: string): Name | undefined => known.get(ip) ?? unknown.nameOf(ip)
  const shared = {
    hosts,
    zones,
    nameOf,
    unknownName: (name: Name) => (world.catchAll ? unknown.addressesOf(name) : undefined),
    login: loginFor(world),
    folder: (path: string) => options.folder(path),
  }
  return {
    world,
    zones,
    hosts,
    nameOf,
    viewFor({ name }) {
      const host = hosts.find((one) => one.name === name)
      if (!host) throw new Error(`no host of this world: ${name}`)
      return { ...shared, host }
    },
  }
}

function hostView(host: Host): HostView {
  const { name, aliases, addresses } = host
  return { name, aliases, addresses, services: host.services.map((entry) => entry.service) }
}

/** Takes as long for a wrong password as for a right one, and for an unknown user as for a known one. */
function loginFor(world: World): WorldView['login'] {
  const digests = new Map(world.users.map((user) => [user.address, digestOf(user.password)]))
  const nobody = digestOf('')
  return (user, password) => {
    const digest = digests.get(user.toLowerCase())
    return timingSafeEqual(digest ?? nobody, digestOf(password)) && digest !== undefined
  }
}

/** Equal lengths for `timingSafeEqual`; the passwords themselves stand in the world file. */
function digestOf(password: string): Buffer {
  return createHash('sha256').update(password).digest()
}
