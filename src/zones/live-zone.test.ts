// Zones while they are edited: nobody sees what is not durable, groups fail together, copies are put in place whole.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isFailure } from '../core/failure.ts'
import { DIFFERENCES_MAX, EDITS_WAITING_MAX, OVERLAY_NAMES_MIN } from './limits.ts'
import { compacted, contentsOf } from './fill.ts'
import { Version } from './version.ts'
import { openCopy } from './index.ts'
import {
  APEX,
  DISK_FULL,
  MemoryJournal,
  SOA,
  adding,
  good,
  linesOf,
  record,
  removing,
  sampleZone,
  there,
} from './sample-zone.ts'

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

test('nothing is read before the zone is looked at, and then once', () => {
  let reads = 0
  function* records() {
    reads += 1
    yield { name: APEX, type: 'SOA', ttlSeconds: 60, data: 'ns.harbor.test. root.harbor.test. 7 3600 600 86400 300' }
  }
  const zone = sampleZone([], { records: records() })
  assert.equal(zone.apex, APEX)
  assert.equal(reads, 0)
  assert.equal(there(zone), there(zone))
  assert.equal(reads, 1)
})

test('an edit is seen once it is durable, and what is asked for meanwhile becomes durable together', async () => {
  const kept = new MemoryJournal()
  const held: (() => void)[] = (kept.held = [])
  const zone = sampleZone([], { kept })
  const before = there(zone)
  const seen: number[] = []
  zone.watch(({ serial }) => seen.push(serial))
  const edits = ['a', 'b', 'c'].map((label) => zone.change(adding(`${label}.harbor.test 1 A 192.0.2.1`)))
  await turn()
  assert.equal(there(zone), before)
  assert.equal(held.length, 1)
  held.shift()?.()
  assert.equal(good(await edits[0]!).serial, 8)
  assert.equal(there(zone).serial, 8)
  await turn()
  assert.equal(held.length, 1)
  held.shift()?.()
  assert.deepEqual(
    (await Promise.all(edits)).map((version) => good(version).serial),
    [8, 9, 10],
  )
  assert.deepEqual(seen, [8, 9, 10])
})

test('edits that cannot be kept fail and leave nothing, the next ones go on from what there was', async () => {
  const kept = new MemoryJournal()
  const zone = sampleZone([], { kept })
  const before = there(zone)
  kept.refusal = DISK_FULL
  const failed = await Promise.all(['a', 'b'].map((label) => zone.change(adding(`${label}.harbor.test 1 A 192.0.2.1`))))
  assert.deepEqual(failed, [DISK_FULL, DISK_FULL])
  assert.equal(there(zone), before)
  assert.deepEqual(zone.since(7), [])
  kept.refusal = undefined
  good(await zone.change(adding('c.harbor.test 1 A 192.0.2.1')))
  assert.deepEqual(linesOf(there(zone)), ['c.harbor.test 1 A 192.0.2.1'])
  assert.deepEqual(linesOf(there(sampleZone([], { kept: kept.opened() }))), ['c.harbor.test 1 A 192.0.2.1'])
})

test('a copy is empty until it is put in place, and is kept with its serial and its increments', async () => {
  const kept = new MemoryJournal()
  const copy = openCopy({ apex: APEX, kept })
  assert.equal(copy.current, undefined)
  assert.equal(copy.since(1), undefined)
  const early = await copy.change(adding('a.harbor.test 1 A 192.0.2.1'))
  assert.ok(isFailure(early))
  good(await copy.replace([SOA, 'a.harbor.test 1 A 192.0.2.1', SOA].map(record)))
  const later = SOA.replace(' 7 ', ' 19 ')
  const { remove } = removing(['a.harbor.test', 'A', '192.0.2.1'])
  good(await copy.change({ remove, add: ['b.harbor.test 1 A 192.0.2.2', later].map(record) }))
  const again = openCopy({ apex: APEX, kept: kept.opened() })
  assert.equal(there(again).serial, 19)
  assert.deepEqual(linesOf(there(again)), ['b.harbor.test 1 A 192.0.2.2'])
  assert.equal(again.since(7)?.length, 1)
  good(await again.replace([SOA, 'x.harbor.test 1 A 192.0.2.1'].map(record)))
  assert.equal(there(again).serial, 7)
  assert.equal(again.since(19), undefined)
  good(await again.change(adding('y.harbor.test 1 A 192.0.2.1')))
  good(await again.replace([SOA.replace(' 7 ', ' 30 ')].map(record)))
  assert.equal(again.since(7), undefined)
})

test('contents without an SOA, or with names outside, are refused whole', async () => {
  const zone = sampleZone(['a.harbor.test 1 A 192.0.2.1'])
  const before = there(zone)
  for (const [lines, code] of [
    [['a.harbor.test 1 A 192.0.2.1'], 'ENOSOA'],
    [[SOA, 'a.island.test 1 A 192.0.2.1'], 'EOUTSIDE'],
    [[], 'ENOSOA'],
  ] as const) {
    const failed = await zone.replace(lines.map(record))
    assert.equal(isFailure(failed) && failed.code, code)
  }
  assert.equal(there(zone), before)
})

