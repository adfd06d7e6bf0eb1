// The two planes behind one face, so that each driver test is written once: peers that speak and wait
// for what comes, a clock that can be turned, and a gate that writes down what it hears.

import { createSocket } from 'node:dgram'
import { connect as connectSocket, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { Address } from '../../src/core/address.ts'
import { isFailure } from '../../src/core/failure.ts'
import type { DatagramListen, Io, StreamIo, StreamListen, StreamMachine } from '../../src/core/io.ts'
import type { Bound, Plane } from '../../src/core/plane.ts'
import { HostPlane } from '../../src/host/plane.ts'
import { OpenGate, SimPlane, type PeerTls, type SimPeer } from '../../src/sim/index.ts'

export interface Peer {
  send(text: string): void
  /** All text received so far, once it contains `text`. */
  hears(text: string): Promise<string>
  /** When the other side has said that it sends no more. */
  hearsEnd(): Promise<void>
  /** `ended` or `reset`, when nothing can be sent or heard any more. */
  isClosed(): Promise<'ended' | 'reset'>
  end(): void
  reset(): void
  pause(): void
  resume(): void
  /** Bytes received so far. */
  count(): number
  /** The outcome of a handshake as a client: the application protocol, or the failure's code. */
  secure(tls: PeerTls): Promise<string>
}

export interface DatagramEnd {
  send(text: string, to: Address): void
  hears(): Promise<string>
  close(): void
}

export interface Harness {
  readonly name: string
  readonly gate: OpenGate
  readonly plane: Plane
  listen(accept: (io: StreamIo) => StreamMachine, more?: Partial<StreamListen>): Promise<Bound>
  open(listen: Omit<DatagramListen, 'transport' | 'port'>): Promise<Bound>
  peer(to: Address, source?: string): Peer
  datagrams(): Promise<DatagramEnd>
  /** As if so much time had passed. */
  advance(ms: number): void
  service(woke?: (timer: string) => void): Io
  /** Resolves once `met` says yes; asked again after whatever happens on the plane. */
  until(met: () => boolean): Promise<void>
  stop(): Promise<void>
}

export interface HarnessOptions {
  readonly streamsPerListener?: number
}

export type MakeHarness = (options?: HarnessOptions) => Harness

/** More than this is counted, and not kept as text. */
const TEXT_MAX_BYTES = 1_000_000
const LOOPBACK = '127.0.0.1'

export function simHarness(options: HarnessOptions = {}): Harness {
  const plane = new SimPlane({ wallMs: 1_700_000_000_000, ...options })
  return {
    ...common(plane, new OpenGate()),
    name: 'sim',
    peer: (to, source) =>
      simPeer(plane, plane.peer(to, source === undefined ? {} : { from: { ip: source, port: 50_000 } })),
    datagrams: async () => {
      const peer = plane.datagramPeer()
      return {
        send: (text, to) => void peer.send(text, to),
        hears: async () => {
          await until(() => peer.received.length > 0)
          return Buffer.from(peer.take() ?? []).toString()
        },
        close() {},
      }
    },
    advance: (ms) => plane.advance(ms),
  }
}

export function hostHarness(options: HarnessOptions = {}): Harness {
  let skippedMs = 0
  const plane = new HostPlane({ ...options, clock: () => performance.now() + skippedMs })
  const sockets = new Set<Socket>()
  const shared = common(plane, new OpenGate())
  return {
    ...shared,
    name: 'host',
    peer: (to, source) => hostPeer(sockets, to, source),
    datagrams: hostDatagrams,
    advance: (ms) => {
      skippedMs += ms
      plane.timers.fire(plane.now())
    },
    stop: async () => {
      for (const socket of sockets) socket.destroy()
      await shared.stop()
    },
  }
}

function common(
  plane: Plane,
  gate: OpenGate,
): Pick<Harness, 'gate' | 'plane' | 'listen' | 'open' | 'service' | 'until' | 'stop'> {
  const options = { at: { ip: LOOPBACK, port: 0 }, service: 'toy' }
  return {
    gate,
    plane,
    listen: async (accept, more) =>
      bound(await plane.listenStream({ transport: 'tcp', port: 0, accept, ...more }, options, gate)),
    open: async (listen) => bound(await plane.listenDatagram({ transport: 'udp', port: 0, ...listen }, options, gate)),
    service: (woke = () => {}) => plane.serviceIo('toy', [LOOPBACK], gate, woke),
    until,
    stop: () => plane.stop(),
  }
}

function bound(result: Awaited<ReturnType<Plane['listenStream']>>): Bound {
  if (isFailure(result)) throw new Error(result.message)
  return result
}

/** Turns of the event loop before a test counts as failed: far more than anything here takes, and no clock. */
const TURNS_MAX = 200_000

async function until(met: () => boolean): Promise<void> {
  for (let turn = 0; turn < TURNS_MAX; turn++) {
    if (met()) return
    await new Promise((resolve) => setImmediate(resolve))
  }
  throw new Error(`never: ${met.toString()}`)
}

function simPeer(plane: SimPlane, peer: SimPeer): Peer {
  return {
    send: (text) => void peer.send(text),
    hears: async (text) => {
      await until(() => peer.receivedText.includes(text))
      return peer.receivedText
    },
    hearsEnd: () => until(() => peer.hasEnded),
    isClosed: async () => {
      await until(() => peer.closeReason !== undefined)
      return peer.closeReason?.kind === 'ended' ? 'ended' : 'reset'
    },
    end: () => void peer.end(),
    reset: () => void peer.reset(),
    pause: () => void peer.pause(),
    resume: () => void peer.resume(),
    count: () => peer.receivedBytes.length,
    secure: async (tls) => {
      peer.secure(tls)
      await until(() => peer.tls !== undefined)
      await plane.settled()
      if (peer.tls === undefined) return 'silence'
      return isFailure(peer.tls) ? peer.tls.code : (peer.tls.alpn ?? '')
    },
  }
}

function hostPeer(sockets: Set<Socket>, to: Address, source: string | undefined): Peer {
  let socket = connectSocket({
    host: to.ip,
    port: to.port,
    allowHalfOpen: true,
    ...(source === undefined ? {} : { localAddress: source }),
  })
  let chunks: Uint8Array[] = []
  let bytes = 0
  let ended = false
  let closed: 'ended' | 'reset' | undefined
  const read = (chunk: Uint8Array) => {
    bytes += chunk.length
    if (bytes < TEXT_MAX_BYTES) chunks.push(chunk)
  }
  sockets.add(socket)
  socket.on('error', () => (closed = 'reset'))
  socket.on('close', () => (closed ??= 'ended'))
  socket.on('data', read)
  socket.on('end', () => (ended = true))
  const text = () => Buffer.concat(chunks).toString('latin1')
  return {
    send: (text) => void socket.write(text),
    hears: async (wanted) => {
      await until(() => text().includes(wanted))
      return text()
    },
    hearsEnd: () => until(() => ended),
    isClosed: async () => {
      await until(() => closed !== undefined)
      return closed ?? 'ended'
    },
    end: () => void socket.end(),
    reset: () => void socket.resetAndDestroy(),
    pause: () => void socket.pause(),
    resume: () => void socket.resume(),
    count: () => bytes,
    secure: (tls) => {
      socket.off('data', read)
      const names = tls.serverName === undefined ? {} : { servername: tls.serverName }
      const secured = connectTls({ socket, ...names, ALPNProtocols: [...(tls.alpn ?? [])], rejectUnauthorized: false })
      socket = secured
      chunks = []
      return new Promise((resolve) => {
        secured.on('data', read)
        secured.on('end', () => (ended = true))
        secured.on('error', (error: NodeJS.ErrnoException) => resolve(alertIn(error)))
        secured.on('secureConnect', () => resolve(secured.alpnProtocol === false ? '' : (secured.alpnProtocol ?? '')))
      })
    },
  }
}

/** The alert's RFC name where OpenSSL says it. */
function alertIn(error: NodeJS.ErrnoException): string {
  if (/unrecognized.name/i.test(error.message)) return 'unrecognized_name'
  if (/no.application.protocol/i.test(error.message)) return 'no_application_protocol'
  return error.code ?? error.message
}

async function hostDatagrams(): Promise<DatagramEnd> {
  const socket = createSocket('udp4')
  const received: string[] = []
  socket.on('message', (packet) => received.push(packet.toString()))
  await new Promise<void>((resolve) => socket.bind(0, LOOPBACK, resolve))
  return {
    send: (text, to) => socket.send(text, to.port, to.ip),
    hears: async () => {
      await until(() => received.length > 0)
      return received.shift() ?? ''
    },
    close: () => void socket.close(),
  }
}
