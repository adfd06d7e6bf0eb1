// Ports and streams that a conversation has agreed on, on both planes.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { describe, test } from 'node:test'
import type { Address } from '../../src/core/address.ts'
import { failure, isFailure, type Failure } from '../../src/core/failure.ts'
import type { FurtherPort, StreamIo, StreamMachine } from '../../src/core/io.ts'
import { HostPlane } from '../../src/host/plane.ts'
import { OpenGate } from '../../src/sim/index.ts'
import { hostHarness, simHarness, type Harness } from './harness.ts'
import { lines, say, within } from './toys.ts'

const OTHER = '127.0.0.9'
/** Below the ports that systems choose themselves. */
const FROM_PORT = 28_020
const BECAUSE = 'EPSV in a conversation with toy'

interface Control {
  readonly local: Address
  readonly io: StreamIo
  /** Streams at the further port, as they come. */
  readonly data: StreamIo[]
  readonly further: FurtherPort
}

const echo = (io: StreamIo): StreamMachine => lines((line) => say(io, `${line}!\r\n`))

/** A conversation with `peer`, and a port that it has agreed on. */
async function conversation(on: Harness, peer: Parameters<Harness['peer']>[1] = '127.0.0.1'): Promise<Control> {
  const data: StreamIo[] = []
  let io: StreamIo | undefined
  let further: FurtherPort | Failure | undefined
  const accept = (stream: StreamIo) => (data.push(stream), echo(stream))
  const { local } = await on.listen((control) => ({
    opened: () => {
      io = control
      const agreed = { peer: control.peer.ip, because: BECAUSE }
      control.listen({ transport: 'tcp', port: 0, agreed, accept }, (result) => (further = result))
    },
    received: () => false,
  }))
  on.peer(local, peer)
  await on.until(() => further !== undefined)
  assert.ok(io && further && !isFailure(further))
  return { local, io, data, further }
}

