// Verdicts by what stands in DNS, what is asked again, and what a dead name server costs.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { failure, type Failure } from '../../../core/failure.ts'
import type { WorldView } from '../../../core/world-view.ts'
import { dkimKeyPair } from '../../../shared/dkim/index.ts'
import { lonelyWorld, OpenGate, SimPlane } from '../../../sim/index.ts'
import { Authenticator, signDkim, withoutForgedResults, type CheckedMail } from './index.ts'

const KEY = dkimKeyPair(new Uint8Array(32).fill(7), 'harbor.test')

const NAMES: Readonly<Record<string, readonly (readonly string[])[]>> = {
  'TXT harbor.test': [['v=spf1 mx -all']],
  'MX harbor.test': [['10', 'mail.harbor.test']],
  'A mail.harbor.test': [['192.0.2.1']],
  'TXT _dmarc.harbor.test': [['v=DMARC1; p=reject']],
  'TXT portolan._domainkey.harbor.test': [[KEY.record]],
}

const MAIL: CheckedMail = {
  content: Buffer.from('From: Alice <alice@harbor.test>\r\nTo: bob@island.test\r\n\r\nhello\r\n'),
  peerIp: '192.0.2.1',
  helo: 'mail.harbor.test',
  sender: 'alice@harbor.test',
  wallMs: 0,
}

function authenticator(fail?: Failure): { readonly check: Authenticator; readonly asked: string[] } {
  const asked: string[] = []
  const world: WorldView = {
    ...lonelyWorld(['198.51.100.1'], 'smtp'),
    openResolver: (_io, opened) =>
      opened({
        resolve(name, type, then) {
          asked.push(`${type} ${name}`)
          then(fail ?? NAMES[`${type} ${name}`] ?? failure('ENOTFOUND', `there is no ${name}`))
        },
      }),
  }
  const io = new SimPlane().serviceIo('smtp', ['198.51.100.1'], new OpenGate(), () => {})
  return { check: new Authenticator(io, world), asked }
}

test('a mail from where it may come from', async () => {
  const verdict = await authenticator().check.authenticate(MAIL)
  assert.match(
    verdict.field,
    /^Authentication-Results: host\.test;\r\n\tdkim=none .*;\r\n\tspf=pass .*;\r\n\tdmarc=pass .*\r\n$/,
  )
  assert.deepEqual([verdict.spf, verdict.dkim, verdict.dmarc, verdict.policy], ['pass', 'none', 'pass', 'none'])
})

test('a mail from elsewhere is to be rejected, unless its signature stands', async () => {
  const { check } = authenticator()
  const elsewhere = { ...MAIL, peerIp: '192.0.2.99' }
  const unsigned = await check.authenticate(elsewhere)
  assert.deepEqual([unsigned.spf, unsigned.dmarc, unsigned.policy], ['fail', 'fail', 'reject'])
  const signer = { domain: 'harbor.test', selector: KEY.selector, key: KEY.privateKey, wallMs: 1 }
  const content = Buffer.concat([signDkim(MAIL.content, signer), MAIL.content])
  const signed = await check.authenticate({ ...elsewhere, content })
  assert.deepEqual([signed.spf, signed.dkim, signed.dmarc, signed.policy], ['fail', 'pass', 'pass', 'none'])
  const changed = Buffer.concat([content, Buffer.from('more\r\n')])
  const broken = await check.authenticate({ ...elsewhere, content: changed })
  assert.notEqual(broken.dkim, 'pass')
  assert.equal(broken.policy, 'reject')
})

test('of a hundred signatures ten are looked at', async () => {
  const signer = { domain: 'harbor.test', selector: KEY.selector, key: KEY.privateKey, wallMs: 1 }
  const good = signDkim(MAIL.content, signer)
  const bad = Array.from({ length: 100 }, (_, at) =>
    Buffer.from(String(Buffer.from(good)).replace('s=portolan', `s=none${at}`)),
  )
  const { check, asked } = authenticator()
  const late = await check.authenticate({ ...MAIL, content: Buffer.concat([...bad, good, MAIL.content]) })
  assert.notEqual(late.dkim, 'pass')
  assert.equal(asked.filter((name) => name.includes('._domainkey.')).length, 10)
  const early = await check.authenticate({ ...MAIL, content: Buffer.concat([good, ...bad, MAIL.content]) })
  assert.equal(early.dkim, 'pass')
})

test('the null return path is judged by the name in EHLO', async () => {
  const verdict = await authenticator().check.authenticate({ ...MAIL, sender: '', helo: 'harbor.test' })
  assert.equal(verdict.spf, 'pass')
})

