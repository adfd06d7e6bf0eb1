// Servers that are broken, slow or hostile, one after the other.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { foldName } from '../../../shared/dns/codec/name.ts'
import { encodeMessage } from '../../../shared/dns/codec/message.ts'
import { CLASS, RCODE, TYPE, query } from '../../../shared/dns/messages.ts'
import { CHAIN_MAX, QUERIES_PER_QUESTION, STRAYS_MAX } from '../limits.ts'
import { HARBOR, answersOf, harborLines, sampleNet, testLines } from '../sample-net.test.ts'
import { record, zoneScript, type Script } from '../sample-peers.ts'

const good = zoneScript('harbor.test', harborLines)
const twoServers = [...testLines, 'harbor.test 3600 NS ns2.harbor.test.', 'ns2.harbor.test 3600 A 192.0.2.4']

/** Both servers of harbor.test, the odd one asked until it has been seen. */
async function beside(odd: Script) {
  const net = await sampleNet({ harbor: odd, test: zoneScript('test', twoServers) })
  const other = await net.add('192.0.2.4', good)
  return { net, other }
}

for (const [what, odd] of [
  ['says REFUSED', () => ({ rcode: RCODE.REFUSED })],
  ['says SERVFAIL', () => ({ rcode: RCODE.SERVFAIL })],
  ['refers upwards', () => ({ authoritative: false, authorities: [record('. 3600 NS a.root.')] })],
  ['is silent', () => undefined],
  ['answers without authority', () => ({ authoritative: false })],
  ['sends garbage', () => Uint8Array.of(1, 2, 3)],
] as const) {
  test(`a server that ${what} is passed over for another`, async () => {
    const { net, other } = await beside(odd)
    for (let n = 0; n < 4; n += 1) {
      const answer = await net.ask(`www.harbor.test`, 'A', {}, 9000)
      assert.deepEqual(answersOf(answer), ['192.0.2.10'])
    }
    assert.equal(other.asked.length, 1)
  })
}

test('when all are silent, the end is SERVFAIL, within the time of a question, and kept', async () => {
  const net = await sampleNet({ harbor: () => undefined })
  const answer = await net.ask('www.harbor.test', 'A', {}, 11_000)
  assert.equal(answer?.rcode, RCODE.SERVFAIL)
  const asked = net.harbor.asked.length
  assert.ok(net.harbor.asked.includes('www.harbor.test A over tcp'))
  assert.equal((await net.ask('www.harbor.test', 'A'))?.rcode, RCODE.SERVFAIL)
  assert.equal(net.harbor.asked.length, asked)
})

test('answers to other questions are not taken, whatever is wrong with them', async () => {
  const evil = record('www.harbor.test 300 A 6.6.6.6')
  const odd: Script = ({ count, message, question }) => {
    const forged = { ...message, response: true, authoritative: true, answers: [evil] }
    const wrong = [
      { ...forged, id: message.id ^ 1 },
      { ...forged, questions: [{ ...question, name: 'other.harbor.test' }] },
      { ...forged, questions: [{ ...question, type: TYPE.TXT }] },
      { ...forged, questions: [] },
      { ...forged, response: false },
    ]
    return count === 0
      ? wrong.map((one) => encodeMessage(one))
      : { answers: [record('www.harbor.test 300 A 192.0.2.10')] }
  }
  const net = await sampleNet({ harbor: odd })
  assert.deepEqual(answersOf(await net.ask('www.harbor.test', 'A', {}, 5000)), ['192.0.2.10'])
})

