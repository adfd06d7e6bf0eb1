// Ways for programs in this process to reach a world under its own names and ports. Nothing here resolves a name outside
// of the world: what it lacks fails.

import { Agent as HttpAgent, type AgentOptions, type ClientRequestArgs } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import { connect as connectTcp, type Socket } from 'node:net'
import { PassThrough, type Duplex } from 'node:stream'
import { connect as connectTls, type TLSSocket } from 'node:tls'
import { failureFrom } from '../core/failure.ts'
import type { RunningWorld } from './running-world.ts'

export interface Dialled {
  /** A name, alias or address of the world. */
  readonly host: string
  readonly port: number
  /** TLS from the first byte, trusting the world's authority and nobody else. */
  readonly tls?: boolean
  /** Asked for, and checked against the certificate. Default: `host`. */
  readonly serverName?: string
  /** Application protocols, best first. Default: `http/1.1`. */
  readonly alpn?: readonly string[]
}

/** Opens a stream into the world, as `net.connect` and `tls.connect` do. Throws a `WorldError` for what it lacks. */
export function dial(world: RunningWorld, to: Dialled): Socket | TLSSocket {
  const { ip, port } = world.address(to.host, to.port)
  if (to.tls !== true) return connectTcp({ host: ip, port })
  return connectTls({
    host: ip,
    port,
    servername: to.serverName ?? to.host,
    ca: world.authorityPem,
    ALPNProtocols: [...(to.alpn ?? ['http/1.1'])],
  })
}

/** What undici asks its connector for. */
export interface ConnectorOptions {
  readonly hostname: string
  readonly protocol: string
  readonly port?: string
  readonly servername?: string | null
}

export type ConnectorCallback = (
  ...result: [error: null, socket: Socket | TLSSocket] | [error: Error, socket: null]
) => void

/**
 * For undici, and so for `fetch`: `setGlobalDispatcher(new Agent({ connect: connector(world) }))`. Every request of the
 * process then goes to the world, and one for a name that it lacks fails.
 */
export function connector(world: RunningWorld): (options: ConnectorOptions, callback: ConnectorCallback) => void {
  return ({ hostname, protocol, port, servername }, callback) => {
    const tls = protocol === 'https:'
    const to = {
      host: hostname.replace(/^\[|\]$/g, ''),
      port: Number(port ?? '') || (tls ? 443 : 80),
      tls,
      ...(typeof servername === 'string' && servername !== '' ? { serverName: servername } : {}),
    }
    reach(world, to, callback)
  }
}

function reach(world: RunningWorld, to: Dialled, callback: ConnectorCallback): void {
  let socket: Socket | TLSSocket
  try {
    socket = dial(world, to)
  } catch (thrown) {
    return void queueMicrotask(() => callback(errorFrom(thrown), null))
  }
  const failed = (error: Error) => callback(error, null)
  socket.once('error', failed)
  socket.once(to.tls === true ? 'secureConnect' : 'connect', () => {
    socket.off('error', failed)
    callback(null, socket)
  })
}

export interface Agents {
  readonly http: HttpAgent
  readonly https: HttpsAgent
}

/**
 * Agents for `http.request`, `https.request` and the clients that take such agents (got, axios, node-fetch). Their
 * idle connections close with the world.
 */
export function agents(world: RunningWorld, options: AgentOptions = {}): Agents {
  return { http: new WorldHttpAgent(world, options), https: new WorldHttpsAgent(world, options) }
}

type Created = (error: Error | null, stream: Duplex) => void

/** A name that the world lacks is the request's error, as one that does not resolve would be. */
function create(world: RunningWorld, to: Dialled, created: Created | undefined): Duplex | undefined {
  try {
    return dial(world, to)
  } catch (thrown) {
    const stream = new PassThrough()
    queueMicrotask(() => created?.(errorFrom(thrown), stream))
    return undefined
  }
}

class WorldHttpAgent extends HttpAgent {
  readonly #world: RunningWorld

  constructor(world: RunningWorld, options: AgentOptions) {
    super(options)
    this.#world = world
  }

  override createConnection(options: ClientRequestArgs, created?: Created): Duplex | undefined {
    return create(this.#world, { host: options.host ?? '', port: Number(options.port ?? 80) }, created)
  }
}

class WorldHttpsAgent extends HttpsAgent {
  readonly #world: RunningWorld

  constructor(world: RunningWorld, options: AgentOptions) {
    super(options)
    this.#world = world
  }

  override createConnection(options: ClientRequestArgs, created?: Created): Duplex | undefined {
    return create(this.#world, { host: options.host ?? '', port: Number(options.port ?? 443), tls: true }, created)
  }
}

function errorFrom(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(failureFrom(thrown).message)
}
