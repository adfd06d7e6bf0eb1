import assert from 'node:assert/strict'
import { test } from 'node:test'
import { byCodePoint } from './code-point-order.ts'

test('text stands in the order of its bytes in UTF-8', () => {
  const texts = [
    '',
    'a',
    'aa',
    'b',
    'é',
    '\u{d7ff}',
    '\ue000',
    '\uff5e',
    '\uffff',
    '\u{10000}',
    '\u{1f600}',
    '\u{1f601}',
    '\u{1f600}a',
  ]
  const expected = texts.toSorted((one, other) => Buffer.compare(Buffer.from(one), Buffer.from(other)))
  assert.deepEqual(texts.toReversed().toSorted(byCodePoint), expected)
})

test('halves of pairs alone stand among the surrogates', () => {
  const texts = ['\ud7ff', '\udc80', '\udcff', '\ue000', '\u{10000}']
  assert.deepEqual(texts.toReversed().toSorted(byCodePoint), texts)
})
