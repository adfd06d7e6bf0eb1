import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Reader } from './reader.ts'

test('fields are big-endian and unsigned', () => {
  const reader = new Reader(Uint8Array.of(0xff, 0x80, 0x01, 0xff, 0xfe, 0xfd, 0xfc, 9, 8))
  assert.deepEqual([reader.u8(), reader.u16(), reader.u32()], [0xff, 0x8001, 0xfffefdfc])
  assert.deepEqual([...reader.take(2)], [9, 8])
  assert.equal(reader.left, 0)
  assert.equal(reader.short, false)
})

test('cut at every length: zeros, and short is set', () => {
  const whole = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9)
  for (let length = 0; length < whole.length; length++) {
    const reader = new Reader(whole, 0, length)
    reader.u8()
    reader.u16()
    reader.u32()
    reader.take(2)
    assert.equal(reader.short, true, `${length} bytes`)
  }
})

test('once short, all further reads give nothing, even if they would fit', () => {
  const reader = new Reader(Uint8Array.of(1, 2, 3))
  assert.equal(reader.u32(), 0)
  assert.equal(reader.u8(), 0)
  assert.equal(reader.take(1).length, 0)
})

test('an end past the bytes is the end of the bytes', () => {
  const reader = new Reader(Uint8Array.of(7), 0, 100)
  assert.equal(reader.left, 1)
  assert.equal(reader.u16(), 0)
  assert.equal(reader.short, true)
})

test('an offset past the end is short, not a throw', () => {
  const reader = new Reader(Uint8Array.of(7), 5)
  assert.equal(reader.u8(), 0)
  assert.equal(reader.short, true)
})
