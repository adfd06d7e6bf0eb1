// The gate's decisions: order, each condition, reasons, and names that lead nowhere.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LAPTOP, portsOf, rule, worldWith } from './fixture.ts'
import { compileGate, type FlowRequest } from './gate.ts'

function request(to: string, port: number, parts: Partial<FlowRequest> = {}): FlowRequest {
  return {
    transport: 'tcp',
    from: { ip: '203.0.113.10', port: 40_000 },
    to: { ip: to, port },
    direction: 'in',
    ...parts,
  }
}

function gateWith(...rules: readonly ReturnType<typeof rule>[]) {
  return compileGate(worldWith({ firewall: { default: 'allow', rules } }), portsOf)
}

test('without rules the default decides', () => {
  const gate = compileGate(worldWith({ firewall: { default: 'drop', rules: [] } }), portsOf)
  const decision = gate.decide(request('192.0.2.2', 25))
  assert.equal(decision.verdict, 'drop')
  assert.equal(decision.rule, undefined)
  assert.deepEqual(decision.path, ['firewall', 'default'])
})

test('the first rule that matches decides and gives its reason and place', () => {
  const gate = gateWith(rule('allow', { ports: [{ from: 25, to: 25 }], because: 'mail' }), rule('reject'))
  assert.equal(gate.decide(request('192.0.2.2', 25)).verdict, 'allow')
  const refused = gate.decide(request('192.0.2.2', 26))
  assert.deepEqual(refused, { verdict: 'reject', rule: 1, because: '', path: ['firewall', 'rules', 1] })
  assert.equal(gate.decide(request('192.0.2.2', 25)).because, 'mail')
})

const CONDITIONS: readonly (readonly [string, Parameters<typeof rule>[1], FlowRequest, boolean])[] = [
  ['a host by name', { hosts: ['mail.harbor.test'] }, request('192.0.2.2', 1), true],
  ['a host by name, IPv6', { hosts: ['mail.harbor.test'] }, request('2001:db8:1::2', 1), true],
  ['a host by alias', { hosts: ['MX.harbor.test'] }, request('192.0.2.2', 1), true],
  ['another host', { hosts: ['mail.harbor.test'] }, request('192.0.2.3', 1), false],
  ['a source by name', { sources: ['laptop'] }, request('192.0.2.2', 1), true],
  ['a source by range', { sources: ['203.0.113.0/24'] }, request('192.0.2.2', 1), true],
  ['a source at the end of an odd range', { sources: ['203.0.113.8/30'] }, request('192.0.2.2', 1), true],
  ['a source after an odd range', { sources: ['203.0.113.4/30'] }, request('192.0.2.2', 1), false],
  ['a source outside the range', { sources: ['203.0.113.0/29'] }, request('192.0.2.2', 1), false],
  ['an IPv6 range and an IPv4 source', { sources: ['::/0'] }, request('192.0.2.2', 1), false],
  ['an address written long', { hosts: ['2001:0db8:0001:0::2'] }, request('2001:db8:1::2', 1), true],
  ['a service', { services: ['smtp'] }, request('192.0.2.2', 25), true],
  ['a service on its other transport', { services: ['smtp'] }, request('192.0.2.2', 25, { transport: 'udp' }), false],
  [
    'a service and more ports',
    { services: ['smtp'], ports: [{ from: 2525, to: 2526 }] },
    request('192.0.2.2', 2526),
    true,
  ],
  ['the port after a range', { ports: [{ from: 2525, to: 2526 }] }, request('192.0.2.2', 2527), false],
  ['a transport', { transport: 'udp' }, request('192.0.2.2', 1), false],
  ['a direction', { direction: 'out' }, request('192.0.2.2', 1), false],
  ['a name that nobody has', { hosts: ['nobody.test'] }, request('192.0.2.2', 1), false],
]

for (const [what, parts, asked, matches] of CONDITIONS) {
  test(`${what} ${matches ? 'matches' : 'does not match'}`, () => {
    assert.equal(gateWith(rule('reject', parts)).decide(asked).verdict, matches ? 'reject' : 'allow')
  })
}

test('a source is judged by its address, whoever has it', () => {
  assert.equal(
    gateWith(rule('drop', { sources: [LAPTOP.name] })).decide(
      request('192.0.2.2', 1, { from: { ip: '203.0.113.11', port: 1 } }),
    ).verdict,
    'allow',
  )
})
