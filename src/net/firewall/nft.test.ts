// The nftables script and the record read back, as texts. That the kernel agrees is test/interop's part.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isFailure } from '../../core/failure.ts'
import { portsOf, rule, worldWith } from './fixture.ts'
import { compileGate } from './gate.ts'
import { nftAgreed } from './nft-agreed.ts'
import { parseNftRecord } from './nft-record.ts'
import {
  MARK_AGREED,
  MARK_CLOSED,
  MARK_DEFAULT,
  MARK_GROUP,
  MARK_UNKNOWN_ADDRESS,
  nftRuleset,
  type NftOptions,
} from './nft-ruleset.ts'

const OPTIONS: NftOptions = { clients: ['c*'], ownAddresses: ['169.254.77.1'] }

const RULES = [
  rule('reject', {
    services: ['smtp', 'dns'],
    ports: [{ from: 50, to: 60 }],
    hosts: ['mail.harbor.test'],
    because: 'no',
  }),
  rule('drop', { direction: 'out' }),
  rule('drop', { sources: ['198.51.100.0/24'], transport: 'udp' }),
  rule('allow', { hosts: ['nobody.test'] }),
]
const gate = compileGate(worldWith({ firewall: { default: 'allow', rules: RULES } }), portsOf)

/** The lines of one chain, without counters and indentation. */
function chain(text: string, name: string): string[] {
  const lines = text.split('\n').map((line) => line.trim())
  const from = lines.indexOf(`chain ${name} {`)
  return from === -1 ? [] : lines.slice(from + 1, lines.indexOf('}', from)).map((line) => line.replace('counter ', ''))
}

test('rules become lines for each family and transport they can match, in order', () => {
  assert.deepEqual(chain(nftRuleset(gate, OPTIONS), 'gate').slice(4), [
    'ip daddr @rule_1_hosts4 tcp dport { 25, 50-60 } goto refuse_rule_1 comment "rule 1"',
    'ip daddr @rule_1_hosts4 udp dport { 50-60 } goto refuse_rule_1 comment "rule 1"',
    'ip6 daddr @rule_1_hosts6 tcp dport { 25, 50-60 } goto refuse_rule_1 comment "rule 1"',
    'ip6 daddr @rule_1_hosts6 udp dport { 50-60 } goto refuse_rule_1 comment "rule 1"',
    'ip saddr @rule_3_sources4 meta l4proto udp goto refuse_rule_3 comment "rule 3"',
    'accept comment "default"',
  ])
})

test('what was agreed on comes before the rules, and is closed to others', () => {
  assert.deepEqual(chain(nftRuleset(gate, OPTIONS), 'gate').slice(0, 4), [
    'ip saddr . ip daddr . tcp dport @agreed4 accept comment "agreed"',
    'ip daddr . tcp dport @data4 goto refuse_agreed comment "agreed with another"',
    'ip6 saddr . ip6 daddr . tcp dport @agreed6 accept comment "agreed"',
    'ip6 daddr . tcp dport @data6 goto refuse_agreed comment "agreed with another"',
  ])
  const agreed = {
    flow: undefined,
    from: { ip: '2001:db8::10' },
    to: { ip: '2001:db8:1::2', port: 50_000 },
    because: '',
  }
  assert.equal(
    nftAgreed('add', { ...agreed, direction: 'in' }),
    'add element inet portolan agreed6 { 2001:db8::10 . 2001:db8:1::2 . 50000 }; ' +
      'add element inet portolan data6 { 2001:db8:1::2 . 50000 }',
  )
  assert.equal(nftAgreed('delete', { ...agreed, direction: 'out' }), undefined)
})

test('the catch-all takes only what no socket waits for, and makes every address known', () => {
  const plain = nftRuleset(gate, OPTIONS)
  const caught = nftRuleset(gate, { ...OPTIONS, catchAll: { tcpPort: 5001, udpPort: 5002 } })
  assert.deepEqual(chain(plain, 'catch_all'), [])
  assert.deepEqual(chain(caught, 'catch_all').slice(2), [
    'socket wildcard 0 accept',
    'socket wildcard 1 accept',
    'meta l4proto tcp tproxy to :5001',
    'meta l4proto udp tproxy to :5002',
  ])
  assert.match(plain, /daddr != @known4/)
  assert.doesNotMatch(caught, /daddr != @known4/)
  assert.doesNotMatch(nftRuleset(gate, { ...OPTIONS, everyAddress: true }), /daddr != @known4/)
})

test('what nobody listens for is refused after the gate, unless a catch-all listens', () => {
  assert.deepEqual(chain(nftRuleset(gate, OPTIONS), 'closed'), [])
  assert.deepEqual(chain(nftRuleset(gate, { ...OPTIONS, closedPorts: true }), 'closed').slice(2), [
    'ct state != new accept',
    'socket wildcard 0 accept',
    'socket wildcard 1 accept',
    'meta l4proto { tcp, udp } goto refuse_closed comment "nobody listens"',
  ])
  const caught = nftRuleset(gate, { ...OPTIONS, closedPorts: true, catchAll: { tcpPort: 5001, udpPort: 5002 } })
  assert.deepEqual(chain(caught, 'closed'), [])
})

function listing(...elements: readonly unknown[]): string {
  return JSON.stringify({
    nftables: [{ metainfo: { version: '1.0.6' } }, { set: { name: 'refused4', elem: elements } }],
  })
}

function element(mark: number, packets: number, transport = 'tcp'): unknown {
  const concat = ['203.0.113.10', '192.0.2.2', transport, 25, mark]
  return { elem: { val: { concat }, expires: 21_590, counter: { packets, bytes: 60 } } }
}

test('what was refused comes back with rule, reason and count, most packets first', () => {
  const flows = parseNftRecord(
    gate,
    listing(element(1, 2), element(MARK_UNKNOWN_ADDRESS, 9, 'udp'), element(MARK_GROUP, 1), element(MARK_CLOSED, 3)),
  )
  const agreed = parseNftRecord(gate, listing(element(MARK_AGREED, 1)))
  assert.deepEqual(!isFailure(agreed) && agreed.map(({ verdict, reason }) => [verdict, reason]), [['reject', 'agreed']])
  assert.ok(!isFailure(flows))
  assert.deepEqual(
    flows.map(({ verdict, rule, reason, count }) => [verdict, rule, reason, count]),
    [
      ['reject', undefined, 'unknown-address', 9],
      ['reject', undefined, 'closed', 3],
      ['reject', 0, 'rule', 2],
      ['drop', undefined, 'multicast', 1],
    ],
  )
  assert.deepEqual(flows[2], {
    verdict: 'reject',
    reason: 'rule',
    rule: 0,
    because: 'no',
    from: { ip: '203.0.113.10', port: 0 },
    to: { ip: '192.0.2.2', port: 25 },
    transport: 'tcp',
    count: 2,
  })
})

test('an empty set, foreign elements and foreign texts', () => {
  assert.deepEqual(parseNftRecord(gate, JSON.stringify({ nftables: [{ set: { name: 'refused4' } }] })), [])
  assert.deepEqual(
    parseNftRecord(gate, listing('x', element(99, 1), element(MARK_DEFAULT, 1), element(1, 1, 'icmp'))),
    [],
  )
  assert.ok(isFailure(parseNftRecord(gate, 'No such file or directory')))
  assert.ok(isFailure(parseNftRecord(gate, '[]')))
})
