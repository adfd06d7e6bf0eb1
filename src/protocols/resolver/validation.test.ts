// Answers of signed zones are validated from the world's trust anchor, by the servers of shared/dnssec's samples.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Signing } from '../../core/zones.ts'
import { foldName } from '../../shared/dns/codec/name.ts'
import { RCODE, TYPE, type Message, type ResourceRecord } from '../../shared/dns/messages.ts'
import { SampleServers, type SampleZone } from '../../shared/dnssec/sample-servers.ts'
import { SAMPLE_SIGNING } from '../../shared/dnssec/sample-zone.ts'
import { ROOT, answersOf, sampleNet, type SampleNet } from './sample-net.test.ts'
import { record, type Script } from './sample-peers.ts'

const SECRET = Buffer.alloc(32, 9)
/** As the sim's clock begins. */
const NOW_MS = Date.UTC(2026, 0, 1)
const OTHER = '192.0.2.201'
const SOA = 'ns.test. host.test. 1 3600 600 86400 300'

function zones(harbor: Partial<Signing> | undefined): SampleZone[] {
  return [
    { apex: '', signing: SAMPLE_SIGNING, text: `. 3600 SOA ${SOA}\n. 3600 NS a.root.\ntest. 3600 NS ns.test.` },
    {
      apex: 'test',
      signing: SAMPLE_SIGNING,
      text: `test. 3600 SOA ${SOA}
        test. 3600 NS ns.test.
        harbor.test. 3600 NS ns.test.
        plain.test. 3600 NS ns.test.`,
    },
    {
      apex: 'harbor.test',
      ...(harbor && { signing: { ...SAMPLE_SIGNING, ...harbor } }),
      text: `harbor.test. 3600 SOA ${SOA}
        harbor.test. 3600 NS ns.test.
        www.harbor.test. 60 A 192.0.2.5
        alias.harbor.test. 60 CNAME www.harbor.test.
        far.harbor.test. 60 CNAME www.plain.test.
        *.wild.harbor.test. 60 A 192.0.2.6
        old.harbor.test. 60 DNAME new.harbor.test.
        x.new.harbor.test. 60 A 192.0.2.7
        z.harbor.test. 60 A 192.0.2.8`,
    },
    {
      apex: 'plain.test',
      text: `plain.test. 3600 SOA ${SOA}
        plain.test. 3600 NS ns.test.
        www.plain.test. 60 A 192.0.2.9`,
    },
  ]
}

interface Signed extends SampleNet {
  readonly servers: SampleServers
  secure(name: string, type: string, changes?: Partial<Message>): Promise<Message | undefined>
}

/** One server has all zones. */
async function signedNet(
  harbor: Partial<Signing> | undefined = {},
  config: Readonly<Record<string, unknown>> = {},
  change: (message: Message) => Message = (same) => same,
  addresses: readonly string[] = [ROOT],
): Promise<Signed> {
  const servers = new SampleServers(SECRET, NOW_MS, zones(harbor))
  const root: Script = ({ question }) => {
    const { answers, authorities, additionals, rcode } = change(servers.ask(foldName(question.name), question.type))
    return { answers, authorities, additionals, rcode }
  }
  const rootView = { servers: [{ name: 'a.root', addresses }], signing: SAMPLE_SIGNING }
  const world = { root: rootView, secret: SECRET }
  const net = await sampleNet({ root, world, config: { validate: true, ...config } })
  const edns = { udpSizeBytes: 4096, version: 0, dnssecOk: true, options: [] }
  return { ...net, servers, secure: (name, type, changes) => net.ask(name, type, { edns, ...changes }, 5000) }
}

function errorOf(message: Message | undefined): number | undefined {
  const data = message?.edns?.options.find((option) => option.code === 15)?.data
  return data === undefined ? undefined : (data[0]! << 8) | data[1]!
}

