// The world's clock moves by months, and the keys of its zones with it: at each of its times our resolver and an Unbound that is told that date
// (`val-override-date`) validate, from one and the same trust anchor.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inside } from '../inside.ts'
import { PORTOLAN } from '../portolan.ts'
import { answered, answeredAll, digAll, skipWithoutDaemons, UNBOUND, unbound, withDaemons } from './resolvers.ts'

const skip = skipWithoutDaemons([UNBOUND], 'dig')
const DAY_MS = 86_400_000
/** Before, at and behind rolls of keys that hold for 30 and 90 days. */
const DAYS = [0, 29, 61, 92, 183, 400] as const
const FIRST_PORT = 5301

const WORLD = `domains:
  harbor.test: { dnssec: { zone-key: 30d, key-key: 90d } }
  hashed.test: { dnssec: { denial: nsec3, algorithm: ed25519, zone-key: 30d, key-key: 90d, ahead: true } }
hosts:
  ns.harbor.test: dns
  www.harbor.test: http
  ns.hashed.test: dns
  www.hashed.test: http
`

const ANSWERS: Readonly<Record<string, string>> = {
  'www.harbor.test A': 'NOERROR ad',
  'nowhere.harbor.test A': 'NXDOMAIN ad',
  'www.hashed.test A': 'NOERROR ad',
  'nowhere.hashed.test A': 'NXDOMAIN ad',
  '-x 192.0.2.2': 'NOERROR ad',
}

/** As Unbound takes it: YYYYMMDDHHMMSS, in UTC. */
function stampOf(ms: number): string {
  return new Date(ms).toISOString().replaceAll(/[-:T]|\.\d+Z/g, '')
}

const ASKS: readonly (readonly [string, string])[] = DAYS.flatMap((days, index) => [
  [`ours-${days}`, `${PORTOLAN} clock offset +${days}d >/dev/null && ${digAll('questions', '+dnssec')}`],
  [`keys-${days}`, `${digAll('keys', '+nodnssec')}`],
  [`unbound-${days}`, digAll('questions', `@127.0.0.1 -p ${FIRST_PORT + index} +dnssec`)],
])

test('keys are rolled by the clock, and validators follow', { skip }, async (t) => {
  const now = Date.now()
  const daemons = DAYS.map((days, index) =>
    unbound({
      port: FIRST_PORT + index,
      name: `day-${days}`,
      lines: [`val-override-date: "${stampOf(now + days * DAY_MS)}"`],
    }),
  )
  const { within, files } = withDaemons(daemons)
  const world = await inside<string>(Object.fromEntries(ASKS), {
    world: WORLD,
    within,
    timeoutMs: 80_000,
    files: {
      ...files,
      questions: Object.keys(ANSWERS)
        .map((question) => `${question}\n`)
        .join(''),
      keys: 'harbor.test DNSKEY\n',
    },
  })

  const told = (step: string): Record<string, string> =>
    Object.fromEntries(
      [...answeredAll(world.output(step))].map(([question, { status, flags }]) => [
        question,
        flags.includes('ad') ? `${status} ad` : status,
      ]),
    )
  for (const days of DAYS)
    await t.test(`${days} days on`, () => {
      assert.deepEqual(told(`ours-${days}`), ANSWERS)
      assert.deepEqual(told(`unbound-${days}`), ANSWERS)
    })

  await t.test('by other keys each time', () => {
    assert.equal(new Set(DAYS.map((days) => keysIn(world.output(`keys-${days}`), 256))).size, DAYS.length)
    assert.ok(new Set(DAYS.map((days) => keysIn(world.output(`keys-${days}`), 257))).size >= 3)
  })
})

/** 256: those that sign a zone; 257: those that sign its keys (RFC 4034 §2.1.1). */
function keysIn(text: string, flags: number): string {
  return answered(text)
    .answer.filter((line) => line.includes(` DNSKEY ${flags} `))
    .join('\n')
}
