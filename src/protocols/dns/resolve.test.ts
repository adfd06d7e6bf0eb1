// What each question gets, in a closed world and in one that answers for every name.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { formatRdata } from '../../shared/dns/codec/rdata.ts'
import { CLASS, RCODE, TYPE, typeName, typeNumber } from '../../shared/dns/messages.ts'
import { worldPolicy } from './policy.ts'
import { resolve } from './resolve.ts'
import { recordSigner } from './record-signer.ts'
import type { AnswerSet } from './resolution.ts'
import { openWorld, rootlessWorld, sampleServed, sampleWorld } from './sample-world.ts'

const SOA = 'harbor.test 300 SOA ns.harbor.test. hostmaster.harbor.test. 1 3600 600 86400 300'

function textOf({ owner, set: { type, ttlSeconds, data } }: AnswerSet): string[] {
  return data.map((one) => `${owner} ${ttlSeconds} ${typeName(type)} ${formatRdata(type, one)}`)
}

interface Row {
  readonly ask: string
  readonly rcode?: number
  readonly authoritative?: boolean
  readonly answers?: readonly string[]
  readonly authorities?: readonly string[]
  readonly additionals?: readonly string[]
}

const ROOT_SOA = ' 60 SOA ns.harbor.test. hostmaster.harbor.test. 1 3600 600 86400 60'
const ISLAND_SOA = 'island.test 300 SOA ns.harbor.test. hostmaster.island.test. 1 3600 600 86400 300'

const ROWS: readonly Row[] = [
  { ask: 'www.harbor.test A', answers: ['www.harbor.test 300 A 192.0.2.10'] },
  { ask: 'www.harbor.test AAAA', answers: ['www.harbor.test 300 AAAA 2001:db8::10'] },
  { ask: 'www.harbor.test TXT', authorities: [SOA] },
  { ask: 'nothing.harbor.test A', rcode: RCODE.NXDOMAIN, authorities: [SOA] },
  { ask: 'empty.harbor.test A', authorities: [SOA] },
  { ask: 'x.empty.harbor.test A', rcode: RCODE.NXDOMAIN, authorities: [SOA] },
  {
    ask: 'harbor.test MX',
    answers: ['harbor.test 3600 MX 10 mail.harbor.test.'],
    additionals: ['mail.harbor.test 300 A 192.0.2.25'],
  },
  {
    ask: '_imaps._tcp.harbor.test SRV',
    answers: ['_imaps._tcp.harbor.test 300 SRV 0 1 993 mail.harbor.test.'],
    additionals: ['mail.harbor.test 300 A 192.0.2.25'],
  },
  {
    ask: 'harbor.test NS',
    answers: ['harbor.test 3600 NS ns.harbor.test.'],
    additionals: ['ns.harbor.test 3600 A 192.0.2.53', 'ns.harbor.test 3600 AAAA 2001:db8::53'],
  },
  {
    ask: 'harbor.test HTTPS',
    answers: ['harbor.test 300 HTTPS 1 . alpn=h2'],
    additionals: ['harbor.test 300 A 192.0.2.10'],
  },
  { ask: 'harbor.test CAA', answers: ['harbor.test 300 CAA 0 issue "harbor.test"'] },
  { ask: 'harbor.test SOA', answers: [SOA.replace(' 300 ', ' 3600 ')] },
  { ask: 'harbor.test ANY', answers: [SOA.replace(' 300 ', ' 3600 ')] },
  { ask: 'harbor.test TYPE999', authorities: [SOA] },
  { ask: '10.2.0.192.in-addr.arpa PTR', answers: ['10.2.0.192.in-addr.arpa 300 PTR www.harbor.test.'] },
  {
    ask: 'web.harbor.test A',
    answers: ['web.harbor.test 300 CNAME WWW.harbor.test.', 'www.harbor.test 300 A 192.0.2.10'],
  },
  { ask: 'web.harbor.test CNAME', answers: ['web.harbor.test 300 CNAME WWW.harbor.test.'] },
  { ask: 'web.harbor.test TXT', answers: ['web.harbor.test 300 CNAME WWW.harbor.test.'], authorities: [SOA] },
  {
    ask: 'abroad.harbor.test A',
    answers: ['abroad.harbor.test 300 CNAME www.island.test.', 'www.island.test 300 A 198.51.100.80'],
  },
  {
    ask: 'abroad.harbor.test AAAA',
    answers: ['abroad.harbor.test 300 CNAME www.island.test.'],
    authorities: [ISLAND_SOA],
  },
  {
    ask: 'broken.harbor.test A',
    rcode: RCODE.NXDOMAIN,
    answers: ['broken.harbor.test 300 CNAME missing.harbor.test.'],
    authorities: [SOA],
  },
  {
    ask: 'round.harbor.test A',
    rcode: RCODE.SERVFAIL,
    answers: ['round.harbor.test 300 CNAME about.harbor.test.', 'about.harbor.test 300 CNAME round.harbor.test.'],
  },
  { ask: 'any.thing.wild.harbor.test A', answers: ['any.thing.wild.harbor.test 300 A 192.0.2.12'] },
  { ask: 'any.wild.harbor.test AAAA', authorities: [SOA] },
  { ask: 'only.wild.harbor.test A', authorities: [SOA] },
  { ask: 'x.only.wild.harbor.test A', rcode: RCODE.NXDOMAIN, authorities: [SOA] },
  {
    ask: 'www.sub.harbor.test A',
    authoritative: false,
    authorities: ['sub.harbor.test 300 NS ns.sub.harbor.test.', 'sub.harbor.test 300 NS ns.harbor.test.'],
    additionals: [
      'ns.sub.harbor.test 300 A 192.0.2.54',
      'ns.harbor.test 3600 A 192.0.2.53',
      'ns.harbor.test 3600 AAAA 2001:db8::53',
    ],
  },
  { ask: 'sub.harbor.test DS', answers: ['sub.harbor.test 300 DS 1 13 2 00'] },
  { ask: 'harbor.test DS', authorities: [ROOT_SOA] },
  {
    ask: 'www.far.example A',
    authoritative: false,
    authorities: ['far.example 3600 NS ns.far.example.'],
    additionals: ['ns.far.example 3600 A 198.51.100.53'],
  },
  {
    ask: 'a.old.harbor.test A',
    rcode: RCODE.NXDOMAIN,
    answers: ['old.harbor.test 300 DNAME www.island.test.', 'a.old.harbor.test 300 CNAME a.www.island.test.'],
    authorities: [ISLAND_SOA],
  },
  { ask: 'old.harbor.test DNAME', answers: ['old.harbor.test 300 DNAME www.island.test.'] },
  { ask: 'old.harbor.test A', authorities: [SOA] },
  {
    ask: '_sip.harbor.test NAPTR',
    answers: ['_sip.harbor.test 300 NAPTR 1 2 "s" "SIP+D2U" "" _imaps._tcp.harbor.test.'],
    additionals: ['_imaps._tcp.harbor.test 300 SRV 0 1 993 mail.harbor.test.'],
  },
  { ask: 'test A', authorities: [ROOT_SOA] },
  {
    ask: ' NS',
    answers: [' 3600 NS ns.harbor.test.'],
    additionals: ['ns.harbor.test 3600 A 192.0.2.53', 'ns.harbor.test 3600 AAAA 2001:db8::53'],
  },
  { ask: 'nowhere.example A', rcode: RCODE.NXDOMAIN, authorities: [ROOT_SOA] },
  { ask: 'localhost A', answers: ['localhost 60 A 127.0.0.1'] },
  { ask: 'a.localhost MX', authorities: [ROOT_SOA] },
]

