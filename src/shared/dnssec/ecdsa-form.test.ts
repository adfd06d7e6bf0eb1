// Signatures from one form to the other and back, OpenSSL being the judge.

import assert from 'node:assert/strict'
import { generateKeyPairSync, sign, verify } from 'node:crypto'
import { test } from 'node:test'
import { derSignature, rawSignature } from './ecdsa-form.ts'

const CURVES = [
  ['prime256v1', 32],
  ['secp384r1', 48],
] as const

test('both forms of real signatures', () => {
  for (const [namedCurve, size] of CURVES) {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve })
    for (let round = 0; round < 300; round += 1) {
      const bytes = Buffer.of(round >> 8, round)
      const der = sign('sha256', bytes, privateKey)
      const raw = rawSignature(der, size)
      assert.equal(raw.length, 2 * size)
      assert.ok(verify('sha256', bytes, { key: publicKey, dsaEncoding: 'ieee-p1363' }, raw))
      assert.deepEqual(Buffer.from(derSignature(raw)), der)
    }
  }
})

test('numbers with zeros in front, or that look negative', () => {
  const raw = Buffer.alloc(64)
  raw[31] = 0x80
  raw[63] = 0x7f
  assert.equal(Buffer.from(derSignature(raw)).toString('hex'), '30070202008002017f')
  assert.deepEqual(Buffer.from(rawSignature(derSignature(raw), 32)), raw)
  assert.equal(Buffer.from(derSignature(Buffer.alloc(64))).toString('hex'), '3006020100020100')
  assert.deepEqual(Buffer.from(rawSignature(derSignature(Buffer.alloc(64)), 32)), Buffer.alloc(64))
})