for (const [name, type, rcode] of [
  ['www.harbor.test', 'A', RCODE.NOERROR],
  ['alias.harbor.test', 'A', RCODE.NOERROR],
  ['x.wild.harbor.test', 'A', RCODE.NOERROR],
  ['x.old.harbor.test', 'A', RCODE.NOERROR],
  ['www.harbor.test', 'AAAA', RCODE.NOERROR],
  ['nowhere.harbor.test', 'A', RCODE.NXDOMAIN],
  ['harbor.test', 'DNSKEY', RCODE.NOERROR],
  ['harbor.test', 'DS', RCODE.NOERROR],
] as const) {
  test(`${name} ${type} is secure`, async () => {
    const net = await signedNet()
    const answer = await net.secure(name, type)
    assert.equal(answer?.rcode, rcode)
    assert.equal(answer.authenticData, true)
  })
}

test('what lies below an unsigned delegation is insecure', async () => {
  const net = await signedNet()
  const answer = await net.secure('www.plain.test', 'A')
  assert.deepEqual(answersOf(answer), ['192.0.2.9'])
  assert.equal(answer?.authenticData, false)
  const mixed = await net.secure('far.harbor.test', 'A')
  assert.equal(mixed?.authenticData, false)
  assert.equal(mixed.rcode, RCODE.NOERROR)
})

test('the proof that came with a referral is no answer, since it has no SOA', async () => {
  const proof = new SampleServers(SECRET, NOW_MS, zones({})).ask('plain.test', TYPE.DS).authorities
  let isReferred = false
  const refer = (message: Message): Message => {
    const [question] = message.questions
    if (isReferred || question?.type === TYPE.DS || !question?.name.endsWith('plain.test')) return message
    isReferred = true
    const authorities = [
      record('plain.test 3600 NS ns.plain.test'),
      ...proof.filter(({ name }) => name === 'plain.test'),
    ]
    return {
      ...message,
      rcode: RCODE.NOERROR,
      answers: [],
      authorities,
      additionals: [record(`ns.plain.test 60 A ${ROOT}`)],
    }
  }
  const net = await signedNet({}, {}, refer)
  assert.deepEqual(answersOf(await net.secure('www.plain.test', 'A')), ['192.0.2.9'])
  assert.ok(isReferred)
  const answer = await net.secure('plain.test', 'DS')
  assert.deepEqual([answer?.rcode, answer?.answers.length, answer?.authenticData], [RCODE.NOERROR, 0, true])
  assert.ok(answer?.authorities.some(({ type }) => type === TYPE.SOA))
})

for (const [broken, code] of [
  ['expired', 7],
  ['not-yet', 8],
  ['signature', 6],
  ['no-signature', 10],
  ['wrong-ds', 9],
  ['no-dnskey', 9],
] as const) {
  test(`a zone that is broken (${broken}) is bogus, and given to those who check for themselves`, async () => {
    const net = await signedNet({ broken })
    const answer = await net.secure('www.harbor.test', 'A')
    assert.equal(answer?.rcode, RCODE.SERVFAIL)
    assert.equal(answer.answers.length, 0)
    assert.ok(errorOf(answer) === code || errorOf(answer) === 6, `extended error ${errorOf(answer)}`)
    const unchecked = await net.secure('www.harbor.test', 'A', { checkingDisabled: true })
    assert.equal(answersOf(unchecked)[0], '192.0.2.5')
    assert.equal(unchecked?.authenticData, false)
    assert.equal(unchecked?.checkingDisabled, true)
    assert.ok(net.served.gate.kinds.includes('resolver.bogus'))
  })
}

test('AD is for those who understand it, and the signatures for those who want them', async () => {
  const net = await signedNet()
  const plain = await net.ask('www.harbor.test', 'A', {}, 2000)
  assert.equal(plain?.authenticData, false)
  assert.deepEqual(answersOf(plain), ['192.0.2.5'])
  const asked = await net.ask('www.harbor.test', 'A', { authenticData: true })
  assert.equal(asked?.authenticData, true)
  assert.equal(asked.answers.length, 1)
  assert.equal((await net.secure('www.harbor.test', 'A'))?.answers.length, 2)
})

