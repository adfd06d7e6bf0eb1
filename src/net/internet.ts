// A world that runs: every service of every host on a plane, and the table of what stands where.

import { formatAddress, type Address, type Transport } from '../core/address.ts'
import { isFailure, type Failure } from '../core/failure.ts'
import type { Io, Listen } from '../core/io.ts'
import type { Bound, Gatekeeper, ListenOptions, Plane } from '../core/plane.ts'
import type { Running, Service } from '../core/service.ts'
import type { WorldView } from '../core/world-view.ts'
import type { Host, World } from './world/model.ts'

/** One port of one address of one host, and where it stands on this machine. */
export interface Binding {
  readonly host: string
  readonly service: string
  readonly transport: Transport
  /** What the world knows it by. */
  readonly known: Address
  /** Where it is bound; a `Failure` when it could not be. */
  readonly bound: Address | Failure
  /** Why `bound` differs from `known`, or is missing: the first attempt's failure. */
  readonly obstacle?: Failure
}

/** Where to try to bind what the world knows as `known`, best first. */
export type Placement = (known: Address) => readonly Address[]

export interface InternetOptions {
  readonly world: World
  readonly services: readonly Service[]
  readonly plane: Plane
  readonly gatekeeper: Gatekeeper
  readonly placement: Placement
  viewFor(host: Host): WorldView
}

export interface Internet {
  readonly bindings: readonly Binding[]
  /** Has what finds names loaded before anybody asks: nearly every program begins with that. */
  awaitQuestions(): void
  stop(): Promise<void>
}

/** Starts every service. A port that cannot be bound stands in the table and stops nothing else. */
export async function startInternet(options: InternetOptions): Promise<Internet> {
  const started: Started[] = []
  const starting = options.world.hosts.flatMap((host) => startHost(options, host, started))
  const bindings = (await Promise.all(starting)).flat()
  return {
    bindings,
    awaitQuestions() {
      for (const { name, running } of started) if (NAME_SERVICES.has(name)) void running.load?.()
    },
    stop: async () => {
      for (const { running } of started) running.stop?.()
      await options.plane.stop()
    },
  }
}

const NAME_SERVICES: ReadonlySet<string> = new Set(['resolver', 'dns'])

interface Started {
  /** Of the service. */
  readonly name: string
  readonly running: Running
}

function startHost(options: InternetOptions, host: Host, all: Started[]): Promise<Binding>[] {
  if (host.services.length === 0) return []
  const view = options.viewFor(host)
  return host.services.flatMap((entry) => {
    const service = options.services.find((one) => one.name === entry.service)
    if (service === undefined) throw new Error(`the world was checked against other services: ${entry.service}`)
    const started = startService(options, host, service, entry.config, view)
    all.push({ name: service.name, running: started })
    return started.listens.flatMap((listen) =>
      host.addresses.map((ip) => bind(options, host, service.name, listen, { ip, port: listen.port })),
    )
  })
}

/** The service's timers may fire only after `start` has returned. */
export function startService(
  options: Pick<InternetOptions, 'plane' | 'gatekeeper'>,
  host: Pick<Host, 'addresses'>,
  service: Service,
  config: unknown,
  view: WorldView,
): Running {
  let running: Running | undefined
  const io: Io = options.plane.serviceIo(service.name, host.addresses, options.gatekeeper, (timer) =>
    running?.woke?.(timer),
  )
  running = service.start(io, config, view)
  return running
}

async function bind(
  options: InternetOptions,
  host: Host,
  service: string,
  listen: Listen,
  known: Address,
): Promise<Binding> {
  const base = { host: host.name, service, transport: listen.transport, known }
  let obstacle: Failure | undefined
  for (const at of options.placement(known)) {
    const result = await listenAt(options, listen, { at, service, known, addresses: host.addresses })
    if (!isFailure(result)) return { ...base, bound: result.local, ...(obstacle === undefined ? {} : { obstacle }) }
    obstacle ??= result
  }
  const nowhere: Failure = obstacle ?? {
    kind: 'failure',
    code: 'ENOPLACE',
    message: `${formatAddress(known)} has no place on this plane`,
  }
  return { ...base, bound: nowhere, obstacle: nowhere }
}

function listenAt(options: InternetOptions, listen: Listen, settings: ListenOptions): Promise<Bound | Failure> {
  return listen.transport === 'tcp'
    ? options.plane.listenStream(listen, settings, options.gatekeeper)
    : options.plane.listenDatagram(listen, settings, options.gatekeeper)
}
