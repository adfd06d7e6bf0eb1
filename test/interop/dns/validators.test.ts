// Unbound and BIND resolve and validate the world from its root hints and its trust anchor alone, refuse what is broken on purpose, and
// agree with the world's own resolver.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inside } from '../inside.ts'
import { answeredAll, digAll, named, skipResolvers, unbound, withDaemons, type Answered } from './resolvers.ts'

const BROKEN = ['no-signature', 'expired', 'not-yet', 'signature', 'wrong-ds', 'no-dnskey'] as const
const SIGNED = {
  harbor: 'true',
  hashed: '{ denial: nsec3 }',
  salted: '{ denial: nsec3, salt: aabbccdd, iterations: 5 }',
  edward: '{ algorithm: ed25519 }',
  edhashed: '{ algorithm: ed25519, denial: nsec3 }',
  early: '{ ahead: true }',
}
const OPT_OUT = { optout: '{ denial: nsec3, opt-out: true }' }
const DOMAINS = {
  ...SIGNED,
  ...OPT_OUT,
  plain: 'false',
  ...Object.fromEntries(BROKEN.map((kind) => [kind, `{ broken: ${kind} }`])),
}

const RECORDS = ['"*.wild A 192.0.2.201"', '"a.b.c A 192.0.2.202"', '"alias CNAME www"', '"away CNAME www.plain.test."']
const UNSIGNED_BELOW = `  below.optout.test: { dnssec: false }\n  below.harbor.test: { dnssec: false }\n`
const WORLD = `domains:
${Object.entries(DOMAINS)
  .map(([name, dnssec]) => `  ${name}.test: { dnssec: ${dnssec}, records: [${RECORDS.join(', ')}] }\n`)
  .join('')}${UNSIGNED_BELOW}hosts:
${[...Object.keys(DOMAINS), 'below.optout', 'below.harbor']
  .map((name) => `  ns.${name}.test: dns\n  www.${name}.test: http\n`)
  .join('')}`

interface Wanted {
  readonly question: string
  readonly status: string
  /** Authentic data: validated. */
  readonly ad: boolean
  readonly answer?: RegExp | undefined
}

function secure(name: string): Wanted[] {
  const zone = `${name}.test`
  return [
    { question: `www.${zone} A`, status: 'NOERROR', ad: true, answer: /www\.\S+ 300 IN A \d/ },
    { question: `www.${zone} AAAA`, status: 'NOERROR', ad: true, answer: /IN AAAA 2001:db8/ },
    { question: `nowhere.${zone} A`, status: 'NXDOMAIN', ad: true },
    { question: `www.${zone} LOC`, status: 'NOERROR', ad: true },
    { question: `c.${zone} A`, status: 'NOERROR', ad: true },
    { question: `x.c.${zone} A`, status: 'NXDOMAIN', ad: true },
    {
      question: `any.thing.wild.${zone} A`,
      status: 'NOERROR',
      ad: true,
      answer: /any\.thing\.\S+ 300 IN A 192\.0\.2\.201/,
    },
    { question: `thing.wild.${zone} TXT`, status: 'NOERROR', ad: true },
    { question: `alias.${zone} A`, status: 'NOERROR', ad: true, answer: /IN CNAME www/ },
    { question: `away.${zone} A`, status: 'NOERROR', ad: false, answer: /IN CNAME www\.plain/ },
    { question: `${zone} DNSKEY`, status: 'NOERROR', ad: true, answer: /IN DNSKEY 257 3 1[35] / },
    { question: `${zone} DS`, status: 'NOERROR', ad: true, answer: /IN DS \d+ 1[35] 2 / },
  ]
}

const UNPROVEN = ['nowhere', 'x.c', 'any.thing.wild', 'thing.wild'].map((name) => `${name}.optout.test`)
/** Opt-out proves of a name that is not there no more than that nothing signed is (RFC 5155 §9.2). */
const OPT_OUT_WANTED: readonly Wanted[] = secure('optout').map(({ question, status, ad, answer }) => {
  return { question, status, ad: ad && !UNPROVEN.some((name) => question.startsWith(name)), answer }
})

const INSECURE: readonly Wanted[] = [
  { question: 'www.plain.test A', status: 'NOERROR', ad: false, answer: /IN A \d/ },
  { question: 'nowhere.plain.test A', status: 'NXDOMAIN', ad: false },
  { question: 'www.below.optout.test A', status: 'NOERROR', ad: false, answer: /IN A \d/ },
  { question: 'www.below.harbor.test A', status: 'NOERROR', ad: false, answer: /IN A \d/ },
  { question: 'below.harbor.test DS', status: 'NOERROR', ad: true },
]

const ABOVE: readonly Wanted[] = [
  { question: '. NS', status: 'NOERROR', ad: true, answer: /IN NS / },
  { question: '. DNSKEY', status: 'NOERROR', ad: true, answer: /IN DNSKEY / },
  { question: 'test SOA', status: 'NOERROR', ad: true, answer: /IN SOA / },
  { question: 'nowhere.test A', status: 'NXDOMAIN', ad: true },
  { question: '-x 192.0.2.2', status: 'NOERROR', ad: true, answer: /IN PTR www\.harbor\.test\./ },
  { question: '-x 2001:db8:1::2', status: 'NOERROR', ad: true, answer: /IN PTR www\.harbor\.test\./ },
]

const BOGUS: readonly Wanted[] = ['nowhere', 'www'].flatMap((name) =>
  BROKEN.map((kind) => ({ question: `${name}.${kind}.test A`, status: 'SERVFAIL', ad: false })),
)

const WANTED = [
  ...BOGUS,
  ...ABOVE,
  ...Object.keys(SIGNED).flatMap((name) => secure(name)),
  ...OPT_OUT_WANTED,
  ...INSECURE,
]
const SERVERS = { unbound: '@127.0.0.1 -p 5301', named: '@127.0.0.1 -p 5302', ours: '' } as const

/** What an answer is found to be, where it is not as wanted. */
function unlike({ question, status, ad, answer }: Wanted, got: Answered | undefined): object[] {
  const isThere = answer === undefined || got?.answer.some((line) => answer.test(line)) === true
  const isSame = got?.status === status && got.flags.includes('ad') === ad && isThere
  return isSame ? [] : [{ question, status, ad, got }]
}

/** BIND waits for itself there, all of 12 s, before it gives up. */
const SLOW_FOR_NAMED = 'nowhere.no-signature.test A'

function wantedOf(server: string): readonly Wanted[] {
  return server === 'named' ? WANTED.filter(({ question }) => question !== SLOW_FOR_NAMED) : WANTED
}

test('resolvers of others, from hints and trust anchor alone', { skip: skipResolvers }, async (t) => {
  const { within, files } = withDaemons([unbound({ port: 5301 }), named({ port: 5302 })])
  const servers = Object.entries(SERVERS)
  const asked = servers.map(([name]) => [
    `${name}.questions`,
    wantedOf(name)
      .map(({ question }) => `${question}\n`)
      .join(''),
  ])
  const steps = servers.map(([name, at]) => [name, digAll(`${name}.questions`, `${at} +dnssec`)])
  const world = await inside<string>(Object.fromEntries(steps), {
    world: WORLD,
    together: true,
    within,
    files: { ...files, ...Object.fromEntries(asked) },
  })
  for (const [name] of servers)
    await t.test(name, () => {
      const got = answeredAll(world.step(name).stdout)
      const unlikely = wantedOf(name).flatMap((wanted) => unlike(wanted, got.get(wanted.question)))
      assert.deepEqual(unlikely, [])
    })
})
