// The tools that people look names up with, inside a run: dig's walk from the root and its options, kdig over TLS and HTTPS, delv and
// drill from the trust anchor, host, the C library, and curl over DNS over HTTPS.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inside } from '../inside.ts'
import { PORTOLAN, skipWithout } from '../portolan.ts'
import { answered, DIG } from './resolvers.ts'

const skip = skipWithout('dig', 'kdig', 'delv', 'drill', 'host', 'getent', 'curl')
/** Where a run has the authority of its world. */
const AUTHORITY = '/etc/ssl/certs/portolan-authority.pem'
const KDIG = 'kdig +timeout=20 +retry=0'
const KDIG_TLS = `${KDIG} +tls-ca=${AUTHORITY} @resolver +tls-hostname=resolver`
const SERVER = '@192.0.2.1 +norec'

const WORLD = `domains:
  harbor.test: { records: ['@ MX 10 mail', '*.wild A 192.0.2.77'] }
  broken.test: { dnssec: { broken: signature } }
  plain.test: { dnssec: false }
hosts:
${['harbor', 'broken', 'plain'].map((name) => `  ns.${name}.test: dns\n  www.${name}.test: http\n`).join('')}`

/** As the tools take them. */
const GIVEN = {
  hints: `${PORTOLAN} dns hints`,
  anchor: `${PORTOLAN} dns anchor`,
  bind: `${PORTOLAN} dns anchor --form bind`,
}

function given(what: keyof typeof GIVEN, step: string, line: string): string {
  return `${GIVEN[what]} >${step}.given && ${line.replaceAll('@@', `${step}.given`)}`
}

function delv(step: string, question: string): string {
  return given('bind', step, `delv -a @@ +root=. ${question} 2>&1`)
}

function chase(step: string, question: string): string {
  return given('anchor', step, `drill -S -k @@ ${question}`)
}

const STEPS = {
  trace: `${DIG} +trace www.harbor.test`,
  cookie: `${DIG} +cookie ${SERVER} www.harbor.test; ${DIG} +cookie www.harbor.test`,
  badcookie: `${DIG} +cookie=0102030405060708090a0b0c0d0e0f1011121314 ${SERVER} www.harbor.test`,
  nsid: `${DIG} +nsid ${SERVER} www.harbor.test; ${DIG} +nsid www.harbor.test`,
  badvers: `${DIG} +edns=1 +noednsneg ${SERVER} www.harbor.test`,
  any: `${DIG} +notcp ANY harbor.test`,
  anyserver: `${DIG} +notcp ${SERVER} ANY harbor.test`,
  axfr: `${DIG} ${SERVER} AXFR harbor.test`,
  version: `${DIG} ${SERVER} +short CH TXT version.bind`,
  norec: `${DIG} +norec nobody-asked.harbor.test`,
  many: `${DIG} +tcp +keepopen +short ${SERVER} www.harbor.test A www.harbor.test AAAA`,
  tls: `${KDIG_TLS} +tls +padding=128 www.harbor.test`,
  mistrusted: `${KDIG} +tls +tls-ca=${AUTHORITY} +tls-hostname=www.harbor.test @resolver www.harbor.test 2>&1`,
  post: `${KDIG_TLS} +https=/dns-query www.harbor.test AAAA`,
  get: `${KDIG_TLS} +https=/dns-query +https-get www.harbor.test AAAA`,
  kdigtcp: `${KDIG} +tcp +dnssec nowhere.harbor.test`,
  delv: delv('delv', 'x.wild.harbor.test'),
  delvdenied: delv('delvdenied', 'nowhere.harbor.test'),
  delvnodata: delv('delvnodata', 'www.harbor.test LOC'),
  delvplain: delv('delvplain', 'www.plain.test'),
  delvbroken: delv('delvbroken', 'www.broken.test'),
  chase: chase('chase', 'www.harbor.test'),
  chasedenied: chase('chasedenied', 'nowhere.harbor.test'),
  chasebroken: chase('chasebroken', 'www.broken.test'),
  drilltrace: given(
    'hints',
    'drilltrace',
    `${GIVEN.anchor} >drilltrace.key && drill -TD -r @@ -k drilltrace.key www.harbor.test`,
  ),
  host: 'host -W 20 www.harbor.test',
  hostmx: 'host -W 20 -t MX harbor.test',
  hostback: 'host -W 20 192.0.2.2 && host -W 20 2001:db8:1::2',
  hostnot: 'host -W 20 nowhere.harbor.test',
  getent: 'getent ahostsv4 www.harbor.test && getent hosts 192.0.2.2',
  curl: `curl -sS --doh-url https://resolver/dns-query -o /dev/null -w '%{response_code} %{remote_ip}' https://www.harbor.test/`,
}

