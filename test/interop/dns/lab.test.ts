// The failure lab, ordered by `portolan dns fail`: what dig sees of each failure at the server, and whether our resolver, Unbound and
// BIND get around it where one of two servers fails, and say so where both do.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inside } from '../inside.ts'
import { PORTOLAN } from '../portolan.ts'
import {
  answered,
  answeredAll,
  DIG,
  digAll,
  named,
  skipResolvers,
  unbound,
  withDaemons,
  type Answered,
} from './resolvers.ts'

const ADDRESS = '192.0.2.10'
const POISON = '203.0.113.66'
/** Less than Unbound waits at first (376 ms), which takes no answer that comes after that. */
const DELAY_MS = 250
/** Of those who ask a resolver that needs time to turn to another server: as stub resolvers do. */
const AGAIN = '+time=8 +tries=4'
/** Of those who ask a resolver what it can hear from nobody. */
const PATIENCE_SECONDS = 5

/** Most of it is waiting for what nobody answers. */
const RUN_MAX_MS = 80_000

interface Failure {
  readonly kind: string
  /** Words behind the name. */
  readonly words?: string
  /** The same in a world file. */
  readonly world?: string
  /** Words for dig that asks the server. */
  readonly dig?: string
  /** What dig sees of it. */
  readonly seen: RegExp
  /** What a resolver says where all servers fail so. `unheard`: SERVFAIL, or it goes on asking for longer than dig waits. */
  readonly all: 'NOERROR' | 'SERVFAIL' | 'unheard'
  /** Found out by validation alone: our resolver does not ask another server then, where Unbound and BIND do. */
  readonly isBogus?: true
}

const FAILURES: readonly Failure[] = [
  { kind: 'servfail', seen: /status: SERVFAIL/, all: 'SERVFAIL' },
  { kind: 'refused', seen: /status: REFUSED/, all: 'SERVFAIL' },
  { kind: 'formerr', seen: /status: FORMERR/, all: 'SERVFAIL' },
  { kind: 'notimp', seen: /status: NOTIMP/, all: 'SERVFAIL' },
  { kind: 'nxdomain', seen: /status: NXDOMAIN/, all: 'SERVFAIL', isBogus: true },
  { kind: 'silence', dig: '+time=1', seen: /timed out/, all: 'unheard' },
  {
    kind: 'delay',
    words: `--delay ${DELAY_MS}ms`,
    world: `, delay: ${DELAY_MS}ms`,
    seen: /A\s+192\.0\.2\.10[\s\S]*Query time: (2[5-9]\d|[3-9]\d\d|\d{4}) msec/,
    all: 'NOERROR',
  },
  { kind: 'truncate', dig: '+ignore', seen: /flags: qr aa tc;/, all: 'NOERROR' },
  { kind: 'wrong-id', dig: '+time=1', seen: /ID mismatch/, all: 'unheard' },
  { kind: 'wrong-question', dig: '+time=1', seen: /Question section mismatch/, all: 'unheard' },
  { kind: 'lame', seen: /flags: qr; [\s\S]*^\.\s+\d+\s+IN\s+NS\s/m, all: 'SERVFAIL' },
  { kind: 'expired-signature', dig: '+dnssec', seen: /RRSIG\s+A 13 3 300 20\d{12}/, all: 'SERVFAIL', isBogus: true },
  {
    kind: 'poison',
    words: `--poison 'www.bank.test ${POISON}'`,
    world: `, poison: www.bank.test ${POISON}`,
    seen: /ADDITIONAL SECTION:\nwww\.bank\.test\.\s+\d+\s+IN\s+A\s+203\.0\.113\.66/,
    all: 'NOERROR',
  },
  { kind: 'half', dig: '+tcp', seen: /end of file|communications error|connection reset/, all: 'SERVFAIL' },
]

