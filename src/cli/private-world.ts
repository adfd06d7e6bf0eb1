// A world in the private plane: namespaces around it, clients beside it, and word of it for other commands.

import { resolve } from 'node:path'
import { API_VERSION, type Refusal, type WorldStatus } from '../control/api.ts'
import { serveControl, type ControlServer } from '../control/server.ts'
import { failure, isFailure, type Failure } from '../core/failure.ts'
import type { WorldView } from '../core/world-view.ts'
import type { AnyPort } from '../host/any-port.ts'
import { FileSink } from '../host/file-sink.ts'
import { machineMs } from '../host/machine-time.ts'
import { HostPlane } from '../host/plane.ts'
import { addHostAddresses } from '../host/private/world-side.ts'
import { removeWorldFolder } from '../host/runtime-folder.ts'
import { Anywhere } from '../net/anywhere.ts'
import { clockCalls, WorldClock } from '../net/clock/index.ts'
import { assemble, type Assembly } from '../net/assemble.ts'
import type { RefusedFlow } from '../net/firewall/index.ts'
import { ANYWHERE, knownHosts } from '../net/host-keys.ts'
import type { Internet } from '../net/internet.ts'
import { mailCalls } from '../net/mail/index.ts'
import { nameCalls } from '../net/names/index.ts'
import { exactPlacement } from '../net/loopback.ts'
import type { FlowRecord } from '../net/record/index.ts'
import { mailViewElsewhere, type World } from '../net/world/index.ts'
import { services } from '../services.ts'
import { ClientSides } from './client-sides.ts'
import type { Groundwork } from './groundwork.ts'
import type { InsideSettings } from './inside-settings.ts'
import { layNetworkGate, networkAgreements, refusedByNetwork } from './network-gate.ts'
import { portStatus } from './port-status.ts'
import { realPrograms, type SeenWorld } from './real-programs.ts'
import { deliverReport, reportText } from './report.ts'
import { WhoOpened } from './who-opened.ts'
import { openWorldFolder, worldToRun } from './world-file.ts'

/** Where TPROXY brings what nobody listens on. Ports of the dynamic range (RFC 6335 §6) that worlds seldom use. */
const ANY_PORT = { tcpPort: 65_321, udpPort: 65_321 } as const

/** Streams of programs that have ended close within a few turns; those that faults hold back are not waited for. */
const LAST_WORDS_MAX_MS = 100

export interface PrivateWorld {
  readonly assembly: Assembly
  readonly clients: ClientSides
  /** As `Internet.awaitQuestions`. */
  awaitQuestions(): void
  stop(): Promise<void>
  /** Puts the report where the settings say; whole once the world has stopped and every flow has ended. */
  report(settings: InsideSettings): Promise<void>
}

/** What stands once the world serves, in the order in which it was made. */
interface Standing {
  readonly folder: string
  readonly settings: InsideSettings
  readonly plane: HostPlane
  readonly assembly: Assembly
  readonly clients: ClientSides
  readonly internet: Internet
  readonly startedMs: number
  readonly nft: boolean
}

/** Everything up to the programs: the world serves when the promise resolves, and nobody is inside yet. */
export async function startPrivateWorld(settings: InsideSettings, ground: Groundwork): Promise<PrivateWorld | Failure> {
  const world = await worldToRun(settings.world)
  if (isFailure(world)) return world
  const asked: World = { ...world, catchAll: world.catchAll || settings.catchAll }
  if (asked.catchAll && !ground.nft) {
    return failure('ENONFT', 'answering for every address and port needs nftables: apt install nftables')
  }
  return startOn(ground, asked, settings)
}

