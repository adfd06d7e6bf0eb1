// Views of bytes, in the middle of others and alone.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bufferOf, latin1, utf8 } from './text.ts'

const around = new Uint8Array([0x58, 0xc3, 0xa9, 0x41, 0xff, 0x59])
const bytes = around.subarray(1, 5)

for (const [kind, given] of [
  ['plain bytes', bytes],
  ['a Buffer', Buffer.from(bytes)],
] as const) {
  test(`${kind} as text`, () => {
    assert.equal(latin1(given), 'Ã©Aÿ')
    assert.equal(latin1(given, 1, 3), '©A')
    assert.equal(latin1(given, 2), 'Aÿ')
    assert.equal(utf8(given), 'éA\ufffd')
    assert.deepEqual([latin1(given.subarray(0, 0)), utf8(given.subarray(0, 0))], ['', ''])
  })
}

test('a view shows what becomes of the bytes', () => {
  const own = new Uint8Array(around)
  const view = bufferOf(own.subarray(1, 5))
  own[3] = 0x42
  assert.equal(view.toString('latin1'), 'Ã©Bÿ')
  assert.equal(bufferOf(view), view)
})
