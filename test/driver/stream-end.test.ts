// How streams end, are adopted, refused and stopped, whatever carries the bytes.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { CloseReason, StreamIo } from '../../src/core/io.ts'
import { LINGER_MAX_MS } from '../../src/core/limits.ts'
import { hostHarness, simHarness } from './harness.ts'
import { lines, say, within } from './toys.ts'

for (const make of [simHarness, hostHarness]) {
  describe(`the end of streams on ${make.name}`, () => {
    test('end sends what is queued and ignores the rest', () =>
      within(make, async (on) => {
        let heard = 0
        const reasons: CloseReason[] = []
        const { local } = await on.listen((io) =>
          lines(
            () => {
              heard++
              say(io, 'bye')
              io.end()
              say(io, 'late')
            },
            { closed: (reason) => void reasons.push(reason) },
          ),
        )
        const peer = on.peer(local)
        peer.send('quit\r\nmore\r\n')
        assert.equal(await peer.hears('bye'), 'bye')
        await peer.hearsEnd()
        peer.send('still here\r\n')
        peer.end()
        assert.equal(await peer.isClosed(), 'ended')
        await on.until(() => reasons.length > 0)
        assert.equal(heard, 1)
        assert.deepEqual(reasons, [{ kind: 'ended' }])
      }))

    test('after end a peer that never closes is let go', () =>
      within(make, async (on) => {
        const reasons: CloseReason[] = []
        const { local } = await on.listen((io) =>
          lines(() => io.end(), { closed: (reason) => void reasons.push(reason) }),
        )
        const peer = on.peer(local)
        peer.send('quit\r\n')
        await peer.hearsEnd()
        on.advance(LINGER_MAX_MS)
        await on.until(() => reasons.length === 1)
      }))

    test("a peer's end reaches the machine after its last message; by default it ends too", () =>
      within(make, async (on) => {
        const told: string[] = []
        const plain = await on.listen((io) => lines((line) => say(io, line)))
        const asked = await on.listen((io) =>
          lines((line) => told.push(line), {
            ended: (inbox) => {
              told.push(`rest ${inbox.length}`)
              say(io, 'goodbye')
              io.end()
            },
          }),
        )
        const first = on.peer(plain.local)
        first.send('x\r\n')
        first.end()
        await first.hears('x')
        assert.equal(await first.isClosed(), 'ended')
        const second = on.peer(asked.local)
        second.send('y\r\nhalf')
        second.end()
        await second.hears('goodbye')
        assert.equal(await second.isClosed(), 'ended')
        assert.deepEqual(told, ['y', 'rest 4'])
      }))

    test("reset reaches the peer, and the peer's reset the machine", () =>
      within(make, async (on) => {
        const reasons: CloseReason[] = []
        const { local } = await on.listen((io) =>
          lines((line) => (line === 'drop' ? io.reset('bad manners') : say(io, line)), {
            closed: (reason) => void reasons.push(reason),
          }),
        )
        const peer = on.peer(local)
        peer.send('drop\r\n')
        assert.equal(await peer.isClosed(), 'reset')
        const other = on.peer(local)
        other.send('hi\r\n')
        await other.hears('hi')
        other.reset()
        await on.until(() => reasons.length === 2)
        assert.deepEqual(reasons, [
          { kind: 'reset', detail: 'bad manners' },
          { kind: 'reset', detail: 'ECONNRESET' },
        ])
        assert.deepEqual(
          on.gate.ended.map((flow) => flow.reason),
          ['reset: bad manners', 'reset: ECONNRESET'],
        )
      }))

    test('timers wake by name, move and are cancelled', () =>
      within(make, async (on) => {
        const woke: string[] = []
        const { local } = await on.listen((io) =>
          lines(
            () => {
              io.wakeAt('late', io.now + 1000)
              io.wakeAt('late', io.now + 50_000)
              io.wakeAt('soon', io.now + 10_000)
              io.wakeAt('never', io.now + 5000)
              io.cancel('never')
              say(io, 'set')
            },
            { woke: (timer) => void woke.push(timer) },
          ),
        )
        const peer = on.peer(local)
        peer.send('x\r\n')
        await peer.hears('set')
        on.advance(20_000)
        assert.deepEqual(woke, ['soon'])
        on.advance(50_000)
        assert.deepEqual(woke, ['soon', 'late'])
      }))

    test('a real deadline comes by itself', () =>
      within(make, async (on) => {
        const { local } = await on.listen((io) => ({
          opened: () => io.wakeAt('tick', io.now + 2),
          received: () => false,
          woke: () => say(io, 'tick'),
        }))
        const peer = on.peer(local)
        if (on.name === 'sim') on.advance(2)
        await peer.hears('tick')
      }))

    test('an adopted stream begins with what was unread', () =>
      within(make, async (on) => {
        const reasons: CloseReason[] = []
        const { local } = await on.listen((io) =>
          lines(
            (line) => {
              if (line !== 'take') return
              io.adopt((stream) => {
                stream.on('data', (chunk: Buffer) => stream.write(`<${chunk.toString()}>`))
                stream.on('end', () => stream.end())
              })
            },
            { closed: (reason) => void reasons.push(reason) },
          ),
        )
        const peer = on.peer(local)
        peer.send('take\r\nunread')
        await peer.hears('<unread>')
        peer.send('later')
        await peer.hears('<later>')
        peer.end()
        assert.equal(await peer.isClosed(), 'ended')
        await on.until(() => reasons.length === 1)
      }))

    test('an adopted stream is destroyed when its plane stops', () =>
      within(make, async (on) => {
        let destroyed = 0
        const { local } = await on.listen((io) =>
          lines(() =>
            io.adopt(
              (stream) =>
                void stream
                  .resume()
                  .on('close', () => destroyed++)
                  .write('mine'),
            ),
          ),
        )
        const peer = on.peer(local)
        peer.send('take\r\n')
        await peer.hears('mine')
        await on.stop()
        await on.until(() => destroyed === 1)
      }))

    test('an adopted stream that has ended is let go when its peer stays silent', () =>
      within(make, async (on) => {
        const { local } = await on.listen((io) => lines(() => io.adopt((stream) => void stream.resume().end('bye'))))
        const peer = on.peer(local)
        peer.send('take\r\n')
        await peer.hearsEnd()
        on.advance(LINGER_MAX_MS)
        await on.until(() => on.gate.ended.length === 1)
      }))

    test('the gate rejects, drops and counts', () =>
      within(make, async (on) => {
        const { local } = await on.listen((io) => lines((line) => say(io, line)))
        on.gate.verdict = () => 'reject'
        assert.equal(await on.peer(local).isClosed(), 'reset')
        on.gate.verdict = () => 'drop'
        const dropped = on.peer(local)
        dropped.send('hello?\r\n')
        await on.until(() => on.gate.flows.length === 2)
        on.gate.verdict = () => 'allow'
        const allowed = on.peer(local)
        allowed.send('four\r\n')
        await allowed.hears('four')
        assert.equal(dropped.count(), 0)
        allowed.end()
        await on.until(() => on.gate.ended.length === 2)
        on.advance(200_000)
        await on.until(() => on.gate.ended.length === 3)
        assert.deepEqual(
          on.gate.ended.map(({ sent, reason }) => [sent, reason]),
          [
            [0, 'reject'],
            [4, 'ended'],
            [0, 'drop'],
          ],
        )
      }))

    test('a full listener refuses more with one event', () =>
      within(
        make,
        async (on) => {
          const { local } = await on.listen((io) => lines((line) => say(io, line)), {})
          const first = [on.peer(local), on.peer(local)]
          for (const peer of first) peer.send('in\r\n')
          for (const peer of first) await peer.hears('in')
          for (let more = 0; more < 3; more++) assert.equal(await on.peer(local).isClosed(), 'reset')
          assert.deepEqual(on.gate.kinds, ['driver.limit'])
          first[0]!.send('still\r\n')
          await first[0]!.hears('still')
        },
        { streamsPerListener: 2 },
      ))

    test('stop closes everything once', () =>
      within(make, async (on) => {
        const reasons: CloseReason[] = []
        const { local } = await on.listen((io) =>
          lines((line) => say(io, line), { closed: (reason) => void reasons.push(reason) }),
        )
        const peer = on.peer(local)
        peer.send('x\r\n')
        await peer.hears('x')
        await on.stop()
        await on.stop()
        assert.deepEqual(reasons, [{ kind: 'stopped' }])
      }))

    test('a mapped listener is known by the address that peers use', () =>
      within(make, async (on) => {
        const known = { ip: '198.51.100.7', port: 80 }
        const locals: unknown[] = []
        const listen = {
          transport: 'tcp',
          port: 80,
          accept: (io: StreamIo) => (locals.push(io.local), lines(() => {})),
        } as const
        const bound = await on.plane.listenStream(
          listen,
          { at: { ip: '127.0.0.1', port: 0 }, service: 'toy', known },
          on.gate,
        )
        assert.ok('local' in bound)
        on.peer(bound.local)
        await on.until(() => locals.length === 1)
        assert.deepEqual(locals, [known])
        assert.deepEqual(on.gate.flows[0]?.to, known)
      }))
  })
}
