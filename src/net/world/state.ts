// What a running world knows, once for all its services: zones, who lives at which address, who may log in.

import { emptyNames } from '../../core/empty-names.ts'
import { emptyPost } from '../../core/empty-post.ts'
import { failure, type Failure } from '../../core/failure.ts'
import type { Tree, TreeOptions, TreeQuota } from '../../core/files.ts'
import type { Post } from '../../core/post.ts'
import type { Programs } from '../../core/programs.ts'
import type { HostView, Name, WorldView, Zone } from '../../core/world-view.ts'
import { mailViewOf } from './mail-domains.ts'
import type { Host, World } from './model.ts'
import { createUnknownNames } from './unknown-names.ts'
import { reverseNames, zonesOf, type HostKeys } from './zones.ts'

export interface WorldStateOptions {
  /** Opens a folder that the world file names; undefined if that cannot be. Relative paths start at `world.folder`. */
  folder(path: string, options?: TreeOptions): Tree | undefined
  /** A folder of the world's own on a host, by the host's name and the folder's. Default: none can be made. */
  home?(host: Name, name: string, quota: TreeQuota): Tree | Failure
  /** Default: none. */
  readonly hostKeys?: HostKeys
  /** Default: no real programs. */
  readonly programs?: Programs | undefined
  /** `WorldView.secret`. Default: none, and nobody can sign with it. */
  readonly secret?: Uint8Array
  /** Default: no mail. */
  readonly post?: Post
  /** How a host with these addresses looks names up. Default: not at all. */
  openResolver?(addresses: readonly string[]): WorldView['openResolver']
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
  const { post = emptyPost, secret, openResolver = noResolver, hostKeys, home = noHome } = options
  const zones = zonesOf(world, secret, hostKeys)
  const hosts = world.hosts.map(hostView)
  const known = reverseNames(
    world,
    zones.flatMap((zone) => zone.records),
  )
  const unknown = createUnknownNames((ip) => known.has(ip))
  const nameOf = (ip: string): Name | undefined => known.get(ip) ?? unknown.nameOf(ip)
  const shared = {
    ...emptyNames,
    hosts,
    zones,
    nameOf,
    unknownName: (name: Name) => (world.catchAll ? unknown.addressesOf(name) : undefined),
    folder: (path: string, wanted?: TreeOptions) => options.folder(path, wanted),
    secret: secret ?? new Uint8Array(0),
    post,
    programs: options.programs,
  }
  const mailView = mailViewOf(world, zones)
  return {
    world,
    zones,
    hosts,
    nameOf,
    viewFor({ name }) {
      const host = hosts.find((one) => one.name === name)
      if (!host) throw new Error(`no host of this world: ${name}`)
      return {
        ...shared,
        host,
        ...mailView(host),
        hostKeys: hostKeys?.get(name) ?? [],
        home: (folder, quota) => home(name, folder, quota),
        openResolver: openResolver(host.addresses),
      }
    },
  }
}

const noHome = (): Failure => failure('EROFS', 'this world keeps no files')

const noResolver = (): WorldView['openResolver'] => (_io, then) => then(failure('ENOTFOUND', 'no name server here'))

function hostView(host: Host): HostView {
  const { name, aliases, addresses } = host
  return { name, aliases, addresses, services: host.services.map((entry) => entry.service) }
}
