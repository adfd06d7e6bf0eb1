// Explanations: what people may type, the walk through the rules, and the text that comes out.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isFailure } from '../../core/failure.ts'
import { explain, type Explanation } from './explain.ts'
import { LAPTOP, portsOf, rule, WEB, worldWith } from './fixture.ts'
import { formatExplain } from './format-explain.ts'
import { compileGate } from './gate.ts'
import type { Host } from '../world/model.ts'

const gate = compileGate(
  worldWith({
    firewall: {
      default: 'allow',
      rules: [
        rule('allow', { sources: ['203.0.113.0/29'], services: ['smtp'], because: 'the office' }),
        rule('reject', { services: ['smtp'], direction: 'in', because: 'mail leaves through submission' }),
        rule('drop', { ports: [{ from: 6881, to: 6889 }] }),
      ],
    },
  }),
  portsOf,
)

function explained(from: string, to: string): Explanation {
  const result = explain(gate, from, to)
  if (isFailure(result)) throw new Error(result.message)
  return result
}

test('names the rule that decides, why the one before did not, and who listens', () => {
  const result = explained('laptop', 'mail.harbor.test:25')
  assert.equal(result.decision.rule, 1)
  assert.deepEqual(
    result.steps.map(({ outcome }) => outcome),
    ['passes', 'decides', 'later'],
  )
  assert.deepEqual(result.steps[0]?.reasons, ['203.0.113.10 is not from 203.0.113.0/29'])
  assert.equal(result.listener, 'smtp')
  assert.equal(result.request.direction, 'in')
})

test('reads as text', () => {
  assert.equal(
    formatExplain(gate, explained('laptop', 'mail.harbor.test:smtp')),
    [
      'from  laptop (a client), 203.0.113.10',
      'to    mail.harbor.test, 192.0.2.2:25/tcp (smtp)',
      '',
      '  rule 1  allow   no: 203.0.113.10 is not from 203.0.113.0/29',
      '  rule 2  reject  matches: flows from clients; ports smtp',
      '  rule 3  drop    not reached',
      '  default allow   not reached',
      '',
      'reject, by rule 2: mail leaves through submission',
      'smtp listens on 25/tcp, behind the gate',
      '',
    ].join('\n'),
  )
})

const ASKED: readonly (readonly [string, string])[] = [
  ['mail.harbor.test:25', 'tcp 192.0.2.2 25'],
  ['mail.harbor.test:25/udp', 'udp 192.0.2.2 25'],
  ['192.0.2.5:imap', 'tcp 192.0.2.5 143'],
  ['[2001:db8:1::2]:443', 'tcp 2001:db8:1::2 443'],
  ['MX.Harbor.Test:dns', 'udp 192.0.2.2 53'],
  ['mail.harbor.test:dns/tcp', 'tcp 192.0.2.2 53'],
]

for (const [text, wanted] of ASKED) {
  test(`reads ${text}`, () => {
    const { request } = explained('laptop', text)
    assert.equal(`${request.transport} ${request.to.ip} ${request.to.port}`, wanted)
  })
}

const REFUSED: readonly (readonly [string, string, string])[] = [
  ['laptop', 'mial.harbor.test:25', 'no host is called mial.harbor.test; did you mean "mail.harbor.test"?'],
  ['labtop', 'mail.harbor.test:25', 'no host is called labtop; did you mean "laptop"?'],
  [
    'laptop',
    'mail.harbor.test',
    'say which port of mail.harbor.test, like mail.harbor.test:25 or mail.harbor.test:imap',
  ],
  ['laptop', 'mail.harbor.test:70000', '70000 is no port: they go from 0 to 65535'],
  ['laptop', 'mail.harbor.test:imapp', 'no service is called imapp; did you mean "imap"?'],
  ['laptop', 'mail.harbor.test:gopher', 'no service is called gopher'],
  ['laptop', '', 'cannot read : write it like mail.harbor.test:25/udp or [2001:db8::1]:443'],
  ['192.0.2.2', '[2001:db8::1]:1', '192.0.2.2 and [2001:db8::1]:1 have no address of the same family'],
]

for (const [from, to, message] of REFUSED) {
  test(`says of ${from} > ${to === '' ? 'nothing' : to}: ${message}`, () => {
    const result = explain(gate, from, to)
    assert.ok(isFailure(result))
    assert.equal(result.message, message)
  })
}

function nameOf(to: string, at = gate): string | undefined {
  const result = explain(at, 'laptop', to)
  return isFailure(result) ? result.message : result.service
}

test("a port has a name: the world's own, or the one that people use", () => {
  const own = compileGate(worldWith({ ports: [{ port: 25, name: 'postbox', description: '' }] }), portsOf)
  assert.deepEqual(
    [nameOf('www.harbor.test:25'), nameOf('www.harbor.test:25', own), nameOf('www.harbor.test:40000')],
    ['smtp', 'postbox', undefined],
  )
})

test('an address without a host, and a port without a listener', () => {
  assert.match(
    formatExplain(gate, explained('198.51.100.9', '203.0.113.99:9')),
    /no host has the address 203\.0\.113\.99/,
  )
  assert.match(
    formatExplain(gate, explained('laptop', 'www.harbor.test:9')),
    /nothing listens on 9\/tcp of www\.harbor\.test/,
  )
})

test('who listens follows from the settings of the services, not from their well-known ports', () => {
  const moved = {
    ...WEB,
    services: [{ service: 'http', config: {}, ports: [{ transport: 'tcp', port: 8080 }] }],
  } as const
  const other = compileGate(worldWith({ hosts: [moved, LAPTOP] }), portsOf)
  const listenerAt = (port: number) => {
    const result = explain(other, 'laptop', `www.harbor.test:${port}`)
    return isFailure(result) ? result.message : result.listener
  }
  assert.deepEqual([listenerAt(8080), listenerAt(80)], ['http', undefined])
})

test("a flow from one of the world's hosts goes out", () => {
  const result = explained('www.harbor.test', 'mail.harbor.test:25')
  assert.equal(result.request.direction, 'out')
  assert.equal(result.decision.rule, undefined)
})

test('a port that is agreed on in conversations says so', () => {
  const agreedPorts = [{ from: 50_000, to: 50_999, what: 'passive data ports' }]
  const ftp = { service: 'ftp', config: {}, ports: [{ transport: 'tcp', port: 21 } as const], agreedPorts }
  const files: Host = { ...WEB, name: 'files.harbor.test', addresses: ['192.0.2.9'], services: [ftp] }
  const world = worldWith({ hosts: [LAPTOP, files], firewall: { default: 'reject', rules: [] } })
  const withFiles = compileGate(world, portsOf)
  const at = (port: number | string) => {
    const result = explain(withFiles, 'laptop', `files.harbor.test:${port}`)
    assert.ok(!isFailure(result))
    return result
  }
  assert.deepEqual(
    ['21', '49999', '50000', '50999', '51000', '50123/udp'].map((port) => at(port).agreed?.service),
    [undefined, undefined, 'ftp', 'ftp', undefined, undefined],
  )
  assert.deepEqual(formatExplain(withFiles, at(50_123)).split('\n').slice(-4), [
    'reject, by default',
    'ftp opens 50123/tcp only for the peer that agreed on it, for that transfer (its passive data ports, 50000-50999)',
    'while it does, that peer is let in whatever the rules say, and everyone else is rejected; before and after, nothing listens there on files.harbor.test',
    '',
  ])
})
