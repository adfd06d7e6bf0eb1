// Names come through unchanged, whatever bytes they are of.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { pathBytes, pathText, systemPath } from './path-text.ts'

test('names that are UTF-8 are that text', () => {
  for (const name of ['a', 'æøå', '日本', '😀', 'a\u0301', '\ufffd', '\ufeffx']) {
    assert.equal(pathText(Buffer.from(name)), name)
    assert.deepEqual(Buffer.from(pathBytes(name)), Buffer.from(name))
    assert.equal(systemPath(name), name)
  }
})

test('bytes that are none stand as lone surrogates', () => {
  assert.equal(pathText(Buffer.from('61ff62', 'hex')), 'a\udcffb')
  assert.equal(pathText(Buffer.from('c080', 'hex')), '\udcc0\udc80')
  assert.equal(pathText(Buffer.from('eda080', 'hex')), '\udced\udca0\udc80')
  assert.equal(pathText(Buffer.from('f09f98', 'hex')), '\udcf0\udc9f\udc98')
  assert.deepEqual(systemPath('a\udcffb'), Buffer.from('61ff62', 'hex'))
})

test('all bytes come back', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
      assert.deepEqual(Buffer.from(pathBytes(pathText(bytes))), Buffer.from(bytes))
    }),
  )
})
