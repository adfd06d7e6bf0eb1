// Each mistake of the failure lab, over UDP and over TCP, and that a server without orders sends as ever.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { DnsMistake } from '../../../core/zones.ts'
import { OpenGate, SimPlane } from '../../../sim/index.ts'
import { decodeMessage, encodeMessage } from '../codec/message.ts'
import { parseRdata } from '../codec/rdata.ts'
import { CLASS, RCODE, TYPE, isMalformed, query, typeNumber, type Message, type ResourceRecord } from '../messages.ts'
import { Mistakes } from './mistakes.ts'

const ROOT = { servers: [{ name: 'a.root.test', addresses: ['192.0.2.1', '2001:db8::1'] }], signing: undefined }
const PEER = { ip: '192.0.2.9', port: 53 }

function record(name: string, type: string, data: string): ResourceRecord {
  const number = typeNumber(type) ?? 0
  const bytes = parseRdata(number, data)
  assert.ok(!isMalformed(bytes))
  return { name, type: number, class: CLASS.IN, ttlSeconds: 60, data: bytes }
}

const RRSIG = 'A 13 3 60 20270101000000 20260101000000 1 harbor.test. AAAA'
const ANSWER: Message = {
  ...query(0x1234, { name: 'www.harbor.test', type: TYPE.A, class: CLASS.IN }),
  response: true,
  authoritative: true,
  answers: [record('www.harbor.test', 'A', '192.0.2.10'), record('www.harbor.test', 'RRSIG', RRSIG)],
}

interface Outcome {
  readonly sent: Uint8Array[]
  readonly halves: Uint8Array[]
  readonly plane: SimPlane
  readonly asked: unknown[]
}

function outcome(mistake: DnsMistake | undefined, transport: 'udp' | 'tcp', expired?: Uint8Array): Outcome {
  const plane = new SimPlane()
  const io = plane.serviceIo('dns', [], new OpenGate(), (timer) => mistakes.woke(timer))
  const asked: unknown[] = []
  const take = (question: unknown): DnsMistake | undefined => {
    asked.push(question)
    return mistake
  }
  const mistakes = new Mistakes(io, { busy: true, take }, 'ns.harbor.test', ROOT)
  const sent: Uint8Array[] = []
  const halves: Uint8Array[] = []
  mistakes.leave(encodeMessage(ANSWER), {
    transport,
    peer: PEER,
    send: (message) => sent.push(message),
    half: (message) => halves.push(message),
    ...(expired && { expired: () => expired }),
  })
  return { sent, halves, plane, asked }
}

function only(sent: readonly Uint8Array[]): Message {
  assert.equal(sent.length, 1)
  const message = decodeMessage(sent[0] ?? new Uint8Array(0))
  assert.ok(!isMalformed(message))
  return message
}

test('the lab is asked with server, question and peer; without an order the answer leaves as it is', () => {
  const { sent, asked } = outcome(undefined, 'udp')
  assert.deepEqual(only(sent), ANSWER)
  assert.deepEqual(asked, [{ host: 'ns.harbor.test', name: 'www.harbor.test', type: TYPE.A, peer: '192.0.2.9' }])
})

describe('mistakes', () => {
  test('a code', () => {
    const message = only(outcome({ kind: 'rcode', rcode: RCODE.SERVFAIL }, 'udp').sent)
    assert.deepEqual([message.rcode, message.answers.length, message.questions], [RCODE.SERVFAIL, 0, ANSWER.questions])
  })

  test('silence', () => {
    const { sent, plane } = outcome({ kind: 'silence' }, 'udp')
    plane.advance(60_000)
    assert.equal(sent.length, 0)
  })

  test('delay', () => {
    const { sent, plane } = outcome({ kind: 'delay', ms: 300 }, 'udp')
    plane.advance(299)
    assert.equal(sent.length, 0)
    plane.advance(1)
    assert.deepEqual(only(sent), ANSWER)
  })

  test('truncation, over UDP alone', () => {
    const cut = only(outcome({ kind: 'truncate' }, 'udp').sent)
    assert.deepEqual([cut.truncated, cut.answers.length], [true, 0])
    assert.deepEqual(only(outcome({ kind: 'truncate' }, 'tcp').sent), ANSWER)
  })

  test('a wrong id, and a wrong question', () => {
    assert.equal(only(outcome({ kind: 'wrong-id' }, 'udp').sent).id, 0x1234 ^ 0xffff)
    const [question] = only(outcome({ kind: 'wrong-question' }, 'udp').sent).questions
    assert.notEqual(question?.name, 'www.harbor.test')
    assert.equal(question?.type, TYPE.A)
  })

  test('lameness: a referral to the root', () => {
    const message = only(outcome({ kind: 'lame' }, 'udp').sent)
    assert.deepEqual([message.authoritative, message.rcode, message.answers.length], [false, 0, 0])
    assert.deepEqual(
      message.authorities.map(({ name, type }) => [name, type]),
      [['', TYPE.NS]],
    )
    assert.deepEqual(
      message.additionals.map(({ name, type }) => [name, type]),
      [
        ['a.root.test', TYPE.A],
        ['a.root.test', TYPE.AAAA],
      ],
    )
  })

  test('poison', () => {
    const message = only(outcome({ kind: 'poison', name: 'www.bank.test', ip: '203.0.113.66' }, 'udp').sent)
    assert.deepEqual(message.answers, ANSWER.answers)
    assert.deepEqual(
      message.additionals.map(({ name, data }) => [name, [...data]]),
      [['www.bank.test', [203, 0, 113, 66]]],
    )
  })

  test('half of it', () => {
    const { sent, halves } = outcome({ kind: 'half' }, 'tcp')
    assert.deepEqual([sent.length, halves.length], [0, 1])
    assert.ok(only(outcome({ kind: 'half' }, 'udp').sent).truncated)
  })

  test('expired signatures: as the server makes them, or with their times changed', () => {
    const made = encodeMessage({ ...ANSWER, id: 7 })
    assert.equal(only(outcome({ kind: 'expired-signature' }, 'udp', made).sent).id, 7)
    const { sent, plane } = outcome({ kind: 'expired-signature' }, 'udp')
    const data = only(sent).answers[1]?.data ?? new Uint8Array(18)
    assert.ok(Buffer.from(data).readUInt32BE(8) < plane.wallMs() / 1000)
    assert.ok(Buffer.from(data).readUInt32BE(12) < Buffer.from(data).readUInt32BE(8))
  })
})

test('what waits is bounded', () => {
  const plane = new SimPlane()
  const io = plane.serviceIo('dns', [], new OpenGate(), (timer) => mistakes.woke(timer))
  const lab = { busy: true, take: () => ({ kind: 'delay', ms: 100 }) as const }
  const mistakes = new Mistakes(io, lab, 'ns.harbor.test', ROOT)
  let sent = 0
  const send = (): void => void (sent += 1)
  for (let n = 0; n < 2000; n += 1)
    mistakes.leave(encodeMessage(ANSWER), { transport: 'udp', peer: PEER, send, half: send })
  plane.advance(100)
  assert.equal(sent, 1024)
})
