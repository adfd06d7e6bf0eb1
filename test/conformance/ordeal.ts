// What every service goes through in memory, whatever it speaks: bytes one by one, garbage in every
// state, silence until nothing is due, a stop in every state, crowds, and peers that read nothing.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { isConfigError } from '../../src/core/failure.ts'
import { BACKLOG_HIGH_BYTES, INBOX_MAX_BYTES } from '../../src/core/limits.ts'
import type { Service } from '../../src/core/service.ts'
import type { Served, SimPeer } from '../../src/sim/index.ts'
import { OpenGate, SeededRandom, serve, SimPlane } from '../../src/sim/index.ts'
import { ADDRESS, type Dialogue, type Question, type Samples } from './dialogues.ts'

/** A day: whatever a service waits for, it does not wait longer. */
const PATIENCE_MS = 86_400_000
/** The issue's own figure. */
const CROWD = 10_000
/** Both ends of a simulated stream, its runner, its machine and their timers. */
const STREAM_MAX_BYTES = 16_384
/** What one request may bring forth at most in the samples, beyond what the driver lets lie. */
const ANSWER_MAX_BYTES = 1_048_576

interface State {
  readonly name: string
  readonly dialogue: Dialogue
  /** How many of its steps lead there. */
  readonly after: number
}

/** Registers the ordeal of `service` with node:test. */
export function conformance<Config>(service: Service<Config>, samples: Samples): void {
  describe(`${service.name} conforms`, () => {
    const start = (chunkMaxBytes = Infinity) => begin(service, samples, chunkMaxBytes)
    const dialogues = samples.dialogues ?? []
    for (const dialogue of dialogues) wordForWord(start, dialogue)
    for (const state of dialogues.flatMap(statesOf)) {
      garbageAt(start, state)
      silenceAt(start, state)
      stopAt(start, state)
      breakAt(start, state)
    }
    for (const dialogue of dialogues) deaf(start, dialogue)
    for (const question of samples.questions ?? []) {
      cutAndBent(start, question)
    }
    crowd(start)
    opensWhatItSays(service, samples, start)
  })
}

type Start = (chunkMaxBytes?: number) => Promise<Served>

async function begin<Config>(service: Service<Config>, samples: Samples, chunkMaxBytes: number): Promise<Served> {
  const { config, world } = samples
  return serve(service, {
    plane: new SimPlane({ chunkMaxBytes, streamsPerListener: CROWD }),
    gate: new OpenGate(),
    addresses: [ADDRESS],
    ...(config === undefined ? {} : { config }),
    ...(world === undefined ? {} : { world }),
  })
}

function statesOf(dialogue: Dialogue): State[] {
  return Array.from({ length: dialogue.steps.length + 1 }, (_, after) => ({
    name: `${dialogue.name}, after ${after} steps`,
    dialogue,
    after,
  }))
}

function meet(served: Served, { port, tls }: Dialogue): SimPeer {
  return served.peer(port, tls === undefined ? {} : { tls })
}

async function talk(served: Served, { dialogue, after }: State): Promise<SimPeer> {
  const peer = meet(served, dialogue)
  await served.plane.settled()
  for (const { send, answer } of dialogue.steps.slice(0, after)) {
    peer.send(send)
    await served.plane.settled()
    assert.match(peer.take(), answer)
  }
  return peer
}

const whole = (dialogue: Dialogue): State => ({ name: dialogue.name, dialogue, after: dialogue.steps.length })

function unbroken({ gate }: Served): void {
  assert.deepEqual(
    gate.events.filter((event) => event.kind === 'driver.broken').map((event) => event.summary),
    [],
  )
}

/** Each flow that was opened was closed once. */
function accounted({ gate }: Served): void {
  const ended = gate.ended.map(({ flow }) => flow.id).toSorted((a, b) => a - b)
  assert.deepEqual(
    ended,
    gate.flows.map((flow) => flow.id),
  )
}

function wordForWord(start: Start, dialogue: Dialogue): void {
  test(`${dialogue.name}: the same whole and byte by byte`, async () => {
    for (const chunkMaxBytes of [Infinity, 1, 7]) {
      const served = await start(chunkMaxBytes)
      await talk(served, whole(dialogue))
      unbroken(served)
      await served.stop()
    }
  })
}

function garbageAt(start: Start, state: State): void {
  test(`garbage: ${state.name}`, async () => {
    for (const bytes of garbage()) {
      const served = await start()
      const peer = await talk(served, state)
      peer.send(bytes)
      await served.plane.settled()
      peer.end()
      await served.plane.settled()
      unbroken(served)
      await talk(served, whole(state.dialogue))
      await served.stop()
      accounted(served)
    }
  })
}

/** Nothing, noise, and lines that never end: more than any driver lets lie. */
function garbage(): Uint8Array[] {
  const chance = new SeededRandom(7)
  const sizes = [1, 3, 64, 1500, 70_000]
  return [
    ...sizes.map((size) => chance.bytes(size)),
    ...[0, 10, 13, 32, 65, 255].map((byte) => new Uint8Array(5000).fill(byte)),
    new Uint8Array(INBOX_MAX_BYTES * 2).fill(65),
  ]
}

