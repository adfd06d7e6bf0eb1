// Live edits by `portolan dns set` and `rm`, seen by dig: at the server at once, through the resolver once the TTL is over, signed in
// either case; and by the copy that a second server holds.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inside } from '../inside.ts'
import { PORTOLAN, skipWithout } from '../portolan.ts'
import { answered, DIG } from './resolvers.ts'

const skip = skipWithout('dig', 'delv')
const DNS = `${PORTOLAN} dns`
const SERVER = '@192.0.2.1 +norec'
const SECOND = '@192.0.2.2 +norec'
/** Looks, five a second. */
const LOOKS_MAX = 60

const WORLD = `domains:
  harbor.test:
    servers: [ns.harbor.test, ns2.harbor.test]
    records: ['short 2 A 192.0.2.50', 'gone A 192.0.2.51', 'two A 192.0.2.52', 'two A 192.0.2.53']
hosts:
  ns.harbor.test: dns
  ns2.harbor.test: dns
`

/** A line of shell: asks until the answer is as wanted, at most so often. */
function until(question: string, wanted: string): string {
  const looks = `looks=$((looks + 1)); if [ $looks -eq ${LOOKS_MAX} ]; then exit 1; fi; sleep 0.2`
  return `looks=0; until [ "$(${DIG} +short ${question})" = '${wanted}' ]; do ${looks}; done`
}

const STEPS = {
  before: `${DIG} short.harbor.test; ${DIG} ${SERVER} SOA harbor.test +short`,
  set: `${DNS} set short.harbor.test 2 A 192.0.2.60`,
  server: `${DIG} ${SERVER} +dnssec short.harbor.test`,
  remembered: `${DIG} short.harbor.test +short`,
  later: until('short.harbor.test', '192.0.2.60'),
  secure: `${DIG} short.harbor.test +dnssec`,
  copy: until(`${SECOND} short.harbor.test`, '192.0.2.60'),
  serial: `${DIG} ${SERVER} SOA harbor.test +short`,
  add: `${DNS} set --add short.harbor.test 2 A 192.0.2.61 >/dev/null && ${DIG} ${SERVER} +short short.harbor.test`,
  new: `${DNS} set new.deep.harbor.test 60 TXT 'made while it runs' >/dev/null && ${DIG} ${SERVER} +short new.deep.harbor.test TXT`,
  between: `${DIG} ${SERVER} deep.harbor.test TXT`,
  unknown: `${DNS} set new.harbor.test TYPE65280 '\\#' 3 abcdef >/dev/null && ${DIG} ${SERVER} +short new.harbor.test TYPE65280`,
  rmone: `${DNS} rm two.harbor.test A 192.0.2.52 >/dev/null && ${DIG} ${SERVER} +short two.harbor.test`,
  rmtype: `${DNS} rm two.harbor.test A >/dev/null && ${DIG} ${SERVER} +dnssec two.harbor.test`,
  rmall: `${DNS} rm gone.harbor.test >/dev/null && ${DIG} ${SERVER} +dnssec gone.harbor.test`,
  validates: `${DNS} anchor --form bind >anchors && delv -a anchors +root=. gone.harbor.test 2>&1; delv -a anchors +root=. new.deep.harbor.test TXT`,
  copied: until(`${SECOND} two.harbor.test`, ''),
  refused: `${DNS} set short.harbor.test A 192.0.2.256`,
  listed: `${DNS} ls short.harbor.test`,
} as const

test('edits of a running world', { skip }, async (t) => {
  const world = await inside(STEPS, { world: WORLD, timeoutMs: 80_000 })

  await t.test('stand at the server at once, signed, with the next serial', () => {
    assert.match(world.output('before'), /A\s+192\.0\.2\.50$/m)
    const { flags, answer } = answered(world.output('server'))
    assert.ok(flags.includes('aa'))
    assert.equal(answer[0], 'short.harbor.test. 2 IN A 192.0.2.60')
    assert.match(answer[1] ?? '', /IN RRSIG A 13 3 2 /)
    assert.equal(serialOf(world.output('serial')), serialOf(world.output('before')) + 1)
  })
  await t.test('come through the resolver once its TTL is over, validated', () => {
    assert.equal(world.step('later').code, 0)
    const { flags, answer } = answered(world.output('secure'))
    assert.ok(flags.includes('ad'))
    assert.match(answer[0] ?? '', /IN A 192\.0\.2\.60$/)
    assert.match(world.output('remembered'), /^192\.0\.2\.[56]0\n$/)
  })
  await t.test('reach the copy of a second server', () => {
    assert.equal(world.step('copy').code, 0)
    assert.equal(world.step('copied').code, 0)
  })
  await t.test('add beside what is there, names below new ones, and types that nobody knows', () => {
    assert.equal(world.output('add').split('\n').toSorted().join(' '), ' 192.0.2.60 192.0.2.61')
    assert.equal(world.output('new'), '"made while it runs"\n')
    assert.deepEqual(
      [answered(world.output('between')).status, answered(world.output('between')).answer],
      ['NOERROR', []],
    )
    assert.equal(world.output('unknown'), '\\# 3 ABCDEF\n')
  })
  await t.test('take away one record, a type, and a name, with proofs that they are gone', () => {
    assert.equal(world.output('rmone'), '192.0.2.53\n')
    for (const name of ['rmtype', 'rmall'] as const) {
      const { status, answer, authority } = answered(world.output(name))
      assert.deepEqual([status, answer], ['NXDOMAIN', []])
      assert.ok(authority.some((line) => / NSEC /.test(line)))
    }
    assert.match(world.output('validates'), /negative response, fully validated[\s\S]*; fully validated\nnew\.deep/)
  })
  await t.test('are refused where they mean nothing, and listed', () => {
    assert.notEqual(world.step('refused').code, 0)
    assert.match(world.output('listed'), /192\.0\.2\.60[\s\S]*192\.0\.2\.61/)
  })
})

function serialOf(text: string): number {
  return Number(/ hostmaster\.harbor\.test\. (\d+) /.exec(text)?.[1])
}
