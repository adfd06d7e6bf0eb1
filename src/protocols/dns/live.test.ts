// A server whose zones, clock and orders change while it runs: on the simulated plane, packets and streams.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { plainClock } from '../../core/clock.ts'
import { isFailure } from '../../core/failure.ts'
import type { WorldView } from '../../core/world-view.ts'
import type { DnsMistake, LiveZone, ServedZone, Signing, ZoneRecord } from '../../core/zones.ts'
import { decodeMessage, encodeMessage } from '../../shared/dns/codec/message.ts'
import { framed } from '../../shared/dns/framing.ts'
import { CLASS, OPCODE, RCODE, TYPE, isMalformed, query, type Message } from '../../shared/dns/messages.ts'
import { SAMPLE_SIGNING } from '../../shared/dnssec/sample-zone.ts'
import { OpenGate, SimPlane, serve, type Served } from '../../sim/index.ts'
import { openZone } from '../../zones/index.ts'
import type { DeskRequest } from './desk.ts'
import { openDesk } from './desk.ts'
import { dns } from './index.ts'
import { sampleServed, sampleWorld } from './sample-world.ts'

const DO = { udpSizeBytes: 1232, version: 0, dnssecOk: true, options: [] }

function www(ip: number): ZoneRecord {
  return { name: 'www.live.test', type: TYPE.A, ttlSeconds: 60, data: Uint8Array.of(192, 0, 2, ip) }
}

function liveZone(names = 1): LiveZone {
  const records = [
    { name: 'live.test', type: 'SOA', ttlSeconds: 60, data: 'ns.live.test. root.live.test. 1 60 60 60 60' },
    { name: 'live.test', type: 'NS', ttlSeconds: 60, data: 'ns.live.test.' },
    ...Array.from({ length: names }, (_, n) => {
      return { name: `host${n}.live.test`, type: 'A', ttlSeconds: 60, data: '192.0.2.1' }
    }),
  ]
  return openZone({ apex: 'live.test', records, problems: ({ message }) => assert.fail(message) })
}

function worldWith(zone: LiveZone, signing?: Signing): WorldView {
  const served: ServedZone = { ...sampleServed('live.test', ['live.test 60 SOA . . 1 1 1 1 1']), zone, signing }
  return { ...sampleWorld, served: [served] }
}

function exchange(served: Served, name: string, changes?: Partial<Message>): Message | undefined {
  const { peer, to } = served.datagramPeer(53)
  const packet = encodeMessage(query(9, { name, type: TYPE.A, class: CLASS.IN }, changes))
  const answer = peer.send(packet, to).take()
  return answer && read(answer)
}

function read(bytes: Uint8Array): Message {
  const message = decodeMessage(bytes)
  assert.ok(!isMalformed(message), JSON.stringify(message))
  return message
}

describe('edits', () => {
  for (const signing of [undefined, SAMPLE_SIGNING]) {
    test(`are seen at once${signing ? ', signed' : ''}`, async () => {
      const zone = liveZone()
      const served = await serve(dns, { world: worldWith(zone, signing) })
      const ask = () => exchange(served, 'www.live.test', { edns: DO })
      assert.equal(ask()?.rcode, RCODE.NXDOMAIN)
      for (const ip of [1, 2]) {
        const changed = await zone.change({ remove: [{ name: 'www.live.test' }], add: [www(ip)] })
        assert.ok(!isFailure(changed))
        const answer = ask()
        assert.deepEqual([answer?.rcode, answer?.answers[0]?.data[3]], [RCODE.NOERROR, ip])
        assert.equal(answer?.answers.length, signing ? 2 : 1)
      }
      await zone.change({ remove: [{ name: 'www.live.test' }], add: [] })
      assert.equal(ask()?.rcode, RCODE.NXDOMAIN)
      await served.stop()
    })
  }
})

test('a clock that is set brings other signatures', async () => {
  let offsetMs = 0
  const watchers = new Set<() => void>()
  const clock = {
    ...plainClock,
    watch: (then: () => void) => {
      watchers.add(then)
      return () => watchers.delete(then)
    },
  }
  const plane = new SimPlane({ wallClock: (ms) => ({ ...clock, worldMs: () => ms() + offsetMs }) })
  const served = await serve(dns, { world: { ...worldWith(liveZone(), SAMPLE_SIGNING), clock }, plane })
  const signature = () => exchange(served, 'host0.live.test', { edns: DO })?.answers[1]?.data
  const first = signature()
  assert.deepEqual(signature(), first)
  offsetMs = 100 * 86_400_000
  for (const watcher of watchers) watcher()
  assert.notDeepEqual(signature(), first)
  await served.stop()
  assert.equal(watchers.size, 0)
})

