import assert from 'node:assert/strict'
import { X509Certificate, createPrivateKey } from 'node:crypto'
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, test } from 'node:test'
import { decodeCertificate } from '../../shared/x509/index.ts'
import { createAuthority, type Authority, type AuthorityOptions } from './authority.ts'

const DAY_MS = 86_400_000
const START_MS = Date.UTC(2026, 10, 1)
const NAMES = ['www.harbor.test', 'harbor.test', '192.0.2.10']

let folder = ''
let wallMs = START_MS

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'portolan-authority-'))
  wallMs = START_MS
})

afterEach(() => rmSync(folder, { recursive: true }))

function authority(more: Partial<AuthorityOptions> = {}): Authority {
  const territory = { names: ['harbor.test'], ranges: ['192.0.2.0/24'] }
  return createAuthority({ ...territory, catchAll: false, wallMs: () => wallMs, ...more })
}

const permitted = (made: Authority): unknown =>
  decodeCertificate(new X509Certificate(made.certificatePem).raw)?.permitted

test('an identity is signed by the authority, names everything, and fits its key', () => {
  const made = authority()
  const root = new X509Certificate(made.certificatePem)
  const { certificatePem, keyPem } = made.identity(NAMES)
  const certificate = new X509Certificate(certificatePem)
  assert.ok(certificate.verify(root.publicKey))
  assert.ok(certificate.checkIssued(root))
  assert.ok(certificate.checkPrivateKey(createPrivateKey(keyPem)))
  assert.equal(certificate.subjectAltName, 'DNS:www.harbor.test, DNS:harbor.test, IP Address:192.0.2.10')
  assert.equal(certificate.subject, 'CN=www.harbor.test')
})

test('validity is short and starts an hour ago', () => {
  const made = authority()
  const root = new X509Certificate(made.certificatePem)
  const certificate = new X509Certificate(made.identity(NAMES).certificatePem)
  assert.equal(root.validFromDate.getTime(), START_MS - 3_600_000)
  assert.equal(root.validToDate.getTime(), START_MS + 30 * DAY_MS)
  assert.equal(certificate.validFromDate.getTime(), START_MS - 3_600_000)
  assert.equal(certificate.validToDate.getTime(), START_MS + 7 * DAY_MS)
})

test('an identity is kept for a host until half of its life is over, and remade when the clock goes back', () => {
  const made = authority()
  const first = made.identity(NAMES)
  assert.equal(made.identity(NAMES), first)
  assert.notEqual(made.identity(['mail.harbor.test']).keyPem, first.keyPem)
  wallMs += 4 * DAY_MS
  const second = made.identity(NAMES)
  assert.notEqual(second, first)
  wallMs -= 8 * DAY_MS
  assert.notEqual(made.identity(NAMES), second)
})

test('an identity is remade when the clock has gone back to before it is good', () => {
  const { identity } = authority()
  const before = identity(['www.harbor.test'])
  wallMs -= DAY_MS / 24
  assert.equal(identity(['www.harbor.test']), before)
  wallMs -= 1000
  const after = identity(['www.harbor.test'])
  assert.ok(new X509Certificate(after.certificatePem).validFromDate.getTime() <= wallMs)
})

test('where the clock is to be moved, the authority is good for years either way', () => {
  const { certificatePem } = authority({ isMoved: true })
  const { validFromDate, validToDate } = new X509Certificate(certificatePem)
  assert.ok(validFromDate.getTime() < START_MS - 10 * 365 * DAY_MS)
  assert.ok(validToDate.getTime() > START_MS + 10 * 365 * DAY_MS)
})

test('a name too long for a common name leaves the subject empty', () => {
  const name = `${'a'.repeat(60)}.${'b'.repeat(60)}.harbor.test`
  const certificate = new X509Certificate(authority().identity([name]).certificatePem)
  assert.equal(certificate.subject, undefined)
  assert.equal(certificate.subjectAltName, `DNS:${name}`)
})

test('without a folder, the key is nowhere but in memory, and every authority is another', () => {
  const [one, two] = [authority(), authority()]
  assert.equal(one.kept, 'memory')
  assert.notEqual(new X509Certificate(one.certificatePem).subject, new X509Certificate(two.certificatePem).subject)
  assert.deepEqual(permitted(one), { names: ['harbor.test'], ranges: ['192.0.2.0/24'] })
})

test('with a folder, the key is kept for its owner alone and used again', () => {
  const stateFolder = join(folder, 'state', 'default')
  const first = authority({ stateFolder })
  assert.equal(first.kept, 'folder')
  assert.equal(statSync(join(stateFolder, 'authority.key')).mode & 0o777, 0o600)
  assert.equal(statSync(stateFolder).mode & 0o777, 0o700)
  assert.equal(readFileSync(join(stateFolder, 'authority.pem'), 'utf8'), first.certificatePem)
  const second = authority({ stateFolder, names: ['www.harbor.test'], ranges: ['192.0.2.128/25'] })
  assert.equal(second.certificatePem, first.certificatePem)
  const certificate = new X509Certificate(second.identity(NAMES).certificatePem)
  assert.ok(certificate.verify(new X509Certificate(first.certificatePem).publicKey))
  assert.ok(certificate.checkIssued(new X509Certificate(first.certificatePem)))
})

test('a kept authority that no longer serves is replaced', () => {
  const spoil: Record<string, () => Partial<AuthorityOptions>> = {
    'world has another domain': () => ({ names: ['harbor.test', 'island.test'] }),
    'world has another range': () => ({ ranges: ['198.51.100.0/24'] }),
    'too little time left': () => ({ wallMs: () => START_MS + 24 * DAY_MS }),
    'not yet valid': () => ({ wallMs: () => START_MS - DAY_MS }),
    'key open to others': () => (chmodSync(join(folder, 'authority.key'), 0o640), {}),
    'key is not the one': () => (writeFileSync(join(folder, 'authority.key'), authority().identity(NAMES).keyPem), {}),
    'key is damaged': () => (writeFileSync(join(folder, 'authority.key'), 'x'), {}),
    'certificate is damaged': () => (writeFileSync(join(folder, 'authority.pem'), 'x'), {}),
  }
  for (const [why, change] of Object.entries(spoil)) {
    const before = authority({ stateFolder: folder })
    const more = change()
    const after = authority({ stateFolder: folder, ...more })
    assert.notEqual(after.certificatePem, before.certificatePem, why)
    assert.equal(after.kept, 'folder', why)
    assert.equal(authority({ stateFolder: folder, ...more }).certificatePem, after.certificatePem, why)
    rmSync(join(folder, 'authority.key'))
  }
})

test('a catch-all authority is unconstrained and never written', () => {
  const made = authority({ catchAll: true, stateFolder: folder })
  assert.equal(permitted(made), undefined)
  assert.equal(made.kept, 'memory')
  assert.equal(existsSync(join(folder, 'authority.key')), false)
})

test('a folder that cannot be written leaves the key in memory and says why', () => {
  writeFileSync(join(folder, 'file'), '')
  const made = authority({ stateFolder: join(folder, 'file') })
  assert.equal(made.kept, 'memory')
  assert.match(made.problem?.code ?? '', /ENOTDIR|EEXIST/)
  assert.ok(made.identity(NAMES).keyPem)
})
