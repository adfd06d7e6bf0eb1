// Host keys as OpenSSH knows them: its own fingerprints over the keys that were derived.

import assert from 'node:assert/strict'
import { createHash, createPrivateKey, createPublicKey, sign, verify } from 'node:crypto'
import { test } from 'node:test'
import { derivedHostKeys, generateRsaHostKey, knownHostsLine, rsaHostKey, sshMpint, sshfpRecords } from './index.ts'

const SECRET = Buffer.alloc(32, 7)

test('the same secret and host give the same keys, another of either gives others', () => {
  const keys = derivedHostKeys(SECRET, 'files.harbor.test')
  assert.deepEqual(keys, derivedHostKeys(SECRET, 'FILES.harbor.test'))
  assert.notDeepEqual(keys, derivedHostKeys(SECRET, 'shell.harbor.test'))
  assert.notDeepEqual(keys, derivedHostKeys(Buffer.alloc(32, 8), 'files.harbor.test'))
  assert.deepEqual(
    keys.map((key) => key.algorithm),
    ['ssh-ed25519', 'ecdsa-sha2-nistp256'],
  )
})

test('the ECDSA key signs for its public point', () => {
  const key = derivedHostKeys(SECRET, 'h')[1]
  const privateKey = createPrivateKey(key?.privatePem ?? '')
  const signature = sign('sha256', Buffer.from('x'), privateKey)
  assert.ok(verify('sha256', Buffer.from('x'), createPublicKey(privateKey), signature))
  const { x, y } = createPublicKey(privateKey).export({ format: 'jwk' })
  const point = Buffer.from(key?.publicBlob ?? []).subarray(-64)
  assert.deepEqual(point, Buffer.concat([x, y].map((number) => Buffer.from(number ?? '', 'base64url'))))
})

test('an RSA key reads back', async () => {
  const pem = await generateRsaHostKey()
  const key = rsaHostKey(pem)
  assert.equal(Buffer.from(key.publicBlob).subarray(4, 11).toString(), 'ssh-rsa')
  assert.throws(() => rsaHostKey('nonsense'))
})

test('numbers have no needless zeros and never look negative', () => {
  assert.equal(sshMpint(Buffer.from('0009a378', 'hex')).toString('hex'), '0000000309a378')
  assert.equal(sshMpint(Buffer.from('80', 'hex')).toString('hex'), '000000020080')
  assert.equal(sshMpint(Buffer.alloc(2)).toString('hex'), '00000000')
})

test('known_hosts and SSHFP name the key', () => {
  const keys = derivedHostKeys(SECRET, 'h').slice(0, 1)
  const blob = Buffer.from(keys[0]?.publicBlob ?? [])
  assert.equal(
    knownHostsLine(['h.test', '192.0.2.1'], 22, keys),
    `h.test,192.0.2.1 ssh-ed25519 ${blob.toString('base64')}\n`,
  )
  assert.equal(knownHostsLine(['h.test'], 2222, keys), `[h.test]:2222 ssh-ed25519 ${blob.toString('base64')}\n`)
  assert.deepEqual(sshfpRecords(keys), [`4 2 ${createHash('sha256').update(blob).digest('hex')}`])
})
