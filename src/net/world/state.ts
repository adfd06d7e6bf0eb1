// What a running world knows, once for all its services: zones, who lives at which address, who may log in.

import { plainClock, type ClockView, type HostClockReading } from '../../core/clock.ts'
import { emptyPost } from '../../core/empty-post.ts'
import { failure, type Failure } from '../../core/failure.ts'
import type { Tree, TreeOptions, TreeQuota } from '../../core/files.ts'
import type { Journal } from '../../core/journal.ts'
import type { Post } from '../../core/post.ts'
import type { Programs } from '../../core/programs.ts'
import type { HostView, Name, WorldView, Zone } from '../../core/world-view.ts'
import type { ZoneProblem, ZoneSource } from '../../zones/index.ts'
import { openNames, type WorldNames } from '../names/index.ts'
import { mailViewOf } from './mail-domains.ts'
import type { Host, World } from './model.ts'
import { createUnknownNames } from './unknown-names.ts'
import { planOf, reverseNames, zonesIn, type HostKeys } from './zones.ts'

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
  /** The contents of a zone file that the world file names. Default: none can be read. */
  zoneSource?(path: string): ZoneSource
  /** Where edits of a zone outlive the process; `host`: of a copy that it has of its own. Default: nowhere. */
  keptZone?(zone: Name, host?: Name): Journal
  /** Hears of what cannot be served in a zone. */
  zoneProblem?(zone: Name, problem: ZoneProblem): void
  /** Default: runs with the machine. */
  readonly clock?: ClockView
  /** How a host with these addresses looks names up. Default: not at all. */
  openResolver?(addresses: readonly string[]): WorldView['openResolver']
}

export interface WorldState {
  readonly world: World
  readonly zones: readonly Zone[]
  readonly names: WorldNames
  readonly hosts: readonly HostView[]
  /** The name at an address: a host's, a record's, or one that was unknown until somebody asked for it. */
  nameOf(ip: string): Name | undefined
  /** The clocks that hosts have of their own, by the names of the hosts. */
  hostClocks(wallMs: number): readonly (HostClockReading & { readonly host: Name })[]
  /** What a service on `host` sees of the world. Throws for a host of another world. */
  viewFor(host: Pick<Host, 'name'>): WorldView
}

export function createWorldState(world: World, options: WorldStateOptions): WorldState {
  const { post = emptyPost, secret, openResolver = noResolver, hostKeys, home = noHome } = options
  const plan = planOf(world)
  const zones = zonesIn(world, plan, secret, hostKeys)
  const names = openNames({
    world,
    plan,
    zones,
    secret: secret ?? new Uint8Array(0),
    source: options.zoneSource ?? noSource,
    kept: (zone, host) => options.keptZone?.(zone, host),
    problem: (zone, problem) => options.zoneProblem?.(zone, problem),
  })
  const hosts = world.hosts.map(hostView)
  const known = reverseNames(
    world,
    zones.flatMap((zone) => zone.records),
  )
  const unknown = createUnknownNames((ip) => known.has(ip))
  const nameOf = (ip: string): Name | undefined => known.get(ip) ?? unknown.nameOf(ip)
  const shared = {
    root: names.root,
    transactionKeys: names.keys,
    lab: names.lab,
    clock: options.clock ?? plainClock,
    hosts,
    zones,
    nameOf,
    unknownName: (name: Name) => (world.catchAll ? unknown.addressesOf(name) : undefined),
    folder: (path: string, wanted?: TreeOptions) => options.folder(path, wanted),
    secret: secret ?? new Uint8Array(0),
    post,
    programs: options.programs,
  }
  const clocks = new Map<Name, (wallMs: number) => HostClockReading>()
  const mailView = mailViewOf(world, zones)
  return {
    world,
    zones,
    names,
    hosts,
    nameOf,
    hostClocks: (wallMs) => Array.from(clocks, ([host, read]) => Object.assign({ host }, read(wallMs))),
    viewFor({ name }) {
      const at = hosts.findIndex((one) => one.name === name)
      const host = hosts[at]
      const served = world.hosts[at]
      if (!host || !served) throw new Error(`no host of this world: ${name}`)
      return {
        ...shared,
        host,
        served: host.services.includes('dns') ? names.served(served) : [],
        showClock: (read) => void clocks.set(name, read),
        ...mailView(host),
        hostKeys: hostKeys?.get(name) ?? [],
        home: (folder, quota) => home(name, folder, quota),
        openResolver: openResolver(host.addresses),
      }
    },
  }
}

const noSource = (): ZoneSource => ({ fill: () => failure('ENOENT', 'this world has no zone files') })

const noHome = (): Failure => failure('EROFS', 'this world keeps no files')

const noResolver = (): WorldView['openResolver'] => (_io, then) => then(failure('ENOTFOUND', 'no name server here'))

function hostView(host: Host): HostView {
  const { name, aliases, addresses } = host
  return { name, aliases, addresses, services: host.services.map((entry) => entry.service) }
}
