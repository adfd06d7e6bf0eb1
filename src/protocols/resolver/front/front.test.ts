// What the front does with questions of every kind before anybody is asked.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { encodeMessage } from '../../../shared/dns/codec/message.ts'
import { CLASS, RCODE, TYPE, query, type Message } from '../../../shared/dns/messages.ts'
import { answersOf, harborLines, sampleNet } from '../sample-net.test.ts'
import { record, zoneScript } from '../sample-peers.ts'
import { WAITING_PER_CLIENT } from '../limits.ts'

function errorOf(message: Message | undefined): number | undefined {
  const data = message?.edns?.options.find(({ code }) => code === 15)?.data
  return data === undefined ? undefined : (data[0]! << 8) | data[1]!
}

test('without RD it tells what it knows, and asks nobody', async () => {
  const net = await sampleNet()
  const recursionDesired = false
  const before = await net.ask('www.harbor.test', 'A', { recursionDesired })
  assert.equal(before?.rcode, RCODE.REFUSED)
  assert.equal(errorOf(before), 20)
  assert.equal(net.root.asked.length, 0)
  await net.ask('www.harbor.test', 'A', {}, 100)
  const after = await net.ask('www.harbor.test', 'A', { recursionDesired })
  assert.deepEqual(answersOf(after), ['192.0.2.10'])
  assert.equal(after?.recursionDesired, false)
  assert.equal(after.recursionAvailable, true)
})

for (const [name, type, rcode, answers] of [
  ['localhost', 'A', RCODE.NOERROR, ['127.0.0.1']],
  ['deep.localhost', 'AAAA', RCODE.NOERROR, ['::1']],
  ['localhost', 'MX', RCODE.NOERROR, []],
  ['www.invalid', 'A', RCODE.NXDOMAIN, []],
  ['abc.onion', 'A', RCODE.NXDOMAIN, []],
  ['use-application-dns.net', 'A', RCODE.NXDOMAIN, []],
  ['harbor.test', 'ANY', RCODE.NOERROR, ['"RFC8482" ""']],
  ['harbor.test', 'AXFR', RCODE.REFUSED, []],
  ['harbor.test', 'RRSIG', RCODE.REFUSED, []],
  ['harbor.test', 'OPT', RCODE.FORMERR, []],
] as const) {
  test(`${name} ${type} is answered here`, async () => {
    const net = await sampleNet()
    const answer = await net.ask(name, type)
    assert.equal(answer?.rcode, rcode)
    assert.deepEqual(answersOf(answer), answers)
    assert.equal(net.root.asked.length, 0)
  })
}

test('other opcodes, versions, classes and counts are refused', async () => {
  const net = await sampleNet()
  assert.equal((await net.ask('harbor.test', 'A', { opcode: 2 }))?.rcode, RCODE.NOTIMP)
  const edns = { udpSizeBytes: 1232, version: 1, dnssecOk: false, options: [] }
  assert.equal((await net.ask('harbor.test', 'A', { edns }))?.rcode, RCODE.BADVERS)
  const question = { name: 'harbor.test', type: TYPE.A, class: CLASS.IN }
  assert.equal((await net.ask('harbor.test', 'A', { questions: [question, question] }))?.rcode, RCODE.FORMERR)
  assert.equal((await net.ask('x', 'A', { questions: [{ ...question, class: CLASS.CH }] }))?.rcode, RCODE.REFUSED)
  assert.equal(await net.ask('harbor.test', 'A', { response: true }), undefined)
})

test('an answer that does not fit is cut', async () => {
  const lines = [
    ...harborLines,
    ...Array.from({ length: 20 }, (_, n) => `large.harbor.test 300 TXT "${'x'.repeat(99)}${n}"`),
  ]
  const net = await sampleNet({ harbor: zoneScript('harbor.test', lines) })
  const answer = await net.ask('large.harbor.test', 'TXT', {}, 100)
  assert.equal(answer?.truncated, true)
  assert.equal(answer.answers.length, 0)
})

test('a client has a bounded share of what waits', async () => {
  const net = await sampleNet({ harbor: () => undefined })
  const peer = net.plane.datagramPeer({ ip: '192.0.2.200', port: 5000 })
  const { to } = net.served.datagramPeer(53)
  for (let n = 0; n < WAITING_PER_CLIENT + 10; n += 1) {
    peer.send(encodeMessage(query(n, { name: `h${n}.harbor.test`, type: TYPE.A, class: CLASS.IN })), to)
  }
  await net.plane.settled()
  assert.equal(peer.received.length, 10)
  assert.deepEqual(answersOf(await net.ask('localhost', 'A')), ['127.0.0.1'])
  net.plane.advance(30_000)
  await net.plane.settled()
  assert.equal(peer.received.length, WAITING_PER_CLIENT + 10)
})

