// Streams that are opened from here, further ports, and services as a whole, on both planes.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { isFailure, type Failure } from '../../src/core/failure.ts'
import type { Flow } from '../../src/core/flow.ts'
import type { CloseReason, FurtherPort, StreamIo } from '../../src/core/io.ts'
import { CONNECT_MAX_MS } from '../../src/core/limits.ts'
import { hostHarness, simHarness, type Harness, type MakeHarness } from './harness.ts'

async function within(make: MakeHarness, run: (harness: Harness) => Promise<void>): Promise<void> {
  const harness = make()
  try {
    await run(harness)
  } finally {
    await harness.stop()
  }
}

for (const make of [simHarness, hostHarness]) {
  describe(`outbound on ${make.name}`, () => {
    test('a stream opens, speaks and is known as a flow from its own address', () =>
      within(make, async (on) => {
        const { local } = await on.listen((io) => ({
          opened: () => io.send(Buffer.from('greeting')),
          received: () => false,
        }))
        let heard = ''
        on.service().connect(local, (io) => ({
          received(inbox) {
            heard += Buffer.from(inbox.peek()).toString()
            inbox.clear()
            io.end()
            return true
          },
        }))
        await on.until(() => on.gate.ended.length === 2)
        assert.equal(heard, 'greeting')
        const [out, into] = on.gate.flows
        assert.deepEqual(out?.to, local)
        assert.deepEqual(out?.from, into?.from)
        assert.notEqual(out?.from.port, 0)
        assert.deepEqual([out?.dialed, into?.dialed], [true, undefined])
      }))

    test('layers see a stream once it stands, with both its ends', () =>
      within(make, async (on) => {
        const seen: Flow[] = []
        on.gate.layers = [{ name: 'look', place: 'wire', stream: ({ flow }) => void seen.push(structuredClone(flow)) }]
        const { local, close } = await on.listen(() => ({ opened() {}, received: () => false }))
        let opened = false
        on.service().connect(local, () => ({ opened: () => (opened = true), received: () => false }))
        await on.until(() => opened && seen.length === 2)
        assert.deepEqual(seen.find((flow) => flow.dialed)?.from, seen.find((flow) => !flow.dialed)?.from)
        await close()
        let closed = false
        on.service().connect(local, () => ({ received: () => false, closed: () => void (closed = true) }))
        await on.until(() => closed)
        assert.equal(seen.length, 2)
      }))

    test('a connect that nobody answers ends with its plane, once', () =>
      within(make, async (on) => {
        const { local } = await on.listen(() => ({ received: () => false }))
        on.gate.verdict = (flow) => (flow.dialed ? 'drop' : 'allow')
        on.service().connect(local, () => ({ received: () => false }))
        await on.until(() => on.gate.flows.length === 1)
        await on.plane.stop()
        assert.deepEqual(
          on.gate.ended.map(({ reason }) => reason),
          ['stopped'],
        )
      }))

    test('a refused connect is told to the machine, which never opens', () =>
      within(make, async (on) => {
        const { local, close } = await on.listen(() => ({ received: () => false }))
        await close()
        const reasons: CloseReason[] = []
        const opened = assert.fail
        on.service().connect(local, () => ({
          opened,
          received: () => false,
          closed: (reason) => void reasons.push(reason),
        }))
        await on.until(() => reasons.length === 1)
        assert.deepEqual(reasons, [{ kind: 'failed', detail: 'ECONNREFUSED' }])
      }))

    test('the gate stands in the way out too', () =>
      within(make, async (on) => {
        const { local } = await on.listen(() => ({ received: () => false }))
        const reasons: CloseReason[] = []
        const dial = () => ({ received: () => false, closed: (reason: CloseReason) => void reasons.push(reason) })
        const io = on.service()
        on.gate.verdict = () => 'reject'
        io.connect(local, dial)
        await on.until(() => reasons.length === 1)
        on.gate.verdict = () => 'drop'
        io.connect(local, dial)
        await on.until(() => on.gate.flows.length === 2)
        on.advance(CONNECT_MAX_MS)
        await on.until(() => reasons.length === 2)
        assert.deepEqual(
          reasons.map((reason) => reason.detail),
          ['ECONNREFUSED', 'ETIMEDOUT'],
        )
      }))

    test("a stream's further port lives as long as the stream", () =>
      within(make, async (on) => {
        let further: FurtherPort | Failure | undefined
        const { local } = await on.listen((io: StreamIo) => ({
          opened: () =>
            io.listen(
              { transport: 'tcp', port: 0, accept: (data) => ({ opened: () => data.end(), received: () => false }) },
              (result) => (further = result),
            ),
          received: () => false,
        }))
        const peer = on.peer(local)
        await on.until(() => further !== undefined)
        assert.ok(further !== undefined && !isFailure(further))
        await on.peer(further.local).hearsEnd()
        peer.end()
        await on.until(() => on.gate.ended.length > 0)
        assert.equal(await on.peer(further.local).isClosed(), 'reset')
      }))

    test('a port that is taken is a failure, not a throw', () =>
      within(make, async (on) => {
        const { local } = await on.listen(() => ({ received: () => false }))
        const listen = { transport: 'tcp', port: local.port, accept: () => ({ received: () => false }) } as const
        const again = await on.plane.listenStream(listen, { at: local, service: 'toy' }, on.gate)
        assert.equal(isFailure(again) && again.code, 'EADDRINUSE')
      }))

    test('a service has timers and answers, and its throws do not spread', () =>
      within(make, async (on) => {
        const woke: string[] = []
        const io = on.service((timer) => {
          woke.push(timer)
          if (timer === 'first') throw new Error('in the service')
        })
        io.wakeAt('first', io.now + 1000)
        io.wakeAt('second', io.now + 2000)
        io.ask(Promise.resolve('asked'), (word) => woke.push(word))
        await on.until(() => woke.length === 1)
        on.advance(5000)
        assert.deepEqual(woke, ['asked', 'first', 'second'])
        assert.deepEqual(on.gate.kinds, ['driver.broken'])
      }))

    test('chance comes in the size asked for', () =>
      within(make, async (on) => {
        const io = on.service()
        for (const size of [0, 1, 16, 4096, 10_000]) assert.equal(io.random(size).length, size)
        assert.notDeepEqual(io.random(16), io.random(16))
      }))
  })
}
