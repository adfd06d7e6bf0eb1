// What logins are decided by, part by part: codes, keys with their options, patterns of peers.

import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { test } from 'node:test'
import { sshBlob, sshMpint, sshString } from '../../../shared/ssh-keys/index.ts'
import { isStrong, keyAlgorithm, parseAuthorizedKey, parseAuthorizedKeys } from './authorized-keys.ts'
import { NO_OPTIONS, parseKeyOptions } from './key-options.ts'
import { oneTimeCode, OneTimeCodes, stepAt } from './one-time-code.ts'
import { peerFits, textFits } from './peer-patterns.ts'

const SECRET = Buffer.from('12345678901234567890')
const BLOB = sshBlob('ssh-ed25519', Buffer.alloc(32, 7))
const BASE64 = BLOB.toString('base64')

test('codes are those of RFC 6238, appendix B', () => {
  const at: readonly [number, string][] = [
    [59, '287082'],
    [1_111_111_109, '081804'],
    [1_111_111_111, '050471'],
    [1_234_567_890, '005924'],
    [2_000_000_000, '279037'],
    [20_000_000_000, '353130'],
  ]
  for (const [seconds, code] of at) assert.equal(oneTimeCode(SECRET, stepAt(seconds * 1000)), code)
})

test('a code is good one step early and late, once, and none before it afterwards', () => {
  const codes = new OneTimeCodes()
  const now = 1_234_567_890_000
  const code = (step: number) => oneTimeCode(SECRET, stepAt(now) + step)
  assert.equal(codes.accepts('a', SECRET, code(-2), now), false)
  assert.equal(codes.accepts('a', SECRET, code(2), now), false)
  assert.equal(codes.accepts('a', SECRET, code(-1), now), true)
  assert.equal(codes.accepts('a', SECRET, code(-1), now), false)
  assert.equal(codes.accepts('a', SECRET, ` ${code(1).slice(0, 3)} ${code(1).slice(3)}`, now), true)
  assert.equal(codes.accepts('a', SECRET, code(0), now), false)
  assert.equal(codes.accepts('b', SECRET, code(0), now), true)
  assert.equal(codes.accepts('b', SECRET, '', now), false)
})

test('lines of authorized_keys', () => {
  const key = { blob: BLOB, options: NO_OPTIONS }
  assert.deepEqual(parseAuthorizedKey(`ssh-ed25519 ${BASE64} alice@laptop`), key)
  assert.deepEqual(parseAuthorizedKey(`  ssh-ed25519   ${BASE64}`), key)
  assert.deepEqual(parseAuthorizedKey(`no-user-rc,no-agent-forwarding ssh-ed25519 ${BASE64}`), key)
  const command = parseAuthorizedKey(`restrict,pty,command="echo \\"ssh-rsa AAAA\\", really" ssh-ed25519 ${BASE64} x`)
  assert.deepEqual(command?.options, { terminal: true, forwarding: false, command: 'echo "ssh-rsa AAAA", really' })
  for (const line of [
    '',
    '# ssh-ed25519 AAAA',
    'ssh-ed25519',
    'ssh-ed25519 AAAA',
    `ssh-rsa ${BASE64}`,
    `ssh-dss ${BASE64}`,
    `cert-authority ssh-ed25519 ${BASE64}`,
    `principals="a" ssh-ed25519 ${BASE64}`,
    `command="open ssh-ed25519 ${BASE64}`,
    `unheard-of ssh-ed25519 ${BASE64}`,
    `ssh-ed25519-cert-v01@openssh.com ${BASE64}`,
  ])
    assert.equal(parseAuthorizedKey(line), undefined, line)
  assert.equal(parseAuthorizedKeys(`# mine\r\nssh-ed25519 ${BASE64}\r\n\nnonsense\n`).length, 1)
})

test('options of keys', () => {
  assert.deepEqual(parseKeyOptions('restrict'), { terminal: false, forwarding: false })
  assert.deepEqual(parseKeyOptions('no-pty'), { terminal: false, forwarding: true })
  assert.deepEqual(parseKeyOptions('no-port-forwarding'), { terminal: true, forwarding: false })
  assert.deepEqual(parseKeyOptions('permitopen="a:1",permitopen="b:*"')?.permitOpen, ['a:1', 'b:*'])
  assert.equal(parseKeyOptions('expiry-time="20260102"')?.expiresMs, Date.UTC(2026, 0, 2))
  assert.equal(parseKeyOptions('expiry-time="202601021530Z"')?.expiresMs, Date.UTC(2026, 0, 2, 15, 30))
  for (const bad of [
    'expiry-time="soon"',
    'from=',
    'command',
    'environment="A=b"',
    'restrict pty',
    '"',
    'constructor',
    'constructor="x"',
  ])
    assert.equal(parseKeyOptions(bad), undefined, bad)
})

test('patterns of peers', () => {
  const peer = { ip: '192.0.2.7', name: 'laptop.harbor.test' }
  for (const list of ['192.0.2.7', '192.0.2.*', '192.0.2.0/24', '*.harbor.test', 'x, LAPTOP.harbor.?est', '*,!10.*'])
    assert.equal(peerFits(list, peer), true, list)
  for (const list of ['192.0.2.8', '10.0.0.0/8', '*,!192.0.2.7', '2001:db8::/32', '192.0.2.0/99', '', '192.0.2.0/x'])
    assert.equal(peerFits(list, peer), false, list)
  assert.equal(peerFits('2001:db8::/33', { ip: '2001:db8:7fff::1' }), true)
  assert.equal(peerFits('2001:db8::/33', { ip: '2001:db8:8000::1' }), false)
  assert.equal(textFits('a.c(', 'abc('), false)
  assert.equal(textFits('show *', 'show \nme'), true)
})

test('what a user may write does not keep the processor busy: its time does not grow as the square of its length', () => {
  assert.equal(textFits(`${'*a'.repeat(60)}b`, 'a'.repeat(250)), false)
  assert.equal(textFits(`${'*a'.repeat(60)}*`, 'a'.repeat(250)), true)
  assert.equal(textFits(`${'* '.repeat(20)}x`, ' '.repeat(30_000)), false)
  assert.equal(parseAuthorizedKeys('\\"'.repeat(32_768)).length, 0)
  assert.equal(parseAuthorizedKeys(`command="${'\\"'.repeat(30_000)}" ssh-ed25519 ${BASE64}`).length, 1)
})

function rsa(bits: number): Buffer {
  const { n = '', e = '' } = generateKeyPairSync('rsa', { modulusLength: bits }).publicKey.export({ format: 'jwk' })
  return Buffer.concat([sshString('ssh-rsa'), mpint(e), mpint(n)])
}

function mpint(base64Url: string): Buffer {
  return sshMpint(Buffer.from(base64Url, 'base64url'))
}

test('keys shorter than they should be are weak, and broken blobs are no keys', () => {
  const long = rsa(2048)
  assert.equal(isStrong(long), true)
  assert.equal(isStrong(rsa(1024)), false)
  assert.equal(isStrong(BLOB), true)
  assert.equal(keyAlgorithm(BLOB), 'ssh-ed25519')
  for (let length = 0; length < long.length; length++) {
    const cut = long.subarray(0, length)
    assert.ok(keyAlgorithm(cut) === undefined || !isStrong(cut), `cut to ${length}`)
  }
  assert.equal(keyAlgorithm(Buffer.from('ffffffff', 'hex')), undefined)
})
