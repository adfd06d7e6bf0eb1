// What outlives the process: edits over contents that may have changed since, under serials that never go back.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isFailure } from '../core/failure.ts'
import type { ZoneRecord } from '../core/zones.ts'
import { Keeper } from './keeper.ts'
import { contentsOf } from './fill.ts'
import { decodeEntry, encodeSnapshot } from './entries.ts'
import { openCopy } from './index.ts'
import { JOURNAL_MAX_BYTES } from './limits.ts'
import { Version } from './version.ts'
import {
  APEX,
  MemoryJournal,
  SOA,
  adding,
  good,
  linesOf,
  named,
  record,
  removing,
  sampleZone,
  there,
} from './sample-zone.ts'

const A = 'a.harbor.test 1 A 192.0.2.1'
const B = 'b.harbor.test 1 A 192.0.2.1'
const C = 'c.harbor.test 1 A 192.0.2.1'
const D = 'd.harbor.test 1 A 192.0.2.1'

async function editedJournal(): Promise<MemoryJournal> {
  const kept = new MemoryJournal()
  const zone = sampleZone([A, B], { kept })
  good(await zone.change(removing(['a.harbor.test'])))
  good(await zone.change(adding(C)))
  return kept
}

test('edits are made again, with what leads from one serial to the next', async () => {
  const zone = sampleZone([A, B], { kept: await editedJournal() })
  assert.deepEqual(linesOf(there(zone)), [B, C])
  assert.equal(there(zone).serial, 9)
  assert.equal(zone.since(7)?.length, 2)
})

test('over other contents they are made again too, under a serial that nobody has seen', async () => {
  const kept = await editedJournal()
  const zone = sampleZone([A, B, D], { kept })
  assert.deepEqual(linesOf(there(zone)), [B, C, D])
  assert.equal(there(zone).serial, 10)
  assert.equal(zone.since(9), undefined)
  await Promise.resolve()
  const third = sampleZone([A, D], { kept: kept.opened() })
  assert.deepEqual(linesOf(there(third)), [C, D])
  assert.equal(there(third).serial, 11)
})

test('the same contents once more have the serial that they had', async () => {
  const kept = await editedJournal()
  assert.equal(there(sampleZone([A, B, D], { kept })).serial, 10)
  await Promise.resolve()
  const again = sampleZone([A, B, D], { kept })
  assert.equal(there(again).serial, 10)
  assert.equal(again.since(9), undefined)
  good(await again.change(adding('e.harbor.test 1 A 192.0.2.1')))
  const last = sampleZone([A, B, D], { kept })
  assert.equal(there(last).serial, 11)
  assert.equal(last.since(10)?.length, 1)
  for (const before of [7, 8, 9]) assert.equal(last.since(before), undefined)
})

test('a later serial in the world file goes before that of the edits', async () => {
  const later = named(SOA.replace(' 7 ', ' 100 '))
  const zone = sampleZone([], { kept: await editedJournal(), records: [later, ...[A, B].map(named)] })
  assert.deepEqual(linesOf(there(zone)), [B, C])
  assert.equal(there(zone).serial, 102)
})

test('a journal that is none of ours serves nothing and takes nothing', async () => {
  const kept = new MemoryJournal([Uint8Array.of(99)])
  const zone = sampleZone([A], { kept })
  assert.equal(zone.current, undefined)
  const made = await zone.change(adding(B))
  assert.equal(isFailure(made) && made.code, 'ECORRUPT')
  assert.equal(kept.entries.length, 1)
})

test('a snapshot that is cut is no zone', () => {
  const [whole = new Uint8Array(0)] = encodeSnapshot([SOA, A].map(record))
  assert.equal(there(openCopy({ apex: APEX, kept: new MemoryJournal([whole]) })).count, 2)
  const copy = openCopy({ apex: APEX, kept: new MemoryJournal([whole.subarray(0, whole.length - 1)]) })
  assert.equal(copy.current, undefined)
})

test('a journal that has grown is written anew as one difference', async () => {
  const kept = new MemoryJournal()
  const contents = good(contentsOf(APEX, [SOA, A].map(record)))
  const keeper = new Keeper(kept, contents, false, 0)
  const version = new Version(contents)
  for (let serial = 7; kept.entries.length < 2 || serial * 120_000 < JOURNAL_MAX_BYTES + 2_000_000; serial += 1) {
    const removed = serial === 7 ? [] : [large(serial & 1, serial)]
    const step = { from: soa(serial), to: soa(serial + 1), removed, added: [large((serial + 1) & 1, serial + 1)] }
    assert.equal(await keeper.append(version, [step]), undefined)
    await keeper.tidy(version)
  }
  const differences = kept.entries.map(decodeEntry).filter((entry) => entry?.kind === 'difference')
  assert.ok(differences.length < 30, `${differences.length} differences are left`)
  const [first] = differences
  assert.ok(first?.kind === 'difference')
  assert.equal(first.difference.removed.length, 0)
  assert.equal(first.difference.added.length, 1)
})

function large(octet: number, ttlSeconds: number): ZoneRecord {
  return { name: 'large.harbor.test', type: 65_280, ttlSeconds, data: new Uint8Array(60_000).fill(octet) }
}

function soa(serial: number): ZoneRecord {
  return record(SOA.replace(' 7 ', ` ${serial} `))
}
