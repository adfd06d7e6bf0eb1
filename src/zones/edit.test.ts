// The rules by which contents change (RFC 2136 §3.4.2), and what no zone takes.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isFailure } from '../core/failure.ts'
import type { LiveZone, ZoneEdit } from '../core/zones.ts'
import { SETS_PER_NAME_MAX } from './limits.ts'
import { adding, good, linesOf, record, removing, sampleZone, there } from './sample-zone.ts'

const NS = ['harbor.test 60 NS ns.harbor.test.', 'harbor.test 60 NS ns2.harbor.test.']

async function changed(zone: LiveZone, ...edits: readonly ZoneEdit[]): Promise<string[]> {
  for (const edit of edits) good(await zone.change(edit))
  return linesOf(there(zone))
}

async function refused(zone: LiveZone, edit: ZoneEdit): Promise<string> {
  const before = there(zone)
  const made = await zone.change(edit)
  assert.equal(there(zone), before)
  return isFailure(made) ? made.code : 'made'
}

const soa = (serial: number): string =>
  `harbor.test 60 SOA ns.harbor.test. root.harbor.test. ${serial} 3600 600 86400 300`

test('an SOA is replaced by a later one only, in the arithmetic of serials', async () => {
  const zone = sampleZone([])
  for (const [brought, serial] of [
    [7, 7],
    [6, 7],
    [7 + 0x8000_0000, 7],
    [7 + 0x7fff_ffff, 7 + 0x7fff_ffff],
    [0x8000_0006, 0x8000_0006],
    [0xffff_ffff, 0xffff_ffff],
    [3, 3],
  ] as const) {
    good(await zone.change(adding(soa(brought))))
    assert.equal(there(zone).serial, serial, `${brought}`)
  }
  assert.equal(there(zone).count, 1)
})

test('a serial without an SOA is the next one, past the end and past 0', async () => {
  const zone = sampleZone([])
  await changed(zone, adding(soa(0x7fff_ffff)), adding(soa(0xffff_fffe)))
  const serials: number[] = []
  for (let last = 1; last < 4; last += 1) {
    good(await zone.change(adding(`a.harbor.test 1 A 192.0.2.${last}`)))
    serials.push(there(zone).serial)
  }
  assert.deepEqual(serials, [0xffff_ffff, 1, 2])
})

test('a CNAME stands alone: what would stand beside one is ignored, another one takes its place', async () => {
  const zone = sampleZone(['a.harbor.test 1 A 192.0.2.1', 'c.harbor.test 1 CNAME a.harbor.test.'])
  const lines = await changed(
    zone,
    adding('a.harbor.test 1 CNAME b.harbor.test.'),
    adding('c.harbor.test 1 A 192.0.2.1'),
    adding('c.harbor.test 2 CNAME d.harbor.test.'),
    adding('c.harbor.test 2 TYPE47 \\# 1 00'),
  )
  assert.deepEqual(lines, ['a.harbor.test 1 A 192.0.2.1', 'c.harbor.test 2 CNAME d.harbor.test.', lines[2]])
  assert.match(lines[2] ?? '', /^c\.harbor\.test 2 (NSEC|TYPE47) /)
})

test('one edit takes away first, so that a CNAME takes the place of addresses', async () => {
  const zone = sampleZone(['a.harbor.test 1 A 192.0.2.1'])
  const { remove } = removing(['a.harbor.test'])
  const { add } = adding('a.harbor.test 1 CNAME b.harbor.test.')
  assert.deepEqual(await changed(zone, { remove, add }), ['a.harbor.test 1 CNAME b.harbor.test.'])
})

test('SOA and name servers of the apex stay, as long as no others come', async () => {
  const zone = sampleZone([...NS, 'harbor.test 60 TXT "x"'])
  assert.deepEqual(await changed(zone, removing(['harbor.test', 'NS'])), [...NS, 'harbor.test 60 TXT "x"'])
  assert.deepEqual(await changed(zone, removing(['harbor.test'], ['harbor.test', 'SOA'])), NS)
  const one = removing(['harbor.test', 'NS', 'ns.harbor.test.'])
  const both = removing(['harbor.test', 'NS', 'ns2.harbor.test.'])
  assert.deepEqual(await changed(zone, one, both), [NS[1]])
  const other = adding('harbor.test 60 NS ns3.harbor.test.')
  assert.deepEqual(await changed(zone, { ...both, add: other.add }), ['harbor.test 60 NS ns3.harbor.test.'])
  assert.equal(there(zone).count, 2)
})

test('name servers below the apex are like any others', async () => {
  const zone = sampleZone(['sub.harbor.test 60 NS ns.sub.harbor.test.'])
  assert.deepEqual(await changed(zone, removing(['sub.harbor.test', 'NS'])), [])
})

