// Datagrams on both planes: answers, flows, layers, limits.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { isFailure } from '../../src/core/failure.ts'
import type { DatagramIo } from '../../src/core/io.ts'
import { DATAGRAM_FLOW_IDLE_MS } from '../../src/core/limits.ts'
import { hostHarness, simHarness, type Harness, type MakeHarness } from './harness.ts'

async function within(make: MakeHarness, run: (harness: Harness) => Promise<void>): Promise<void> {
  const harness = make()
  try {
    await run(harness)
  } finally {
    await harness.stop()
  }
}

/** Answers each packet from one scratch buffer that it writes over. */
function shout(io: DatagramIo) {
  const scratch = Buffer.alloc(100)
  return {
    received(packet: Uint8Array, from: { ip: string; port: number }) {
      const text = Buffer.from(packet).toString()
      if (text === 'throw') throw new Error('broken')
      scratch.write(text.toUpperCase())
      io.send(scratch.subarray(0, packet.length), from)
    },
  }
}

for (const make of [simHarness, hostHarness]) {
  describe(`datagrams on ${make.name}`, () => {
    test('answers go back, one flow for each peer, ended by silence', () =>
      within(make, async (on) => {
        const { local } = await on.open({ open: shout })
        const first = await on.datagrams()
        const second = await on.datagrams()
        for (const word of ['one', 'two']) {
          first.send(word, local)
          assert.equal(await first.hears(), word.toUpperCase())
        }
        second.send('three', local)
        assert.equal(await second.hears(), 'THREE')
        assert.equal(on.gate.flows.length, 2)
        on.advance(DATAGRAM_FLOW_IDLE_MS + 1000)
        assert.deepEqual(
          on.gate.ended.map(({ received, sent, reason }) => [received, sent, reason]),
          [
            [6, 6, 'idle'],
            [5, 5, 'idle'],
          ],
        )
        first.close()
        second.close()
      }))

    test('a port that was shut says so', () =>
      within(make, async (on) => {
        let gone = 0
        const bound = await on.plane.listenDatagram(
          { transport: 'udp', port: 0, open: shout },
          { at: { ip: '127.0.0.1', port: 0 }, service: 'toy', gone: () => gone++ },
          on.gate,
        )
        assert.ok(!isFailure(bound))
        bound.shut()
        await on.until(() => gone === 1)
      }))

    test('a throw costs one packet', () =>
      within(make, async (on) => {
        const { local } = await on.open({ open: shout })
        const peer = await on.datagrams()
        peer.send('throw', local)
        peer.send('on', local)
        assert.equal(await peer.hears(), 'ON')
        assert.deepEqual(on.gate.kinds, ['driver.broken'])
        peer.close()
      }))

    test('what the gate drops is not heard', () =>
      within(make, async (on) => {
        const { local } = await on.open({ open: shout })
        const [bad, good] = [await on.datagrams(), await on.datagrams()]
        on.gate.verdict = () => 'drop'
        bad.send('bad', local)
        await on.until(() => on.gate.flows.length === 1)
        on.gate.verdict = () => 'allow'
        good.send('good', local)
        assert.equal(await good.hears(), 'GOOD')
        on.advance(DATAGRAM_FLOW_IDLE_MS + 1000)
        assert.equal(on.gate.ended[0]?.sent, 0)
        bad.close()
        good.close()
      }))

    test('layers see packets both ways and may hold them', () =>
      within(make, async (on) => {
        const seen: string[] = []
        on.gate.layers = [
          {
            name: 'late',
            place: 'wire',
            datagram: (link) => ({
              packet(direction, packet, pass) {
                seen.push(`${direction} ${Buffer.from(packet).toString()}`)
                link.at(link.now + 5000, () => pass(packet))
              },
            }),
          },
        ]
        const { local } = await on.open({ open: shout })
        const peer = await on.datagrams()
        peer.send('slow', local)
        await on.until(() => seen.length === 1)
        on.advance(5000)
        await on.until(() => seen.length === 2)
        on.advance(10_000)
        assert.equal(await peer.hears(), 'SLOW')
        assert.deepEqual(seen, ['inbound slow', 'outbound SLOW'])
        peer.close()
      }))

    test('what layers hold stays as it was sent, though the machine writes over its buffer', () =>
      within(make, async (on) => {
        const held: (() => void)[] = []
        on.gate.layers = [
          {
            name: 'late',
            place: 'wire',
            datagram: () => ({
              packet(direction, packet, pass) {
                if (direction === 'inbound') pass(packet)
                else held.push(() => pass(packet))
              },
            }),
          },
        ]
        const { local } = await on.open({ open: shout })
        const peer = await on.datagrams()
        peer.send('one', local)
        peer.send('two', local)
        await on.until(() => held.length === 2)
        for (const pass of held) pass()
        assert.deepEqual([await peer.hears(), await peer.hears()], ['ONE', 'TWO'])
        peer.close()
      }))

    test('a machine that speaks first opens a flow of its own', () =>
      within(make, async (on) => {
        const peer = await on.open({ open: () => ({ received() {} }) })
        const { local } = await on.open({
          open: (io) => {
            io.wakeAt('speak', io.now)
            return { received() {}, woke: () => io.send(Buffer.from('first'), peer.local) }
          },
        })
        on.advance(1)
        await on.until(() => on.gate.flows.length === 2)
        assert.deepEqual(
          on.gate.flows.map(({ from, to, dialed }) => [from, to, dialed]),
          [
            [local, peer.local, true],
            [local, peer.local, undefined],
          ],
        )
      }))

    test('stop tells the machine once and ends the flows', () =>
      within(make, async (on) => {
        let stopped = 0
        const { local } = await on.open({ open: (io) => ({ ...shout(io), stopped: () => void stopped++ }) })
        const peer = await on.datagrams()
        peer.send('x', local)
        await peer.hears()
        await on.stop()
        await on.stop()
        assert.equal(stopped, 1)
        assert.deepEqual(
          on.gate.ended.map((flow) => flow.reason),
          ['stopped'],
        )
        peer.close()
      }))
  })
}
