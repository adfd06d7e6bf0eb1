// Hosts that follow others, in memory: true and false time, paths that differ each way, loss, steps, leap seconds, kiss codes.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Direction, Layer } from '../../../core/layer.ts'
import { failure, isFailure, type Failure } from '../../../core/failure.ts'
import { WorldClock } from '../../../net/clock/index.ts'
import { lonelyWorld, OpenGate, serve, SimPlane } from '../../../sim/index.ts'
import type { WorldView } from '../../../core/world-view.ts'
import { HostClock } from '../clock.ts'
import { decodeHeader, encodeHeader } from '../codec/packet.ts'
import { timestampOf } from '../codec/timestamp.ts'
import { SymmetricKey, type KeySettings } from '../crypto/symmetric-keys.ts'
import { ntp } from '../index.ts'
import { LEAPS, MODES } from '../messages.ts'
import { Follower, type FollowedServer } from './follower.ts'
import { queryTime, timeServerAt, type TimeAnswer } from './query.ts'
import { referenceIdOf } from './reference-id.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

/** How long packets take to and from an address, and how much more by chance. */
interface Path {
  readonly thereMs?: number
  readonly backMs?: number
  readonly jitterMs?: number
}

interface ClientOptions {
  readonly servers: readonly (string | Partial<FollowedServer>)[]
  readonly offsetMs?: number
  readonly driftPpm?: number
  readonly paths?: Readonly<Record<string, Path>>
  readonly minPoll?: number
  readonly maxPoll?: number
  readonly keys?: readonly KeySettings[]
  readonly names?: Readonly<Record<string, readonly string[]>>
  readonly ip?: string
}

function pathsLayer(paths: Readonly<Record<string, Path>>): Layer {
  return {
    name: 'paths',
    place: 'wire',
    datagram: (link) => {
      const path = paths[link.flow.to.ip]
      if (path === undefined) return undefined
      return {
        packet(direction: Direction, packet, pass) {
          const { thereMs = 0, backMs = 0, jitterMs = 0 } = path
          const wait = (direction === 'outbound' ? thereMs : backMs) + link.random() * jitterMs
          if (wait === Infinity) return
          link.at(link.now + wait, () => pass(packet))
        },
      }
    },
  }
}

const PLAIN: FollowedServer = { host: '', port: 123, key: undefined, nts: false, interleaved: false }

class Sim {
  readonly plane: SimPlane

  constructor(plane = new SimPlane()) {
    this.plane = plane
  }

  /** A host with a reference of its own, or one that follows `config.servers`. */
  async server(ip: string, config: Record<string, unknown> = {}, world?: WorldView) {
    const served = await serve(ntp, { plane: this.plane, addresses: [ip], config, ...(world && { world }) })
    await this.plane.settled()
    return served
  }

  async client(options: ClientOptions) {
    const { plane } = this
    const { ip = '198.51.100.9', offsetMs = 0, driftPpm = 0, names = {} } = options
    const gate = new OpenGate()
    const paths: Record<string, Path> = { ...options.paths }
    gate.layers = [pathsLayer(paths)]
    const io = plane.serviceIo('ntp', [ip], gate, (timer) => follower.woke(timer))
    const clock = new HostClock({ offsetMs, driftPpm, sinceMs: plane.wallMs() })
    const world = { ...lonelyWorld([ip], 'ntp'), clock: plane.clock, openResolver: resolverOf(names) }
    const servers = options.servers.map((server) =>
      typeof server === 'string' ? { ...PLAIN, host: server } : { ...PLAIN, ...server },
    )
    const keys = new Map((options.keys ?? []).map((key) => [key.id, new SymmetricKey(key)]))
    const { minPoll = 6, maxPoll = 10 } = options
    const follower: Follower = new Follower(io, world, clock, { servers, minPoll, maxPoll, keys })
    await plane.settled()
    const kindsOf = () => gate.events.filter(({ severity }) => severity !== 'detail').map(({ kind }) => kind)
    return { clock, follower, gate, paths, kindsOf, aheadMs: () => clock.aheadMs(plane.wallMs()) }
  }

