import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  cidrContains,
  cidrOf,
  formatCidr,
  parseCidr,
  parseIp,
  reverseName,
  reverseZoneName,
  whyUnusable,
} from './address.ts'

for (const [text, expected] of [
  ['192.0.2.10', '192.0.2.10'],
  ['2001:DB8:0:0:0:0:0:1', '2001:db8::1'],
  ['::ffff:192.0.2.1', '192.0.2.1'],
  ['::ffff:c000:201', '192.0.2.1'],
  ['010.1.1.1', undefined],
  ['1', undefined],
  ['0x7f.0.0.1', undefined],
  ['256.1.1.1', undefined],
  ['1.2.3', undefined],
  ['fe80::1%eth0', undefined],
  ['', undefined],
  ['::1::', undefined],
] as const) {
  test(`"${text}" reads as ${expected}`, () => assert.equal(parseIp(text), expected))
}

for (const [text, expected] of [
  ['192.0.2.77/24', '192.0.2.0/24'],
  ['0.0.0.0/0', '0.0.0.0/0'],
  ['192.0.2.1', '192.0.2.1/32'],
  ['2001:db8:1:ffff::/33', '2001:db8::/33'],
  ['192.0.2.0/33', undefined],
  ['192.0.2.0/', undefined],
  ['192.0.2.0/08', undefined],
  ['harbor.test/8', undefined],
] as const) {
  test(`the range "${text}" reads as ${expected}`, () => {
    const cidr = parseCidr(text)
    assert.equal(cidr && formatCidr(cidr), expected)
  })
}

for (const [range, ip, expected] of [
  ['192.0.2.0/24', '192.0.2.255', true],
  ['192.0.2.0/24', '192.0.3.0', false],
  ['192.0.2.128/25', '192.0.2.127', false],
  ['192.0.2.0/24', '::ffff:192.0.2.1', true],
  ['::/0', '192.0.2.1', false],
  ['2001:db8:1::/48', '2001:db8:1:ffff::1', true],
  ['2001:db8:1::/48', '2001:db8:2::1', false],
] as const) {
  test(`${range} ${expected ? 'holds' : 'does not hold'} ${ip}`, () =>
    assert.equal(cidrContains(cidrOf(range), ip), expected))
}

for (const [ip, why] of [
  ['127.0.0.5', 'is loopback: every machine takes it for itself'],
  ['::1', 'is loopback: every machine takes it for itself'],
  ['0.0.0.0', 'means "this network" and is no address of a host'],
  ['::', 'is the unspecified address, no address of a host'],
  ['239.1.1.1', 'is multicast: it names a group, not a host'],
  ['ff02::1', 'is multicast: it names a group, not a host'],
  ['255.255.255.255', 'is reserved: systems refuse to send to it'],
  ['8.8.8.8', undefined],
  ['2001:db8::1', undefined],
] as const) {
  test(`${ip} is ${why ? 'no address for a host' : 'fine for a host'}`, () => assert.equal(whyUnusable(ip), why))
}

test('addresses turn round for reverse lookups', () => {
  assert.equal(reverseName('192.0.2.10'), '10.2.0.192.in-addr.arpa')
  assert.equal(reverseZoneName('192.0.2.10'), '2.0.192.in-addr.arpa')
  assert.equal(reverseName('2001:db8:1::b'), 'b.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.1.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa')
  assert.equal(reverseZoneName('2001:db8:1::b'), '1.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa')
})
