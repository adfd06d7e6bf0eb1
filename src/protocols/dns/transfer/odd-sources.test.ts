// Secondaries whose sources are not as they should be, and clocks that are set.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { plainClock } from '../../../core/clock.ts'
import { isFailure } from '../../../core/failure.ts'
import type { LiveZone, ServedZone, ZoneRecord } from '../../../core/zones.ts'
import { TYPE } from '../../../shared/dns/messages.ts'
import { SAMPLE_SIGNING } from '../../../shared/dnssec/sample-zone.ts'
import { SimPlane, serve, type Served } from '../../../sim/index.ts'
import { openCopy, openZone } from '../../../zones/index.ts'
import { dns } from '../index.ts'
import { APEX, PRIMARY, SECONDARY, THIRD, servingWorld } from './sample-hosts.ts'

function liveZone(names = 3, serial = 7): LiveZone {
  const records = [
    { name: APEX, type: 'SOA', ttlSeconds: 60, data: `ns.live.test. root.live.test. ${serial} 600 60 3600 60` },
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

async function add(zone: LiveZone, record: ZoneRecord): Promise<void> {
  assert.ok(!isFailure(await zone.change({ remove: [], add: [record] })))
}

function primary(plane: SimPlane, zone: LiveZone, changes: Partial<ServedZone> = {}): Promise<Served> {
  const offered = { transfer: { peers: ['any'], keys: [] }, notify: [SECONDARY], ...changes }
  return serve(dns, { plane, addresses: [PRIMARY.ip], world: servingWorld(PRIMARY.ip, zone, offered) })
}

function secondary(plane: SimPlane, copy: LiveZone, sources: ServedZone['sources']): Promise<Served> {
  const world = servingWorld(SECONDARY.ip, copy, { role: 'secondary', sources })
  return serve(dns, { plane, addresses: [SECONDARY.ip], world })
}

async function until(plane: SimPlane, holds: () => boolean, mostMs = 5000): Promise<void> {
  for (const started = plane.now(); ;) {
    await plane.settled()
    if (holds()) return
    assert.ok(plane.now() - started < mostMs, `not so within ${mostMs} ms`)
    plane.advance(1)
  }
}

test('differences of another zone than the copy are not made, and the whole zone comes', async () => {
  const zone = liveZone()
  const odd: LiveZone = {
    apex: APEX,
    get current() {
      return zone.current
    },
    since: (serial) => zone.since(serial)?.map(({ from, to, added }) => ({ from, to, added, removed: [www(99)] })),
    change: (edit) => zone.change(edit),
    replace: (records) => zone.replace(records),
    watch: (then) => zone.watch(then),
  }
  const plane = new SimPlane()
  const copy = openCopy({ apex: APEX })
  await primary(plane, odd)
  await secondary(plane, copy, [{ address: PRIMARY }])
  await until(plane, () => copy.current !== undefined)
  await add(zone, www(5))
  await until(plane, () => copy.current?.serial === 8)
  assert.equal(copy.since(7), undefined, 'it came whole')
  assert.equal(copy.current?.count, zone.current?.count)
})

test('a source that is gone is passed by', async () => {
  const plane = new SimPlane()
  const copy = openCopy({ apex: APEX })
  await primary(plane, liveZone())
  await secondary(plane, copy, [{ address: THIRD }, { address: PRIMARY }])
  await until(plane, () => copy.current !== undefined, 100)
})

test('a large zone comes signed with a key, message by message', async () => {
  const plane = new SimPlane()
  const copy = openCopy({ apex: APEX })
  await primary(plane, liveZone(5000), { transfer: { peers: [], keys: ['xfr'] } })
  await secondary(plane, copy, [{ address: PRIMARY, key: 'xfr' }])
  await until(plane, () => copy.current?.count === 5002)
})

test('a source with an older serial changes nothing, and is told of once', async () => {
  const plane = new SimPlane()
  const copy = openCopy({ apex: APEX })
  await copy.replace(liveZone(3, 9).current?.records() ?? [])
  await primary(plane, liveZone(3, 7))
  const here = await secondary(plane, copy, [{ address: PRIMARY }])
  for (let hours = 0; hours < 3; hours += 1) {
    plane.advance(600_000)
    await plane.settled()
  }
  const told = here.gate.events.filter(({ severity }) => severity === 'warning').map(({ summary }) => summary)
  assert.deepEqual(told, ['live.test is not transferred: the source has an older serial'])
  assert.equal(copy.current?.serial, 9)
})

test('a clock that is set brings new signatures to copies', async () => {
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
  const copy = openCopy({ apex: APEX })
  const zone = liveZone()
  const offered = { transfer: { peers: ['any'], keys: [] }, notify: [SECONDARY], signing: SAMPLE_SIGNING }
  const world = servingWorld(PRIMARY.ip, zone, offered, { clock })
  await serve(dns, { plane, addresses: [PRIMARY.ip], world })
  await secondary(plane, copy, [{ address: PRIMARY }])
  await until(plane, () => copy.current !== undefined)
  const before = copy.current?.setAt('host1.live.test', TYPE.RRSIG)?.data[0]
  offsetMs = -100 * 86_400_000
  for (const watcher of watchers) watcher()
  await until(plane, () => copy.current?.serial === 8)
  assert.notDeepEqual(copy.current?.setAt('host1.live.test', TYPE.RRSIG)?.data[0], before)
})
