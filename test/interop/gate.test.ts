// The gate as nftables decides what the gate in-process decides, for each host, port, transport and family,
// refuses as it says, and remembers what it refused.

import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import * as v from 'valibot'
import { missing, runAsWorld } from './namespaces.ts'

const why = missing()
const skip = why !== undefined && process.env['CI'] !== 'true' ? why : false

const address = v.object({ ip: v.string(), port: v.number() })
const refusals = v.array(
  v.object({
    verdict: v.string(),
    rule: v.optional(v.number()),
    reason: v.string(),
    from: address,
    to: address,
    transport: v.string(),
    count: v.number(),
  }),
)
const outcomes = v.record(v.string(), v.string())
const schema = v.object({
  met: outcomes,
  decided: outcomes,
  refused: refusals,
  agreed: v.tuple([outcomes, outcomes, outcomes, v.object({ failed: v.array(v.unknown()) })]),
  together: v.array(v.boolean()),
  afterwards: refusals,
})

const VERDICTS = new Map([
  ['ECONNREFUSED', 'reject'],
  ['silence', 'drop'],
])

test('nftables decides as the gate in-process does', { skip }, async (t) => {
  assert.equal(why, undefined)
  const { met, decided, refused, agreed, together, afterwards } = v.parse(
    schema,
    runAsWorld(join(import.meta.dirname, 'gate-world.ts')),
  )

  await t.test('every flow meets its verdict', () => {
    const verdicts = Object.keys(decided).map((probe) => [probe, VERDICTS.get(met[probe] ?? '') ?? 'allow'])
    assert.deepEqual(Object.fromEntries(verdicts), decided)
    assert.deepEqual(new Set(Object.values(decided)), new Set(['allow', 'reject', 'drop']))
  })

  await t.test('addresses that nobody has are unreachable at once', () => {
    assert.match(met['tcp 8.8.8.8 53'] ?? '', /^E(NET|HOST)UNREACH$/)
    assert.equal(met['udp 8.8.8.8 53'], 'EHOSTUNREACH')
    assert.equal(met['udp 2606:4700::1111 53'], 'EACCES')
  })

  await t.test('what was refused is read back, with who, where and why', () => {
    const lines = refused.map(({ verdict, rule, reason, transport, from, to }) =>
      [verdict, rule ?? reason, transport, from.ip, to.ip, to.port].join(' '),
    )
    const expected = [
      'reject 0 tcp 203.0.113.10 192.0.2.2 25',
      'drop 1 tcp 2001:db8::10 2001:db8:1::3 6881',
      'reject 3 udp 203.0.113.10 192.0.2.3 53',
      'drop default udp 203.0.113.10 192.0.2.2 6881',
      'reject unknown-address tcp 203.0.113.10 8.8.8.8 53',
      'reject unknown-address udp 2001:db8::10 2606:4700::1111 53',
      'drop multicast udp 203.0.113.10 224.0.0.251 5353',
    ]
    assert.deepEqual(
      expected.filter((line) => !lines.includes(line)),
      [],
    )
    assert.equal(lines.length, Object.values(decided).filter((verdict) => verdict !== 'allow').length + 4)
    assert.ok(refused.every(({ count }) => count >= 1))
  })
  await t.test('a port that was agreed on opens for its peer alone, and only while it is', () => {
    const [before, during, after, { failed }] = agreed
    assert.deepEqual(failed, [])
    for (const [probe, outcome] of Object.entries(during)) {
      assert.equal(before[probe], 'silence')
      assert.equal(outcome, probe.endsWith('50000') ? 'in' : 'ECONNREFUSED')
      assert.equal(after[probe], 'silence')
    }
    assert.equal(Object.keys(during).length, 4)
    const ours = afterwards.filter(({ reason }) => reason === 'agreed').map(({ to }) => `${to.ip} ${to.port}`)
    assert.deepEqual(ours.toSorted(), ['192.0.2.2 50001', '2001:db8:1::2 50001'])
  })
  await t.test('a change that cannot be made fails alone, and all do after the end', () => {
    assert.deepEqual(together, [false, true, false, true])
  })
})
