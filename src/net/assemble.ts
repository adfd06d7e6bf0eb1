// Puts a world together on a plane: gate, record, authority, layers, services. What the two host planes share.

import { join } from 'node:path'
import type { Event } from '../core/event.ts'
import { failure, isFailure, type Failure } from '../core/failure.ts'
import type { Flow } from '../core/flow.ts'
import type { Tree, TreeOptions } from '../core/files.ts'
import type { Plane } from '../core/plane.ts'
import type { Post } from '../core/post.ts'
import type { Programs } from '../core/programs.ts'
import type { Service } from '../core/service.ts'
import type { Name } from '../core/world-view.ts'
import { openPost } from '../mailboxes/index.ts'
import { createAuthority, territoryOf, type Authority } from './authority/index.ts'
import { isFarEndOurs } from './far-end.ts'
import type { WorldClock } from './clock/index.ts'
import { faultLayers } from './faults/index.ts'
import { compileGate, type Decision, type Gate } from './firewall/index.ts'
import { worldHostKeys } from './host-keys.ts'
import { startInternet, type Internet, type Placement } from './internet.ts'
import { Keeper, type NetworkGate } from './keeper.ts'
import { MAIL_FILE } from './mail/mail-file.ts'
import type { NameQuery, QueryView } from './names/index.ts'
import { zoneJournals } from './names/journals.ts'
import { portsOf } from './ports/index.ts'
import { Capture, FlowRecord, type Sink } from './record/index.ts'
import { resolverAddresses } from './implied-hosts.ts'
import { resolverFor } from './resolver.ts'
import { createWorldState, type HostKeys, type WorldState } from './world/index.ts'
import { openHomes, readZoneFile, type Homes } from './world-folder.ts'
import type { World } from './world/model.ts'
import type { ZoneProblem, ZoneSource } from '../zones/index.ts'
import { worldSecret } from './world-secret.ts'

export interface AssembleOptions {
  readonly world: World
  readonly services: readonly Service[]
  readonly plane: Plane
  readonly placement: Placement
  /** The clock of the plane, where it can be set. */
  readonly clock?: WorldClock
  /** Opens a folder that the world file names. */
  folder(path: string, options?: TreeOptions): Tree | undefined
  /** An RSA key for its SSH hosts, in PKCS #1 PEM, that is being made. Default: one is begun here. */
  readonly rsaHostKey?: Promise<string>
  /** Starts real programs of this machine; left out where others than the world's clients reach its ports. */
  readonly programs?: Programs
  /** Where the authority, the world's secret, its mail and its files are kept; left out, they go with the process. */
  readonly stateFolder?: string
  /** Every address exists on this plane, and none of them leads out of the world. */
  readonly everyAddress?: boolean
  /** The gate in the network, where there is one. */
  readonly network?: NetworkGate
  /** Takes a pcapng file, piece by piece. */
  readonly capture?: Sink
  readonly watch?: (flow: Flow, decision: Decision) => void
  readonly overhear?: (flow: Flow | undefined, service: string, event: Event) => void
}

export interface Assembly {
  readonly world: World
  readonly state: WorldState
  readonly gate: Gate
  readonly record: FlowRecord
  readonly authority: Authority
  readonly keeper: Keeper
  /** The mail of the world. It is closed with the internet that `start` gives. */
  readonly post: Post
  readonly hostKeys: HostKeys
  /** `WorldView.secret`. */
  readonly secret: Uint8Array
  /** The clock of the world, in milliseconds since 1970-01-01T00:00Z. */
  wallMs(): number
  /** The clock itself, where it can be set. */
  readonly clock?: WorldClock | undefined
  /** The files that users have on the world's hosts. Closed with the internet as well. */
  readonly homes: Homes
  /** Asks the names of the world, once it runs. */
  query(asked: NameQuery): Promise<QueryView | { readonly refused: string }>
  /** Binds every port and starts every service. */
  start(): Promise<Internet>
}