test('permissive validation gives what is bogus, without AD, and tells of it', async () => {
  const net = await signedNet({ broken: 'expired' }, { validate: 'permissive' })
  const answer = await net.secure('www.harbor.test', 'A')
  assert.equal(answersOf(answer)[0], '192.0.2.5')
  assert.equal(answer?.authenticData, false)
  assert.ok(net.served.gate.kinds.includes('resolver.bogus'))
})

test('below a negative trust anchor nothing is validated', async () => {
  const net = await signedNet({ broken: 'expired' }, { 'negative-trust-anchors': ['harbor.test'] })
  const answer = await net.secure('www.harbor.test', 'A')
  assert.equal(answersOf(answer)[0], '192.0.2.5')
  assert.equal(answer?.authenticData, false)
})

for (const denial of ['nsec', 'nsec3'] as const) {
  test(`a proof of denial by ${denial} serves for other names as well`, async () => {
    const net = await signedNet({ denial }, { 'qname-minimisation': 'off' })
    const names = Array.from({ length: 40 }, (_, n) => `nothing${n}.harbor.test`)
    for (const name of names) assert.equal((await net.secure(name, 'A'))?.rcode, RCODE.NXDOMAIN)
    const before = net.root.asked.length
    for (const name of names) {
      const other = await net.secure(name.replace('.', 'x.'), 'MX')
      assert.equal(other?.rcode, RCODE.NXDOMAIN)
      assert.equal(other.authenticData, true)
      assert.ok(other.authorities.some(({ type }) => type === TYPE.SOA))
    }
    // By hashes there may be a gap that none of the first fell into.
    assert.ok(net.root.asked.length - before <= (denial === 'nsec' ? 0 : 3))
    assert.equal((await net.secure('z.harbor.test', 'A'))?.rcode, RCODE.NOERROR)
    await net.secure('z.harbor.test', 'MX')
    const last = net.root.asked.length
    const none = await net.secure('z.harbor.test', 'TXT')
    assert.deepEqual([none?.rcode, none?.answers.length, none?.authenticData], [RCODE.NOERROR, 0, true])
    assert.equal(net.root.asked.length, last)
  })
}

function spoilt(one: ResourceRecord): ResourceRecord {
  const data = Uint8Array.from(one.data)
  data[data.length - 1] = 1 - (data.at(-1) ?? 0)
  return { ...one, data }
}

test('a proof whose signature does not hold is not used, whatever it came along with', async () => {
  const proof = new SampleServers(SECRET, NOW_MS, zones({})).ask('p.harbor.test', TYPE.A).authorities
  const forged = proof
    .filter(({ type, data }) => type === TYPE.NSEC || (type === TYPE.RRSIG && data[1] === TYPE.NSEC))
    .map((one) => (one.type === TYPE.RRSIG ? spoilt(one) : one))
  const slip = (message: Message): Message =>
    message.authorities.length > 0 && message.questions[0]?.name === 'www.harbor.test'
      ? { ...message, authorities: [...message.authorities, ...forged] }
      : message
  const net = await signedNet({}, { 'qname-minimisation': 'off' }, slip)
  assert.equal((await net.secure('www.harbor.test', 'MX'))?.authenticData, true)
  const before = net.root.asked.length
  await net.secure('p.harbor.test', 'A')
  assert.ok(net.root.asked.length > before)
})

test('what the zone above denies is asked of a forwarder all the same', async () => {
  const forward = [{ zone: 'lone.test', to: ['192.0.2.77'] }]
  const net = await signedNet({}, { forward, 'negative-trust-anchors': ['lone.test'] })
  const own = await net.add('192.0.2.77', () => ({ answers: [record('www.lone.test 60 A 192.0.2.99')] }))
  assert.equal((await net.secure('lonely.test', 'A'))?.rcode, RCODE.NXDOMAIN)
  assert.deepEqual(answersOf(await net.secure('www.lone.test', 'A')), ['192.0.2.99'])
  assert.equal(own.asked.length, 1)
})

