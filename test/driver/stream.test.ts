// What every stream driver owes a machine while the stream lives, whatever carries the bytes.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { CloseReason } from '../../src/core/io.ts'
import { BACKLOG_HIGH_BYTES, INBOX_MAX_BYTES } from '../../src/core/limits.ts'
import { hostHarness, simHarness } from './harness.ts'
import { lines, say, within } from './toys.ts'

for (const make of [simHarness, hostHarness]) {
  describe(`streams on ${make.name}`, () => {
    test('one message a call, until none is whole', () =>
      within(make, async (on) => {
        const heard: string[] = []
        const { local } = await on.listen((io) =>
          lines((line) => {
            heard.push(line)
            say(io, `${line}!\r\n`)
          }),
        )
        const peer = on.peer(local)
        peer.send('a\r\nb\r\nc')
        await peer.hears('a!\r\nb!\r\n')
        peer.send('d\r\n')
        await peer.hears('cd!\r\n')
        assert.deepEqual(heard, ['a', 'b', 'cd'])
      }))

    test('no call comes from inside a call', () =>
      within(make, async (on) => {
        let depth = 0
        let deepest = 0
        const inside = (run: () => void) => {
          deepest = Math.max(deepest, ++depth)
          run()
          depth--
        }
        const { local } = await on.listen((io) => ({
          opened: () => inside(() => say(io, 'hi\r\n')),
          received: (inbox) => {
            inside(() => {
              inbox.clear()
              say(io, 'x'.repeat(10))
              io.ask('now', () => inside(() => say(io, 'asked\r\n')))
              io.wakeAt('due', io.now - 1)
            })
            return true
          },
          drained: () => inside(() => {}),
          woke: () => inside(() => io.end()),
          closed: () => inside(() => {}),
        }))
        const peer = on.peer(local)
        peer.send('go')
        await peer.hears('asked\r\n')
        on.advance(1)
        await peer.hearsEnd()
        assert.equal(deepest, 1)
      }))

    test('time stands still during a call', () =>
      within(make, async (on) => {
        const times: number[][] = []
        const { local } = await on.listen((io) =>
          lines(() => {
            const first = [io.now, io.wallMs]
            for (let spin = 0; spin < 200_000; spin++) first[0]! += 0
            times.push(first, [io.now, io.wallMs])
            say(io, 'ok')
          }),
        )
        const peer = on.peer(local)
        peer.send('x\r\n')
        await peer.hears('ok')
        assert.deepEqual(times[0], times[1])
      }))

    test('input waits while an answer is out', () =>
      within(make, async (on) => {
        let answer: (word: string) => void = assert.fail
        const { local } = await on.listen((io) =>
          lines((line) => {
            if (line !== 'ask') return say(io, `${line}\r\n`)
            io.ask(new Promise<string>((resolve) => (answer = resolve)), (word) => say(io, `${word}\r\n`))
          }),
        )
        const peer = on.peer(local)
        peer.send('one\r\nask\r\ntwo\r\n')
        await peer.hears('one\r\n')
        answer('answer')
        assert.equal(await peer.hears('two'), 'one\r\nanswer\r\ntwo\r\n')
      }))

    test('a rejected answer closes that one stream and is told', () =>
      within(make, async (on) => {
        const reasons: CloseReason[] = []
        const { local } = await on.listen((io) =>
          lines(
            (line) => {
              if (line === 'ask') io.ask(Promise.reject(new Error('lost')), () => {})
              else say(io, line)
            },
            { closed: (reason) => void reasons.push(reason) },
          ),
        )
        const [bad, good] = [on.peer(local), on.peer(local)]
        bad.send('ask\r\n')
        assert.equal(await bad.isClosed(), 'reset')
        good.send('here\r\n')
        await good.hears('here')
        assert.deepEqual(reasons, [{ kind: 'failed', detail: 'lost' }])
        assert.deepEqual(on.gate.kinds, ['driver.broken'])
      }))

    test('a throw closes that one stream and is told', () =>
      within(make, async (on) => {
        let closed = 0
        const { local } = await on.listen((io) =>
          lines(
            (line) => {
              if (line === 'throw') throw new Error('broken\ninvariant')
              say(io, line)
            },
            { closed: () => void closed++ },
          ),
        )
        const [bad, good] = [on.peer(local), on.peer(local)]
        bad.send('throw\r\nmore\r\n')
        assert.equal(await bad.isClosed(), 'reset')
        good.send('here\r\n')
        await good.hears('here')
        assert.equal(closed, 1)
        assert.match(on.gate.events[0]?.summary ?? '', /broken invariant$/)
      }))

    test('a machine that says true and takes nothing is broken', () =>
      within(make, async (on) => {
        const { local } = await on.listen(() => ({ received: () => true }))
        const peer = on.peer(local)
        peer.send('x')
        assert.equal(await peer.isClosed(), 'reset')
        assert.deepEqual(on.gate.kinds, ['driver.broken'])
      }))

    test('unread input is bounded', () =>
      within(make, async (on) => {
        let most = 0
        const reasons: CloseReason[] = []
        const { local } = await on.listen(() => ({
          received: (inbox) => {
            most = Math.max(most, inbox.length)
            return false
          },
          closed: (reason) => void reasons.push(reason),
        }))
        const peer = on.peer(local)
        for (let sent = 0; sent < INBOX_MAX_BYTES * 2; sent += 65_536) peer.send('x'.repeat(65_536))
        assert.equal(await peer.isClosed(), 'reset')
        assert.ok(most <= INBOX_MAX_BYTES + 65_536, `${most} bytes`)
        assert.deepEqual(on.gate.kinds, ['driver.limit'])
        assert.equal(reasons[0]?.kind, 'failed')
      }))

    test('a peer that reads nothing gets no further answers', () =>
      within(make, async (on) => {
        let handed = 0
        let backlog = 0
        const answer = Buffer.alloc(65_536, 'y')
        const { local } = await on.listen((io) =>
          lines(() => {
            handed++
            io.send(answer)
            backlog = Math.max(backlog, io.backlog)
          }),
        )
        const peer = on.peer(local)
        peer.pause()
        peer.send('go\r\n'.repeat(400))
        await on.until(() => backlog > BACKLOG_HIGH_BYTES)
        assert.ok(handed < 300, `${handed} messages were handed on`)
        assert.ok(backlog <= BACKLOG_HIGH_BYTES + 2 * answer.length, `${backlog} bytes of backlog`)
        peer.resume()
        await on.until(() => peer.count() === 400 * answer.length)
        assert.equal(handed, 400)
      }))

    test('what comes while a long answer leaves waits for its end, however much it is', () =>
      within(make, async (on) => {
        let left = 100
        let handed = 0
        const part = Buffer.alloc(50_000, 'z')
        const { local } = await on.listen((io) => {
          const more = () => {
            if (left-- > 0) for (let sent = 0; sent < 3; sent++) io.send(part)
          }
          return {
            opened: more,
            received: (inbox) => {
              if (left >= 0 || inbox.length < 2) return false
              inbox.skip(2)
              handed++
              return true
            },
            drained: more,
          }
        })
        const peer = on.peer(local)
        for (let sent = 0; sent < 100; sent++) peer.send('x\n'.repeat(10_000))
        await on.until(() => handed === 1_000_000 && peer.count() === 300 * part.length)
        assert.deepEqual(on.gate.kinds, [])
      }))

    test('drained follows what was sent, and carries a long answer', () =>
      within(make, async (on) => {
        let left = 200
        const part = Buffer.alloc(30_000, 'z')
        const { local } = await on.listen((io) => {
          const more = () => {
            if (left-- > 0) io.send(part)
            else io.end()
          }
          return lines(more, { drained: more })
        })
        const peer = on.peer(local)
        peer.send('go\r\n')
        await peer.hearsEnd()
        assert.equal(peer.count(), 200 * part.length)
      }))
  })
}
