// Zones made to keep a resolver busy: what one question may cost is bounded in questions sent, in work, and in memory.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { encodeMessage } from '../../shared/dns/codec/message.ts'
import { foldName } from '../../shared/dns/codec/name.ts'
import { CLASS, RCODE, TYPE, query } from '../../shared/dns/messages.ts'
import { PORT_USES_MAX, QUERIES_PER_QUESTION, WAITING_PER_CLIENT } from './limits.ts'
import { RESOLVER, sampleNet, type SampleNet } from './sample-net.test.ts'
import { record, type Script } from './sample-peers.ts'

/** Zones l0.harbor.test, l1..., each of which is served by two hosts of the next; those of the last do not answer. */
function ladder(layers: number): Script {
  return ({ question }) => {
    const name = foldName(question.name)
    const found = /(?:^|\.)l(\d+)\.harbor\.test$/.exec(name)
    const layer = Number(found?.[1])
    if (found === null) return { rcode: RCODE.NOERROR, authorities: [SOA] }
    const cut = `l${layer}.harbor.test`
    const above = `l${layer + 1}.harbor.test`
    if (layer >= layers)
      return {
        authoritative: false,
        authorities: [record(`${cut} 3600 NS silent.harbor.test.`)],
        additionals: [record('silent.harbor.test 3600 A 192.0.2.200')],
      }
    return {
      authoritative: false,
      authorities: ['a', 'b'].map((host) => record(`${cut} 3600 NS ${host}.${above}.`)),
    }
  }
}

const SOA = record('harbor.test 300 SOA ns.harbor.test. host.harbor.test. 1 3600 600 86400 300')

const LAYERS = 60

/** Asks for a host of each, the last first, so that each finds the next one under way. */
async function climbed(): Promise<SampleNet> {
  const net = await sampleNet({ harbor: ladder(LAYERS) })
  for (let layer = LAYERS; layer >= 0; layer -= 1) await net.ask(`a.l${layer}.harbor.test`, 'A')
  return net
}

test('zones that wait for one another: each is looked at once, not once for each way to it', async () => {
  const net = await climbed()
  assert.ok(net.harbor.asked.length < LAYERS * 8, `${net.harbor.asked.length} questions`)
})

test('what failed because another failed says so in few words', async () => {
  const net = await climbed()
  for (let waited = 0; waited < 15_000; waited += 500) {
    net.plane.advance(500)
    await net.plane.settled()
  }
  for (let layer = LAYERS; layer >= 0; layer -= 1) await net.ask(`b.l${layer}.harbor.test`, 'TXT')
  const lengths = net.served.gate.events.map(({ summary }) => summary.length)
  assert.ok(lengths.length > 5)
  assert.ok(Math.max(...lengths) < 512, `${Math.max(...lengths)} characters`)
})

/** Referrals to as many servers as there may be, each in a zone that refers on likewise: NXNSAttack (CVE-2020-12662). */
function referringOn({ question }: Parameters<Script>[0]): ReturnType<Script> {
  const name = foldName(question.name)
  const label = name.split('.')[0] ?? ''
  if (name === 'harbor.test') return { authorities: [SOA] }
  const servers = Array.from({ length: 50 }, (_, n) =>
    record(`${name} 3600 NS n${n}.${label.slice(0, 20)}x${n}.harbor.test.`),
  )
  return { authoritative: false, authorities: servers }
}

test('servers without addresses, without end: a bounded number of questions for one', async () => {
  for (const minimise of ['off', 'relaxed']) {
    const net = await sampleNet({ harbor: referringOn, config: { 'qname-minimisation': minimise } })
    const answer = await net.ask('attack.harbor.test', 'A', {}, 20_000)
    assert.equal(answer?.rcode, RCODE.SERVFAIL)
    const asked = net.harbor.asked.length + net.test.asked.length + net.root.asked.length
    assert.ok(asked <= QUERIES_PER_QUESTION, `${asked} questions`)
  }
})

