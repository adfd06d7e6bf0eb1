// Serves every port of every address, behind the transparent sockets that TPROXY feeds: for each
// conversation it asks what should answer on the port that was asked.

import type { Socket } from 'node:net'
import { formatAddress, unmapped, type Address } from '../core/address.ts'
import { DatagramRunner } from '../core/datagram-runner.ts'
import type { Engine } from '../core/engine.ts'
import { isFailure, type Failure } from '../core/failure.ts'
import type { DatagramListen, StreamListen } from '../core/io.ts'
import { STREAMS_PER_LISTENER } from '../core/limits.ts'
import type { Gatekeeper } from '../core/plane.ts'
import { StreamDoor, type Compose } from '../core/stream-door.ts'
import { SocketWire } from './socket-wire.ts'
import { openTransparentDatagram, openTransparentStream, type TransparentDatagram } from './transparent.ts'

/** Asked addresses that have a datagram machine at a time; the one asked longest ago goes first. As many as have a socket to answer from. */
const DATAGRAM_MACHINES_MAX = 512

export interface Answering<Listen> {
  /** Names the owner in flows and events. */
  readonly service: string
  readonly listen: Listen
}

/** What answers where nobody listens. One value for one kind of answer: streams are counted by it. */
export interface AnyPortAnswers {
  stream(port: number): Answering<StreamListen>
  datagram(port: number): Answering<DatagramListen>
}

export interface AnyPortOptions {
  readonly tcpPort: number
  readonly udpPort: number
  readonly answers: AnyPortAnswers
  readonly gatekeeper: Gatekeeper
  readonly compose: Compose
}

export interface AnyPort {
  close(): Promise<void>
}

/** Failures are those of the transparent sockets. */
export async function openAnyPort(engine: Engine, options: AnyPortOptions): Promise<AnyPort | Failure> {
  const doors = new Doors(engine, options)
  const server = await openTransparentStream(options.tcpPort, { allowHalfOpen: true, noDelay: true })
  if (isFailure(server)) return server
  server.on('connection', (socket) => doors.arrived(socket))
  server.on('error', () => undefined)
  const machines = new DatagramMachines(engine, options)
  const datagrams = await openTransparentDatagram(options.udpPort, (packet, from, to) =>
    machines.received(packet, from, to),
  )
  if (isFailure(datagrams)) {
    server.close()
    return datagrams
  }
  machines.carrier = datagrams
  return {
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      doors.stop()
      machines.stop()
      datagrams.close()
      await closed
    },
  }
}

class Doors {
  readonly #engine: Engine
  readonly #options: AnyPortOptions
  readonly #doors = new Map<StreamListen, StreamDoor>()

  constructor(engine: Engine, options: AnyPortOptions) {
    this.#engine = engine
    this.#options = options
  }

  arrived(socket: Socket): void {
    const { remoteAddress, remotePort = 0, localAddress, localPort = 0 } = socket
    if (remoteAddress === undefined || localAddress === undefined) return void socket.destroy()
    const to = { ip: unmapped(localAddress), port: localPort }
    this.#doorFor(to).arrived(new SocketWire(socket), { ip: unmapped(remoteAddress), port: remotePort }, to)
  }

  stop(): void {
    for (const door of this.#doors.values()) door.stop()
  }

  #doorFor(to: Address): StreamDoor {
    const { answers, gatekeeper, compose } = this.#options
    const { service, listen } = answers.stream(to.port)
    const known = this.#doors.get(listen)
    if (known !== undefined) return known
    const door = new StreamDoor(this.#engine, compose, STREAMS_PER_LISTENER, listen, { at: to, service }, gatekeeper)
    this.#doors.set(listen, door)
    return door
  }
}

class DatagramMachines {
  carrier: TransparentDatagram | undefined
  readonly #engine: Engine
  readonly #options: AnyPortOptions
  readonly #runners = new Map<string, DatagramRunner>()

  constructor(engine: Engine, options: AnyPortOptions) {
    this.#engine = engine
    this.#options = options
  }

  received(packet: Uint8Array, from: Address, to: Address): void {
    const key = formatAddress(to)
    const runner = this.#runners.get(key) ?? this.#make(to)
    this.#runners.delete(key)
    this.#runners.set(key, runner)
    runner.received(packet, from.ip, from.port)
  }

  stop(): void {
    for (const runner of this.#runners.values()) runner.stop()
    this.#runners.clear()
  }

  #make(to: Address): DatagramRunner {
    const { answers, gatekeeper } = this.#options
    const { service, listen } = answers.datagram(to.port)
    if (this.#runners.size >= DATAGRAM_MACHINES_MAX) this.#forgetOldest()
    return new DatagramRunner(this.#engine, listen, { at: to, service }, to, gatekeeper, (packet, peer) =>
      this.carrier?.send(packet, to, peer.address),
    )
  }

  #forgetOldest(): void {
    for (const [key, runner] of this.#runners) {
      runner.stop()
      return void this.#runners.delete(key)
    }
  }
}
