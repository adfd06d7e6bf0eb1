// Worlds for this folder: on real sockets, some with a clock that the test turns, and what is asked of them meanwhile.

import { fork } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import type { TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { formatAddress, type Address, type Transport } from '../../src/core/address.ts'
import { isConfigError, isFailure } from '../../src/core/failure.ts'
import type { Post } from '../../src/core/post.ts'
import { HostPlane } from '../../src/host/plane.ts'
import { assemble } from '../../src/net/assemble.ts'
import { withImpliedHosts } from '../../src/net/implied-hosts.ts'
import type { Binding } from '../../src/net/internet.ts'
import { freePlacement, onLoopback } from '../../src/net/loopback.ts'
import { openWorldFolder } from '../../src/net/world-folder.ts'
import { resolveWorld } from '../../src/net/world/index.ts'
import { services } from '../../src/services.ts'
import { EventFeed } from '../../src/testing/event-feed.ts'
import { RunningWorld } from '../../src/testing/running-world.ts'
import type { WorldData } from '../../src/index.ts'
import type { CrowdOrder } from './crowd.ts'

/** Listeners, child processes and files of the test itself. */
const SPARE_FILES = 500

export interface TurnedWorld {
  readonly world: RunningWorld
  /** Lets that much time pass for the world, for which it stands still otherwise. */
  skip(ms: number): void
  /** Resolves once so many flows have been opened in all. */
  opened(flows: number): Promise<void>
  /** The mail of the world. */
  readonly post: Post
}

export async function turnedWorld(t: TestContext, data: WorldData, folder = '.'): Promise<TurnedWorld> {
  let nowMs = 1
  const resolved = resolveWorld(data, { services, folder })
  if (isConfigError(resolved)) throw new Error(resolved.problems.map(({ message }) => message).join('\n'))
  // Who resolves names needs the hosts above them.
  const resolves = resolved.hosts.some((host) => host.services.some(({ service }) => service === 'resolver'))
  const whole = resolves ? withImpliedHosts(resolved, services) : resolved
  const placed = onLoopback(whole, process.platform === 'linux')
  const places = new Places()
  const plane = new HostPlane({ clock: () => nowMs, ...(resolves ? places.routes : {}) })
  const settings = { world: placed, services, plane, placement: freePlacement() }
  const flows = counter()
  const feed = new EventFeed()
  const assembly = await assemble({
    ...settings,
    folder: (path, wanted) => openWorldFolder(placed, path, wanted),
    watch: flows.count,
    overhear: (flow, service, event) => feed.happened({ ...event, atMs: plane.wallMs(), service, flowId: flow?.id }),
  })
  if (isFailure(assembly)) throw new Error(assembly.message)
  const { bindings, stop } = await assembly.start()
  places.know(bindings)
  const world = new RunningWorld({ assembly, bindings, feed, stop })
  t.after(() => world.stop())
  const skip = (ms: number): void => {
    nowMs += ms
    plane.timers.fire(nowMs)
  }
  return { world, skip, opened: flows.reached, post: assembly.post }
}

/** Where the ports of a world stand, for services that open connections to one another. */
class Places {
  readonly #standing = new Map<string, Address>()
  readonly #known = new Map<string, Address>()
  readonly routes = {
    route: (to: Address, transport: Transport) => this.#standing.get(`${transport} ${formatAddress(to)}`) ?? to,
    origin: (from: Address) => this.#known.get(formatAddress(from)) ?? from,
    ownListenersOnly: true,
  }

  know(bindings: readonly Binding[]): void {
    for (const { known, bound, transport } of bindings) {
      if (isFailure(bound)) continue
      this.#standing.set(`${transport} ${formatAddress(known)}`, bound)
      if (transport === 'udp') this.#known.set(formatAddress(bound), known)
    }
  }
}

function counter(): { count(): void; reached(wanted: number): Promise<void> } {
  let counted = 0
  let met: (() => boolean) | undefined
  return {
    count: () => {
      counted += 1
      if (met?.() === true) met = undefined
    },
    reached: (wanted) =>
      new Promise((resolve) => {
        met = () => {
          if (counted >= wanted) resolve()
          return counted >= wanted
        }
        met()
      }),
  }
}

/** A raw connection to a port of the world, its errors heard, its input left unread, and nothing held back by Nagle. `from`: an address of this machine. */
export function raw(t: TestContext, world: RunningWorld, host: string, port: number, from?: string): Promise<Socket> {
  return rawAt(t, world.address(host, port), from)
}

/** The same to a port that the world file does not know. */
export async function rawAt(t: TestContext, at: Address, from?: string): Promise<Socket> {
  const localAddress = from === undefined ? {} : { localAddress: from }
  const socket = connect({ host: at.ip, port: at.port, allowHalfOpen: true, noDelay: true, ...localAddress })
  t.after(() => socket.destroy())
  await once(socket, 'connect')
  socket.on('error', () => undefined)
  return socket
}

/** All that comes until the other side closes, as Latin-1. Sends no end of its own. */
export async function toTheEnd(socket: Socket): Promise<string> {
  const pieces: Buffer[] = []
  socket.on('data', (piece: Buffer) => pieces.push(piece)).on('end', () => socket.destroy())
  if (!socket.closed) await new Promise((resolve) => socket.once('close', resolve))
  return Buffer.concat(pieces).toString('latin1')
}

/** Bytes in use after a collection, and one more that waits for what the first frees in the background: the heap, and what lies outside of it. */
export function bytesInUse(): number {
  setFlagsFromString('--expose-gc')
  const collect: () => void = runInNewContext('gc')
  collect()
  collect()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

/** Messages of the services' events of abuse, and of the driver's. */
export function abuse(world: RunningWorld): readonly string[] {
  return world.events().flatMap(({ kind, summary }) => (/\.abuse$|^driver\./.test(kind) ? [summary] : []))
}

/** Why so many connections at a time cannot be had here. Node raises its soft limit to the hard one at its start. */
export function tooFewFiles(connections: number): string | false {
  const limits = process.platform === 'linux' ? readFileSync('/proc/self/limits', 'utf8') : ''
  const filesMax = Number(/^Max open files +(\d+)/m.exec(limits)?.[1] ?? 0)
  return filesMax < connections + SPARE_FILES && `this user may open ${filesMax} files only (ulimit -n)`
}

export interface Crowd {
  /** Resolves once all of them stand. */
  join(order: CrowdOrder): Promise<void>
}

export function crowd(t: TestContext): Crowd {
  const child = fork(fileURLToPath(new URL('crowd.ts', import.meta.url)))
  t.after(() => void child.kill())
  return {
    async join(order) {
      child.send(order)
      const [said]: { readonly refused?: string }[] = await once(child, 'message')
      if (said?.refused !== undefined) throw new Error(said.refused)
    },
  }
}