/** Everything but the sockets: nothing listens before `start`. A failure when a service refuses, or kept mail cannot be had. */
export async function assemble(options: AssembleOptions): Promise<Assembly | Failure> {
  const { world, plane, services, placement, programs, stateFolder, clock } = options
  const refusal = refusalIn(options)
  if (refusal !== undefined) return refusal
  const secret = worldSecret(stateFolder)
  const makingKeys = worldHostKeys(world, secret, stateFolder, options.rsaHostKey)
  const wallMs = () => Math.floor(plane.wallMs())
  const post = openPost({
    users: world.users.map((user) => user.address),
    anyAddress: world.catchAll,
    wallMs,
    ...(stateFolder === undefined ? {} : { file: join(stateFolder, MAIL_FILE) }),
  })
  if (isFailure(post)) return post
  const servers = resolverAddresses(world)
  const source = await zoneSourceOf(world)
  const journals = stateFolder === undefined ? undefined : zoneJournals(stateFolder)
  let keeper: Keeper | undefined
  const homes = openHomes(stateFolder, clock && (() => clock.movedMs()))
  const hostKeys = await makingKeys
  const state = createWorldState(world, {
    folder: options.folder,
    home: homes.open,
    hostKeys,
    programs,
    secret,
    post,
    clock: plane.clock,
    ...(source === undefined ? {} : { zoneSource: source }),
    ...(journals === undefined ? {} : { keptZone: (zone: Name, host?: Name) => journals.of(zone, host) }),
    zoneProblem: (zone, problem) => keeper?.event(undefined, 'dns', badRecord(zone, problem)),
    openResolver: (addresses) => resolverFor(servers, addresses),
  })
  const gate = compileGate(world, portsOf(world))
  const record = new FlowRecord(wallMs)
  const authority = createAuthority({
    ...territoryOf(world),
    catchAll: world.catchAll,
    wallMs,
    isMoved: world.clock !== undefined,
    ...(stateFolder === undefined ? {} : { stateFolder }),
  })
  const gatekeeper = keeperOf(options, { gate, record, authority, wallMs })
  keeper = gatekeeper
  const viewFor: WorldState['viewFor'] = (host) => state.viewFor(host)
  const query: Assembly['query'] = async (asked) => {
    const { queryNames } = await import('./names/query.ts')
    return queryNames({ world, plane, gatekeeper, viewFor }, asked)
  }
  const start = async () => {
    const internet = await startInternet({ world, services, plane, gatekeeper, placement, viewFor })
    const stop = async () => {
      await internet.stop()
      await post.close()
      await journals?.close()
      homes.close()
    }
    return { ...internet, stop }
  }
  return {
    world,
    state,
    gate,
    record,
    authority,
    keeper: gatekeeper,
    post,
    hostKeys,
    secret,
    wallMs,
    clock,
    query,
    homes,
    start,
  }
}

/** How its zone files are read, in a world that has any. */
async function zoneSourceOf(world: World): Promise<((path: string) => ZoneSource) | undefined> {
  if (world.domains.every((domain) => domain.zoneFile === undefined)) return undefined
  const { zoneFile } = await import('../zones/zone-file.ts')
  return (path) => zoneFile(path, (wanted) => readZoneFile(world.folder, wanted))
}

/** What is not served as it stands in the world file or a zone file. */
function badRecord(zone: string, { message, path, line, column }: ZoneProblem): Event {
  const place = path === undefined ? `the zone ${zone || '.'}` : `${path}:${line ?? 1}:${column ?? 1}`
  return { kind: 'zone.bad-record', severity: 'warning', summary: `${place}: ${message}`, detail: { zone } }
}

/** The first service that cannot be had in this world. */
function refusalIn({ world, services, programs }: AssembleOptions): Failure | undefined {
  for (const host of world.hosts) {
    for (const { service: name, config } of host.services) {
      const reason = services.find((one) => one.name === name)?.refuses?.(config, { programs })
      if (reason !== undefined) return failure('EREFUSED', `${name} on ${host.name}: ${reason}`)
    }
  }
  return undefined
}

function keeperOf(options: AssembleOptions, parts: Pick<Assembly, 'gate' | 'record' | 'authority' | 'wallMs'>): Keeper {
  const { world, capture: sink, overhear, everyAddress = false, network } = options
  const capture = sink === undefined ? undefined : new Capture({ sink, wants: (flow) => !isFarEndOurs(world, flow) })
  const watch = (flow: Flow, decision: Decision): void => {
    options.watch?.(flow, decision)
    if (decision.verdict !== 'allow') capture?.refused(flow, decision.verdict, decision.because)
  }
  return new Keeper({
    world,
    ...parts,
    layers: [...(capture === undefined ? [] : [capture.layer]), ...faultLayers(world)],
    watch,
    everyAddress,
    ...(network === undefined ? {} : { network }),
    ...(overhear === undefined ? {} : { overhear }),
    ...(capture === undefined ? {} : { tlsSecret: (flow: Flow, line: string) => capture.secret(flow, line) }),
  })
}
