// What a version says of names: sets, empty non-terminals, canonical order.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { TYPE } from '../shared/dns/messages.ts'
import { adding, linesOf, named, removing, sampleZone, there, good, lineOf, APEX } from './sample-zone.ts'

test('sets stand in the order in which they came, their records too', () => {
  const zone = sampleZone([
    'www.harbor.test 300 TXT "b"',
    'www.harbor.test 300 A 192.0.2.2',
    'www.harbor.test 60 TXT "a"',
    'WWW.harbor.test 300 A 192.0.2.1',
  ])
  const version = there(zone)
  const sets = version.setsAt('www.harbor.test') ?? []
  assert.deepEqual(
    sets.map(({ type, ttlSeconds, data }) => [type, ttlSeconds, data.length]),
    [
      [TYPE.TXT, 60, 2],
      [TYPE.A, 300, 2],
    ],
  )
  assert.deepEqual(version.setAt('www.harbor.test', TYPE.A)?.data, [
    Uint8Array.of(192, 0, 2, 2),
    Uint8Array.of(192, 0, 2, 1),
  ])
  assert.equal(version.setAt('www.harbor.test', TYPE.MX), undefined)
  assert.equal(version.count, 5)
  assert.equal(version.serial, 7)
  assert.equal(version.apex, APEX)
})

test('a record that is there twice counts once', () => {
  const zone = sampleZone(['a.harbor.test 300 A 192.0.2.2', 'a.harbor.test 300 A 192.0.2.2'])
  assert.equal(there(zone).count, 2)
})

test('names between the apex and a name with records exist without sets', () => {
  const version = there(sampleZone(['a.b.c.harbor.test 300 A 192.0.2.1']))
  assert.deepEqual(version.setsAt('b.c.harbor.test'), [])
  assert.deepEqual(version.setsAt('c.harbor.test'), [])
  assert.ok(version.has('c.harbor.test'))
  assert.equal(version.setsAt('x.c.harbor.test'), undefined)
  assert.equal(version.has('test'), false)
  assert.equal(version.has('a.a.b.c.harbor.test'), false)
})

test('empty non-terminals go with the last name below them, and older versions keep them', async () => {
  const zone = sampleZone(['a.b.c.harbor.test 300 A 192.0.2.1', 'd.c.harbor.test 300 A 192.0.2.1'])
  const first = there(zone)
  good(await zone.change(removing(['a.b.c.harbor.test'])))
  assert.deepEqual([...there(zone).names()], [APEX, 'c.harbor.test', 'd.c.harbor.test'])
  good(await zone.change(removing(['d.c.harbor.test'])))
  assert.deepEqual([...there(zone).names()], [APEX])
  good(await zone.change(adding('x.c.harbor.test 1 A 192.0.2.1')))
  assert.deepEqual(there(zone).setsAt('c.harbor.test'), [])
  assert.deepEqual(
    [...first.names()],
    [APEX, 'c.harbor.test', 'b.c.harbor.test', 'a.b.c.harbor.test', 'd.c.harbor.test'],
  )
})

test('canonical order is that of the example of RFC 4034 §6.1', () => {
  const names = [
    'example',
    'a.example',
    'yljkjljk.a.example',
    'z.a.example',
    'zabc.a.example',
    'z.example',
    '\\001.z.example',
    '*.z.example',
    '\\200.z.example',
  ]
  const records = names.map((name) => named(`${name} 60 TXT "x"`))
  const soa = named('example 60 SOA . . 1 1 1 1 1')
  const version = there(sampleZone([], { apex: 'example', records: [...records.toReversed(), soa] }))
  assert.deepEqual([...version.names()], names)
  assert.deepEqual(
    [...version.records()].map(({ name }) => name),
    ['example', ...names],
  )
  names.forEach((name, at) => {
    assert.deepEqual(version.around(name), { at: name, next: names[at + 1] ?? 'example' })
  })
  assert.deepEqual(version.around('b.a.example'), { at: 'a.example', next: 'yljkjljk.a.example' })
  assert.deepEqual(version.around('zz.example'), { at: '\\200.z.example', next: 'example' })
  assert.deepEqual(version.around('x.\\000.z.example'), { at: 'z.example', next: '\\001.z.example' })
})

test('octets of labels order, not the text that they are written in', () => {
  const names = [
    '\\000',
    '\\000\\000',
    '\\001',
    '\\032',
    '-',
    '\\.',
    '\\.a',
    '0',
    '\\@',
    '\\\\',
    '_',
    'a',
    'a\\000',
    '\\255',
  ]
  const lines = names.map((label) => `${label}.harbor.test 60 A 192.0.2.1`)
  const version = there(sampleZone(lines.toReversed()))
  assert.deepEqual(linesOf(version), lines)
  assert.deepEqual(version.around('\\.0.harbor.test'), { at: '\\..harbor.test', next: '\\.a.harbor.test' })
  assert.deepEqual(version.setsAt('\\.a.harbor.test')?.length, 1)
  assert.equal(version.setsAt('a.\\.harbor.test'), undefined)
})

test('the root is a zone like others', () => {
  const records = ['. 60 SOA . . 1 1 1 1 1', 'test. 60 NS ns.test.', 'ns.test 60 A 192.0.2.1'].map(named)
  const version = there(sampleZone([], { apex: '', records }))
  assert.deepEqual([...version.names()], ['', 'test', 'ns.test'])
  assert.deepEqual(version.around('zz'), { at: 'ns.test', next: '' })
  assert.deepEqual([...version.records()].map(lineOf).slice(1), ['test 60 NS ns.test.', 'ns.test 60 A 192.0.2.1'])
})
