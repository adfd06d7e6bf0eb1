// Broken sessions of one service in memory: what is said goes to its server, or to a client machine as its server's answer, whole
// or in small pieces.

import type { Service, StreamIo, StreamMachine, WorldView } from '../src/core/index.ts'
import { OpenGate, serve, SimPlane, type Served } from '../src/sim/index.ts'
import { Mutations, type Grammar } from './mutations.ts'
import type { Target } from './target.ts'

export const ADDRESS = '198.51.100.1'
/** Where a client machine takes whatever comes for its answer. */
const CLIENT_PORT = 1
/** Within this a bad login is refused. */
export const REFUSAL_MS = 20_000

export interface Sides<Config> {
  readonly service: Service<Config>
  /** What stands in the world file under the service's name. */
  readonly config: unknown
  readonly world: WorldView
  /** Where the server is heard. */
  readonly port: number
  readonly client: (io: StreamIo) => StreamMachine
  /** Whether a server may say that; it may have said nothing. */
  readonly isAnswer: (text: string) => boolean
  /** Until the server has said all: refusals of bad logins come by the clock. Default: 0. */
  readonly waitMs?: number
  /** What is done with each input before its session. */
  readonly before?: (bytes: Uint8Array) => unknown
}

/** A target that one service serves from its start on. */
export interface SessionTarget<Config> extends Grammar, Pick<Target, 'name' | 'about'> {
  readonly sides: () => Sides<Config> | Promise<Sides<Config>>
}

export interface Sessions {
  /** Throws where a machine breaks, or the server says what it may not. */
  readonly attempt: (bytes: Uint8Array) => Promise<void>
  readonly stop: () => Promise<void>
}

export function sessionTarget<Config>({ name, about, sides, ...grammar }: SessionTarget<Config>): Target {
  return {
    name,
    about,
    async start(seed) {
      const mutations = new Mutations(grammar, seed)
      const sessions = await startSessions(await sides(), mutations, seed)
      return { next: () => mutations.next(), attempt: sessions.attempt, stop: sessions.stop }
    },
  }
}

export async function startSessions<Config>(
  sides: Sides<Config>,
  mutations: Mutations,
  seed: number,
): Promise<Sessions> {
  const { service, config, world, client } = sides
  const plane = new SimPlane({ seed })
  const gate = silentGate()
  const served = await serve(service, { world, gate, plane, config })
  const reads = { transport: 'tcp', port: CLIENT_PORT, accept: client } as const
  await plane.listenStream(reads, { at: { ip: ADDRESS, port: CLIENT_PORT }, service: 'client' }, gate)
  return { attempt: (bytes) => attempt(bytes, sides, served, mutations), stop: () => served.stop() }
}

/** Keeps nothing, and takes a broken machine for a finding. */
function silentGate(): OpenGate {
  return Object.assign(new OpenGate(), {
    opened: () => 'allow' as const,
    closed: () => undefined,
    event: (_flow: unknown, _service: string, event: { readonly kind: string; readonly summary: string }) => {
      if (event.kind.endsWith('.broken')) throw new Error(event.summary)
    },
  })
}

async function attempt<Config>(
  bytes: Uint8Array,
  { port, isAnswer, waitMs = 0, before }: Sides<Config>,
  { plane, peer: connect }: Served,
  mutations: Mutations,
): Promise<void> {
  await before?.(bytes)
  plane.chunkMaxBytes = mutations.below(3) === 0 ? 1 + mutations.below(9) : Infinity
  const toClient = mutations.below(4) === 0
  const peer = connect(toClient ? CLIENT_PORT : port).send(bytes)
  await plane.settled()
  if (waitMs > 0) plane.advance(waitMs)
  const answer = peer.take()
  if (!toClient && !isAnswer(answer)) throw new Error(`an answer ${JSON.stringify(answer)}`)
  peer.reset()
}