test('a zone that is signed ahead is signed in slices', async () => {
  const plane = new SimPlane()
  const served = await serve(dns, { world: worldWith(liveZone(500), { ...SAMPLE_SIGNING, ahead: true }), plane })
  assert.equal(exchange(served, 'host7.live.test', { edns: DO })?.answers.length, 2)
  let turns = 0
  while (plane.timers.nextAt - plane.now() <= 2) {
    plane.advance(1)
    turns += 1
  }
  assert.ok(turns > 10 && turns < 100, `${turns} turns for a thousand sets`)
  assert.equal(exchange(served, 'host9.live.test', { edns: DO })?.answers.length, 2)
  await served.stop()
})

async function mistaken(mistake: DnsMistake, run: (served: Served) => void): Promise<void> {
  const lab = { busy: true, take: () => mistake }
  const served = await serve(dns, { world: { ...sampleWorld, lab } })
  run(served)
  await served.stop()
}

function refuse(): never {
  return assert.fail('refused')
}

describe('the failure lab', () => {
  test('reaches packets', async () => {
    await mistaken({ kind: 'rcode', rcode: RCODE.SERVFAIL }, (served) => {
      assert.equal(exchange(served, 'www.harbor.test')?.rcode, RCODE.SERVFAIL)
    })
    await mistaken({ kind: 'delay', ms: 50 }, (served) => {
      const { peer, to } = served.datagramPeer(53)
      const packet = encodeMessage(query(9, { name: 'www.harbor.test', type: TYPE.A, class: CLASS.IN }))
      assert.equal(peer.send(packet, to).take(), undefined)
      served.plane.advance(50)
      assert.ok(peer.take() !== undefined)
    })
  })

  test('reaches streams: half of an answer, then the end', async () => {
    await mistaken({ kind: 'half' }, (served) => {
      const stream = served.peer(53)
      stream.send(framed(encodeMessage(query(9, { name: 'www.harbor.test', type: TYPE.A, class: CLASS.IN }))))
      const bytes = stream.takeBytes()
      assert.ok(stream.hasEnded)
      assert.ok(bytes.length - 2 < ((bytes[0]! << 8) | bytes[1]!), `${bytes.length} bytes`)
    })
  })
})

describe('the desk', () => {
  test('gets what is no plain question, and refuses what nobody takes', async () => {
    const served = await serve(dns, { world: sampleWorld })
    const rows: readonly (readonly [Partial<Message>, number, number])[] = [
      [{ opcode: OPCODE.NOTIFY }, TYPE.SOA, RCODE.NOTAUTH],
      [{ opcode: OPCODE.STATUS }, TYPE.SOA, RCODE.NOTIMP],
    ]
    for (const [changes, type, rcode] of rows) {
      const { peer, to } = served.datagramPeer(53)
      const packet = encodeMessage(query(9, { name: 'elsewhere.test', type, class: CLASS.IN }, changes))
      assert.equal(read(peer.send(packet, to).take() ?? new Uint8Array(0)).rcode, rcode)
    }
    await served.stop()
  })

  test('asks its parts in turn', () => {
    const taken: string[] = []
    const part = (name: string, takes: boolean) => () => ({
      take: () => {
        taken.push(name)
        return takes
      },
      woke: (timer: string) => void taken.push(timer),
      expireSecondsOf: () => (takes ? 5 : undefined),
    })
    const io = new SimPlane().serviceIo('dns', [], new OpenGate(), () => undefined)
    const desk = openDesk(io, sampleWorld, { first: part('first', false), second: part('second', true) })
    const message = query(9, { name: '', type: TYPE.AXFR, class: CLASS.IN })
    const request: DeskRequest = { packet: encodeMessage(message), message }
    const reply = {
      transport: 'udp' as const,
      peer: { ip: '192.0.2.1', port: 1 },
      io,
      roomBytes: 512,
      isGone: false,
      tell: refuse,
      backlog: 0,
      send: refuse,
      whenDrained: (then: () => void) => then(),
      hold: () => refuse,
      answerTo: () => undefined,
      refuse,
    }
    desk.take(request, reply)
    desk.woke('second:refresh')
    assert.deepEqual([...taken, desk.expireSecondsOf('')], ['first', 'second', 'second:refresh', 5])
  })
})