for (const [what, script] of [
  [
    'aliases without end',
    (name: string) => ({ answers: [record(`${name} 60 CNAME x${name.slice(0, 40).split('.')[0]}.harbor.test.`)] }),
  ],
  ['an alias of itself', (name: string) => ({ answers: [record(`${name} 60 CNAME ${name}.`)] })],
  ['a DNAME to below itself', () => ({ answers: [record('harbor.test 60 DNAME deeper.harbor.test.')] })],
  ['a DNAME to itself', () => ({ answers: [record('harbor.test 60 DNAME harbor.test.')] })],
  ['a zone served by a name in itself', (name: string) => referralOf(name, `ns.${name}`)],
  ['a zone served by itself', (name: string) => referralOf(name, name)],
  [
    'two zones, each served by a name of the other',
    (name: string) => {
      const [top = ''] = name.split('.').slice(-3)
      const other = top === 'one' ? 'two' : 'one'
      return referralOf(`${top}.harbor.test`, `ns.${other}.harbor.test`)
    },
  ],
  ['a zone on the resolver itself', (name: string) => referralOf(name, `ns.${name}`, RESOLVER)],
  ['a zone on loopback', (name: string) => referralOf(name, `ns.${name}`, '127.0.0.1')],
  ['a zone on no address', (name: string) => referralOf(name, `ns.${name}`, '0.0.0.0')],
] as const) {
  test(`${what}: an end, after a bounded number of questions`, async () => {
    const net = await sampleNet({ harbor: ({ question }) => script(foldName(question.name)) })
    const answer = await net.ask('www.one.harbor.test', 'A', {}, 20_000)
    assert.equal(answer?.rcode, RCODE.SERVFAIL)
    assert.ok(net.harbor.asked.length <= QUERIES_PER_QUESTION, `${net.harbor.asked.length} questions`)
  })
}

function referralOf(zone: string, server: string, ip?: string): ReturnType<Script> {
  const additionals = ip === undefined ? [] : [record(`${server} 3600 A ${ip}`)]
  return { authoritative: false, authorities: [record(`${zone} 3600 NS ${server}.`)], additionals }
}

test('however many ask for one name, its servers are asked once', async () => {
  const net = await sampleNet()
  const { peer, to } = net.served.datagramPeer(53)
  const question = { name: 'www.harbor.test', type: TYPE.A, class: CLASS.IN }
  for (let id = 0; id < WAITING_PER_CLIENT; id += 1) peer.send(encodeMessage(query(id, question)), to)
  await net.plane.settled()
  assert.equal(peer.received.length, WAITING_PER_CLIENT)
  assert.equal(net.harbor.asked.filter((asked) => asked === 'www.harbor.test A').length, 1)
})

test('ids and ports cannot be foreseen: every bit is set about as often as not', async () => {
  const net = await sampleNet({ harbor: () => ({ rcode: RCODE.NXDOMAIN, authorities: [SOA] }), seed: 7 })
  const count = 2000
  for (let at = 0; at < count; at += 1) await net.ask(`n${at}.harbor.test`, 'A')
  const { queries, from } = net.harbor
  for (let bit = 0; bit < 16; bit += 1) {
    const set = queries.filter(({ message }) => ((message.id >> bit) & 1) === 1).length
    assert.ok(Math.abs(set / queries.length - 0.5) < 0.05, `bit ${bit} is set in ${set} of ${queries.length}`)
  }
  const upper = queries
    .map(({ question }) => question.name)
    .join('')
    .replace(/[^a-z]/gi, '')
  const share = upper.replace(/[a-z]/g, '').length / upper.length
  assert.ok(Math.abs(share - 0.5) < 0.02, `${share} of the letters are capitals`)
  assert.ok(new Set(from.map(({ port }) => port)).size >= count / PORT_USES_MAX)
  const follows = queries.filter(({ message }, at) => Math.abs(message.id - (queries[at - 1]?.message.id ?? 0)) === 1)
  assert.ok(follows.length < 5, `${follows.length} ids follow the one before`)
})