function forge(message: Message): Message {
  const forged = Uint8Array.of(6, 6, 6, 6)
  return { ...message, answers: message.answers.map((one) => (one.type === 1 ? { ...one, data: forged } : one)) }
}

function unsignedKeys(message: Message): Message {
  const isKeys = message.answers.some((one) => one.type === TYPE.DNSKEY)
  return isKeys ? { ...message, answers: message.answers.filter((one) => one.type === TYPE.DNSKEY) } : message
}

test('a forged answer does not get through', async () => {
  const net = await signedNet({}, {}, forge)
  const answer = await net.secure('www.harbor.test', 'A')
  assert.equal(answer?.rcode, RCODE.SERVFAIL)
  assert.equal(errorOf(answer), 6)
})

test('keys that came wrong are asked for once more, at once', async () => {
  let wrong = 1
  const spoil = (message: Message): Message =>
    message.answers.some((one) => one.type === TYPE.DNSKEY && one.name === 'harbor.test') && wrong-- > 0
      ? { ...message, answers: message.answers.filter((one) => one.type === TYPE.DNSKEY) }
      : message
  const net = await signedNet({}, {}, spoil)
  assert.equal((await net.secure('www.harbor.test', 'A'))?.authenticData, true)
})

for (const odd of ['forged', 'unsigned keys'] as const) {
  test(`with two servers, one of which has ${odd}, names are secure`, async () => {
    const net = await signedNet({}, { 'qname-minimisation': 'off' }, (message) => message, [OTHER, ROOT])
    const servers = new SampleServers(SECRET, NOW_MS, zones({}))
    const other = await net.add(OTHER, ({ question }) => {
      const message = servers.ask(foldName(question.name), question.type)
      const { answers, authorities, rcode } = odd === 'forged' ? forge(message) : unsignedKeys(message)
      return { answers, authorities, rcode }
    })
    for (const name of Array.from({ length: 20 }, (_, n) => `host${n}.wild`)) {
      const answer = await net.secure(`${name}.harbor.test`, 'A')
      assert.equal(answer?.authenticData, true, name)
    }
    assert.ok(other.asked.length > 0)
    assert.ok(!net.served.gate.kinds.includes('resolver.bogus'))
  })
}

test('what is bogus everywhere costs a few questions, and keys not again for each name', async () => {
  const net = await signedNet({ broken: 'expired' }, { 'qname-minimisation': 'off' })
  await net.secure('www.harbor.test', 'A')
  assert.ok(net.root.asked.length <= 14, net.root.asked.join('\n'))
  const before = net.root.asked.length
  for (const name of ['z', 'far', 'alias', 'x.new']) {
    assert.equal((await net.secure(`${name}.harbor.test`, 'A'))?.rcode, RCODE.SERVFAIL)
  }
  assert.ok(net.root.asked.length - before <= 8, net.root.asked.slice(before).join('\n'))
})

test('a zone whose keys came wrong once is secure again a little later', async () => {
  let wrong = true
  const spoil = (message: Message): Message =>
    wrong && message.answers.some((one) => one.type === 48 && one.name === 'harbor.test')
      ? { ...message, answers: message.answers.filter((one) => one.type === 48) }
      : message
  const net = await signedNet({}, {}, spoil)
  assert.equal((await net.secure('www.harbor.test', 'A'))?.rcode, RCODE.SERVFAIL)
  wrong = false
  net.plane.advance(70_000)
  const answer = await net.secure('www.harbor.test', 'A')
  assert.equal(answer?.rcode, RCODE.NOERROR)
  assert.equal(answer.authenticData, true)
})
