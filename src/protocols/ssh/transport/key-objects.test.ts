import assert from 'node:assert/strict'
import { createCipheriv, KeyObject } from 'node:crypto'
import { test } from 'node:test'
import { keepKeyObjects } from './key-objects.ts'

test('a cipher with its key as an object makes the same bytes', () => {
  const key = Buffer.from('0123456789abcdef')
  const cipher: { _encKey: Uint8Array | KeyObject; encrypt(): Buffer } = {
    _encKey: key,
    encrypt() {
      return createCipheriv('aes-128-gcm', this._encKey, Buffer.alloc(12)).update('hello')
    },
  }
  const before = cipher.encrypt()
  keepKeyObjects(cipher)
  assert.ok(cipher._encKey instanceof KeyObject)
  assert.deepEqual(cipher.encrypt(), before)
})

test('what has no such key stays as it is', () => {
  const cipher = { _encKey: undefined, _macKey: '', other: Buffer.alloc(16) }
  keepKeyObjects(cipher)
  assert.deepEqual(cipher, { _encKey: undefined, _macKey: '', other: Buffer.alloc(16) })
  keepKeyObjects(undefined)
  keepKeyObjects(null)
})