test('a packet from elsewhere is not taken', async () => {
  const net = await sampleNet({
    harbor: ({ count }) => (count < 1 ? undefined : { answers: [record('www.harbor.test 300 A 192.0.2.10')] }),
  })
  const asking = net.ask('www.harbor.test', 'A', {}, 3000)
  await net.plane.settled()
  const [from] = net.harbor.from
  const [query] = net.harbor.queries
  assert.ok(from !== undefined && query !== undefined)
  const forged = { ...query.message, response: true, answers: [record('www.harbor.test 300 A 6.6.6.6')] }
  net.plane.datagramPeer({ ip: '192.0.2.66', port: 53 }).send(encodeMessage(forged), from)
  net.plane.datagramPeer({ ip: HARBOR, port: 5353 }).send(encodeMessage(forged), from)
  assert.deepEqual(answersOf(await asking), ['192.0.2.10'])
})

const odd1: Script = ({ over, message }) => {
  if (over === 'tcp') return { answers: [record('www.harbor.test 300 A 192.0.2.10')] }
  return Array.from({ length: STRAYS_MAX }, (_, n) =>
    encodeMessage({ ...message, response: true, id: message.id ^ (n + 1) }),
  )
}

test('who guesses is evaded over TCP, and told of', async () => {
  const net = await sampleNet({ harbor: odd1 })
  assert.deepEqual(answersOf(await net.ask('www.harbor.test', 'A', {}, 100)), ['192.0.2.10'])
  assert.ok(net.served.gate.kinds.includes('resolver.forged'))
})

const lower2: Script = (query) => {
  const answer = good(query)
  const questions = [{ ...query.question, name: foldName(query.question.name) }]
  return answer instanceof Uint8Array || answer === undefined || 'length' in answer ? answer : { ...answer, questions }
}

test('names go out in random case, and one who does not echo it is believed over TCP only', async () => {
  const net = await sampleNet({ harbor: lower2 })
  assert.deepEqual(answersOf(await net.ask('www.harbor.test', 'A', {}, 3000)), ['192.0.2.10'])
  assert.deepEqual(net.harbor.asked, ['www.harbor.test A', 'www.harbor.test A over tcp'])
  assert.notEqual(net.harbor.queries[0]?.question.name, 'www.harbor.test')
  await net.ask('deep.in.the.harbor.test', 'A', {}, 3000)
  assert.ok(net.harbor.asked.slice(2).every((line) => !line.endsWith('over tcp')))
  assert.ok(net.harbor.queries.slice(2).every(({ question }) => question.name === foldName(question.name)))
})

const odd3: Script = (query) => (query.over === 'udp' ? { truncated: true } : good(query))

test('what was cut is asked for over TCP', async () => {
  const net = await sampleNet({ harbor: odd3 })
  assert.deepEqual(answersOf(await net.ask('www.harbor.test', 'A', {}, 100)), ['192.0.2.10'])
})

test('one who is silent over UDP alone is asked over TCP at once, for a while', async () => {
  const net = await sampleNet({ harbor: (query) => (query.over === 'udp' ? undefined : good(query)) })
  assert.deepEqual(answersOf(await net.ask('www.harbor.test', 'A', {}, 9000)), ['192.0.2.10'])
  const before = net.harbor.asked.length
  await net.ask('www.harbor.test', 'MX', {}, 9000)
  const after = net.harbor.asked.slice(before)
  assert.ok(after.length > 0 && after.every((line) => line.endsWith('over tcp')), after.join())
})

const odd4: Script = (query) => {
  if (query.over === 'udp') return query.count < 2 ? { truncated: true } : good(query)
  return undefined
}

test('half an answer over TCP is none', async () => {
  const net = await sampleNet({ harbor: odd4 })
  assert.deepEqual(answersOf(await net.ask('www.harbor.test', 'A', {}, 9000)), ['192.0.2.10'])
})

const odd5: Script = (query) => {
  const { edns: _edns, ...plain } = query.message
  return query.message.edns === undefined
    ? good(query)
    : encodeMessage({ ...plain, response: true, rcode: RCODE.FORMERR })
}

