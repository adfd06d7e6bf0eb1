import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PACKET_MAX_BYTES, PacketCutter } from './packets.ts'

const packets = [Buffer.from('a'), Buffer.alloc(70_000, 7), Buffer.from('the last one')]
const stream = Buffer.concat(packets.flatMap((packet) => [length(packet.length), packet]))

function length(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}

test('packets are the same however the chunks fall', () => {
  for (const size of [1, 3, 4, 5, 4096, 69_999, stream.length]) {
    const taken: Buffer[] = []
    const cutter = new PacketCutter((packet) => taken.push(packet))
    for (let at = 0; at < stream.length; at += size) {
      assert.equal(cutter.push(Buffer.from(stream.subarray(at, at + size))), undefined)
    }
    assert.deepEqual(taken, packets, `in chunks of ${size}`)
  }
})

test('lengths that no packet has end it', () => {
  for (const wrong of [0, PACKET_MAX_BYTES + 1, 0xffff_ffff]) {
    const taken: Buffer[] = []
    const cutter = new PacketCutter((packet) => taken.push(packet))
    assert.equal(cutter.push(Buffer.concat([length(1), Buffer.from('x'), length(wrong)])), wrong)
    assert.equal(taken.length, 1)
  }
})

test('a length alone costs nothing until its packet begins', () => {
  const cutter = new PacketCutter(() => assert.fail('there is no packet'))
  assert.equal(cutter.push(length(PACKET_MAX_BYTES)), undefined)
  assert.equal(cutter.push(Buffer.alloc(PACKET_MAX_BYTES - 1)), undefined)
})
