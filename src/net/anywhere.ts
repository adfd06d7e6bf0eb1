// What answers in a catch-all world where no host listens: the registry's service for the port, else by
// the first bytes, else the sink.

import type { AnyPortAnswers, Answering } from '../host/any-port.ts'
import type { Gatekeeper, Plane } from '../core/plane.ts'
import type { DatagramListen, Listen, StreamListen } from '../core/io.ts'
import type { Running, Service } from '../core/service.ts'
import type { WorldView } from '../core/world-view.ts'
import { detectingDatagrams, detectingMachine, type DatagramEntry, type StreamEntry } from './detect/index.ts'
import { startService } from './internet.ts'
import { serviceForPort } from './ports/index.ts'
import type { Host, World } from './world/model.ts'

export interface AnywhereOptions {
  readonly world: World
  readonly services: readonly Service[]
  readonly plane: Plane
  readonly gatekeeper: Gatekeeper
  /** A view for services that run on no host in particular. */
  readonly view: WorldView
}

interface Started {
  readonly service: Service
  readonly running: Running
}

/** Takes what nobody recognises. */
const SINK = 'sink'
const RESOLVER = 'resolver'
/** Stands in flows whose service is not sure yet. */
const UNKNOWN = 'unknown'

export class Anywhere implements AnyPortAnswers {
  readonly #options: AnywhereOptions
  readonly #started: readonly Started[]
  readonly #services: readonly Service[]
  readonly #sink: Started
  readonly #detecting: Answering<StreamListen>
  readonly #guessing: Answering<DatagramListen>

  constructor(options: AnywhereOptions) {
    this.#options = options
    this.#services = options.services.filter(isForAnywhere)
    this.#started = this.#services.map((service) => ({ service, running: startedAnywhere(options, service) }))
    const sink = this.#started.find((one) => one.service.name === SINK)
    if (sink === undefined) throw new Error('the list of services has no sink')
    this.#sink = sink
    this.#detecting = { service: UNKNOWN, listen: this.#detectingListen() }
    this.#guessing = { service: UNKNOWN, listen: this.#guessingListen() }
  }

  stream(port: number): Answering<StreamListen> {
    const known = serviceForPort(port, 'tcp', this.#options.world, this.#services)
    const started = this.#started.find((one) => one.service === known?.service)
    const listen = started === undefined ? undefined : streamListen(started.running.listens, known?.tls, port)
    return started === undefined || listen === undefined ? this.#detecting : { service: started.service.name, listen }
  }

  datagram(port: number): Answering<DatagramListen> {
    const known = serviceForPort(port, 'udp', this.#options.world, this.#services)?.service
    const started = this.#started.find((one) => one.service === known)
    const listen = started === undefined ? undefined : datagramListen(started.running.listens)
    return started === undefined || listen === undefined ? this.#guessing : { service: started.service.name, listen }
  }

  stop(): void {
    for (const { running } of this.#started) running.stop?.()
  }

  #detectingListen(): StreamListen {
    const entries = this.#started.flatMap((one) => streamEntry(one))
    const sink = streamEntry(this.#sink)[0]
    if (sink === undefined) throw new Error('the sink takes no streams')
    return {
      transport: 'tcp',
      port: 0,
      alpn: ['h2', 'http/1.1'],
      accept: (io) => detectingMachine(io, { entries, sink }),
    }
  }

  #guessingListen(): DatagramListen {
    const entries = this.#started.flatMap((one) => datagramEntry(one))
    const sink = datagramEntry(this.#sink)[0]
    if (sink === undefined) throw new Error('the sink takes no datagrams')
    return { transport: 'udp', port: 0, open: (io) => detectingDatagrams(io, { entries, sink }) }
  }
}

/** What it asks of others comes from no address in particular, what a resolver asks from the world's resolver. */
function startedAnywhere(options: AnywhereOptions, service: Service): Running {
  const { world, view } = options
  const [addresses = []] = service.name === RESOLVER ? world.hosts.filter(resolves).map((host) => host.addresses) : []
  const host = { ...view.host, addresses }
  return startService(options, host, service, service.config.parse(undefined), { ...view, host })
}

function resolves(host: Host): boolean {
  return host.services.some(({ service }) => service === RESOLVER)
}

function isForAnywhere(service: Service): boolean {
  return service.onlyAtHosts !== true
}

function datagramEntry({ service, running }: Started): DatagramEntry[] {
  const listen = datagramListen(running.listens)
  if (listen === undefined) return []
  const detect = service.detect?.bind(service)
  return [{ service: service.name, open: (io) => listen.open(io), ...(detect === undefined ? {} : { detect }) }]
}

function streamEntry({ service, running }: Started): StreamEntry[] {
  const listen = streamListen(running.listens, undefined)
  if (listen === undefined) return []
  const detect = service.detect?.bind(service)
  return [{ service: service.name, accept: (io) => listen.accept(io), ...(detect === undefined ? {} : { detect }) }]
}

/** The one that the service has for `port`, else its first: 587 is another conversation than 25. */
function streamListen(
  listens: readonly Listen[],
  tls: 'implicit' | undefined,
  port?: number,
): StreamListen | undefined {
  const fitting = listens.filter((listen) => listen.transport === 'tcp').filter((listen) => listen.tls === tls)
  return fitting.find((listen) => listen.port === port) ?? fitting[0]
}

function datagramListen(listens: readonly Listen[]): DatagramListen | undefined {
  return listens.find((listen) => listen.transport === 'udp')
}
