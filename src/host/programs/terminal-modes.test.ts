import assert from 'node:assert/strict'
import { test } from 'node:test'
import { applyModes, TERMIOS_BYTES } from './terminal-modes.ts'

const WORDS: readonly (readonly [string, number, number, number])[] = [
  // what, opcode, where its word of flags stands, its bit
  ['ICRNL', 36, 0, 0o400],
  ['ONLCR', 72, 4, 0o4],
  ['PARENB', 92, 8, 0o400],
  ['ECHO', 53, 12, 0o10],
]

for (const [what, opcode, at, bit] of WORDS) {
  test(`${what} is set and cleared, and nothing else`, () => {
    const clear = Buffer.alloc(TERMIOS_BYTES)
    applyModes(clear, new Map([[opcode, 1]]))
    const expected = Buffer.alloc(TERMIOS_BYTES)
    expected.writeUInt32LE(bit, at)
    assert.deepEqual(clear, expected)
    const full = Buffer.alloc(TERMIOS_BYTES, 255)
    applyModes(full, new Map([[opcode, 0]]))
    assert.equal(full.readUInt32LE(at), (0xffffffff & ~bit) >>> 0)
  })
}

test('characters go to their place, and 255 means none', () => {
  const termios = Buffer.alloc(TERMIOS_BYTES, 9)
  applyModes(
    termios,
    new Map([
      [1, 3],
      [5, 255],
    ]),
  )
  assert.equal(termios[17], 3)
  assert.equal(termios[17 + 4], 0)
  assert.equal(termios[17 + 2], 9)
})

test('the size of characters is one field', () => {
  const termios = Buffer.alloc(TERMIOS_BYTES, 255)
  applyModes(termios, new Map([[90, 1]]))
  assert.equal(termios.readUInt32LE(8) & 0o60, 0o40)
})

test('speeds, and opcodes of others, change nothing', () => {
  const termios = Buffer.alloc(TERMIOS_BYTES, 7)
  applyModes(
    termios,
    new Map([
      [128, 38_400],
      [129, 38_400],
      [159, 1],
      [0, 1],
    ]),
  )
  assert.deepEqual(termios, Buffer.alloc(TERMIOS_BYTES, 7))
})