for (const make of [simHarness, hostHarness]) {
  describe(`agreed streams on ${make.name}`, () => {
    test('a further port is on the address that the peer asked for, and lets in the peer alone', () =>
      within(make, async (on) => {
        const { further, local, data } = await conversation(on)
        assert.equal(further.local.ip, local.ip)
        const [agreement] = on.gate.agreements
        assert.deepEqual(agreement?.from, { ip: '127.0.0.1' })
        assert.deepEqual(agreement?.to, further.local)
        assert.equal(agreement?.flow?.id, 1)
        assert.equal(await on.peer(further.local, OTHER).isClosed(), 'reset')
        const mine = on.peer(further.local, '127.0.0.1')
        mine.send('hello\r\n')
        await mine.hears('hello!')
        assert.equal(data.length, 1)
      }))

    test('the peer is let in whatever the rules say', () =>
      within(make, async (on) => {
        const { further } = await conversation(on)
        on.gate.verdict = () => 'reject'
        const mine = on.peer(further.local, '127.0.0.1')
        mine.send('hello\r\n')
        await mine.hears('hello!')
      }))

    test('a port that was closed takes nobody, and its streams go on until their owner ends', () =>
      within(make, async (on) => {
        const { further, io } = await conversation(on)
        const mine = on.peer(further.local, '127.0.0.1')
        mine.send('one\r\n')
        await mine.hears('one!')
        further.close()
        further.close()
        assert.deepEqual(on.gate.agreements, [])
        assert.equal(await on.peer(further.local, '127.0.0.1').isClosed(), 'reset')
        mine.send('two\r\n')
        await mine.hears('two!')
        io.end()
        io.reset('over')
        assert.equal(await mine.isClosed(), 'reset')
      }))

    test('an owner that ends takes its agreement along', () =>
      within(make, async (on) => {
        const { io } = await conversation(on)
        assert.equal(on.gate.agreements.length, 1)
        io.reset('over')
        await on.until(() => on.gate.agreements.length === 0)
      }))

    test('many ports after one another leave nothing behind', () =>
      within(make, async (on) => {
        const { io, data, local } = await conversation(on)
        const agreed = { peer: '127.0.0.1', because: BECAUSE }
        const ports: FurtherPort[] = []
        for (let count = 1; count <= 20; count++) {
          io.listen(
            { transport: 'tcp', port: 0, agreed, accept: (stream) => (data.push(stream), echo(stream)) },
            (port) => {
              if (!isFailure(port)) ports.push(port)
            },
          )
          await on.until(() => ports.length === count)
          const peer = on.peer(ports[count - 1]?.local ?? local, '127.0.0.1')
          peer.send('x\r\n')
          await peer.hears('x!')
          ports[count - 1]?.close()
          data[count - 1]?.end()
          peer.end()
        }
        await on.until(() => on.gate.ended.length === 20)
        assert.equal(on.gate.agreements.length, 1)
      }))

    test('a port that was shut says when its last stream is gone', () =>
      within(make, async (on) => {
        let gone = 0
        const streams: StreamIo[] = []
        const bound = await on.plane.listenStream(
          { transport: 'tcp', port: 0, accept: (io) => (streams.push(io), echo(io)) },
          { at: { ip: '127.0.0.1', port: 0 }, service: 'toy', gone: () => gone++ },
          on.gate,
        )
        assert.ok(!isFailure(bound))
        on.peer(bound.local)
        await on.until(() => streams.length === 1)
        bound.shut()
        assert.equal(gone, 0)
        streams[0]?.reset('over')
        await on.until(() => gone === 1)
      }))

    test('a gatekeeper that takes no more agreements is told as a failure', () =>
      within(make, async (on) => {
        const { io } = await conversation(on)
        on.gate.agree = async () => failure('EBUSY', 'too many')
        let outcome: FurtherPort | Failure | undefined
        const agreed = { peer: '127.0.0.1', because: BECAUSE }
        io.listen({ transport: 'tcp', port: 0, agreed, accept: echo }, (result) => (outcome = result))
        await on.until(() => outcome !== undefined)
        assert.equal(isFailure(outcome) && outcome.code, 'EBUSY')
      }))

    test('a stream out that was agreed on passes, from the port that was asked for, until it closes', () =>
      within(make, async (on) => {
        const fromPort = FROM_PORT
        const arrived: Address[] = []
        const { local } = await on.listen((io) => (arrived.push(io.peer), echo(io)))
        on.gate.verdict = (flow) => (flow.dialed ? 'reject' : 'allow')
        let dialed: StreamIo | undefined
        on.service().connect(local, (io) => ({ opened: () => (dialed = io), received: () => false }), {
          fromPort,
          agreed: 'PORT in a conversation with toy',
        })
        await on.until(() => dialed !== undefined && arrived.length === 1)
        assert.equal(arrived[0]?.port, fromPort)
        const [agreement] = on.gate.agreements
        assert.deepEqual([agreement?.direction, agreement?.to], ['out', local])
        dialed?.reset('over')
        await on.until(() => on.gate.agreements.length === 0)
      }))

    test('several streams at a time come from one port', () =>
      within(make, async (on) => {
        const arrived: Address[] = []
        for (let count = 1; count <= 3; count++) {
          const { local } = await on.listen((io) => (arrived.push(io.peer), echo(io)))
          on.service().connect(local, echo, { fromPort: FROM_PORT })
          await on.until(() => arrived.length === count)
        }
        assert.deepEqual(
          arrived.map(({ port }) => port),
          [FROM_PORT, FROM_PORT, FROM_PORT],
        )
      }))

    test('where its port cannot be had, a stream comes from another', () =>
      within(make, async (on) => {
        const arrived: Address[] = []
        const { local } = await on.listen((io) => (arrived.push(io.peer), echo(io)))
        const io = on.service()
        for (let count = 1; count <= 2; count++) {
          io.connect(local, echo, { fromPort: local.port })
          await on.until(() => arrived.length === count)
        }
        if (on.name === 'host') assert.ok(arrived.every(({ port }) => port !== local.port && port !== 0))
      }))
  })
}

test('on a plane of its own listeners alone, nothing else of the machine is reached unless it was agreed on', async () => {
  const plane = new HostPlane({ ownListenersOnly: true })
  const gate = new OpenGate()
  const stranger = createServer((socket) => socket.on('error', () => undefined).end()).listen(0, '127.0.0.1')
  await once(stranger, 'listening')
  const bound = stranger.address()
  assert.ok(bound !== null && typeof bound === 'object')
  const mine = await plane.listenStream(
    { transport: 'tcp', port: 0, accept: echo },
    { at: { ip: '127.0.0.1', port: 0 }, service: 'toy' },
    gate,
  )
  assert.ok(!isFailure(mine))
  const io = plane.serviceIo('toy', ['127.0.0.1'], gate, () => {})
  const outcome = (to: Address, options = {}) =>
    new Promise<string>((resolve) =>
      io.connect(
        to,
        () => ({
          opened: () => resolve('opened'),
          received: () => false,
          closed: ({ detail }) => resolve(detail ?? ''),
        }),
        options,
      ),
    )
  const there = { ip: '127.0.0.1', port: bound.port }
  assert.equal(await outcome(mine.local), 'opened')
  assert.equal(await outcome(there), 'ECONNREFUSED')
  assert.equal(await outcome(there, { agreed: 'PORT in a conversation with toy' }), 'opened')
  await plane.stop()
  stranger.close()
})