test('replacements and edits take their turns', async () => {
  const zone = sampleZone([])
  const outcomes = await Promise.all([
    zone.change(adding('a.harbor.test 1 A 192.0.2.1')),
    zone.replace([SOA, 'b.harbor.test 1 A 192.0.2.1'].map(record)),
    zone.change(adding('c.harbor.test 1 A 192.0.2.1')),
  ])
  assert.deepEqual(
    outcomes.map((one) => linesOf(good(one)).length),
    [1, 1, 2],
  )
  assert.deepEqual(linesOf(there(zone)), ['b.harbor.test 1 A 192.0.2.1', 'c.harbor.test 1 A 192.0.2.1'])
})

test('differences lead from any serial that is kept to the current one', async () => {
  const zone = sampleZone([])
  for (let at = 0; at < DIFFERENCES_MAX + 2; at += 1)
    good(await zone.change(adding(`n${at % 7}.harbor.test 1 TXT "${at}"`)))
  const { serial } = there(zone)
  assert.deepEqual(zone.since(serial), [])
  assert.equal(zone.since(serial - 1)?.length, 1)
  assert.equal(zone.since(serial - DIFFERENCES_MAX)?.length, DIFFERENCES_MAX)
  assert.equal(zone.since(serial - DIFFERENCES_MAX - 1), undefined)
  assert.equal(zone.since(serial + 1), undefined)
})

test('many edits become new contents, and versions from before stay as they were', async () => {
  const zone = sampleZone([])
  const before = there(zone)
  const names = Array.from({ length: OVERLAY_NAMES_MIN + 10 }, (_, at) => `n${at}.harbor.test`)
  for (let at = 0; at < names.length; at += 512)
    good(await zone.change(adding(...names.slice(at, at + 512).map((name) => `${name} 1 A 192.0.2.1`))))
  assert.equal(there(zone).count, names.length + 1)
  assert.equal([...there(zone).names()].length, names.length + 1)
  assert.deepEqual(there(zone).around('n4.harbor.test').at, 'n4.harbor.test')
  assert.deepEqual([...before.names()], [APEX])
})

test('a version with many layers is merged, one with few is not', () => {
  const contents = good(contentsOf(APEX, [record(SOA)]))
  const node = { sets: [{ type: 1, ttlSeconds: 1, data: [Uint8Array.of(192, 0, 2, 1)] }], children: 0 }
  const names = Array.from({ length: OVERLAY_NAMES_MIN + 1 }, (_, at) => `n${at}.harbor.test`)
  const of = (count: number): Version =>
    new Version(contents).with(new Map(names.slice(0, count).map((name) => [name, node])), count + 1)
  const small = of(OVERLAY_NAMES_MIN)
  assert.equal(compacted(small), small)
  const merged = compacted(of(OVERLAY_NAMES_MIN + 1))
  assert.deepEqual(merged.sizes, { overlay: 0, contents: names.length + 1 })
  assert.deepEqual([...merged.names()].toSorted(), [APEX, ...names].toSorted())
})

test('edits that wait are bounded', async () => {
  const kept = new MemoryJournal()
  const held: (() => void)[] = (kept.held = [])
  const zone = sampleZone([], { kept })
  const edits = Array.from({ length: EDITS_WAITING_MAX + 2 }, (_, at) =>
    zone.change(adding(`a.harbor.test 1 TXT "${at % 9}"`)),
  )
  const last = await edits.at(-1)
  assert.equal(isFailure(last) && last.code, 'EBUSY')
  kept.held = undefined
  held.shift()?.()
  const refused = (await Promise.all(edits)).filter(isFailure)
  assert.equal(refused.length, 1)
})

test('watchers hear until they stop, and one that throws is no matter of the others', async () => {
  const zone = sampleZone([])
  const heard: string[] = []
  const stop = zone.watch(() => heard.push('first'))
  zone.watch(() => heard.push('second'))
  good(await zone.change(adding('a.harbor.test 1 A 192.0.2.1')))
  stop()
  good(await zone.change(adding('b.harbor.test 1 A 192.0.2.1')))
  assert.deepEqual(heard, ['first', 'second', 'second'])
})

test('what throws settles for who asked it, and what waits behind it is done', async () => {
  const zone = openCopy({ apex: 'a.test' })
  const broken: Iterable<never> = {
    [Symbol.iterator]() {
      throw new Error('broken records')
    },
  }
  const first = zone.replace(broken)
  const second = zone.replace(broken)
  const third = zone.change({ remove: [], add: [] })
  await assert.rejects(first, /broken records/)
  await assert.rejects(second, /broken records/)
  assert.ok(isFailure(await third))
})
