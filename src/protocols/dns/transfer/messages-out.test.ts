// Records put into messages: all of them, in as few as they fit into.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ZoneRecord } from '../../../core/zones.ts'
import { decodeMessage } from '../../../shared/dns/codec/message.ts'
import { CLASS, TYPE, isMalformed, type Message } from '../../../shared/dns/messages.ts'
import { TRANSFER_MESSAGE_BYTES, transferMessages } from './messages-out.ts'

const HEAD = { id: 77, question: { name: 'Live.test', type: TYPE.AXFR, class: CLASS.IN }, recursionDesired: false }

function text(n: number, bytes: number): ZoneRecord {
  const strings = Array.from({ length: Math.ceil(bytes / 200) }, () => [199, ...new Uint8Array(199).fill(n)])
  return { name: `host${n}.live.test`, type: TYPE.TXT, ttlSeconds: 60, data: Uint8Array.from(strings.flat()) }
}

function messages(records: readonly ZoneRecord[], roomBytes = 65_535): (Message | undefined)[] {
  return Array.from(transferMessages(HEAD, records, roomBytes), (bytes) => {
    if (bytes === undefined) return undefined
    const message = decodeMessage(bytes)
    assert.ok(!isMalformed(message), JSON.stringify(message))
    assert.ok(bytes.length <= Math.max(TRANSFER_MESSAGE_BYTES, 60_100))
    return message
  })
}

test('every record is there once, the question in the first message only', () => {
  for (const roomBytes of [512, 700, 16_384, 65_535]) {
    const records = Array.from({ length: 100 }, (_, n) => text(n, 200))
    const all = messages(records, roomBytes)
    assert.deepEqual(
      all.flatMap((message) => message?.answers.map(({ name, data }) => ({ name, data })) ?? []),
      records.map(({ name, data }) => ({ name, data })),
    )
    assert.deepEqual(
      all.map((message) => message?.questions.length),
      all.map((_, at) => (at === 0 ? 1 : 0)),
    )
    assert.ok(all.every((message) => message?.id === 77 && message.authoritative && message.response))
    if (roomBytes > TRANSFER_MESSAGE_BYTES) assert.equal(all.length, 2)
  }
})

test('a record that is larger than the rest has a message of its own', () => {
  const all = messages([text(1, 200), text(2, 60_000), text(3, 200)])
  assert.deepEqual(
    all.map((message) => message?.answers.length),
    [1, 1, 1],
  )
})

test('one that fits into no message ends it', () => {
  assert.deepEqual(
    messages([text(1, 200), text(2, 2000), text(3, 200)], 1000).map((message) => message?.answers.length),
    [1, undefined],
  )
})

test('signatures bear the TTL of what they are over', () => {
  const data = Uint8Array.from([0, 1, 13, 3, 0, 0, 1, 44, ...new Uint8Array(10), 0, 1, 2, 3])
  const [message] = messages([{ name: 'live.test', type: TYPE.RRSIG, ttlSeconds: 5, data }])
  assert.equal(message?.answers[0]?.ttlSeconds, 300)
})
