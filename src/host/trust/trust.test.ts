import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { createAuthority } from '../../net/authority/index.ts'
import { decodePem } from '../../shared/x509/index.ts'
import { trustEnvironment, trustFiles, type SystemTrust } from './index.ts'
import { encodeJavaKeystore } from './java-keystore.ts'

const MADE_MS = Date.UTC(2026, 10, 1)
const keytoolMissing = spawnSync('keytool', ['-help']).error ? 'keytool is not installed' : false
const opensslMissing = spawnSync('openssl', ['version']).error ? 'openssl is not installed' : false

const authorityPem = (): string =>
  createAuthority({ names: ['harbor.test'], ranges: [], catchAll: false, wallMs: () => MADE_MS }).certificatePem

const derOf = (pem: string): Uint8Array => decodePem(pem, 'CERTIFICATE')[0] ?? new Uint8Array(0)

function system(more: Partial<SystemTrust> = {}): SystemTrust {
  return {
    bundlePaths: ['/etc/ssl/certs/ca-certificates.crt'],
    bundlePem: '',
    folderPath: '/etc/ssl/certs',
    folderNames: [],
    javaStorePath: '/etc/ssl/certs/java/cacerts',
    ...more,
  }
}

const contentsOf = (files: ReturnType<typeof trustFiles>, path: string): string =>
  Buffer.from(files.find((file) => file.path === path)?.contents ?? '').toString('latin1')

test('the bundle holds what the system trusts, then ours', () => {
  const [theirs, ours] = [authorityPem(), authorityPem()]
  for (const bundlePem of [theirs, theirs.trimEnd()]) {
    const files = trustFiles(ours, system({ bundlePem, bundlePaths: ['/a.crt', '/b.crt'] }))
    assert.equal(contentsOf(files, '/a.crt'), theirs + ours)
    assert.equal(contentsOf(files, '/b.crt'), theirs + ours)
  }
  assert.equal(contentsOf(trustFiles(ours, system()), '/etc/ssl/certs/ca-certificates.crt'), ours)
})

test('every file has its place', () => {
  const paths = trustFiles(authorityPem(), system()).map((file) => file.path.replace(/[0-9a-f]{8}\.0$/, 'HASH.0'))
  assert.deepEqual(paths, [
    '/etc/ssl/certs/ca-certificates.crt',
    '/etc/ssl/certs/portolan-authority.pem',
    '/etc/ssl/certs/HASH.0',
    '/etc/ssl/certs/java/cacerts',
    '/etc/chromium/policies/managed/portolan.json',
    '/etc/chromium-browser/policies/managed/portolan.json',
    '/etc/opt/chrome/policies/managed/portolan.json',
    '/etc/opt/edge/policies/managed/portolan.json',
    '/etc/brave/policies/managed/portolan.json',
    '/etc/firefox/policies/policies.json',
  ])
  assert.equal(trustFiles(authorityPem(), system({ javaStorePath: undefined })).length, paths.length - 1)
})

test('browser policies name the authority', () => {
  const pem = authorityPem()
  const files = trustFiles(pem, system())
  assert.deepEqual(JSON.parse(contentsOf(files, '/etc/chromium/policies/managed/portolan.json')), {
    CACertificates: [Buffer.from(derOf(pem)).toString('base64')],
  })
  assert.deepEqual(JSON.parse(contentsOf(files, '/etc/firefox/policies/policies.json')), {
    policies: { Certificates: { Install: ['/etc/ssl/certs/portolan-authority.pem'] } },
  })
})

test('the hashed name is the one that OpenSSL looks for', { skip: opensslMissing }, () => {
  const input = authorityPem()
  const hash = spawnSync('openssl', ['x509', '-noout', '-hash'], { input, encoding: 'utf8' }).stdout.trim()
  assert.equal(contentsOf(trustFiles(input, system()), `/etc/ssl/certs/${hash}.0`), input)
  const files = trustFiles(input, system({ folderNames: [`${hash}.0`, `${hash}.1`] }))
  assert.equal(contentsOf(files, `/etc/ssl/certs/${hash}.2`), input)
  assert.equal(contentsOf(files, `/etc/ssl/certs/${hash}.0`), '')
})

test('a Java keystore byte by byte', () => {
  const body = Buffer.concat([
    Buffer.from('feedfeed0000000200000001', 'hex'),
    Buffer.from('00000002', 'hex'),
    Buffer.from('0009', 'hex'),
    Buffer.from('trusted-1'),
    Buffer.from('0000000100000002', 'hex'),
    Buffer.from('0005', 'hex'),
    Buffer.from('X.509'),
    Buffer.from('00000003010203', 'hex'),
  ])
  const password = Buffer.from('changeit', 'utf16le').swap16()
  const digest = createHash('sha1').update(password).update('Mighty Aphrodite').update(body).digest()
  assert.deepEqual(
    Buffer.from(encodeJavaKeystore([Uint8Array.of(1, 2, 3)], 2 ** 32 + 2)),
    Buffer.concat([body, digest]),
  )
})

test('keytool reads the keystore', { skip: keytoolMissing }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'portolan-trust-'))
  const pems = [authorityPem(), authorityPem()]
  writeFileSync(join(folder, 'cacerts'), encodeJavaKeystore(pems.map(derOf), MADE_MS))
  const words = ['-list', '-rfc', '-keystore', 'cacerts', '-storepass', 'changeit']
  const listed = spawnSync('keytool', words, { cwd: folder, encoding: 'utf8' }).stdout
  rmSync(folder, { recursive: true })
  assert.deepEqual(decodePem(listed, 'CERTIFICATE'), pems.map(derOf), listed)
})

test('variables that replace get the bundle, variables that add get ours alone', () => {
  const variables = Object.fromEntries(trustEnvironment('/bundle', '/own').map(({ name, value }) => [name, value]))
  assert.deepEqual(variables, {
    SSL_CERT_FILE: '/bundle',
    NIX_SSL_CERT_FILE: '/bundle',
    REQUESTS_CA_BUNDLE: '/bundle',
    AWS_CA_BUNDLE: '/bundle',
    GIT_SSL_CAINFO: '/bundle',
    GRPC_DEFAULT_SSL_ROOTS_FILE_PATH: '/bundle',
    NODE_EXTRA_CA_CERTS: '/own',
    DENO_CERT: '/own',
  })
})
