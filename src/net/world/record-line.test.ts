import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseRecordLine } from './record-line.ts'

const GOOD = [
  ['www A 192.0.2.1', 'www.harbor.test 300 A 192.0.2.1'],
  ['www 60 IN aaaa 2001:DB8::1', 'www.harbor.test 60 AAAA 2001:db8::1'],
  ['www IN 60 A 192.0.2.1 ; the web', 'www.harbor.test 60 A 192.0.2.1'],
  ['@ TXT "v=spf1 mx -all"', 'harbor.test 300 TXT "v=spf1 mx -all"'],
  ['@ TXT one "two; \\"three\\"" \\059', 'harbor.test 300 TXT "one" "two; \\"three\\"" "\\059"'],
  ['_sip._tcp SRV 10 5 5060 www', '_sip._tcp.harbor.test 300 SRV 10 5 5060 www.harbor.test.'],
  ['_imap._tcp SRV 0 0 0 .', '_imap._tcp.harbor.test 300 SRV 0 0 0 .'],
  ['@ MX 10 mail.island.test.', 'harbor.test 300 MX 10 mail.island.test.'],
  ['*.dev CNAME @', '*.dev.harbor.test 300 CNAME harbor.test.'],
  ['WWW.harbor.test. PTR a.B.', 'www.harbor.test 300 PTR a.b.'],
  ['@ CAA 0 ISSUE "ca.test"', 'harbor.test 300 CAA 0 issue "ca.test"'],
  ['_443._tcp TLSA 3 1 1 0AFF', '_443._tcp.harbor.test 300 TLSA 3 1 1 0AFF'],
  ['@ LOC 51 30 12.748 N 0 7 39.612 W 0.00m', 'harbor.test 300 LOC 51 30 12.748 N 0 7 39.612 W 0.00m 1m 10000m 10m'],
  ['old DNAME new', 'old.harbor.test 300 DNAME new.harbor.test.'],
  ['@ TYPE65280 \\# 3 ABCDEF', 'harbor.test 300 TYPE65280 \\# 3 ABCDEF'],
  ['@ HTTPS 1 . alpn=h2 port=8443', 'harbor.test 300 HTTPS 1 . alpn=h2 port=8443'],
] as const

for (const [line, expected] of GOOD) {
  test(`reads ${line}`, () => {
    const record = parseRecordLine(line, 'harbor.test')
    assert.ok('type' in record)
    assert.equal(`${record.name} ${record.ttlSeconds} ${record.type} ${record.data}`, expected)
  })
}

const BAD = [
  ['', 'expected "owner TYPE data" as in a zone file: www A 192.0.2.1'],
  ['www', 'expected "owner TYPE data" as in a zone file: www A 192.0.2.1'],
  ['www A', 'A: expected an IPv4 address; the line ends before it'],
  ['www A 2001:db8::1', 'A: expected an IPv4 address; got 2001:db8::1'],
  ['www A 192.0.2.1 192.0.2.2', 'A: nothing may follow; got 192.0.2.2'],
  ['www AAA 192.0.2.1', 'unknown record type "AAA"; did you mean "AAAA"?'],
  [
    'www HINFOO x y',
    'unknown record type "HINFOO"; known are A, AAAA, CNAME, NS, PTR, MX, TXT, SRV, CAA, SSHFP, HTTPS and others',
  ],
  [
    'www NSEC a A',
    'unknown record type "NSEC"; known are A, AAAA, CNAME, NS, PTR, MX, TXT, SRV, CAA, SSHFP, HTTPS and others',
  ],
  ['www TLSA 3 1', 'TLSA: "" is no number of 8 bits'],
  ['@ SOA a b 1 2 3 4 5', 'a zone has exactly one SOA record, and it follows from the domain'],
  ['@ MX mail', 'MX: expected a preference (0-65535); got mail'],
  ['@ MX 65536 mail', 'MX: expected a preference (0-65535); got 65536'],
  ['@ MX 10', 'MX: expected the name of a host, or "." for none; the line ends before it'],
  ['@ TXT "open', 'a quoted text does not end: "open'],
  ['@ TXT a"b"', 'a quote stands inside of a word: a"b"'],
  ['@ TXT (a', 'parentheses are for zone files; here a record is one line'],
  ['@ TXT \\999', 'TXT: expected a text of at most 255 bytes; got \\999'],
  ['a..b A 192.0.2.1', '"a..b" is no name that can own a record'],
  ['www 2147483648 A 192.0.2.1', 'a time to live is at most 2147483647 seconds'],
] as const

for (const [line, message] of BAD) {
  test(`refuses ${line || 'an empty line'}`, () => {
    assert.deepEqual(parseRecordLine(line, 'harbor.test'), { kind: 'malformed', message })
  })
}

test('a text of 256 bytes is too long for one string', () => {
  const record = parseRecordLine(`@ TXT "${'x'.repeat(256)}"`, 'harbor.test')
  assert.ok('message' in record)
})