const BANK = '192.0.2.99'
/** A domain for each kind, with servers of its own, so that none suffers from what resolvers remember of another's. */
const DOMAINS = FAILURES.map(({ kind }) => kind)
/** What the first server does stands in the world file; that the second does it too is ordered once it runs. */
const WORLD = `domains:
${DOMAINS.map((name) => `  ${name}.test: { servers: [ns.${name}.test, ns2.${name}.test], records: [one A ${ADDRESS}, all A ${ADDRESS}] }\n`).join('')}
  # Not signed: nothing but a resolver's own rules keeps the poison out.
  bank.test: { dnssec: false, records: [www A ${BANK}] }
hosts:
  ns.bank.test: dns
${DOMAINS.map((name) => `  ns.${name}.test: dns\n  ns2.${name}.test: { address: ${secondAddress(name)}, services: [dns] }\n`).join('')}dns:
  failures:
${FAILURES.flatMap((failure) => ['one', 'all'].map((name) => entry(failure, name))).join('')}`

function entry({ kind, world = '' }: Failure, name: string): string {
  return `    - { do: ${kind}, name: ${name}.${kind}.test, host: ns.${kind}.test${world} }\n`
}

const SERVERS = { unbound: '@127.0.0.1 -p 5301', named: '@127.0.0.1 -p 5302', ours: '' } as const
type Server = keyof typeof SERVERS
const SERVER_NAMES: readonly Server[] = ['unbound', 'named', 'ours']

function order({ kind, words = '' }: Failure): string {
  return `${PORTOLAN} dns fail ${kind} all.${kind}.test --host ns2.${kind}.test ${words} >/dev/null & orders="$orders $!"`
}

/** Waited for by name, since daemons run besides. */
const FIRST = ['orders=', ...FAILURES.map(order), 'wait $orders']

/** A free one, of the second server of a domain. */
function secondAddress(kind: string): string {
  return `198.51.100.${100 + DOMAINS.indexOf(kind)}`
}

function atServer({ kind, dig = '' }: Failure): [string, string] {
  return [`at-${kind}`, `${DIG} @${secondAddress(kind)} +norec all.${kind}.test ${dig} 2>&1`]
}

/** A line of shell: all kinds side by side, each with its own servers. */
function askAll(server: Server): string {
  const asks = DOMAINS.map(
    (kind) => `${digAll(`${kind}.questions`, SERVERS[server])} >${server}-${kind} & asks="$asks $!"`,
  )
  return [
    `${DIG} ${SERVERS[server]} www.bank.test >/dev/null`,
    'asks=',
    ...asks,
    'wait $asks',
    ...DOMAINS.map((kind) => `cat ${server}-${kind}`),
  ].join('\n')
}

/** What a resolver makes of a name. */
function outcome({ status, answer }: Answered): string {
  const found = answer.filter((line) => / A /.test(line)).map((line) => line.split(' ').at(-1))
  return [status, ...found].join(' ')
}

test('failures on order', { skip: skipResolvers }, async (t) => {
  const { within, files } = withDaemons([unbound({ port: 5301 }), named({ port: 5302 })], FIRST)
  const asks = SERVER_NAMES.map((server) => [server, askAll(server)])
  const questions = FAILURES.map(({ kind, all }) => {
    const patience = all === 'unheard' ? `+time=${PATIENCE_SECONDS}` : ''
    return [`${kind}.questions`, `one.${kind}.test ${AGAIN}\nall.${kind}.test ${patience}\nwww.bank.test\n`]
  })
  const world = await inside<string>(Object.fromEntries([...FAILURES.map(atServer), ...asks]), {
    world: WORLD,
    timeoutMs: RUN_MAX_MS,
    within,
    files: { ...files, ...Object.fromEntries(questions) },
  })

  for (const { kind, seen } of FAILURES)
    await t.test(`${kind}, as dig sees it at the server`, () => {
      const { stdout } = world.step(`at-${kind}`)
      assert.match(stdout, seen)
      if (kind === 'expired-signature') assert.ok(expiryMs(stdout) < Date.now(), stdout)
    })

  for (const server of SERVER_NAMES) {
    const answers = answeredAll(world.output(server))
    const byName = new Map([...answers].map(([line, answer]) => [line.replace(/ .*/, ''), answer]))
    const of = (name: string): string => outcome(byName.get(name) ?? answered(''))
    for (const { kind, all, isBogus } of FAILURES)
      await t.test(`${server} and ${kind}: of one of two servers, of both`, () => {
        const found = `NOERROR ${ADDRESS}`
        const one = of(`one.${kind}.test`)
        if (one !== 'SERVFAIL' || server !== 'ours' || isBogus === undefined) assert.equal(one, found)
        const both = of(`all.${kind}.test`)
        if (both !== 'none' || all !== 'unheard') assert.equal(both, all === 'NOERROR' ? found : 'SERVFAIL')
      })
    await t.test(`${server} does not believe the poison`, () => assert.equal(of('www.bank.test'), `NOERROR ${BANK}`))
  }
})

