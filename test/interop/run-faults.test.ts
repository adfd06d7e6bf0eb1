// Faults and firewall rules of a world file, as stock programs meet them, and what the report says of each.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inside } from './inside.ts'
import { skipWithout } from './portolan.ts'

const DELAY_MS = 200
const WORLD = `
hosts:
  ns.lab.test: dns
  lossy.lab.test: dns
  slow.lab.test: http
  broken.lab.test: http
  closed.lab.test: http
  silent.lab.test: http
  laptop: { client: true }
  desktop: { client: true }
firewall:
  default: allow
  rules:
    - reject: { from: laptop, to: closed.lab.test, port: 80, because: the shop is closed }
    - drop: { to: silent.lab.test, port: [80, 443], because: strangers learn nothing }
    - reject: { from: laptop, to: ns.lab.test, port: 53, transport: tcp, because: short answers only }
faults:
  - { host: slow.lab.test, port: 80, delay: ${DELAY_MS}ms }
  - { host: broken.lab.test, port: 80, reset-after: 100B }
  - { host: lossy.lab.test, port: 53, transport: udp, loss: 100% }
`
const CURL = 'curl -sS -4 -o /dev/null'

test('a world of faults and rules', { skip: skipWithout('curl', 'dig') }, async (t) => {
  const world = await inside(
    {
      slow: `${CURL} -m 5 -w '%{time_connect} %{time_starttransfer}' http://slow.lab.test/`,
      fast: `${CURL} -m 5 -w '%{time_starttransfer}' https://slow.lab.test/`,
      broken: `${CURL} -m 5 http://broken.lab.test/`,
      lossy: 'dig -4 +tries=1 +time=1 @lossy.lab.test slow.lab.test',
      whole: 'dig +tcp +short -4 @lossy.lab.test slow.lab.test',
      closed: `${CURL} -m 5 http://closed.lab.test/`,
      closed6: `curl -sS -6 -m 5 http://closed.lab.test/`,
      open: `${CURL} -m 5 -w '%{response_code}' https://closed.lab.test/`,
      silent: `${CURL} -m 1 http://silent.lab.test/`,
      tcp: 'dig -4 +tcp +tries=1 +time=2 @ns.lab.test slow.lab.test',
    },
    { world: WORLD, together: true },
  )
  const refused = world.report.refused.map(({ thing: { verdict, transport, host, port, because } }) =>
    [verdict, transport, host, port, because].join(' '),
  )

  await t.test('a delay is felt each way, and only where it was asked for', () => {
    const [, first] = world.output('slow').split(' ').map(Number)
    assert.ok((first ?? 0) * 1000 >= 2 * DELAY_MS, `answered after ${first} s`)
    assert.notEqual(world.output('fast'), '')
  })
  await t.test('a stream is broken off after the bytes that were allowed', () => {
    const { code, stderr } = world.step('broken')
    assert.equal(code, 56, stderr)
    assert.match(stderr, /reset by peer/i)
  })
  await t.test('datagrams are lost, while the same question over TCP is answered', () => {
    assert.equal(world.step('lossy').code, 9, world.step('lossy').stdout)
    assert.equal(world.output('whole'), '192.0.2.3\n')
  })
  await t.test('a reject is a refusal at once, a drop is silence, and other ports stay open', () => {
    assert.equal(world.step('closed').code, 7, world.step('closed').stderr)
    assert.equal(world.step('closed6').code, 7, world.step('closed6').stderr)
    assert.equal(world.output('open'), '200')
    assert.equal(world.step('silent').code, 28, world.step('silent').stderr)
    assert.notEqual(world.step('tcp').code, 0)
  })
  await t.test("the report gives each refusal with its rule's reason", () => {
    const expected = [
      'reject tcp closed.lab.test 80 the shop is closed',
      'drop tcp silent.lab.test 80 strangers learn nothing',
      'reject tcp ns.lab.test 53 short answers only',
    ]
    assert.deepEqual(
      expected.filter((line) => !refused.includes(line)),
      [],
      refused.join('\n'),
    )
  })
  await t.test('and each fault where it struck', () => {
    const said = world.report.conversations.flatMap((one) => one.said.map(({ thing }) => `${one.host} ${thing.text}`))
    assert.ok(
      said.some((line) => /^broken\.lab\.test .*broken off/.test(line)),
      said.join('\n'),
    )
  })
})