async function startOn(
  { folder, nft, side, rsaHostKey }: Groundwork,
  world: World,
  settings: InsideSettings,
): Promise<PrivateWorld | Failure> {
  const addressed = addHostAddresses(servingAddresses(world))
  const sink = settings.pcap === undefined ? undefined : FileSink.open(settings.pcap)
  if (isFailure(sink)) return failure(sink.code, `the capture cannot be written: ${sink.message}`)
  const clock = new WorldClock(machineMs, world.clock)
  const plane = new HostPlane({ wallClock: clock })
  const who = new WhoOpened()
  let seen: SeenWorld = { world, authorityPem: '', knownHosts: '' }
  const programs = realPrograms(folder, settings, () => seen)
  const agreements = nft ? networkAgreements() : undefined
  let clients: ClientSides | undefined
  let record: FlowRecord | undefined
  const assembly = await assemble({
    world,
    services,
    plane,
    clock,
    placement: exactPlacement,
    folder: (path, wanted) => openWorldFolder(world, path, wanted && { ...wanted, wallMs: () => clock.movedMs() }),
    programs,
    ...(rsaHostKey === undefined ? {} : { rsaHostKey }),
    everyAddress: world.catchAll,
    ...(agreements === undefined ? {} : { network: agreements.network }),
    ...(settings.state === undefined ? {} : { stateFolder: settings.state }),
    ...(sink === undefined ? {} : { capture: sink.write }),
    watch: (flow) => {
      if (record !== undefined) who.note(record, flow, clients?.at(flow.from.ip))
    },
  })
  if (isFailure(assembly)) return assembly
  record = assembly.record
  seen = {
    world,
    authorityPem: assembly.authority.certificatePem,
    knownHosts: knownHosts(world, assembly.hostKeys),
  }
  clients = new ClientSides({
    ...seen,
    folder,
    uid: settings.uid,
    gid: settings.gid,
  })
  for (const done of [await side, await addressed]) if (isFailure(done)) return done
  const laying = nft ? layNetworkGate(assembly.gate, world.catchAll ? ANY_PORT : undefined) : undefined
  const internet = await assembly.start()
  const standing = { folder, settings, plane, assembly, clients, internet, startedMs: Date.now(), nft }
  const opened = await openToClients(standing)
  if (isFailure(opened)) return opened
  const laid = await laying
  if (laid !== undefined) return laid
  return {
    assembly,
    clients,
    awaitQuestions: () => internet.awaitQuestions(),
    stop: async () => {
      await lastWords(assembly.record)
      opened.close()
      clients.stop()
      await programs.stop()
      await internet.stop()
      agreements?.stop()
      sink?.close()
      removeWorldFolder(folder)
    },
    report: async (settings) => deliverReport(assembly, await refusedIn(standing), settings),
  }
}

/** The last steps: what answers for every port, the gate in the network, and the socket for other commands. */
async function openToClients(standing: Standing): Promise<ControlServer | Failure> {
  const anyPort = standing.assembly.world.catchAll ? await listenAnywhere(standing) : undefined
  return isFailure(anyPort) ? anyPort : serveControl(standing.folder, apiOf(standing))
}

async function listenAnywhere({ plane, assembly }: Standing): Promise<AnyPort | Failure> {
  const { world, keeper, state, hostKeys, homes } = assembly
  const [host] = world.hosts
  if (host === undefined) return failure('ENOHOST', 'a world without hosts')
  const view: WorldView = {
    ...state.viewFor(host),
    host: { name: ANYWHERE, aliases: [], addresses: [], services: [] },
    ...mailViewElsewhere(state.zones),
    hostKeys: hostKeys.get(ANYWHERE) ?? [],
    home: (name, quota) => homes.open(ANYWHERE, name, quota),
    programs: undefined,
  }
  const answers = new Anywhere({ world, services, plane, gatekeeper: keeper, view })
  return plane.listenAnyPort({ ...ANY_PORT, answers, gatekeeper: keeper })
}

function refusedIn({ nft, assembly }: Standing): Promise<readonly RefusedFlow[]> {
  return nft ? refusedByNetwork(assembly.gate) : Promise.resolve([])
}

/** Programs have ended, but what they sent last may still lie in our sockets: streams close once it is read. */
async function lastWords(record: FlowRecord): Promise<void> {
  const open = () => record.flows().some(({ flow, end }) => flow.transport === 'tcp' && end === undefined)
  const until = performance.now() + LAST_WORDS_MAX_MS
  while (open() && performance.now() < until) await new Promise((resolve) => setTimeout(resolve, 1))
}

function apiOf(standing: Standing) {
  const { clients, assembly } = standing
  return {
    ...mailCalls(assembly),
    ...clockCalls(assembly.clock, (worldMs) => assembly.state.hostClocks(worldMs)),
    ...nameCalls(assembly),
    status: () => statusOf(standing),
    report: async (form: 'text' | 'json') =>
      reportText({ assembly, form, colour: false, refused: await refusedIn(standing) }),
    client: async (host: string): Promise<Refusal | { host: string; pid: number }> => {
      const client = await clients.find(host)
      return isFailure(client) ? { refused: client.message } : client
    },
  }
}

async function statusOf({ settings, assembly, clients, internet, startedMs }: Standing): Promise<WorldStatus> {
  return {
    version: API_VERSION,
    name: assembly.world.name,
    pid: process.pid,
    plane: 'private',
    ...(settings.world === undefined ? {} : { file: resolve(settings.world) }),
    startedMs,
    ports: await portStatus(internet.bindings),
    clients: clients.status,
    flows: assembly.record.flows().length + assembly.record.dropped.flows,
  }
}

function servingAddresses(world: World): string[] {
  return world.hosts.filter((host) => !host.client).flatMap((host) => host.addresses)
}