const AT = '@192.0.2.1 +norec'
const FAIL = `${PORTOLAN} dns fail`
const STATUS = `grep -oE 'status: [A-Z]+'`

test('orders end: by count, by type, by asker, and when they are healed', { skip: skipResolvers }, async (t) => {
  const ask = (words: string): string => `${DIG} ${AT} ${words} | ${STATUS}`
  const world = await inside({
    counted: `${FAIL} servfail www.harbor.test --count 2 >/dev/null; for n in 1 2 3; do ${ask('www.harbor.test')}; done`,
    typed: `${FAIL} refused mail.harbor.test --type AAAA >/dev/null; ${ask('mail.harbor.test A')}; ${ask('mail.harbor.test AAAA')}`,
    asked: `${FAIL} notimp files.harbor.test --peer laptop --host ns.harbor.test >/dev/null; ${ask('files.harbor.test')}; ${DIG} files.harbor.test | ${STATUS}`,
    starred: `${FAIL} refused '*.island.test' --host ns.island.test >/dev/null; ${DIG} @198.51.100.1 +norec x.island.test | ${STATUS}; ${DIG} @198.51.100.1 +norec island.test | ${STATUS}`,
    listed: `${PORTOLAN} dns failures`,
    healed: `${PORTOLAN} dns heal >/dev/null; ${ask('mail.harbor.test AAAA')}; ${ask('files.harbor.test')}; ${PORTOLAN} dns failures`,
  })
  const statuses = (step: Parameters<typeof world.output>[0]): readonly (string | undefined)[] =>
    [...world.output(step).matchAll(/status: ([A-Z]+)/g)].map(([, status]) => status)
  await t.test('by count', () => assert.deepEqual(statuses('counted'), ['SERVFAIL', 'SERVFAIL', 'NOERROR']))
  await t.test('by type', () => assert.deepEqual(statuses('typed'), ['NOERROR', 'REFUSED']))
  await t.test('by asker: the resolver has its answer', () =>
    assert.deepEqual(statuses('asked'), ['NOTIMP', 'NOERROR']),
  )
  await t.test('by part of a name', () => assert.deepEqual(statuses('starred'), ['REFUSED', 'NOERROR']))
  await t.test('they are listed with how often they were done', () => {
    assert.match(world.output('listed'), /refused\s.*mail\.harbor\.test.*\s1$/m)
    assert.match(world.output('listed'), /notimp\s.*files\.harbor\.test.*\s1$/m)
  })
  await t.test('by healing', () => {
    assert.deepEqual(statuses('healed'), ['NOERROR', 'NOERROR'])
    assert.doesNotMatch(world.output('healed'), /refused|notimp/)
  })
})

/** When the signature that dig shows ends. */
function expiryMs(text: string): number {
  const [, year = '', month = '', day = ''] = /RRSIG\s+A 13 3 300 (\d{4})(\d\d)(\d\d)/.exec(text) ?? []
  return Date.UTC(Number(year), Number(month) - 1, Number(day))
}