test('the same sender and author are not looked up again within a minute', async () => {
  const { check, asked } = authenticator()
  const first = await check.authenticate(MAIL)
  const lookups = asked.length
  assert.ok(lookups > 0)
  assert.ok(!asked.includes('TXT _dmarc.test'), 'no policy of a top-level domain is asked for')
  const again = check.authenticate({
    ...MAIL,
    content: Buffer.concat([MAIL.content, Buffer.from('other\r\n')]),
    wallMs: 59_000,
  })
  assert.equal(again, first)
  await check.authenticate({ ...MAIL, peerIp: '192.0.2.7', wallMs: 59_000 })
  assert.equal(asked.length, lookups, 'names are kept as well')
  await check.authenticate({ ...MAIL, wallMs: 61_000 })
  assert.ok(asked.length > lookups)
})

test('a dead name server is asked once a check, and decides nothing', async () => {
  const { check, asked } = authenticator(failure('ETIMEOUT', 'no answer'))
  const verdict = await check.authenticate(MAIL)
  assert.equal(verdict.spf, 'temperror')
  assert.equal(verdict.policy, 'none')
  assert.ok(asked.length <= 2, asked.join(', '))
})

const mailWith = (fields: string[]): Buffer =>
  Buffer.from([...fields, '', 'Authentication-Results: host.test; body'].join('\r\n'))

test('only results that carry our name are taken out', () => {
  const others = ['From: a@b', 'Authentication-Results: other.test; spf=pass', 'Subject: x']
  const forged = ['authentication-results: HOST.test 1;', ' dkim=pass', 'Authentication-Results: (c) host.test; none']
  const folded = ['Authentication-Results:', '\thost.test; spf=pass']
  const before = mailWith([...forged.slice(0, 2), ...others, ...folded, ...forged.slice(2)])
  assert.equal(String(withoutForgedResults(before, 'host.test')), String(mailWith(others)))
  const clean = mailWith(['From: a@b'])
  assert.equal(withoutForgedResults(clean, 'host.test'), clean)
})

test('signatures in a header that is too long, or has too many lines, do not count; the mail is checked as unsigned', async () => {
  const signer = { domain: 'harbor.test', selector: KEY.selector, key: KEY.privateKey, wallMs: 1 }
  const field = 'X: a\r\n'
  for (const [more, dkim] of [
    [field.repeat(1990), 'pass'],
    [field.repeat(2000), 'none'],
    [`X: a\r\n${' a\r\n'.repeat(1_000_000)}`, 'none'],
    [`X: ${'a'.repeat(100_000)}\r\n`, 'pass'],
    [`X: ${'a'.repeat(102_400)}\r\n`, 'none'],
  ] as const) {
    const content = Buffer.concat([signDkim(MAIL.content, signer), Buffer.from(more), MAIL.content])
    const verdict = await authenticator().check.authenticate({ ...MAIL, peerIp: '192.0.2.99', content })
    const expected = dkim === 'pass' ? ['pass', 'pass', 'none'] : ['none', 'fail', 'reject']
    assert.deepEqual([verdict.dkim, verdict.dmarc, verdict.policy], expected, `${more.length} octets more`)
  }
})

test('a body is hashed in pieces that end with a line, whatever its lines are', async () => {
  const signer = { domain: 'harbor.test', selector: KEY.selector, key: KEY.privateKey, wallMs: 1 }
  for (const body of [
    ' '.repeat(300_000),
    `${'x'.repeat(200_000)}\r\n`,
    'a\r\n'.repeat(50_000),
    '\r\n'.repeat(100_000),
  ]) {
    const mail = Buffer.from(`From: Alice <alice@harbor.test>\r\n\r\n${body}x\r\n`)
    const content = Buffer.concat([signDkim(mail, signer), mail])
    assert.equal((await authenticator().check.authenticate({ ...MAIL, content })).dkim, 'pass')
  }
})

test('of many authors, and of long ones, only the beginning is looked at', async () => {
  for (const from of [
    'From: alice@harbor.test\r\n'.repeat(200_000),
    `From: alice@harbor.test${', a@harbor.test'.repeat(200_000)}\r\n`,
    `From: ${'('.repeat(1_000_000)}\r\n`,
  ]) {
    const content = Buffer.from(`${from}\r\nhello\r\n`)
    const verdict = await authenticator().check.authenticate({ ...MAIL, peerIp: '192.0.2.99', content })
    assert.equal(verdict.spf, 'fail')
  }
})
