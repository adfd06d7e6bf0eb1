// Many who ask for more than records at once: others have their turn all the same, and what is told of them is bounded.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { StreamIo } from '../../../core/io.ts'
import type { ServedZone } from '../../../core/zones.ts'
import { encodeMessage } from '../../../shared/dns/codec/message.ts'
import { framed } from '../../../shared/dns/framing.ts'
import { CLASS, HEADER_BYTES, OPCODE, TYPE, query } from '../../../shared/dns/messages.ts'
import { OpenGate } from '../../../sim/gatekeeper.ts'
import { SimPlane, serve, type Served } from '../../../sim/index.ts'
import type { SimPeer } from '../../../sim/peer.ts'
import { openCopy, openZone } from '../../../zones/index.ts'
import { dns } from '../index.ts'
import { APEX, PRIMARY, SECONDARY, servingWorld } from './sample-hosts.ts'

const NAMES = 20_000
const QUESTION = { name: APEX, type: TYPE.SOA, class: CLASS.IN }
const WHOLE = framed(encodeMessage(query(9, { ...QUESTION, type: TYPE.AXFR })))

function primary(names: number, changes: Partial<ServedZone> = {}): Promise<Served> {
  const records = [
    { name: APEX, type: 'SOA', ttlSeconds: 60, data: 'ns.live.test. root.live.test. 7 600 60 3600 60' },
    { name: APEX, type: 'NS', ttlSeconds: 60, data: 'ns.live.test.' },
    ...Array.from({ length: names }, (_, n) => {
      return { name: `host${n}.live.test`, type: 'A', ttlSeconds: 60, data: '192.0.2.1' }
    }),
  ]
  const zone = openZone({ apex: APEX, records, problems: ({ message }) => assert.fail(message) })
  return serve(dns, { addresses: [PRIMARY.ip], world: servingWorld(PRIMARY.ip, zone, changes) })
}

/** Answers in the messages of a transfer. */
function recordsIn({ receivedBytes }: SimPeer): number {
  let count = 0
  for (let at = 0; at + HEADER_BYTES < receivedBytes.length;) {
    count += (receivedBytes[at + 8]! << 8) | receivedBytes[at + 9]!
    at += 2 + ((receivedBytes[at]! << 8) | receivedBytes[at + 1]!)
  }
  return count
}

async function comes({ plane }: Served, peer: SimPeer): Promise<void> {
  for (let turns = 0; turns < 5000 && recordsIn(peer) < NAMES + 3; turns += 1) {
    await plane.settled()
    plane.advance(1)
  }
  assert.equal(recordsIn(peer), NAMES + 3)
}

test('whatever one address asks for, others have their transfers, and who has gone is let go', async () => {
  const served = await primary(NAMES, { transfer: { peers: ['any'], keys: [] } })
  const greedy = Array.from({ length: 40 }, () => served.peer(53).pause())
  for (const peer of greedy) for (let asked = 0; asked < 10; asked += 1) peer.send(WHOLE)
  await served.plane.settled()
  await comes(served, served.peer(53, { from: { ip: '192.0.2.77', port: 5000 } }).send(WHOLE))
  for (const peer of greedy) peer.reset()
  await comes(served, served.peer(53).send(WHOLE))
  assert.ok(served.gate.events.some(({ summary }) => summary.endsWith('broken off: they have gone')))
  await served.stop()
})

test('a bounded number of refusals is told of in a second, and the rest by their count', async () => {
  const served = await primary(3)
  const { peer, to } = served.datagramPeer(53)
  const messages = [
    query(9, QUESTION, { opcode: OPCODE.NOTIFY }),
    query(9, QUESTION, { opcode: OPCODE.UPDATE }),
    query(9, { ...QUESTION, type: TYPE.AXFR }),
  ]
  for (const packet of messages.map(encodeMessage)) for (let sent = 0; sent < 200; sent += 1) peer.send(packet, to)
  assert.equal(peer.received.length, 600)
  assert.equal(served.gate.events.length, 100)
  served.plane.advance(1000)
  assert.match(served.gate.events.at(-1)?.summary ?? '', /^500 more/)
  await served.stop()
})

test('however often a secondary is told of something new, it looks at its source fifty times a second at most', async () => {
  const plane = new SimPlane()
  let looks = 0
  const accept = (io: StreamIo) => ({ opened: () => ((looks += 1), io.end()), received: () => false })
  await plane.listenStream({ transport: 'tcp', port: 53, accept }, { at: PRIMARY, service: 'none' }, new OpenGate())
  const world = servingWorld(SECONDARY.ip, openCopy({ apex: APEX }), {
    role: 'secondary',
    sources: [{ address: PRIMARY }],
  })
  const served = await serve(dns, { plane, addresses: [SECONDARY.ip], world })
  const peer = plane.datagramPeer(PRIMARY)
  const notice = encodeMessage(query(9, QUESTION, { opcode: OPCODE.NOTIFY }))
  for (let sent = 0; sent < 500; sent += 1) {
    peer.send(notice, SECONDARY)
    plane.advance(2)
    await plane.settled()
  }
  assert.equal(peer.received.length, 500)
  assert.ok(looks > 5 && looks <= 51, `${looks} looks`)
  await served.stop()
})
