import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { X509Certificate, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import {
  decodeCertificate,
  decodePem,
  encodePem,
  issueAuthority,
  issueEnd,
  keyIdentifier,
  opensslNameHash,
  type Issuer,
  type NameConstraints,
} from './index.ts'

const DAY_MS = 86_400_000
const START_MS = Date.UTC(2026, 10, 1)
const SUBJECT = { organization: 'Portolan', commonName: 'A World' }
const CONSTRAINTS = { names: ['harbor.test'], ranges: ['192.0.2.0/24', '2001:db8::/32'] }
const SYSTEM_FOLDER = '/etc/ssl/certs'
const opensslMissing = spawnSync('openssl', ['version']).error ? 'openssl is not installed' : false

interface Pair {
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
}

const ec = (): Pair => generateKeyPairSync('ec', { namedCurve: 'P-256' })
const rsa = (): Pair => generateKeyPairSync('rsa', { modulusLength: 2048 })

function issuerOf({ privateKey, publicKey }: Pair): Issuer {
  return { subject: SUBJECT, privateKey, keyIdentifier: keyIdentifier(publicKey) }
}

function authority(pair: Pair, constraints: NameConstraints | undefined = CONSTRAINTS): Uint8Array {
  const { privateKey, publicKey } = pair
  const validity = { notBeforeMs: START_MS, notAfterMs: START_MS + 30 * DAY_MS }
  const request = { subject: SUBJECT, publicKey, serial: Uint8Array.of(1, 2), ...validity, pathLength: 0, constraints }
  return issueAuthority(request, { subject: SUBJECT, privateKey, keyIdentifier: keyIdentifier(publicKey) })
}

function server(pair: Pair, issuer: Pair, names: readonly string[], commonName = names[0] ?? ''): Uint8Array {
  const validity = { notBeforeMs: START_MS, notAfterMs: START_MS + 7 * DAY_MS }
  const request = { subject: { commonName }, publicKey: pair.publicKey, serial: Uint8Array.of(3), ...validity, names }
  return issueEnd({ ...request, purposes: ['server'] }, issuerOf(issuer))
}

function opensslVerify(root: Uint8Array, end: Uint8Array, ...more: string[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'portolan-x509-'))
  writeFileSync(join(folder, 'root.pem'), encodePem(root, 'CERTIFICATE'))
  writeFileSync(join(folder, 'end.pem'), encodePem(end, 'CERTIFICATE'))
  const time = String(START_MS / 1000 + 60)
  const words = [
    'verify',
    '-x509_strict',
    '-attime',
    time,
    '-purpose',
    'sslserver',
    ...more,
    '-CAfile',
    'root.pem',
    'end.pem',
  ]
  const result = spawnSync('openssl', words, { cwd: folder, encoding: 'utf8' })
  rmSync(folder, { recursive: true })
  return result.stdout + result.stderr
}

for (const [kind, pairOf] of [
  ['EC', ec],
  ['RSA', rsa],
] as const) {
  test(`Node reads and verifies what an ${kind} authority issues`, () => {
    const root = pairOf()
    const leaf = pairOf()
    const rootCertificate = new X509Certificate(authority(root))
    const certificate = new X509Certificate(server(leaf, root, ['www.harbor.test', '192.0.2.10', '2001:db8:1::10']))
    assert.equal(rootCertificate.ca, true)
    assert.equal(rootCertificate.subject, 'O=Portolan\nCN=A World')
    assert.ok(rootCertificate.verify(rootCertificate.publicKey))
    assert.ok(certificate.verify(rootCertificate.publicKey))
    assert.ok(certificate.checkIssued(rootCertificate))
    assert.ok(certificate.checkPrivateKey(leaf.privateKey))
    assert.equal(
      certificate.subjectAltName,
      'DNS:www.harbor.test, IP Address:192.0.2.10, IP Address:2001:DB8:1:0:0:0:0:10',
    )
    assert.deepEqual(certificate.keyUsage, ['1.3.6.1.5.5.7.3.1'])
    assert.equal(certificate.validTo, 'Nov  8 00:00:00 2026 GMT')
  })

  test(`OpenSSL's strict verification accepts what an ${kind} authority issues`, { skip: opensslMissing }, () => {
    const root = pairOf()
    const end = server(pairOf(), root, ['www.harbor.test', '192.0.2.10', '2001:db8:1::10'])
    assert.equal(opensslVerify(authority(root), end), 'end.pem: OK\n')
    assert.equal(opensslVerify(authority(root), end, '-verify_ip', '2001:db8:1::10'), 'end.pem: OK\n')
    assert.match(opensslVerify(authority(root), end, '-verify_hostname', 'mail.harbor.test'), /hostname mismatch/)
  })
}

