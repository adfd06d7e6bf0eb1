// Starts one service on a simulated plane, as the world would on one host.

import type { Address } from '../core/address.ts'
import { emptyNames } from '../core/empty-names.ts'
import { emptyPost } from '../core/empty-post.ts'
import { failure, isConfigError, isFailure } from '../core/failure.ts'
import type { Bound } from '../core/plane.ts'
import type { Running, Service } from '../core/service.ts'
import type { WorldView } from '../core/world-view.ts'
import { OpenGate } from './gatekeeper.ts'
import type { SimDatagramPeer, SimPeer } from './peer.ts'
import { SimPlane, type SimConnect } from './plane.ts'

export interface ServeOptions {
  /** What stands in the world file under the service's name. */
  readonly config?: unknown
  readonly world?: WorldView
  readonly plane?: SimPlane
  readonly gate?: OpenGate
  /** The host's addresses. Default: 198.51.100.1. */
  readonly addresses?: readonly string[]
}

export interface Served {
  readonly plane: SimPlane
  readonly gate: OpenGate
  readonly running: Running
  readonly bound: readonly Bound[]
  /** A peer's stream to `port` of the host. */
  peer(port: number, options?: SimConnect): SimPeer
  /** A peer's datagram socket, and the address to send to. */
  datagramPeer(port: number): { readonly peer: SimDatagramPeer; readonly to: Address }
  stop(): Promise<void>
}

/** A host that knows no one but itself, in a world without names. */
export function lonelyWorld(addresses: readonly string[], service: string): WorldView {
  const host = { name: 'host.test', aliases: [], addresses, services: [service] }
  return {
    host,
    hosts: [host],
    ...emptyNames,
    nameOf: (ip) => (addresses.includes(ip) ? host.name : undefined),
    unknownName: () => undefined,
    user: () => undefined,
    users: [],
    anyUser: false,
    takesMailFor: () => false,
    secret: new Uint8Array(32),
    post: emptyPost,
    openResolver: (_io, then) => then(failure('ENOTFOUND', 'this world has no resolver')),
    folder: () => undefined,
    home: () => failure('EROFS', 'this world keeps no files'),
    hostKeys: [],
    programs: undefined,
  }
}

/** Throws when the configuration is wrong or a port is taken: that is the test's mistake. */
export async function serve<Config>(service: Service<Config>, options: ServeOptions = {}): Promise<Served> {
  const plane = options.plane ?? new SimPlane()
  const gate = options.gate ?? new OpenGate()
  const addresses = options.addresses ?? ['198.51.100.1']
  const config = service.config.parse(options.config)
  if (isConfigError(config)) throw new Error(config.problems.map((problem) => problem.message).join('; '))
  const io = plane.serviceIo(service.name, addresses, gate, (timer) => running.woke?.(timer))
  const running: Running = service.start(io, config, options.world ?? lonelyWorld(addresses, service.name))
  await running.load?.()
  const bound = await listenAll(plane, gate, service.name, running, addresses)
  const ip = addresses[0] ?? '198.51.100.1'
  return {
    plane,
    gate,
    running,
    bound,
    peer: (port, connect) => plane.peer({ ip, port }, connect),
    datagramPeer: (port) => ({ peer: plane.datagramPeer(), to: { ip, port } }),
    stop: async () => {
      running.stop?.()
      await plane.stop()
    },
  }
}

async function listenAll(
  plane: SimPlane,
  gate: OpenGate,
  service: string,
  running: Running,
  addresses: readonly string[],
): Promise<Bound[]> {
  const bound: Bound[] = []
  for (const ip of addresses) {
    for (const listen of running.listens) {
      const options = { at: { ip, port: listen.port }, service }
      const result =
        listen.transport === 'tcp'
          ? await plane.listenStream(listen, options, gate)
          : await plane.listenDatagram(listen, options, gate)
      if (isFailure(result)) throw new Error(result.message)
      bound.push(result)
    }
  }
  return bound
}