test('the tools of names', { skip }, async (t) => {
  const world = await inside(STEPS, { world: WORLD, together: true, timeoutMs: 80_000 })

  await t.test('dig walks from the root to the domain, each on a server of its own', () => {
    const servers = [...world.output('trace').matchAll(/;; Received \d+ bytes from \S+#53\(([^)]+)\)/g)].map(
      ([, at]) => at,
    )
    assert.deepEqual(servers.slice(1), ['root', 'registry', 'ns.harbor.test'])
    assert.match(
      world.output('trace'),
      /^test\.\s+\d+\s+IN\s+DS\s[\s\S]*^harbor\.test\.\s+\d+\s+IN\s+DS\s[\s\S]*IN\s+A\s+192\.0\.2\.2$/m,
    )
  })
  await t.test('cookies are good at server and resolver, and a wrong one is answered with a good one', () => {
    assert.equal(world.output('cookie').match(/COOKIE: \w+ \(good\)/g)?.length, 2)
    assert.equal(answered(world.output('badcookie')).status, 'NOERROR')
  })
  await t.test('both say who they are, and what version of EDNS they know', () => {
    assert.deepEqual(
      [...world.output('nsid').matchAll(/NSID: .*\("(.*)"\)/g)].map(([, name]) => name),
      ['ns.harbor.test', 'resolver'],
    )
    assert.match(world.output('badvers'), /status: BADVERS[\s\S]*EDNS: version: 0/)
    assert.equal(world.output('version'), '"portolan"\n')
  })
  await t.test('ANY is answered small, and nobody transfers a zone who may not', () => {
    assert.deepEqual(answered(world.output('any')).answer.length, 1)
    assert.match(world.output('any'), /HINFO\s+"RFC8482"/)
    assert.equal(answered(world.output('anyserver')).answer.length, 1)
    assert.match(world.step('axfr').stdout, /Transfer failed/)
  })
  await t.test('a resolver that may not ask says that it knows nothing; a stream takes many questions', () => {
    assert.equal(answered(world.output('norec')).status, 'REFUSED')
    assert.equal(world.output('many'), '192.0.2.2\n2001:db8:1::2\n')
  })
  await t.test('kdig over TLS, padded; and not with another name than the certificate has', () => {
    assert.match(
      world.output('tls'),
      /TLS session \(TLS1\.3\)[\s\S]*PADDING: \d+ B[\s\S]*A\s+192\.0\.2\.2[\s\S]*Received 468 B[\s\S]*@853\(TCP\)/,
    )
    assert.notEqual(world.step('mistrusted').code, 0)
    assert.match(world.step('mistrusted').stdout, /TLS/)
  })
  await t.test('kdig over HTTPS, by POST and by GET', () => {
    for (const method of ['post', 'get'] as const) {
      const session = new RegExp(`HTTP/2-${method.toUpperCase()}\\)-\\(resolver/dns-query\\)-\\(status: 200`)
      assert.match(world.output(method), session)
      assert.match(world.output(method), /AAAA\s+2001:db8:1::2[\s\S]*@443\(TCP\)/)
    }
  })
  await t.test('kdig over TCP, with the proof of what is not there', () => {
    assert.match(world.output('kdigtcp'), /status: NXDOMAIN[\s\S]*\sNSEC\s[\s\S]*\(TCP\)/)
  })
  await t.test('delv validates what is there and what is not, and nothing that is broken', () => {
    assert.match(world.output('delv'), /^; fully validated\nx\.wild\.harbor\.test\.\s+\d+\s+IN\s+A\s+192\.0\.2\.77$/m)
    assert.match(world.output('delvdenied'), /nxdomain\n; negative response, fully validated/)
    assert.match(world.output('delvnodata'), /nxrrset\n; negative response, fully validated/)
    assert.match(world.output('delvplain'), /^; unsigned answer\nwww\.plain\.test\./m)
    assert.match(world.output('delvbroken'), /resolution failed: /)
    assert.doesNotMatch(world.output('delvbroken'), /^www/m)
  })
  await t.test('drill chases signatures up to the trust anchor, and walks down to them from the root', () => {
    assert.match(world.output('chase'), /keytag: \d+ alg: 13 flags: 257\)\n;; Chase successful/)
    assert.match(world.output('chasedenied'), /Existence is denied by:[\s\S]*;; Chase successful/)
    assert.match(world.step('chasebroken').stdout, /Bogus DNSSEC signature[\s\S]*;; Chase failed/)
    assert.match(world.output('drilltrace'), /^\[T\] www\.harbor\.test\.\s+300\s+IN\s+A\s+192\.0\.2\.2$/m)
    assert.doesNotMatch(world.output('drilltrace'), /^\[[BU]\]/m)
  })
  await t.test('host, both ways', () => {
    assert.equal(
      world.output('host'),
      'www.harbor.test has address 192.0.2.2\nwww.harbor.test has IPv6 address 2001:db8:1::2\n',
    )
    assert.equal(world.output('hostmx'), 'harbor.test mail is handled by 10 mail.harbor.test.\n')
    assert.equal(world.output('hostback').match(/domain name pointer www\.harbor\.test\.$/gm)?.length, 2)
    assert.match(world.step('hostnot').stdout, /not found: 3\(NXDOMAIN\)/)
  })
  await t.test('the C library, both ways', () => {
    assert.match(
      world.output('getent'),
      /^192\.0\.2\.2\s+STREAM www\.harbor\.test$[\s\S]*^192\.0\.2\.2\s+www\.harbor\.test$/m,
    )
  })
  await t.test('curl over DNS over HTTPS', () => assert.equal(world.output('curl'), '200 192.0.2.2'))
})