test('a set has the TTL that came last, and a record that is there already changes nothing else', async () => {
  const zone = sampleZone(['a.harbor.test 1 A 192.0.2.1', 'a.harbor.test 1 A 192.0.2.2'])
  const before = there(zone)
  assert.equal(good(await zone.change(adding('a.harbor.test 1 A 192.0.2.2'))), before)
  assert.deepEqual(await changed(zone, adding('a.harbor.test 9 A 192.0.2.2')), [
    'a.harbor.test 9 A 192.0.2.1',
    'a.harbor.test 9 A 192.0.2.2',
  ])
  const [step] = zone.since(before.serial) ?? []
  assert.deepEqual([step?.removed.length, step?.added.length], [2, 2])
})

test('names in data are the same in any case, text is not', async () => {
  const zone = sampleZone([
    'a.harbor.test 1 MX 1 Mail.test.',
    'a.harbor.test 1 MX 1 mail.TEST.',
    'a.harbor.test 1 TXT "X"',
  ])
  const before = there(zone)
  assert.equal(before.count, 3)
  assert.equal(good(await zone.change(adding('a.harbor.test 1 MX 1 MAIL.test.'))), before)
  const lines = await changed(zone, removing(['a.harbor.test', 'MX', '1 mail.test.'], ['a.harbor.test', 'TXT', '"x"']))
  assert.deepEqual(lines, ['a.harbor.test 1 TXT "X"'])
})

function withoutSoa(lines: readonly string[]): string[] {
  return lines.filter((line) => !line.includes(' SOA '))
}

test('records of several sets in any order: as if each were an edit of its own', async () => {
  const lines = Array.from({ length: 30 }, (_, n) => {
    return n % 3 === 0
      ? `a.harbor.test 60 A 192.0.2.${n}`
      : `${n % 2 === 0 ? 'a' : 'b'}.harbor.test ${n} TXT "${n % 7}"`
  })
  const add = lines.map(record)
  const remove = add.filter((_, n) => n % 4 !== 0).map(({ name, type, data }) => ({ name, type, data }))
  const [whole, single] = [sampleZone(NS), sampleZone(NS)]
  const ones = [...add.map((one) => ({ remove: [], add: [one] })), ...remove.map((one) => ({ remove: [one], add: [] }))]
  assert.deepEqual(
    withoutSoa(await changed(whole, { remove: [], add }, { remove, add: [] })),
    withoutSoa(await changed(single, ...ones)),
  )
})

test('an edit without effect is the version there was', async () => {
  const zone = sampleZone(['a.harbor.test 1 A 192.0.2.1'])
  const before = there(zone)
  assert.equal(good(await zone.change(removing(['b.harbor.test'], ['a.harbor.test', 'MX']))), before)
  assert.equal(good(await zone.change({ remove: [], add: [] })), before)
  const { remove } = removing(['a.harbor.test'])
  assert.equal(good(await zone.change({ remove, add: adding('a.harbor.test 1 A 192.0.2.1').add })), before)
})

test('what no zone takes is refused whole', async () => {
  const zone = sampleZone([])
  const fine = record('a.harbor.test 1 A 192.0.2.1')
  const with_ = (change: Partial<typeof fine>): ZoneEdit => ({ remove: [], add: [fine, { ...fine, ...change }] })
  assert.equal(await refused(zone, with_({ name: 'a.island.test' })), 'EOUTSIDE')
  assert.equal(await refused(zone, with_({ name: 'A.harbor.test' })), 'EBADNAME')
  assert.equal(await refused(zone, with_({ name: `${'a'.repeat(64)}.harbor.test` })), 'EBADNAME')
  for (const type of [0, 41, 250, 252, 255, 65_536]) assert.equal(await refused(zone, with_({ type })), 'EBADTYPE')
  assert.equal(await refused(zone, with_({ ttlSeconds: -1 })), 'EBADTTL')
  assert.equal(await refused(zone, with_({ ttlSeconds: 2 ** 31 })), 'EBADTTL')
  assert.equal(await refused(zone, with_({ data: new Uint8Array(65_536) })), 'ETOOBIG')
  assert.equal(await refused(zone, with_({ type: 16, data: new Uint8Array(65_530) })), 'ETOOBIG')
  assert.equal(await refused(zone, with_({ name: 'harbor.test', type: 6, data: new Uint8Array(4) })), 'EBADDATA')
  assert.equal(await refused(zone, { remove: [{ name: 'island.test' }], add: [] }), 'EOUTSIDE')
})

test('types at a name are bounded', async () => {
  const zone = sampleZone([])
  const fine = record('a.harbor.test 1 A 192.0.2.1')
  const of = (types: number): ZoneEdit => ({
    remove: [],
    add: Array.from({ length: types }, (_, at) => ({ ...fine, type: 1000 + at })),
  })
  assert.equal(await refused(zone, of(SETS_PER_NAME_MAX + 1)), 'ETOOBIG')
  good(await zone.change(of(SETS_PER_NAME_MAX)))
})
