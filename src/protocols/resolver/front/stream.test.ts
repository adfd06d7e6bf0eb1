// Questions over streams, plain and within TLS.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decodeMessage, encodeMessage } from '../../../shared/dns/codec/message.ts'
import { framed } from '../../../shared/dns/framing.ts'
import { CLASS, RCODE, TYPE, isMalformed, query, type Message } from '../../../shared/dns/messages.ts'
import type { SimPeer } from '../../../sim/peer.ts'
import { WAITING_PER_STREAM } from '../limits.ts'
import { answersOf, sampleNet } from '../sample-net.test.ts'

const edns = { udpSizeBytes: 1232, version: 0, dnssecOk: false, options: [] }

function asked(id: number, name: string, changes: Partial<Message> = {}): Uint8Array {
  return framed(encodeMessage(query(id, { name, type: TYPE.A, class: CLASS.IN }, changes)))
}

function messagesIn(peer: SimPeer): Message[] {
  const messages: Message[] = []
  let bytes = peer.takeBytes()
  while (bytes.length >= 2) {
    const length = (bytes[0]! << 8) | bytes[1]!
    const message = decodeMessage(new Uint8Array(bytes.subarray(2, 2 + length)))
    if (isMalformed(message)) throw new Error(message.reason)
    messages.push(message)
    bytes = bytes.subarray(2 + length)
  }
  return messages
}

test('answers leave when they are there', async () => {
  const net = await sampleNet()
  await net.ask('www.harbor.test', 'A', {}, 1000)
  const peer = net.served.peer(53)
  peer.send(asked(1, 'deep.in.the.harbor.test'), asked(2, 'www.harbor.test'))
  await net.plane.settled()
  assert.deepEqual(
    messagesIn(peer).map(({ id }) => id),
    [2, 1],
  )
})

test('over TLS, padded', async () => {
  const net = await sampleNet()
  const peer = net.served.peer(853, { tls: { serverName: 'host.test', alpn: ['dot'] } })
  peer.send(asked(1, 'www.harbor.test', { edns }))
  await net.plane.settled()
  assert.equal(peer.receivedBytes.length, 2 + 468)
  assert.deepEqual(answersOf(messagesIn(peer)[0]), ['192.0.2.10'])
})

test('what is asked before the end is answered after it', async () => {
  const net = await sampleNet()
  const peer = net.served.peer(53).send(asked(1, 'www.harbor.test')).end()
  await net.plane.settled()
  assert.equal(messagesIn(peer).length, 1)
  assert.ok(peer.hasEnded)
})

test('a silent connection is closed', async () => {
  const net = await sampleNet()
  const peer = net.served.peer(53)
  net.plane.advance(9000)
  assert.equal(peer.hasEnded, false)
  net.plane.advance(1500)
  assert.equal(peer.hasEnded, true)
})

test('reading stops while too many questions wait', async () => {
  const net = await sampleNet({ harbor: () => undefined })
  const peer = net.served.peer(53)
  const questions = Array.from({ length: WAITING_PER_STREAM + 20 }, (_, n) => asked(n, `host${n}.harbor.test`))
  peer.send(...questions)
  await net.plane.settled()
  const names = new Set(net.harbor.asked)
  assert.equal(names.size, WAITING_PER_STREAM)
  for (let waited = 0; waited < 30_000; waited += 500) {
    net.plane.advance(500)
    await net.plane.settled()
  }
  assert.equal(messagesIn(peer).length, WAITING_PER_STREAM + 20)
})

test('keepalive and cookies are told to those who ask', async () => {
  const net = await sampleNet()
  const peer = net.served.peer(53)
  const options = [
    { code: 11, data: new Uint8Array(0) },
    { code: 10, data: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8) },
  ]
  peer.send(asked(1, 'www.harbor.test', { edns: { ...edns, options } }))
  await net.plane.settled()
  const told = messagesIn(peer)[0]?.edns?.options ?? []
  assert.deepEqual(told.find(({ code }) => code === 11)?.data, Uint8Array.of(0, 100))
  const cookie = told.find(({ code }) => code === 10)?.data ?? new Uint8Array(0)
  assert.deepEqual([...cookie.subarray(0, 8)], [1, 2, 3, 4, 5, 6, 7, 8])
  assert.equal(cookie.length, 24)
})

test('a cookie is that of all servers of the world, and the same for a while', async () => {
  const net = await sampleNet()
  const client = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8)
  const cookieFor = async (data: Uint8Array) => {
    const asking = { edns: { ...edns, options: [{ code: 10, data }] } }
    const answer = await net.ask('localhost', 'A', asking)
    return { rcode: answer?.rcode, data: answer?.edns?.options.find(({ code }) => code === 10)?.data ?? client }
  }
  const given = await cookieFor(client)
  assert.deepEqual([...given.data.subarray(8, 12)], [1, 0, 0, 0]) // RFC 9018 §4.1 and §4.2
  net.plane.advance(60_000)
  assert.deepEqual((await cookieFor(given.data)).data, given.data)
  net.plane.advance(3_600_000)
  assert.notDeepEqual((await cookieFor(given.data)).data, given.data)
  assert.equal((await cookieFor(client.subarray(1))).rcode, RCODE.FORMERR)
})

test('a cookie can be asked for without a question', async () => {
  const net = await sampleNet()
  const cookie = { code: 10, data: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8) }
  const answer = await net.ask('localhost', 'A', { questions: [], edns: { ...edns, options: [cookie] } })
  assert.equal(answer?.rcode, RCODE.NOERROR)
  assert.equal(answer.edns?.options.find(({ code }) => code === 10)?.data.length, 24)
  assert.equal((await net.ask('localhost', 'A', { questions: [] }))?.rcode, RCODE.FORMERR)
})

test('what is no question ends the connection', async () => {
  const net = await sampleNet()
  const peer = net.served.peer(53).send(framed(Uint8Array.of(1, 2, 3)))
  assert.equal(peer.hasEnded, true)
})