const OPEN_ROWS: readonly Row[] = [
  { ask: 'nowhere.example A', answers: ['nowhere.example 60 A 203.0.113.7'] },
  { ask: 'nowhere.example AAAA', answers: ['nowhere.example 60 AAAA 2001:db8:ffff::7'] },
  { ask: 'nowhere.example MX', authorities: [ROOT_SOA] },
  { ask: 'nowhere.example ANY', answers: ['nowhere.example 60 A 203.0.113.7'] },
  { ask: '7.113.0.203.in-addr.arpa PTR', answers: ['7.113.0.203.in-addr.arpa 60 PTR nowhere.example.'] },
  { ask: '9.113.0.203.in-addr.arpa PTR', rcode: RCODE.NXDOMAIN, authorities: [ROOT_SOA] },
  { ask: 'nothing.harbor.test A', rcode: RCODE.NXDOMAIN, authorities: [SOA] },
  { ask: 'some.invalid A', rcode: RCODE.NXDOMAIN, authorities: [ROOT_SOA] },
  { ask: 'use-application-dns.net A', rcode: RCODE.NXDOMAIN, authorities: [ROOT_SOA] },
  {
    ask: 'astray.harbor.test A',
    answers: ['astray.harbor.test 300 CNAME nowhere.example.', 'nowhere.example 60 A 203.0.113.7'],
  },
]

const NO_ROOT_ROWS: readonly Row[] = [
  { ask: 'www.harbor.test A', answers: ['www.harbor.test 300 A 192.0.2.10'] },
  { ask: 'nowhere.example A', rcode: RCODE.REFUSED, authoritative: false },
  { ask: ' NS', rcode: RCODE.REFUSED, authoritative: false },
  { ask: 'localhost A', rcode: RCODE.REFUSED, authoritative: false },
  { ask: 'harbor.test DS', authorities: [SOA] },
  { ask: 'astray.harbor.test A', answers: ['astray.harbor.test 300 CNAME nowhere.example.'] },
]

