// Both halves of COMPRESS=DEFLATE against Node's own, in pieces of every size, and what is no deflate.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { constants, createInflateRaw, deflateRawSync } from 'node:zlib'
import { SeededRandom } from '../../../sim/index.ts'
import { Deflater } from './deflate.ts'
import { Inflater } from './inflate.ts'

const FLUSHED = { finishFlush: constants.Z_SYNC_FLUSH } as const

/** All that comes out of `pieces`, at most `maxBytes` at a time. */
function inflated(pieces: readonly Uint8Array[], maxBytes = 1000): Uint8Array | 'corrupt' {
  const inflater = new Inflater()
  const whole: Uint8Array[] = []
  for (const piece of pieces) {
    inflater.push(piece)
    for (;;) {
      const plain = inflater.pull(maxBytes)
      if (plain === 'corrupt') return plain
      if (plain.length === 0) break
      assert.ok(plain.length <= maxBytes)
      whole.push(plain)
    }
  }
  return Buffer.concat(whole)
}

function inPieces(bytes: Uint8Array, size: number): Uint8Array[] {
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) => bytes.subarray(at * size, (at + 1) * size))
}

const chance = new SeededRandom(3)
const TEXT = Buffer.from('a FETCH 1:* (FLAGS UID)\r\n* 1 FETCH (UID 1 FLAGS (\\Seen))\r\n'.repeat(900))
const NOISE = chance.bytes(70_000)

for (const [name, plain] of [
  ['nothing', Buffer.alloc(0)],
  ['a line', Buffer.from('a NOOP\r\n')],
  ['text', TEXT],
  ['noise', NOISE],
  ['zeros', Buffer.alloc(300_000)],
] as const) {
  for (const options of [{}, { strategy: constants.Z_FIXED }, { level: 0 }, { strategy: constants.Z_HUFFMAN_ONLY }]) {
    test(`inflates ${name} with ${JSON.stringify(options)}, in pieces of any size`, () => {
      const deflated = deflateRawSync(plain, { ...options, ...FLUSHED })
      for (const size of [1, 2, 7, 1000, 1_000_000])
        assert.deepEqual(inflated(inPieces(deflated, size)), Buffer.from(plain))
      assert.deepEqual(inflated([deflated], 1), Buffer.from(plain))
    })
  }
}

test('what is deflated piece by piece is one stream', async () => {
  const deflater = new Deflater()
  const pieces = [TEXT.subarray(0, 100), TEXT, NOISE, TEXT.subarray(100), NOISE.subarray(0, 40_000), TEXT]
  const deflated = pieces.map((piece) => deflater.deflate(piece))
  assert.ok((deflated[5]?.length ?? 0) < 700, 'the window reaches back over pieces')
  assert.deepEqual(inflated(deflated, 65_536), Buffer.concat(pieces))
  const own = createInflateRaw({ finishFlush: constants.Z_SYNC_FLUSH })
  own.end(Buffer.concat(deflated))
  const read: Buffer[] = []
  for await (const piece of own) read.push(piece)
  assert.deepEqual(Buffer.concat(read), Buffer.concat(pieces))
})

test('a little that means much comes out bit by bit', () => {
  const inflater = new Inflater()
  inflater.push(deflateRawSync(Buffer.alloc(50_000_000)))
  assert.equal(inflater.pull(65_536).length, 65_536)
})

test('what is no deflate is told, whatever was bent', () => {
  assert.equal(inflated([Buffer.from([0x07])]), 'corrupt')
  assert.equal(inflated([Buffer.from([0, 1, 2, 3, 4])]), 'corrupt')
  const ended = Buffer.concat([deflateRawSync('end'), Buffer.from('more')])
  assert.equal(inflated([ended]), 'corrupt')
  const deflated = deflateRawSync(TEXT.subarray(0, 3000), FLUSHED)
  for (let bit = 0; bit < deflated.length * 8; bit++) {
    const bent = Buffer.from(deflated)
    bent[bit >> 3] = (bent[bit >> 3] ?? 0) ^ (1 << (bit & 7))
    const result = inflated([bent], 65_536)
    assert.ok(result === 'corrupt' || result.length < 2_000_000)
  }
})