test('one who knows no EDNS is asked without', async () => {
  const net = await sampleNet({ harbor: odd5 })
  assert.deepEqual(answersOf(await net.ask('www.harbor.test', 'A', {}, 3000)), ['192.0.2.10'])
  await net.ask('deep.in.the.harbor.test', 'A', {}, 3000)
  assert.equal(net.harbor.queries.filter(({ message }) => message.edns !== undefined).length, 1)
})

const poison6: Script = (query) => ({
  answers: [record('www.harbor.test 300 A 192.0.2.10'), record('www.island.test 300 A 6.6.6.6')].filter(
    ({ name }) => name === foldName(query.question.name) || name === 'www.island.test',
  ),
  authorities: [record('test 3600 NS ns.evil.test.'), record('island.test 3600 NS ns.evil.test.')],
  additionals: [record('www.island.test 300 A 6.6.6.6'), record('ns.test 3600 A 6.6.6.6')],
})

test('what a server has no say over is not kept', async () => {
  const net = await sampleNet({
    harbor: poison6,
    test: zoneScript('test', [...testLines, 'www.island.test 300 A 192.0.2.80']),
  })
  await net.ask('www.harbor.test', 'A', {}, 100)
  assert.deepEqual(answersOf(await net.ask('www.island.test', 'A', {}, 3000)), ['192.0.2.80'])
})

const test17: Script = () => ({
  authoritative: false,
  authorities: [record('harbor.test 3600 NS ns.elsewhere.example.')],
  additionals: [record('ns.elsewhere.example 3600 A 6.6.6.6')],
})

test('glue from outside of the zone that refers is not used', async () => {
  const net = await sampleNet({ test: test17 })
  const evil = await net.add('6.6.6.6', good)
  assert.equal((await net.ask('www.harbor.test', 'A', {}, 11_000))?.rcode, RCODE.SERVFAIL)
  assert.deepEqual(evil.asked, [])
})

const endless8: Script = ({ question }) => {
  const number = Number(/^a(\d+)/.exec(foldName(question.name))?.[1] ?? 0)
  return { answers: [record(`${foldName(question.name)} 300 CNAME a${number + 1}.harbor.test.`)] }
}

test('a loop of aliases, and a chain without end, are failures', async () => {
  const net = await sampleNet()
  assert.equal((await net.ask('round.harbor.test', 'A', {}, 3000))?.rcode, RCODE.SERVFAIL)
  const other = await sampleNet({ harbor: endless8 })
  assert.equal((await other.ask('a0.harbor.test', 'A', {}, 3000))?.rcode, RCODE.SERVFAIL)
  assert.equal(other.harbor.asked.length, CHAIN_MAX + 1)
})

test('servers that can only be found by each other are a failure at once', async () => {
  const lines = ['harbor.test 3600 NS ns.island.test.', 'island.test 3600 NS ns.harbor.test.']
  const net = await sampleNet({ test: zoneScript('test', lines) })
  const answer = await net.ask('www.harbor.test', 'A', {}, 1000)
  assert.equal(answer?.rcode, RCODE.SERVFAIL)
  assert.ok(net.test.asked.length < 10)
})

test('NXNSAttack: a referral to many names costs little', async () => {
  const names = Array.from({ length: 100 }, (_, n) => record(`harbor.test 3600 NS ns${n}.victim.test.`))
  const attack: Script = (query) => {
    const name = foldName(query.question.name)
    if (name.endsWith('victim.test'))
      return { rcode: RCODE.NXDOMAIN, authorities: [record('test 300 SOA ns.test. h.test. 1 1 1 1 300')] }
    return { authoritative: false, authorities: names }
  }
  const net = await sampleNet({ test: attack })
  assert.equal((await net.ask('www.harbor.test', 'A', {}, 11_000))?.rcode, RCODE.SERVFAIL)
  assert.ok(net.test.asked.length <= 30, `${net.test.asked.length} questions`)
})