for (const [title, world, rows] of [
  ['a closed world', sampleWorld, ROWS],
  ['an open world', openWorld, OPEN_ROWS],
  ['a server without the root', rootlessWorld, NO_ROOT_ROWS],
] as const) {
  describe(title, () => {
    const policy = worldPolicy(world, () => recordSigner)
    for (const row of rows) {
      test(row.ask, () => {
        const [name = '', type = ''] = row.ask.split(' ')
        const found = resolve(policy, { name, type: typeNumber(type) ?? 0, class: CLASS.IN })
        assert.equal(found.rcode, row.rcode ?? RCODE.NOERROR)
        assert.equal(found.authoritative, row.authoritative ?? true)
        assert.deepEqual(found.answers.flatMap(textOf), row.answers ?? [])
        assert.deepEqual(found.authorities.flatMap(textOf), row.authorities ?? [])
        assert.deepEqual([...found.glue, ...found.extras].flatMap(textOf), row.additionals ?? [])
      })
    }
  })
}

test('addresses below a delegation are glue, others are extras', () => {
  const policy = worldPolicy(sampleWorld, () => recordSigner)
  const { glue, extras } = resolve(policy, { name: 'www.sub.harbor.test', type: TYPE.A, class: CLASS.IN })
  assert.deepEqual([glue.length, extras.length], [1, 2])
})

test('a chain of aliases has an end', () => {
  const records = Array.from({ length: 30 }, (_, n) => `a${n}.long.test 1 CNAME a${n + 1}.long.test.`)
  const soa = 'long.test 1 SOA . . 1 1 1 1 1'
  const world = { ...sampleWorld, served: [sampleServed('long.test', [soa, ...records])] }
  const policy = worldPolicy(world, () => recordSigner)
  const { rcode, answers } = resolve(policy, { name: 'a0.long.test', type: TYPE.A, class: CLASS.IN })
  assert.deepEqual([rcode, answers.length], [RCODE.SERVFAIL, 17])
})

test('a name that a DNAME makes too long is none', () => {
  const records = ['a.test 1 SOA . . 1 1 1 1 1', `b.a.test 1 DNAME ${'long.'.repeat(25)}`]
  const policy = worldPolicy({ ...sampleWorld, served: [sampleServed('a.test', records)] }, () => recordSigner)
  const name = `${`${'x'.repeat(50)}.`.repeat(3)}b.a.test`
  const found = resolve(policy, { name, type: TYPE.A, class: CLASS.IN })
  assert.deepEqual([found.rcode, found.answers.length], [RCODE.YXDOMAIN, 1])
})

test('a zone without contents is a failure, and said to be one that passes', () => {
  const [served = assert.fail()] = rootlessWorld.served
  const empty = { ...served, role: 'secondary' as const, zone: { ...served.zone, current: undefined } }
  const policy = worldPolicy({ ...sampleWorld, served: [empty] }, () => recordSigner)
  const found = resolve(policy, { name: 'www.harbor.test', type: TYPE.A, class: CLASS.IN })
  assert.deepEqual([found.rcode, found.extended?.code], [RCODE.SERVFAIL, 14])
})

describe('beside the answer', () => {
  const lines = ['a.test 9 SOA . . 1 1 1 1 1', 'a.test 9 A 192.0.2.1', '*.w.a.test 9 CNAME a.test.']
  for (const [data, count] of [
    ['AFSDB 1 a.test.', 1],
    ['KX 1 a.test.', 1],
    ['SVCB 1 .', 1],
    ['MX 0 .', 0],
    ['SRV 0 0 0 .', 0],
    ['NAPTR 1 1 "u" "E2U+sip" "!^.*$!sip:a@a.test!" .', 0],
  ] as const)
    test(`addresses with ${data}`, () => {
      const world = { ...sampleWorld, served: [sampleServed('a.test', [...lines, `a.test 9 ${data}`])] }
      const type = typeNumber(data.split(' ')[0] ?? '') ?? 0
      const { answers, extras } = resolve(
        worldPolicy(world, () => recordSigner),
        { name: 'a.test', type, class: CLASS.IN },
      )
      assert.deepEqual([answers.length, extras.length], [1, count])
    })

  test('no proof at an alias that a wildcard makes', () => {
    const policy = worldPolicy({ ...sampleWorld, served: [sampleServed('a.test', lines)] }, () => recordSigner)
    const asked = (type: number) => resolve(policy, { name: 'x.w.a.test', type, class: CLASS.IN }).answers.length
    assert.deepEqual([asked(TYPE.A), asked(TYPE.NSEC)], [2, 0])
  })
})