test('names outside the constraints are refused', { skip: opensslMissing }, () => {
  const root = ec()
  const verify = (constraints: NameConstraints, name: string): string =>
    opensslVerify(authority(root, constraints), server(ec(), root, [name], 'Anyone'))
  for (const name of ['example.com', 'myharbor.test', '198.51.100.1', '2001:db9::1']) {
    assert.match(verify(CONSTRAINTS, name), /permitted subtree violation/, name)
  }
  assert.match(verify({ names: ['harbor.test'], ranges: [] }, '192.0.2.1'), /excluded subtree violation/)
  assert.match(verify({ names: ['harbor.test'], ranges: [] }, '::1'), /excluded subtree violation/)
  assert.match(
    verify({ names: ['harbor.test'], ranges: ['192.0.2.0/24'] }, '::1'),
    /(permitted|excluded) subtree violation/,
  )
  assert.match(verify({ names: [], ranges: ['192.0.2.0/24'] }, 'harbor.test'), /excluded subtree violation/)
})

test('an authority without constraints may certify anything', { skip: opensslMissing }, () => {
  const root = ec()
  const { privateKey, publicKey } = root
  const validity = { notBeforeMs: START_MS, notAfterMs: START_MS + DAY_MS }
  const request = { subject: SUBJECT, publicKey, serial: Uint8Array.of(1), ...validity, pathLength: 0 }
  const certificate = issueAuthority(request, { subject: SUBJECT, privateKey, keyIdentifier: keyIdentifier(publicKey) })
  assert.equal(opensslVerify(certificate, server(ec(), root, ['example.com', '203.0.113.9'])), 'end.pem: OK\n')
  assert.equal(decodeCertificate(certificate)?.permitted, undefined)
})

test('what we issue, we read', () => {
  const root = ec()
  const decoded = decodeCertificate(authority(root))
  assert.equal(decoded?.authority, true)
  assert.equal(decoded.notBeforeMs, START_MS)
  assert.equal(decoded.notAfterMs, START_MS + 30 * DAY_MS)
  assert.deepEqual(decoded.permitted, CONSTRAINTS)
  const key = createPublicKey({ key: Buffer.from(decoded.publicKey), format: 'der', type: 'spki' })
  assert.ok(key.equals(root.publicKey))
  const names = ['www.harbor.test', '192.0.2.10', '2001:db8:1::10']
  const end = decodeCertificate(server(ec(), root, names))
  assert.deepEqual(end?.names, names)
  assert.equal(end.authority, false)
  assert.deepEqual(end.issuer, decoded.subject)
})

test('bytes that are no certificate are none, wherever they break off', () => {
  const whole = authority(ec())
  for (let length = 0; length < whole.length; length++)
    assert.equal(decodeCertificate(whole.subarray(0, length)), undefined)
  for (let at = 0; at < whole.length; at++) {
    decodeCertificate(whole.map((byte, index) => (index === at ? byte ^ 0x20 : byte)))
  }
})

test('times from 2050 on are written in full', () => {
  const { privateKey, publicKey } = ec()
  const validity = { notBeforeMs: Date.UTC(2049, 11, 31), notAfterMs: Date.UTC(2050, 0, 1) }
  const request = { subject: SUBJECT, publicKey, serial: Uint8Array.of(1), ...validity }
  const certificate = issueAuthority(request, { subject: SUBJECT, privateKey, keyIdentifier: keyIdentifier(publicKey) })
  assert.equal(new X509Certificate(certificate).validTo, 'Jan  1 00:00:00 2050 GMT')
  assert.equal(decodeCertificate(certificate)?.notAfterMs, Date.UTC(2050, 0, 1))
  assert.equal(decodeCertificate(certificate)?.notBeforeMs, Date.UTC(2049, 11, 31))
})

const systemLinks = spawnSync('sh', ['-c', `ls ${SYSTEM_FOLDER}`], { encoding: 'utf8' }).stdout
const linksMissing = /^[0-9a-f]{8}\.0$/m.test(systemLinks) ? false : `${SYSTEM_FOLDER} holds no hashed names`

test("name hashes are those of this system's certificate folder", { skip: linksMissing }, () => {
  for (const file of readdirSync(SYSTEM_FOLDER).filter((name) => /^[0-9a-f]{8}\.\d$/.test(name))) {
    const certificate = decodePem(readFileSync(join(SYSTEM_FOLDER, file), 'utf8'), 'CERTIFICATE')[0]
    const decoded = certificate && decodeCertificate(certificate)
    assert.equal(decoded && opensslNameHash(decoded.subject), file.slice(0, 8), file)
  }
})

test('the name hash of our own authority', { skip: opensslMissing }, () => {
  const pem = encodePem(authority(ec()), 'CERTIFICATE')
  const hash = spawnSync('openssl', ['x509', '-noout', '-hash'], { input: pem, encoding: 'utf8' }).stdout.trim()
  const decoded = decodeCertificate(decodePem(pem, 'CERTIFICATE')[0] ?? new Uint8Array(0))
  assert.equal(decoded && opensslNameHash(decoded.subject), hash)
})
