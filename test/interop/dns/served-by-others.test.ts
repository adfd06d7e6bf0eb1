// Our resolver over a hierarchy that BIND and ldns sign and that BIND and NSD serve: it validates what holds, refuses what does not and
// says why, and finds its way around servers that are lame, gone or deaf to UDP.

import assert from 'node:assert/strict'
import { cpSync } from 'node:fs'
import { test } from 'node:test'
import { inside, newFolder } from '../inside.ts'
import { HIERARCHY_PORT, hierarchyDaemons, layZones, NSD, SERVERS, SIGNERS } from './hierarchy.ts'
import { answeredAll, digAll, NAMED, skipWithoutDaemons, withDaemons, type Answered } from './resolvers.ts'

const skip = skipWithoutDaemons([NAMED, NSD], 'dig', ...SIGNERS)

/** Codes of extended errors (RFC 8914 §4). */
const EDE = { bogus: 6, expired: 7, notYet: 8, noKey: 9, noSignatures: 10, unreachable: 22, network: 23 } as const

/** What an answer is, without signatures and owners. */
interface Seen {
  readonly status: string
  readonly ad: boolean
  readonly data: readonly string[]
  readonly errors?: readonly number[]
}

const A = 'A 192.0.2.10'
const FOUND: Seen = { status: 'NOERROR', ad: true, data: [A] }
const EMPTY: Seen = { status: 'NOERROR', ad: true, data: [] }
const NONE: Seen = { status: 'NXDOMAIN', ad: true, data: [] }

function unproven(seen: Seen): Seen {
  return { ...seen, ad: false }
}

function failed(...errors: readonly number[]): Seen {
  return { status: 'SERVFAIL', ad: false, data: [], errors }
}

const VALIDATED = ['bind', 'ldns', 'hashed', 'ldnshashed'] as const

/** Zones that hold, whoever signs and serves them, in either form of denial. */
function validated(zone: string): Record<string, Seen> {
  return {
    [`www.${zone}.lab A`]: FOUND,
    [`www.${zone}.lab AAAA`]: { ...FOUND, data: ['AAAA 2001:db8::10'] },
    [`any.thing.wild.${zone}.lab A`]: { ...FOUND, data: ['A 192.0.2.11'] },
    [`thing.wild.${zone}.lab TXT`]: EMPTY,
    [`b.c.${zone}.lab A`]: EMPTY,
    [`nowhere.${zone}.lab A`]: NONE,
    [`x.www.${zone}.lab A`]: NONE,
    [`www.${zone}.lab LOC`]: EMPTY,
    [`alias.${zone}.lab A`]: { ...FOUND, data: [A, `CNAME www.${zone}.lab.`] },
    [`abroad.${zone}.lab A`]: { ...FOUND, data: [A, 'CNAME www.hashed.lab.'] },
    [`plainly.${zone}.lab A`]: { ...FOUND, ad: false, data: [A, 'CNAME www.plain.lab.'] },
    [`x.old.${zone}.lab A`]: {
      ...FOUND,
      data: ['A 192.0.2.12', `CNAME x.new.${zone}.lab.`, `DNAME new.${zone}.lab.`],
    },
    [`big.${zone}.lab TXT`]: {
      ...FOUND,
      data: [`TXT ${Array.from({ length: 12 }, () => `"${'x'.repeat(200)}"`).join(' ')}`],
    },
  }
}

const CASES: Readonly<Record<string, Readonly<Record<string, Seen>>>> = {
  ...Object.fromEntries(
    VALIDATED.map((zone) => [`${zone}.lab is validated, what is there and what is not`, validated(zone)]),
  ),
  'an unsigned zone is found, and not validated': {
    'www.plain.lab A': unproven(FOUND),
    'nowhere.plain.lab A': unproven(NONE),
    'plain.lab DS': EMPTY,
  },
  'opt-out: what is signed is validated, what lies below an unsigned delegation is not': {
    'www.optout.lab A': FOUND,
    'www.below.optout.lab A': unproven(FOUND),
    'below.optout.lab DS': unproven(EMPTY),
    'nowhere.optout.lab A': unproven(NONE),
  },
  'what does not hold is refused, and dig is told why': {
    'www.expired.lab A': failed(EDE.expired),
    'www.notyet.lab A': failed(EDE.notYet),
    'www.tampered.lab A': failed(EDE.bogus),
    'www.stripped.lab A': failed(EDE.noSignatures),
    'www.keyless.lab A': failed(EDE.noKey),
    'nowhere.expired.lab A': failed(EDE.expired),
  },
  'with CD it is given': {
    'www.expired.lab A +cd': unproven(FOUND),
    'www.tampered.lab A +cd': { ...unproven(FOUND), data: ['A 192.0.2.66'] },
    'www.stripped.lab A +cd': unproven(FOUND),
  },
  'servers that know nothing of it, are gone, or hear TCP alone are got around': {
    'www.lame.lab A': FOUND,
    'nowhere.lame.lab A': NONE,
    'www.half.lab A': FOUND,
    'nowhere.half.lab A': NONE,
    'www.deaf.lab A': FOUND,
    'nowhere.deaf.lab A': NONE,
  },
  'what no server knows is reported so': {
    'www.lost.lab A': failed(EDE.unreachable),
    'www.gone.lab A': failed(EDE.unreachable),
  },
}

const QUESTIONS = Object.values(CASES).flatMap((cases) => Object.keys(cases))

function worldWith(anchors: readonly string[]): string {
  return `domains: { harbor.test: {} }
hosts:
  ns.harbor.test: dns
  resolver.harbor.test:
    services:
      - resolver:
          hints: { a.root: [${SERVERS.root}] }
          hints-port: ${HIERARCHY_PORT}
          trust-anchors: [${anchors.map((line) => `"${line}"`).join(', ')}]
  laptop: { client: true, address: [203.0.113.10, ${Object.values(SERVERS).join(', ')}] }
faults:
  - { host: resolver.harbor.test, peer: ${SERVERS.deaf}, transport: udp, loss: 100% }
`
}

function seen(got: Answered | undefined, hasErrors: boolean): Seen | undefined {
  if (got === undefined) return undefined
  const data = got.answer.filter((line) => !line.includes(' RRSIG ')).map((line) => line.replace(/^\S+ \d+ IN /, ''))
  const found = { status: got.status, ad: got.flags.includes('ad'), data: data.toSorted() }
  return hasErrors ? { ...found, errors: got.errors } : found
}

test('our resolver over zones of BIND, ldns and NSD', { skip }, async (t) => {
  const zones = newFolder()
  const anchors = layZones(zones)
  const { within, files } = withDaemons(hierarchyDaemons())
  const world = await inside(
    { questions: digAll('questions', '+dnssec') },
    {
      world: worldWith(anchors),
      within,
      files: { ...files, questions: QUESTIONS.map((question) => `${question}\n`).join('') },
      site: (folder) => cpSync(zones, folder, { recursive: true }),
    },
  )
  const answers = answeredAll(world.output('questions'))
  for (const [title, cases] of Object.entries(CASES))
    await t.test(title, () => {
      const got = Object.entries(cases).map(([question, wanted]) => [
        question,
        seen(answers.get(question), wanted.errors !== undefined),
      ])
      assert.deepEqual(Object.fromEntries(got), cases)
    })
})
