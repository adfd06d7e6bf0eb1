// Versions beside a model of a few lines: after any edits, each version that was ever there says what the model said then.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { ZoneEdit, ZoneRecord, ZoneVersion } from '../core/zones.ts'
import { parentOf } from '../shared/dns/codec/name.ts'
import { TYPE } from '../shared/dns/messages.ts'
import { canonicalKey } from '../shared/dns/codec/canonical.ts'
import { APEX, MemoryJournal, good, lineOf, sampleZone, there } from './sample-zone.ts'

const RUNS = 150
const label = fc.constantFrom('a', 'b', '*', '\\.x', '\\000', 'z', 'ns')
const name = fc.array(label, { maxLength: 3 }).map((labels) => [...labels, APEX].join('.'))
const data = fc.nat(3).map((last) => Uint8Array.of(192, 0, 2, last))
const type = fc.constantFrom(TYPE.A, 65280)
const added = fc.record({ name, type, ttlSeconds: fc.constantFrom(60, 300), data })
const removal = fc.oneof(fc.record({ name }), fc.record({ name, type }), fc.record({ name, type, data }))
const edit = fc.record({ remove: fc.array(removal, { maxLength: 4 }), add: fc.array(added, { maxLength: 4 }) })
const end = fc.constantFrom('well', 'well', 'well', 'restart')

/** Records by name, type and data, in no order. */
class Model {
  records: ZoneRecord[] = []

  apply({ remove, add }: ZoneEdit): void {
    for (const gone of remove)
      this.records = this.records.filter(
        (one) =>
          one.name !== gone.name ||
          (gone.type !== undefined && one.type !== gone.type) ||
          (gone.data !== undefined && Buffer.compare(one.data, gone.data) !== 0),
      )
    for (const one of add) {
      const isOfSet = (other: ZoneRecord): boolean => other.name === one.name && other.type === one.type
      const { ttlSeconds } = one
      this.records = this.records
        .filter((other) => !isOfSet(other) || Buffer.compare(other.data, one.data) !== 0)
        .map((other) => (isOfSet(other) ? Object.assign({}, other, { ttlSeconds }) : other))
      this.records.push(one)
    }
  }

  names(): string[] {
    const names = new Set([APEX])
    for (const { name } of this.records)
      for (let at: string | undefined = name; at !== undefined && at !== APEX; at = parentOf(at)) names.add(at)
    return [...names].toSorted((a, b) => (canonicalKey(a) < canonicalKey(b) ? -1 : 1))
  }
}

interface Seen {
  readonly version: ZoneVersion
  readonly names: readonly string[]
  readonly lines: readonly string[]
}

function check({ version, names, lines }: Seen): void {
  assert.deepEqual([...version.names()], names)
  assert.deepEqual([...version.records()].slice(1).map(lineOf).toSorted(), lines)
  assert.equal(version.count, lines.length + 1)
  for (const probe of [...names, `q.${names.at(-1)}`, `\\001.${APEX}`, `b.a.${APEX}`]) {
    const exists = names.includes(probe)
    assert.equal(version.has(probe), exists)
    assert.equal(version.setsAt(probe) !== undefined, exists)
    const behind = names.findIndex((one) => canonicalKey(one) > canonicalKey(probe))
    const next = behind === -1 ? APEX : names[behind]
    assert.deepEqual(version.around(probe), { at: names.at((behind === -1 ? names.length : behind) - 1), next })
  }
}

test('each version goes on saying what it said', async () => {
  const run = fc.asyncProperty(
    fc.array(added, { maxLength: 12 }),
    fc.array(fc.record({ edit, end }), { maxLength: 12 }),
    async (start, steps) => {
      const model = new Model()
      model.apply({ remove: [], add: start })
      const lines = start.map(lineOf)
      let kept = new MemoryJournal()
      let zone = sampleZone(lines, { kept })
      const seen: Seen[] = []
      const look = (): void => {
        const lines = model.records.map(lineOf).toSorted()
        seen.push({ version: there(zone), names: model.names(), lines })
      }
      look()
      for (const { edit, end } of steps) {
        const before = there(zone)
        model.apply(edit)
        const after = good(await zone.change(edit))
        assert.equal(after, there(zone))
        checkDifference(before, after, zone.since(before.serial))
        if (end === 'restart') {
          kept = kept.opened()
          zone = sampleZone(lines, { kept })
          assert.equal(there(zone).serial, after.serial)
        }
        look()
      }
      for (const one of seen) check(one)
    },
  )
  await fc.assert(run, { numRuns: RUNS })
})

function checkDifference(
  before: ZoneVersion,
  after: ZoneVersion,
  since: readonly { removed: readonly ZoneRecord[]; added: readonly ZoneRecord[] }[] | undefined,
): void {
  assert.ok(since)
  const lines = new Set([...before.records()].slice(1).map(lineOf))
  for (const { removed, added } of since) {
    for (const one of removed) assert.ok(lines.delete(lineOf(one)), lineOf(one))
    for (const one of added) lines.add(lineOf(one))
  }
  assert.deepEqual([...lines].toSorted(), [...after.records()].slice(1).map(lineOf).toSorted())
}