test('questions and unknown names are told of by their peers', async () => {
  const net = await sampleNet()
  await net.ask('www.harbor.test', 'A', {}, 100)
  await net.ask('nowhere.harbor.test', 'A', {}, 100)
  await net.ask('nowhere.harbor.test', 'A', {}, 100)
  const told = net.served.gate.events.filter(({ kind }) => kind.startsWith('dns.'))
  const fromOf = (id: number | undefined) => net.served.gate.flows.find((flow) => flow.id === id)?.from.ip
  assert.deepEqual(
    told.map(({ kind, summary, flowId }) => `${kind} ${summary} ${fromOf(flowId)}`),
    [
      'dns.query www.harbor.test A → 192.0.2.10 192.0.2.1',
      'dns.unknown-name nowhere.harbor.test A → NXDOMAIN 192.0.2.1',
      'dns.unknown-name nowhere.harbor.test A → NXDOMAIN 192.0.2.1',
    ],
  )
  assert.deepEqual(told[1]?.detail, { name: 'nowhere.harbor.test', type: 'A', answered: false })
})

test('a name that the world made up is told of as one', async () => {
  const root = zoneScript('', ['made.example 60 A 198.19.0.1'])
  const net = await sampleNet({
    root,
    world: { unknownName: (name) => (name === 'made.example' ? ['198.19.0.1'] : undefined) },
  })
  assert.deepEqual(answersOf(await net.ask('made.example', 'A', {}, 100)), ['198.19.0.1'])
  const told = net.served.gate.events.find(({ kind }) => kind === 'dns.unknown-name')
  assert.deepEqual(told?.detail, { name: 'made.example', type: 'A', answered: true })
})

test('forwarders are asked for whole names, and done without where they may be', async () => {
  const forward = [{ zone: 'harbor.test', to: ['192.0.2.77'] }]
  const net = await sampleNet({ config: { forward } })
  const other = await net.add('192.0.2.77', ({ question }) => ({
    authoritative: false,
    answers: [record(`${question.name.toLowerCase()} 300 A 192.0.2.99`)],
  }))
  assert.deepEqual(answersOf(await net.ask('a.b.harbor.test', 'A', {}, 100)), ['192.0.2.99'])
  assert.deepEqual(other.asked, ['a.b.harbor.test A'])
  assert.equal(other.queries[0]?.message.recursionDesired, true)
  const without = await sampleNet({ config: { forward } })
  assert.deepEqual(answersOf(await without.ask('www.harbor.test', 'A', {}, 9000)), ['192.0.2.10'])
  const only = await sampleNet({ config: { forward: [{ ...forward[0], only: true }] } })
  assert.equal((await only.ask('www.harbor.test', 'A', {}, 11_000))?.rcode, RCODE.SERVFAIL)
  assert.equal(only.root.asked.length, 0)
})

test('the failure lab has its way with answers', async () => {
  const orders = [{ kind: 'wrong-id' }, { kind: 'silence' }, { kind: 'rcode', rcode: RCODE.REFUSED }] as const
  let given = 0
  const lab = { busy: true, take: () => orders[given++] }
  const net = await sampleNet({ world: { lab } })
  assert.equal((await net.ask('localhost', 'A'))?.id, 4711 ^ 0xffff)
  assert.equal(await net.ask('localhost', 'A'), undefined)
  assert.equal((await net.ask('localhost', 'A'))?.rcode, RCODE.REFUSED)
  assert.equal((await net.ask('localhost', 'A'))?.rcode, RCODE.NOERROR)
})

test('names below a DNAME are made from it, and asked for once', async () => {
  const lines = [...harborLines, 'x.new.harbor.test 300 A 192.0.2.33', 'y.new.harbor.test 300 A 192.0.2.34']
  const zone = zoneScript('harbor.test', lines)
  const net = await sampleNet({
    config: { 'qname-minimisation': 'off' },
    harbor: (asked) =>
      asked.question.name.toLowerCase().endsWith('.old.harbor.test')
        ? { answers: [record('old.harbor.test 300 DNAME new.harbor.test.')] }
        : zone(asked),
  })
  assert.deepEqual(answersOf(await net.ask('x.old.harbor.test', 'A', {}, 100)), [
    'new.harbor.test.',
    'x.new.harbor.test.',
    '192.0.2.33',
  ])
  assert.deepEqual(answersOf(await net.ask('y.old.harbor.test', 'A', {}, 100)), [
    'new.harbor.test.',
    'y.new.harbor.test.',
    '192.0.2.34',
  ])
  assert.deepEqual(net.harbor.asked, ['x.old.harbor.test A', 'x.new.harbor.test A', 'y.new.harbor.test A'])
})
