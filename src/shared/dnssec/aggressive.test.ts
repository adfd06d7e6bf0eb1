// What follows from proofs that were seen: the same zone by NSEC and by NSEC3, record by record.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Signing } from '../../core/zones.ts'
import { TYPE } from '../dns/messages.ts'
import { DenialStore } from './aggressive.ts'
import type { OwnedSet } from './denial/denial.ts'
import { encodeNsec } from './records.ts'
import { SAMPLE_SIGNING, sampleZone } from './sample-zone.ts'
import { signedZone } from './signed-zone.ts'
import { zoneSigner } from './sign.ts'

const TEXT = `
  z.test. 600 SOA ns.z.test. h.z.test. 1 2 3 4 300
  z.test. 600 NS ns.z.test.
  a.z.test. 60 A 192.0.2.1
  a.b.c.z.test. 60 A 192.0.2.1
  *.w.z.test. 60 A 192.0.2.1
  cut.z.test. 60 NS ns.cut.z.test.
  d.z.test. 60 DNAME z.test.
  ns.z.test. 60 A 192.0.2.1`

function chainOf(change: Partial<Signing>): readonly OwnedSet[] {
  const signer = zoneSigner(Buffer.alloc(32, 2), 'z.test', { ...SAMPLE_SIGNING, ...change })
  return [...signedZone(signer, sampleZone('z.test', TEXT), new Map()).denial.all()]
}

function storeOf(sets: readonly OwnedSet[], untilSeconds = 200): DenialStore<string> {
  const store = new DenialStore<string>()
  for (const { name, set } of sets)
    for (const data of set.data)
      store.add('z.test', { owner: name, type: set.type, data, kept: name, fromSeconds: 100, untilSeconds })
  return store
}

const FOLLOWS: readonly (readonly [string, number, 'no-name' | 'no-data' | undefined])[] = [
  ['nothing.z.test', TYPE.A, 'no-name'],
  ['x.y.nothing.z.test', TYPE.A, 'no-name'],
  ['aa.c.z.test', TYPE.A, 'no-name'],
  ['a.z.test', TYPE.MX, 'no-data'],
  ['z.test', TYPE.MX, 'no-data'],
  ['c.z.test', TYPE.A, 'no-data'],
  ['x.w.z.test', TYPE.MX, 'no-data'],
  ['cut.z.test', TYPE.DS, 'no-data'],
  ['a.z.test', TYPE.DS, 'no-data'],
  ['a.z.test', TYPE.A, undefined],
  ['x.w.z.test', TYPE.A, undefined],
  ['cut.z.test', TYPE.A, undefined],
  ['www.cut.z.test', TYPE.A, undefined],
  ['www.d.z.test', TYPE.A, undefined],
  ['z.test', TYPE.DS, undefined],
  ['other.test', TYPE.A, undefined],
]

for (const [title, change] of [
  ['NSEC', {}],
  ['NSEC3', { denial: 'nsec3', salt: 'ab', iterations: 2 }],
] as const)
  describe(title, () => {
    const chain = chainOf(change)
    const store = storeOf(chain)

    for (const [name, type, kind] of FOLLOWS)
      test(`${name} ${type}`, () => {
        const found = store.answer(name, type, 150)
        assert.equal(found?.kind, kind)
        if (found === undefined) return
        assert.equal(found.untilSeconds, 200)
        assert.ok(found.kept.length <= 3)
        // Each of the records is needed, and no others are.
        const used = chain.filter((each) => found.kept.includes(each.name))
        assert.equal(storeOf(used).answer(name, type, 150)?.kind, kind)
        for (const each of used)
          assert.equal(storeOf(used.filter((other) => other !== each)).answer(name, type, 150), undefined)
      })

    test('nothing follows before, nor after', () => {
      for (const at of [99, 200]) assert.equal(store.answer('nothing.z.test', TYPE.A, at), undefined)
    })

    test('nothing follows once it is forgotten', () => {
      const fresh = storeOf(chain)
      fresh.forget('test')
      assert.equal(fresh.answer('nothing.z.test', TYPE.A, 150), undefined)
    })
  })

test('from opt-out nothing follows', () => {
  const store = storeOf(chainOf({ denial: 'nsec3', optOut: true }))
  assert.equal(store.answer('nothing.z.test', TYPE.A, 150), undefined)
  assert.equal(store.answer('a.z.test', TYPE.MX, 150)?.kind, 'no-data')
})

test('records with a new salt take the place of all with the old one', () => {
  const store = storeOf(chainOf({ denial: 'nsec3', salt: 'aa' }))
  for (const { name, set } of chainOf({ denial: 'nsec3', salt: 'bb' }).slice(0, 1))
    for (const data of set.data)
      store.add('z.test', { owner: name, type: set.type, data, kept: name, fromSeconds: 100, untilSeconds: 200 })
  assert.equal(store.answer('nothing.z.test', TYPE.A, 150), undefined)
})

test('what is kept is bounded, in zones and in records', () => {
  const store = new DenialStore<string>()
  const add = (zone: string, owner: string): void => {
    const data = encodeNsec(zone, [TYPE.SOA, TYPE.NSEC])
    store.add(zone, { owner, type: TYPE.NSEC, data, kept: owner, fromSeconds: 0, untilSeconds: 9 })
  }
  for (let zone = 0; zone < 600; zone += 1) add(`z${zone}.test`, `z${zone}.test`)
  assert.equal(store.answer('z0.test', TYPE.MX, 1), undefined)
  assert.equal(store.answer('z599.test', TYPE.MX, 1)?.kind, 'no-data')
  for (let record = 0; record < 5000; record += 1) add('large.test', `r${record}.large.test`)
  assert.equal(store.answer('r0.large.test', TYPE.MX, 1)?.kind, undefined)
  assert.equal(store.answer('r4999.large.test', TYPE.MX, 1)?.kind, 'no-data')
})

test('what is kept is bounded over all zones too: the oldest goes', () => {
  const store = new DenialStore<string>()
  for (let zone = 0; zone < 10; zone += 1)
    for (let record = 0; record < 4096; record += 1) {
      const apex = `z${zone}.test`
      const data = encodeNsec(apex, [TYPE.SOA, TYPE.NSEC])
      const owner = record === 0 ? apex : `r${record}.${apex}`
      store.add(apex, { owner, type: TYPE.NSEC, data, kept: owner, fromSeconds: 0, untilSeconds: 9 })
    }
  assert.equal(store.count, 32_768)
  assert.equal(store.answer('z1.test', TYPE.MX, 1), undefined)
  assert.equal(store.answer('z2.test', TYPE.MX, 1)?.kind, 'no-data')
  store.forget('test')
  assert.equal(store.count, 0)
})

test('what takes many hashes is not looked for here (CVE-2023-50868)', () => {
  const plain = storeOf(chainOf({ denial: 'nsec3' }))
  const slow = storeOf(chainOf({ denial: 'nsec3', iterations: 150 }))
  const deep = `${'a.'.repeat(120)}z.test`
  assert.equal(plain.answer(deep, TYPE.A, 150)?.kind, 'no-name')
  assert.equal(slow.answer(deep, TYPE.A, 150), undefined)
})