test('a question costs no more than so many', async () => {
  let zone = 0
  const endless: Script = ({ question }) => {
    const name = foldName(question.name)
    zone += 1
    return {
      authoritative: false,
      authorities: Array.from({ length: 16 }, (_, n) => record(`${name} 3600 NS ns${n}.z${zone}.other.test.`)),
    }
  }
  const net = await sampleNet({ test: endless })
  await net.ask('a.b.c.d.e.f.g.harbor.test', 'A', {}, 12_000)
  assert.ok(net.test.asked.length + net.root.asked.length <= QUERIES_PER_QUESTION)
})

test('a name is asked for once, however many wait', async () => {
  const net = await sampleNet()
  const { to } = net.served.datagramPeer(53)
  const peers = Array.from({ length: 20 }, () => net.plane.datagramPeer())
  const packet = encodeMessage(query(1, { name: 'www.harbor.test', type: TYPE.A, class: CLASS.IN }))
  for (const peer of peers) peer.send(packet, to)
  await net.plane.settled()
  assert.ok(peers.every((peer) => peer.received.length === 1))
  assert.deepEqual(net.harbor.asked, ['www.harbor.test A'])
})

const liar9: Script = (query) => {
  const name = foldName(query.question.name)
  return name === 'deep.in.the.harbor.test'
    ? good(query)
    : { rcode: RCODE.NXDOMAIN, authorities: [record('harbor.test 300 SOA a. b. 1 1 1 1 1')] }
}

test('names are told to servers label by label, and the whole once something says that there is nothing', async () => {
  const net = await sampleNet()
  assert.deepEqual(answersOf(await net.ask('deep.in.the.harbor.test', 'A', {}, 3000)), ['192.0.2.11'])
  assert.deepEqual(net.harbor.asked, ['the.harbor.test NS', 'in.the.harbor.test NS', 'deep.in.the.harbor.test A'])
  const other = await sampleNet({ harbor: liar9 })
  assert.deepEqual(answersOf(await other.ask('deep.in.the.harbor.test', 'A', {}, 3000)), ['192.0.2.11'])
  const strict = await sampleNet({ harbor: liar9, config: { 'qname-minimisation': 'strict' } })
  assert.equal((await strict.ask('deep.in.the.harbor.test', 'A', {}, 3000))?.rcode, RCODE.NXDOMAIN)
  const off = await sampleNet({ config: { 'qname-minimisation': 'off' } })
  await off.ask('www.harbor.test', 'A', {}, 3000)
  assert.deepEqual(off.root.asked, ['www.harbor.test A'])
})

function pickyWith(odd: ReturnType<Script>): Script {
  return (query) => (query.question.type === TYPE.NS ? odd : good(query))
}

for (const [what, odd] of [
  ['REFUSED', { rcode: RCODE.REFUSED }],
  ['NOTIMP', { rcode: RCODE.NOTIMP }],
  ['nothing', undefined],
  ['an answer without authority', { authoritative: false }],
] as const) {
  test(`a server that has ${what} for a part of a name is told the whole`, async () => {
    const harbor = pickyWith(odd)
    const net = await sampleNet({ harbor })
    assert.deepEqual(answersOf(await net.ask('deep.in.the.harbor.test', 'A', {}, 9000)), ['192.0.2.11'])
    assert.equal(net.harbor.asked.at(-1), 'deep.in.the.harbor.test A')
    const strict = await sampleNet({ harbor, config: { 'qname-minimisation': 'strict' } })
    assert.equal((await strict.ask('deep.in.the.harbor.test', 'A', {}, 11_000))?.rcode, RCODE.SERVFAIL)
  })
}

test('ports and ids change', async () => {
  const net = await sampleNet()
  for (let n = 0; n < 60; n += 1) await net.ask(`host${n}.harbor.test`, 'A', {}, 200)
  const ports = new Set(net.harbor.from.map(({ port }) => port))
  const ids = new Set(net.harbor.queries.map(({ message }) => message.id))
  assert.ok(ports.size >= 6, `${ports.size} ports`)
  assert.ok(ids.size >= 58, `${ids.size} ids`)
})