  run(ms: number): void {
    this.plane.advance(ms)
  }

  async offsetOf(ip: string): Promise<number> {
    return (await this.#ask(ip)).offsetMs
  }

  async stratumOf(ip: string): Promise<number> {
    return (await this.#ask(ip)).header.stratum
  }

  async #ask(ip: string): Promise<TimeAnswer> {
    const io = this.plane.serviceIo('test', ['198.51.100.77'], new OpenGate(), () => undefined)
    const heard: (TimeAnswer | Failure)[] = []
    queryTime(io, timeServerAt(ip), {}, (result) => heard.push(result))
    await this.plane.settled()
    const [answer] = heard
    if (answer === undefined || isFailure(answer)) throw new Error(answer?.message ?? 'no answer')
    return answer
  }
}

function resolverOf(names: Readonly<Record<string, readonly string[]>>): WorldView['openResolver'] {
  return (_io, then) =>
    then({
      resolve(name, type, found) {
        const ips = names[name]?.filter((ip) => ip.includes(':') === (type === 'AAAA')) ?? []
        found(ips.length === 0 ? failure('ENOTFOUND', `there is no ${name}`) : ips.map((ip) => [ip]))
      },
    })
}

const near = (value: number, wanted: number, by: number) =>
  assert.ok(Math.abs(value - wanted) <= by, `${value} is not within ${by} of ${wanted}`)

const A = '192.0.2.11'
const B = '192.0.2.12'
const C = '192.0.2.13'
const D = '192.0.2.14'

test('a small offset is slewed, and the host tells stratum, source and distance', async () => {
  const sim = new Sim()
  await sim.server(A)
  const client = await sim.client({ servers: [A], offsetMs: 50, paths: { [A]: { thereMs: 5, backMs: 5 } } })
  sim.run(12_000)
  assert.deepEqual(client.kindsOf(), ['ntp.synchronised'])
  const { system } = client.clock
  assert.equal(system.stratum, 2)
  assert.equal(system.leap, LEAPS.none)
  assert.equal(system.referenceId, referenceIdOf(A))
  near(system.rootDelayMs, 10, 0.1)
  assert.ok(system.rootDispersionMs > 50 && system.rootDispersionMs < 600, String(system.rootDispersionMs))
  assert.ok(client.aheadMs() > 45, 'no step')
  sim.run(20 * MINUTE_MS)
  near(client.aheadMs(), 0, 1)
})

test('a large offset is stepped, all samples are dropped, and what follows is synchronised', async () => {
  const sim = new Sim()
  await sim.server(A)
  const client = await sim.client({ servers: [A], offsetMs: -3000 })
  sim.run(30_000)
  assert.deepEqual(client.kindsOf(), ['ntp.step', 'ntp.synchronised'])
  near(client.aheadMs(), 0, 1)
})

test('beyond the panic threshold nothing is touched, and nothing followed', async () => {
  const sim = new Sim()
  await sim.server(A)
  const client = await sim.client({ servers: [A], offsetMs: 1_200_000 })
  sim.run(HOUR_MS)
  assert.deepEqual(client.kindsOf(), ['ntp.panic'])
  assert.equal(client.aheadMs(), 1_200_000)
  assert.equal(client.clock.system.stratum, 16)
  assert.deepEqual(client.follower.associations, [])
})

test('a drift of 50 ppm is learnt within hours, and the interval grows meanwhile', async () => {
  const sim = new Sim()
  await sim.server(A)
  const paths = { [A]: { thereMs: 10, backMs: 10, jitterMs: 2 } }
  const client = await sim.client({ servers: [A], driftPpm: 50, paths })
  sim.run(4 * HOUR_MS)
  near(client.clock.frequencyPpm, -50, 1)
  near(client.aheadMs(), 0, 3)
  assert.equal(client.follower.discipline.state, 'SYNC')
  assert.ok(client.follower.discipline.poll > 6, String(client.follower.discipline.poll))
})

test('over a steady path the frequency is exact, and nothing swings over', async () => {
  const sim = new Sim()
  await sim.server(A)
  const client = await sim.client({ servers: [A], driftPpm: -80, paths: { [A]: { thereMs: 10, backMs: 10 } } })
  sim.run(30 * MINUTE_MS)
  for (let minutes = 30; minutes < 300; minutes += 10) {
    sim.run(10 * MINUTE_MS)
    near(client.clock.frequencyPpm, 80, 0.05)
    near(client.aheadMs(), 0, 0.1)
  }
})

test('a path that is slower one way makes an error of half the difference, and no more', async () => {
  const sim = new Sim()
  await sim.server(A)
  const client = await sim.client({ servers: [A], paths: { [A]: { thereMs: 40, backMs: 10 } } })
  sim.run(3 * HOUR_MS)
  near(client.aheadMs(), 15, 0.5)
  assert.ok(client.clock.rootDispersionMs(client.clock.timeMs(sim.plane.wallMs())) < 60)
  assert.ok(client.clock.system.rootDelayMs / 2 >= 15, 'the distance covers the error')
})

test('of four servers one lies: it is marked, and has no weight', async () => {
  const sim = new Sim()
  for (const ip of [A, B, C]) await sim.server(ip)
  await sim.server(D, { offset: '400ms' })
  const path = { thereMs: 8, backMs: 8, jitterMs: 1 }
  const client = await sim.client({ servers: [A, B, C, D], paths: { [A]: path, [B]: path, [C]: path, [D]: path } })
  sim.run(HOUR_MS)
  const told = client.gate.events.filter(({ kind }) => kind === 'ntp.falseticker')
  assert.deepEqual(
    told.map(({ detail }) => detail?.['source']),
    [D],
  )
  assert.deepEqual(
    [...client.follower.falsetickers].map(({ options }) => options.name),
    [D],
  )
  near(client.aheadMs(), 0, 1)
})

test('where the liars are the majority, they win: time is what most agree on', async () => {
  const sim = new Sim()
  await sim.server(A)
  for (const ip of [B, C, D]) await sim.server(ip, { offset: '300ms' })
  const client = await sim.client({ servers: [A, B, C, D] })
  sim.run(HOUR_MS)
  near(client.aheadMs(), 300, 1)
  assert.deepEqual(
    [...client.follower.falsetickers].map(({ options }) => options.name),
    [A],
  )
})

test('two that disagree make no majority, and nothing is followed', async () => {
  const sim = new Sim()
  await sim.server(A, { offset: '5s' })
  await sim.server(B, { offset: '-5s' })
  const path = { thereMs: 30, backMs: 30 }
  const client = await sim.client({ servers: [A, B], paths: { [A]: path, [B]: path } })
  sim.run(HOUR_MS)
  assert.ok(client.kindsOf().includes('ntp.no-majority'))
  assert.equal(client.clock.system.stratum, 16)
})

test('a source that falls silent is told of, another takes its place, and it may come back', async () => {
  const sim = new Sim()
  await sim.server(A)
  await sim.server(B)
  const client = await sim.client({ servers: [A, B], maxPoll: 6, paths: { [B]: { thereMs: 20, backMs: 20 } } })
  sim.run(10 * MINUTE_MS)
  assert.equal(client.follower.peer?.options.name, A)
  client.paths[A] = { thereMs: Infinity }
  sim.run(15 * MINUTE_MS)
  assert.equal(client.follower.peer?.options.name, B)
  assert.deepEqual(client.kindsOf(), ['ntp.synchronised', 'ntp.unreachable'])
  client.paths[A] = {}
  sim.run(20 * MINUTE_MS)
  assert.deepEqual(client.kindsOf(), ['ntp.synchronised', 'ntp.unreachable', 'ntp.reachable'])
})

test('a server that steps is not believed for fifteen minutes, and then is', async () => {
  const sim = new Sim()
  const first = await sim.server(A)
  const client = await sim.client({ servers: [A], maxPoll: 6 })
  sim.run(HOUR_MS)
  for (const bound of first.bound) await bound.close()
  await sim.server(A, { offset: '1s' })
  sim.run(10 * MINUTE_MS)
  near(client.aheadMs(), 0, 1)
  assert.equal(client.follower.discipline.state, 'SPIK')
  sim.run(10 * MINUTE_MS)
  near(client.aheadMs(), 1000, 1)
  assert.ok(client.kindsOf().includes('ntp.step'))
})

test('RATE halves the rate each time, DENY ends the association', async () => {
  const sim = new Sim()
  await sim.server(A, { deny: ['198.51.100.9'] })
  await sim.server(B, { 'rate-limit': { interval: '60s', burst: 3 } })
  const client = await sim.client({ servers: [A, B] })
  sim.run(HOUR_MS)
  const kisses = client.gate.events.filter(({ kind }) => kind === 'ntp.kissed').map(({ detail }) => detail?.['code'])
  assert.equal(kisses[0], 'DENY')
  assert.ok(kisses.slice(1).includes('RATE'))
  assert.deepEqual(
    client.follower.associations.map(({ options }) => options.name),
    [B],
  )
  assert.ok((client.follower.associations[0]?.poll ?? 0) > 6)
})

test('names are asked for until they are there, and all of their addresses are followed', async () => {
  const sim = new Sim()
  for (const ip of [A, B]) await sim.server(ip)
  const names: Record<string, readonly string[]> = {}
  const client = await sim.client({ servers: ['pool.test'], names })
  sim.run(5000)
  assert.deepEqual(client.kindsOf(), ['ntp.lookup-failed'])
  names['pool.test'] = [A, B]
  sim.run(60_000)
  await sim.plane.settled()
  sim.run(30_000)
  assert.deepEqual(
    client.follower.associations.map(({ options }) => options.server.ip),
    [A, B],
  )
  assert.equal(client.clock.system.stratum, 2)
})

test('a shared key proves the answers; another key, and none at all, prove nothing', async () => {
  const sim = new Sim()
  const secret = Uint8Array.from({ length: 16 }, (_, at) => at)
  const key = { id: 7, type: 'AES128' as const, secret }
  await sim.server(A, { keys: [{ id: 7, type: 'AES128', secret: `hex:${Buffer.from(secret).toString('hex')}` }] })
  const good = await sim.client({ servers: [{ host: A, key: 7 }], keys: [key] })
  const wrong = { ...key, secret: new Uint8Array(16) }
  const bad = await sim.client({ servers: [{ host: A, key: 7 }], keys: [wrong], ip: '198.51.100.8' })
  sim.run(30_000)
  assert.equal(good.clock.system.stratum, 2)
  assert.equal(bad.clock.system.stratum, 16)
  assert.ok(bad.gate.kinds.includes('ntp.dropped'))
})

test('interleaved answers are used, and hold the same offset', async () => {
  const sim = new Sim()
  await sim.server(A)
  const paths = { [A]: { thereMs: 10, backMs: 10 } }
  const client = await sim.client({ servers: [{ host: A, interleaved: true }], offsetMs: 20, paths })
  sim.run(2 * HOUR_MS)
  near(client.aheadMs(), 0, 0.5)
  near(client.clock.system.rootDelayMs, 20, 0.1)
})

test('stratum 3 follows stratum 2 follows stratum 1, and two that follow each other are told of', async () => {
  const sim = new Sim()
  await sim.server(A)
  await sim.server(B, { servers: [A], offset: '20ms' })
  await sim.server(C, { servers: [B], offset: '-20ms' })
  sim.run(3 * MINUTE_MS)
  const peer = sim.plane.datagramPeer()
  peer.send(question(), { ip: C, port: 123 })
  const answer = decodeHeader(peer.take() ?? new Uint8Array())
  assert.equal(answer?.stratum, 3)
  assert.equal(answer.referenceId, referenceIdOf(B))
  const client = await sim.client({ servers: [B], ip: A })
  sim.run(MINUTE_MS)
  assert.deepEqual(client.kindsOf(), ['ntp.loop'])
})

test('a packet that answers nothing is dropped, whatever it says', async () => {
  const sim = new Sim()
  await sim.server(A)
  const client = await sim.client({ servers: [A], paths: { [A]: { backMs: 100 } } })
  sim.run(9000)
  const port = client.gate.flows.at(-1)?.from.port ?? 0
  const forged = sim.plane.datagramPeer({ ip: A, port: 9 })
  assert.ok(port > 0)
  forged.send(forgedAnswer(), { ip: '198.51.100.9', port })
  sim.run(60_000)
  assert.ok(!client.gate.kinds.includes('ntp.kissed'))
  assert.equal(client.follower.associations.length, 1)
})

for (const seed of [1, 7, 9, 10]) {
  test(`a leap second is handed on, passes with the world, and is not announced after it, seed ${seed}`, async () => {
    const atMs = Date.UTC(2026, 0, 2)
    const leap = { kind: 'insert', atMs, smearMs: undefined } as const
    const sim = new Sim(new SimPlane({ seed, wallClock: (machineMs) => new WorldClock(machineMs, { leap }) }))
    const servers = [A, B, C]
    for (const ip of servers) await sim.server(ip, {}, { ...lonelyWorld([ip], 'ntp'), clock: sim.plane.clock })
    const path = { thereMs: 10, backMs: 10 }
    const client = await sim.client({ servers, paths: { [A]: path, [B]: path, [C]: path } })
    sim.run(24 * HOUR_MS - MINUTE_MS)
    assert.equal(client.clock.system.leap, LEAPS.insert)
    for (let seconds = 0; seconds < 3000; seconds++) {
      sim.run(1000)
      near(client.aheadMs(), 0, 1)
      if (sim.plane.wallMs() >= atMs + 2000) assert.equal(client.clock.system.leap, LEAPS.none)
    }
    assert.deepEqual(client.kindsOf(), ['ntp.synchronised'])
  })
}

test('a world that is set, and one that runs faster, takes all its clocks along', async () => {
  const clocks: WorldClock[] = []
  const wallClock = (machineMs: () => number) => {
    const clock = new WorldClock(machineMs)
    clocks.push(clock)
    return clock
  }
  const sim = new Sim(new SimPlane({ wallClock }))
  const world = { ...lonelyWorld([A], 'ntp'), clock: sim.plane.clock }
  await sim.server(A, {}, world)
  await sim.server(B, { servers: [A], drift: '50ppm' }, { ...world, host: { ...world.host, addresses: [B] } })
  sim.run(6 * HOUR_MS)
  near(await sim.offsetOf(B), 0, 5)
  const [clock] = clocks
  assert.ok(clock !== undefined)
  assert.equal(clock.step(3 * HOUR_MS), undefined)
  near(await sim.offsetOf(B), 0, 5)
  sim.run(HOUR_MS)
  near(await sim.offsetOf(B), 0, 5)
  assert.equal(clock.run(60), undefined)
  sim.run(5 * MINUTE_MS)
  near(await sim.offsetOf(B), 0, 5)
})

test('a world in which a day passes in a second makes no flood', async () => {
  const sim = new Sim(new SimPlane({ wallClock: (machineMs) => new WorldClock(machineMs, { rate: 86_400 }) }))
  await sim.server(A, {}, { ...lonelyWorld([A], 'ntp'), clock: sim.plane.clock })
  const client = await sim.client({ servers: [A] })
  let requests = 0
  const counting: Layer = {
    name: 'counting',
    place: 'wire',
    datagram: () => ({
      packet(direction, packet, pass) {
        if (direction === 'outbound') requests += 1
        pass(packet)
      },
    }),
  }
  client.gate.layers = [counting]
  sim.run(1000)
  assert.ok(requests > 10 && requests <= 50, String(requests))
})

test('NTS: keys are agreed on, cookies are used, and keys that are forgotten are agreed on again', async () => {
  const sim = new Sim()
  const server = await sim.server(A, {}, nowhere(A, 1))
  const config = { servers: [{ host: A, nts: true }] }
  const client = await sim.server(B, config, nowhere(B, 1))
  sim.run(30_000)
  await sim.plane.settled()
  sim.run(30_000)
  assert.equal(await sim.stratumOf(B), 2)
  assert.ok(!client.gate.kinds.includes('ntp.no-keys'))
  for (const bound of server.bound) await bound.close()
  await sim.server(A, {}, nowhere(A, 2))
  for (let times = 0; times < 30; times++) {
    sim.run(20_000)
    await sim.plane.settled()
  }
  assert.ok(!client.gate.kinds.includes('ntp.unreachable'), client.gate.kinds.join(' '))
  assert.equal(client.gate.kinds.filter((kind) => kind === 'ntp.system-peer').length, 2, 'a new association')
})

/** A world of its own secret, so that cookies of another cannot be opened. */
function nowhere(ip: string, seed: number): WorldView {
  return { ...lonelyWorld([ip], 'ntp'), secret: new Uint8Array(32).fill(seed) }
}

test('answers with bits flipped on the way break nothing', async () => {
  const sim = new Sim(new SimPlane({ seed: 5 }))
  const keys = [{ id: 1, type: 'AES128' as const, secret: new Uint8Array(16) }]
  await sim.server(A, { keys: [{ id: 1, type: 'AES128', secret: `hex:${'00'.repeat(16)}` }] })
  const plain = await sim.client({ servers: [A], maxPoll: 6 })
  const keyed = await sim.client({ servers: [{ host: A, key: 1 }], keys, maxPoll: 6, ip: '198.51.100.8' })
  for (const { gate } of [plain, keyed]) gate.layers = [flippingLayer]
  sim.run(48 * HOUR_MS)
  assert.ok(!plain.gate.kinds.includes('driver.broken'))
  assert.ok(!keyed.gate.kinds.includes('driver.broken'))
  assert.ok(keyed.gate.kinds.filter((kind) => kind === 'ntp.dropped').length > 100)
  near(keyed.aheadMs(), 0, 0.01)
})

/** Flips a bit in half of all answers, and cuts some. */
const flippingLayer: Layer = {
  name: 'flips',
  place: 'wire',
  datagram: (link) => ({
    packet(direction, packet, pass) {
      const chance = link.random()
      const at = Math.floor(link.random() * packet.length)
      if (direction === 'outbound' || chance < 0.5) return pass(packet)
      if (chance > 0.9) return pass(packet.subarray(0, at))
      packet[at] = (packet[at] ?? 0) ^ (1 << Math.floor(link.random() * 8))
      pass(packet)
    },
  }),
}

function question(): Uint8Array {
  return encodeHeader({ ...blank, mode: MODES.client, transmit: 42n })
}

function forgedAnswer(): Uint8Array {
  return encodeHeader({ ...blank, mode: MODES.server, referenceId: 0x44454e59, origin: timestampOf(0) })
}

const blank = {
  leap: LEAPS.none,
  version: 4,
  stratum: 0,
  poll: 0,
  precision: 0,
  rootDelayMs: 0,
  rootDispersionMs: 0,
  referenceId: 0,
  reference: 0n,
  origin: 0n,
  receive: 0n,
  transmit: 0n,
}
