// Zones on their way from host to host on the simulated plane: primary, secondary, and a secondary of that one.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { isFailure } from '../../../core/failure.ts'
import type { LiveZone, ServedZone, ZoneRecord, ZoneVersion } from '../../../core/zones.ts'
import { decodeMessage, encodeMessage } from '../../../shared/dns/codec/message.ts'
import { CLASS, RCODE, TYPE, isMalformed, query, type Message } from '../../../shared/dns/messages.ts'
import { SimPlane, serve, type Served } from '../../../sim/index.ts'
import { openCopy, openZone } from '../../../zones/index.ts'
import { dns } from '../index.ts'
import { APEX, PRIMARY, SECONDARY, servingWorld } from './sample-hosts.ts'

const SECOND_MS = 1000

function liveZone(names = 3): LiveZone {
  const records = [
    { name: APEX, type: 'SOA', ttlSeconds: 60, data: 'ns.live.test. root.live.test. 7 600 60 3600 60' },
    { name: APEX, type: 'NS', ttlSeconds: 60, data: 'ns.live.test.' },
    ...Array.from({ length: names }, (_, n) => {
      return { name: `host${n}.live.test`, type: 'A', ttlSeconds: 60, data: '192.0.2.1' }
    }),
  ]
  return openZone({ apex: APEX, records, problems: ({ message }) => assert.fail(message) })
}

function www(last: number): ZoneRecord {
  return { name: 'www.live.test', type: TYPE.A, ttlSeconds: 60, data: Uint8Array.of(192, 0, 2, last) }
}

async function add(zone: LiveZone, record: ZoneRecord): Promise<ZoneVersion> {
  const changed = await zone.change({ remove: [], add: [record] })
  assert.ok(!isFailure(changed))
  return changed
}

function linesOf({ current }: LiveZone): string[] {
  const lines = [...(current?.records() ?? [])].map(
    ({ name, type, ttlSeconds, data }) => `${name} ${ttlSeconds} ${type} ${Buffer.from(data).toString('hex')}`,
  )
  return lines.toSorted()
}

interface Pair {
  readonly plane: SimPlane
  readonly zone: LiveZone
  readonly copy: LiveZone
  readonly secondary: Served
  startPrimary(): Promise<Served>
}

/** The secondary is up first. */
async function pair(
  primary: Partial<ServedZone> = {},
  secondary: Partial<ServedZone> = {},
  zone = liveZone(),
): Promise<Pair> {
  const plane = new SimPlane()
  const copy = openCopy({ apex: APEX })
  const copied = { role: 'secondary' as const, sources: [{ address: PRIMARY }], ...secondary }
  const offered = { transfer: { peers: [SECONDARY.ip], keys: [] }, notify: [SECONDARY], ...primary }
  const here = await serve(dns, {
    plane,
    addresses: [SECONDARY.ip],
    world: servingWorld(SECONDARY.ip, copy, copied),
  })
  return {
    plane,
    zone,
    copy,
    secondary: here,
    startPrimary: () => serve(dns, { plane, addresses: [PRIMARY.ip], world: servingWorld(PRIMARY.ip, zone, offered) }),
  }
}

/** Turns the clock until it is so. */
async function until(plane: SimPlane, holds: () => boolean, mostMs = 5 * SECOND_MS): Promise<number> {
  const started = plane.now()
  for (;;) {
    await plane.settled()
    if (holds()) return plane.now() - started
    assert.ok(plane.now() - started < mostMs, `not so within ${mostMs} ms`)
    plane.advance(1)
  }
}

function ask(plane: SimPlane, to: typeof PRIMARY, type: number, changes: Partial<Message> = {}): Message {
  const packet = encodeMessage(query(9, { name: APEX, type, class: CLASS.IN }, changes))
  const answer = plane.datagramPeer().send(packet, to).take()
  const message = decodeMessage(answer ?? new Uint8Array(0))
  assert.ok(!isMalformed(message), JSON.stringify(message))
  return message
}

describe('a secondary', () => {
  test('has the zone milliseconds after its primary is there, and each change as soon', async () => {
    const { plane, zone, copy, startPrimary } = await pair()
    plane.advance(30)
    await startPrimary()
    const tookMs = await until(plane, () => copy.current !== undefined)
    assert.ok(tookMs < 100, `${tookMs} ms`)
    assert.deepEqual(linesOf(copy), linesOf(zone))
    await add(zone, www(5))
    const changedMs = await until(plane, () => copy.current?.serial === 8)
    assert.ok(changedMs < 100, `${changedMs} ms`)
    assert.deepEqual(linesOf(copy), linesOf(zone))
    assert.equal(copy.since(7)?.length, 1, 'the change came as a difference')
  })

  test('answers SERVFAIL before it has the zone, and once its copy has expired', async () => {
    const { plane, copy, startPrimary } = await pair()
    assert.equal(ask(plane, SECONDARY, TYPE.SOA).rcode, RCODE.SERVFAIL)
    const primary = await startPrimary()
    await until(plane, () => copy.current !== undefined)
    assert.equal(ask(plane, SECONDARY, TYPE.SOA).answers.length, 1)
    for (const bound of primary.bound) await bound.close()
    plane.advance(3599 * SECOND_MS)
    assert.equal(ask(plane, SECONDARY, TYPE.SOA).answers.length, 1)
    plane.advance(2 * SECOND_MS)
    assert.equal(ask(plane, SECONDARY, TYPE.SOA).rcode, RCODE.SERVFAIL)
  })
})
