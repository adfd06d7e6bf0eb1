// dig inside a run: UDP, TCP, EDNS, reverse, every record type of the default world, truncation, and what does not exist.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inside } from '../inside.ts'
import { skipWithout } from '../portolan.ts'

const skip = skipWithout('dig')
const DIG = 'dig +time=3 +tries=1'
const TXT_LENGTH = 200
const TXT_COUNT = 20

function dig(words: string): string {
  return `${DIG} ${words}`
}

function lines(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.replaceAll(/\s+/g, ' ').trim())
    .filter((line) => line !== '')
    .toSorted()
}

const RECORDS = {
  A: 'harbor.test. 300 IN A 192.0.2.2',
  AAAA: 'harbor.test. 300 IN AAAA 2001:db8:1::2',
  NS: 'harbor.test. 300 IN NS ns.harbor.test.',
  SOA: 'harbor.test. 300 IN SOA ns.harbor.test. hostmaster.harbor.test. 1 3600 600 86400 300',
  MX: 'harbor.test. 300 IN MX 10 mail.harbor.test.',
  TXT: 'harbor.test. 300 IN TXT "v=spf1 mx -all"',
  CAA: 'harbor.test. 300 IN CAA 0 issue "portolan.internal"',
  HTTPS: 'harbor.test. 300 IN HTTPS 1 . alpn="h2,http/1.1"',
} as const

test('dig in the default world', { skip }, async (t) => {
  const types = Object.keys(RECORDS).map((type) => `harbor.test ${type} +noall +answer`)
  const world = await inside(
    {
      udp: dig('www.harbor.test'),
      server: dig('@192.0.2.1 +norec www.harbor.test'),
      udp6: dig('-6 +short @2001:db8:1::1 www.harbor.test AAAA'),
      tcp: dig('+tcp www.harbor.test'),
      edns: dig('+edns=0 +bufsize=4096 +dnssec www.harbor.test'),
      noedns: dig('+noedns www.harbor.test'),
      reverse4: dig('+short -x 192.0.2.2'),
      reverse6: dig('+short -x 2001:db8:1::2'),
      types: dig(types.join(' ')),
      island: dig('+short island.test MX'),
      nxdomain: dig('nope.harbor.test'),
      nodata: dig('www.harbor.test MX'),
      outside: dig('www.example.com'),
      getent: 'getent ahosts www.harbor.test',
    },
    { together: true },
  )

  await t.test('over UDP, IPv4 and IPv6', () => {
    assert.match(world.output('udp'), /status: NOERROR[\s\S]*flags: qr rd ra ad;[\s\S]*\(UDP\)/)
    assert.match(world.output('udp'), /www\.harbor\.test\.\s+300\s+IN\s+A\s+192\.0\.2\.2/)
    assert.match(world.output('server'), /status: NOERROR[\s\S]*flags: qr aa;/)
    assert.equal(world.output('udp6'), '2001:db8:1::2\n')
  })
  await t.test('over TCP', () => assert.match(world.output('tcp'), /192\.0\.2\.2[\s\S]*\(TCP\)/))
  await t.test('with EDNS and without', () => {
    assert.match(world.output('edns'), /EDNS: version: 0, flags: do; udp: 1232/)
    assert.match(world.output('noedns'), /ADDITIONAL: 0/)
  })
  await t.test('addresses lead back to names', () => {
    assert.equal(world.output('reverse4'), 'www.harbor.test.\n')
    assert.equal(world.output('reverse6'), 'www.harbor.test.\n')
  })
  await t.test('every type that the world holds', () => {
    assert.deepEqual(lines(world.output('types')), Object.values(RECORDS).toSorted())
    assert.equal(world.output('island'), '10 mail.island.test.\n')
  })
  await t.test('what does not exist is NXDOMAIN or NODATA, with the SOA', () => {
    const soa = /AUTHORITY SECTION:\nharbor\.test\.\s+300\s+IN\s+SOA\s/
    assert.match(world.output('nxdomain'), /status: NXDOMAIN/)
    assert.match(world.output('nxdomain'), soa)
    assert.match(world.output('nodata'), /status: NOERROR[\s\S]*ANSWER: 0/)
    assert.match(world.output('nodata'), soa)
    assert.match(world.output('outside'), /status: NXDOMAIN[\s\S]*AUTHORITY SECTION:\n\.\s+300\s+IN\s+SOA\s/)
  })
  await t.test('the C library resolves by it', () =>
    assert.deepEqual(
      new Set(lines(world.output('getent')).map((line) => line.split(' ')[0])),
      new Set(['192.0.2.2', '2001:db8:1::2']),
    ),
  )
})

test('an answer that is too long for UDP is cut, then whole over TCP', { skip }, async () => {
  const texts = Array.from({ length: TXT_COUNT }, (_, at) => `      - 'big TXT "${`${at}-`.padEnd(TXT_LENGTH, 'x')}"'`)
  const hosts = 'hosts:\n  ns.shop.test: dns\n  www.shop.test: { aliases: [web.shop.test], services: [http] }\n'
  const records = ['_sip._tcp SRV 10 5 5060 www', ...texts.map((line) => line.trim().slice(2))]
  const world = await inside(
    {
      cut: dig('+notcp +ignore big.shop.test TXT'),
      whole: dig('big.shop.test TXT'),
      srv: dig('+short _sip._tcp.shop.test SRV'),
      cname: dig('+short web.shop.test CNAME'),
    },
    { world: `domains:\n  shop.test:\n    records:\n${records.map((line) => `      - ${line}\n`).join('')}${hosts}` },
  )
  assert.match(world.output('cut'), /flags: qr tc rd ra( ad)?; QUERY: 1, ANSWER: 0/)
  assert.match(world.output('whole'), new RegExp(`ANSWER: ${TXT_COUNT}[\\s\\S]*\\(TCP\\)`))
  assert.equal(world.output('srv'), '10 5 5060 www.shop.test.\n')
  assert.equal(world.output('cname'), 'www.shop.test.\n')
})