function silenceAt(start: Start, state: State): void {
  test(`silence: ${state.name}`, async () => {
    const served = await start()
    const peer = await talk(served, state)
    await waitOut(served)
    assert.ok(peer.hasEnded || peer.closeReason !== undefined, 'a silent peer was never sent away')
    assert.equal(served.gate.ended.length, served.gate.flows.length)
    unbroken(served)
    await talk(served, whole(state.dialogue))
    await served.stop()
    accounted(served)
  })
}

/** A library that owns its stream takes turns of the event loop between one deadline and the next. */
async function waitOut({ plane, gate }: Served): Promise<void> {
  for (let round = 0; round < 100; round++) {
    plane.exhaust(PATIENCE_MS)
    await plane.settled()
    if (gate.ended.length === gate.flows.length) return
  }
}

function stopAt(start: Start, state: State): void {
  test(`stop: ${state.name}`, async () => {
    const served = await start()
    const peer = await talk(served, state)
    await served.stop()
    await served.plane.settled()
    assert.ok(peer.closeReason !== undefined || peer.hasEnded)
    assert.equal(served.plane.timers.size, 0, 'timers are left')
    unbroken(served)
    accounted(served)
  })
}

function breakAt(start: Start, state: State): void {
  test(`the peer breaks off: ${state.name}`, async () => {
    const served = await start()
    const peer = await talk(served, state)
    const next = state.dialogue.steps[state.after]
    if (next !== undefined) peer.send(next.send)
    peer.reset()
    await served.plane.settled()
    served.plane.exhaust(PATIENCE_MS)
    unbroken(served)
    accounted(served)
    await served.stop()
  })
}

function deaf(start: Start, dialogue: Dialogue): void {
  test(`${dialogue.name}: a peer that reads nothing`, async () => {
    const served = await start()
    const peer = await talk(served, { ...whole(dialogue), after: 0 })
    peer.pause()
    const first = dialogue.steps[0]?.send ?? ''
    for (let round = 0; round < 2000; round++) peer.send(first)
    await served.plane.settled()
    assert.ok(peer.untaken <= BACKLOG_HIGH_BYTES + ANSWER_MAX_BYTES, `${peer.untaken} bytes lie unsent`)
    await talk(served, whole(dialogue))
    served.plane.exhaust(PATIENCE_MS)
    unbroken(served)
    await served.stop()
    accounted(served)
  })
}

function cutAndBent(start: Start, { port, packet, answer }: Question): void {
  test(`datagrams to ${port}: cut, bent and random`, async () => {
    const served = await start()
    const { peer, to } = served.datagramPeer(port)
    for (let length = 0; length < packet.length; length++) peer.send(packet.slice(0, length), to)
    for (let bit = 0; bit < packet.length * 8; bit++) {
      const bent = Uint8Array.from(packet)
      bent[bit >> 3] = bent[bit >> 3]! ^ (1 << (bit & 7))
      peer.send(bent, to)
    }
    for (const bytes of garbage()) peer.send(bytes.subarray(0, 65_000), to)
    await served.plane.settled()
    peer.received.length = 0
    peer.send(packet, to)
    await served.plane.settled()
    assert.match(Buffer.from(peer.take() ?? []).toString('latin1'), answer)
    unbroken(served)
    await served.stop()
    accounted(served)
  })
}

function crowd(start: Start): void {
  test(`${CROWD} idle peers in bounded memory`, async () => {
    const served = await start()
    const listen = served.running.listens.find((each) => each.transport === 'tcp' && each.tls === undefined)
    if (listen === undefined) return served.stop()
    const before = usedBytes()
    const peers = Array.from({ length: CROWD - 1 }, () => served.peer(listen.port))
    const each = (usedBytes() - before) / peers.length
    assert.ok(each <= STREAM_MAX_BYTES, `${Math.round(each)} bytes for an idle stream`)
    const one = served.peer(listen.port)
    assert.equal(one.closeReason, undefined)
    await served.stop()
    accounted(served)
  })
}

let collect: (() => void) | undefined

function usedBytes(): number {
  if (collect === undefined) {
    setFlagsFromString('--expose_gc')
    const exposed: unknown = runInNewContext('gc')
    if (typeof exposed === 'function') collect = () => void exposed()
  }
  collect?.()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

function opensWhatItSays<Config>(service: Service<Config>, { config }: Samples, start: Start): void {
  test('opens the ports that it says', async () => {
    const parsed = service.config.parse(config)
    assert.ok(!isConfigError(parsed))
    const served = await start()
    const opened = served.running.listens.map((listen) => ({
      transport: listen.transport,
      port: listen.port,
      ...(listen.transport === 'tcp' && listen.tls ? { tls: listen.tls } : {}),
      ...(listen.transport === 'tcp' && listen.alpn ? { alpn: listen.alpn } : {}),
    }))
    assert.deepEqual(service.ports(parsed), opened)
    await served.stop()
  })
}
