// chronyd, ntpdig and ntpdate against our servers: plain, with keys that are shared, with NTS, interleaved; and what they make of a
// server that serves the wrong time.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inside } from '../inside.ts'
import { AUTHORITY, chronyd, skip } from './chronyd.ts'

const SECRETS = {
  AES128: '000102030405060708090a0b0c0d0e0f',
  AES256: '000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f',
  SHA1: '0001020304',
} as const
const TYPES = Object.entries(SECRETS)

const WORLD = `domains: { harbor.test: {} }
hosts:
  ns.harbor.test: dns
  one.harbor.test: { services: [{ ntp: { keys: [${TYPES.map(([type, hex], at) => `{ id: ${at + 1}, type: ${type}, secret: "hex:${hex}" }`).join(', ')}] } }] }
  two.harbor.test: ntp
  three.harbor.test: { services: [{ ntp: { stratum: 3, reference: 192.0.2.99 } }] }
  wrong.harbor.test: { services: [{ ntp: { offset: 300ms } }] }
  sourceless.harbor.test: { services: [{ ntp: { servers: [] } }] }
  denying.harbor.test: { services: [{ ntp: { deny: [0.0.0.0/0, "::/0"] } }] }
`
const HONEST = ['one', 'two', 'three']

/** Of what is printed, in seconds. */
const RESOLUTION = 0.001

/** With a question every two seconds at first. */
function server(name: string, words = ''): string {
  return `server ${name}.harbor.test iburst minpoll 4 maxpoll 4 ${words}`
}

test('stock clients in one world', { skip }, async (t) => {
  const world = await inside(
    {
      four: chronyd('four', {
        lines: [...HONEST, 'wrong'].map((name) => server(name)),
        until: ['\\^\\*', '\\^x', 'Leap status *: Normal'],
      }),
      keys: chronyd('keys', {
        lines: [server('one', 'key 1')],
        keys: [`1 AES128 HEX:${SECRETS.AES128}`],
        until: ['\\^\\*', 'Authenticated *: Yes'],
      }),
      longkeys: chronyd('longkeys', {
        lines: [server('one', 'key 2')],
        keys: [`2 AES256 HEX:${SECRETS.AES256}`],
        until: ['\\^\\*', 'Authenticated *: Yes'],
      }),
      oldkeys: chronyd('oldkeys', {
        lines: [server('one', 'key 3')],
        keys: [`3 SHA1 HEX:${SECRETS.SHA1}`],
        until: ['\\^\\*', 'Authenticated *: Yes'],
      }),
      wrongkeys: chronyd('wrongkeys', {
        lines: [server('one', 'key 1')],
        keys: ['1 AES128 HEX:ff0102030405060708090a0b0c0d0e0f'],
        until: ['Total RX *: [2-9]'],
      }),
      nts: chronyd('nts', {
        lines: [...['one', 'two', 'wrong'].map((name) => server(name, 'nts xleave')), `ntstrustedcerts ${AUTHORITY}`],
        until: ['\\^\\*', 'Interleaved *: Yes', 'Authenticated *: Yes'],
      }),
      interleaved: chronyd('interleaved', {
        lines: [server('two', 'xleave')],
        until: ['\\^\\*', 'Interleaved *: Yes'],
      }),
      sourceless: chronyd('sourceless', { lines: [server('sourceless')], until: ['Total RX *: [2-9]'] }),
      denying: chronyd('denying', { lines: [server('denying')], until: ['Total RX *: [2-9]'] }),
      ntpdig: 'ntpdig -4 wrong.harbor.test',
      ntpdig6: 'ntpdig -6 three.harbor.test',
      ntpdigkey: `echo '1 AES-128 ${SECRETS.AES128}' >k && ntpdig -4 -a 1 -k k one.harbor.test`,
      ntpdate: '/usr/sbin/ntpdate -q two.harbor.test',
    },
    { world: WORLD, together: true },
  )

  await t.test('chronyd follows three, and marks the one that is 300 ms off', () => {
    const sources = world
      .output('four')
      .split('\n')
      .filter((line) => line.startsWith('^'))
    const states = sources.map((line) => line.slice(1, 2)).toSorted()
    assert.deepEqual([sources.length, states.filter((state) => state === 'x').length], [4, 1], sources.join('\n'))
    assert.match(sources.find((line) => line.startsWith('^x')) ?? '', /-(?:2[5-9]\d|3[0-4]\d)ms\[/)
    assert.match(world.output('four'), /Reference ID *: C0000263|Reference ID *: 47505300/)
  })

  await t.test('AES-CMAC and SHA-1 keys', () => {
    assert.match(world.output('keys'), /SK +1 +13 +128/)
    assert.match(world.output('longkeys'), /SK +2 +14 +256/)
    assert.match(world.output('oldkeys'), /SK +3 +2 +40/)
    assert.match(world.output('wrongkeys'), /Total valid RX *: 0/)
  })

  await t.test('NTS, with all eight cookies left, interleaved', () => {
    const shown = world.output('nts')
    assert.equal(shown.match(/NTS +1 +15 +256 +\d+ +0 +0 +8 +104/g)?.length, 3, shown)
    assert.equal(shown.match(/Authenticated *: Yes/g)?.length, 3)
    const established = world.report.conversations.filter(({ port }) => port === 4460)
    assert.deepEqual(established.map(({ host }) => host).toSorted(), [
      'one.harbor.test',
      'two.harbor.test',
      'wrong.harbor.test',
    ])
    assert.match(world.output('interleaved'), /Interleaved *: Yes/)
  })

  await t.test('a server without a source, or that turns away, is not followed', () => {
    assert.match(world.output('sourceless'), /Total good RX *: 0/)
    assert.match(world.output('denying'), /Total good RX *: 0/)
  })

  await t.test('ntpdig and ntpdate', () => {
    for (const [name, offset, stratum] of [
      ['ntpdig', 0.3, 1],
      ['ntpdig6', 0, 3],
      ['ntpdigkey', 0, 1],
      ['ntpdate', 0, 1],
    ] as const) {
      const shown = world.output(name)
      const [, measured = '', error = '', told = ''] = /([-+][\d.]+) \+\/- ([\d.]+) .* s(\d+) no-leap/.exec(shown) ?? []
      assert.equal(Number(told), stratum, shown)
      assert.ok(Math.abs(Number(measured) - offset) <= Number(error) + RESOLUTION, shown)
    }
  })
})
