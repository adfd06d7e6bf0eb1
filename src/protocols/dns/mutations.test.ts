// A hundred thousand broken packets: no crash, no loop, no answer to an answer, nothing too long, and nothing
// that the fast way and the codec see differently.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SimPlane, OpenGate } from '../../sim/index.ts'
import { decodeMessage, encodeMessage } from '../../shared/dns/codec/message.ts'
import { detect } from '../../shared/dns/detect.ts'
import { isMalformed } from '../../shared/dns/messages.ts'
import { Mutations } from '../../shared/dns/mutations.ts'
import { QueryScan } from '../../shared/dns/serving/query-scan.ts'
import { sampleResponder } from './sample-responder.ts'
import { openWorld } from './sample-world.ts'

test('a hundred thousand broken packets', () => {
  const mutations = new Mutations(20_261_122)
  const gate = Object.assign(new OpenGate(), { event: () => undefined })
  const io = new SimPlane().serviceIo('dns', [], gate, () => undefined)
  const { responder, door } = sampleResponder(openWorld, io)
  const peer = { ip: '198.51.100.9', port: 5353 }
  const scan = new QueryScan()
  let answered = 0
  for (let round = 0; round < 100_000; round += 1) {
    const packet = mutations.next()
    const message = decodeMessage(packet)
    detect(packet)
    if (scan.read(packet)) assert.ok(!isMalformed(message), Buffer.from(packet).toString('hex'))
    const answer = responder.answer(packet, peer, door)
    if (answer === undefined) {
      assert.ok(packet.length < 12 || packet[2]! >= 0x80 || door.replies.shift() !== undefined)
      continue
    }
    answered += 1
    assert.ok(answer.length <= 1232 && answer[0] === packet[0] && answer[1] === packet[1] && answer[2]! >= 0x80)
    if (round % 32 === 0) assert.ok(!isMalformed(decodeMessage(answer)), Buffer.from(packet).toString('hex'))
    if (round % 32 === 0 && !isMalformed(message)) assert.deepEqual(decodeMessage(encodeMessage(message)), message)
  }
  assert.ok(answered > 50_000, `${answered} answers`)
})
