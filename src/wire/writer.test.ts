import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Reader } from './reader.ts'
import { Writer } from './writer.ts'

test('what is written is what is read, from the smallest buffer on', () => {
  for (const initialBytes of [0, 1, 512]) {
    const writer = new Writer(initialBytes)
    writer.u8(0xfe)
    writer.u16(0xfffe)
    writer.u32(0xfffefdfc)
    writer.put(Uint8Array.of(1, 2, 3))
    const reader = new Reader(writer.finish())
    assert.deepEqual([reader.u8(), reader.u16(), reader.u32()], [0xfe, 0xfffe, 0xfffefdfc])
    assert.deepEqual([...reader.take(3)], [1, 2, 3])
    assert.equal(reader.left, 0)
  }
})

test('finish copies: the writer is a scratch buffer for the next', () => {
  const writer = new Writer(4)
  writer.u16(0x0102)
  const first = writer.finish()
  writer.u16(0x0304)
  assert.deepEqual([...first], [1, 2])
  assert.deepEqual([...writer.view()], [3, 4])
})

test('a length is patched in afterwards', () => {
  const writer = new Writer()
  writer.u16(0)
  writer.put(new Uint8Array(300))
  writer.patchU16(0, writer.length - 2)
  assert.equal(new Reader(writer.view()).u16(), 300)
})

test('reset forgets', () => {
  const writer = new Writer()
  writer.u32(1)
  writer.reset()
  assert.equal(writer.finish().length, 0)
})
