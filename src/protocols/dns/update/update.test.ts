// Updates on the simulated plane: prerequisites, changes, who may, and what a secondary does with them.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { LiveZone, ServedZone } from '../../../core/zones.ts'
import { decodeMessage, encodeMessage } from '../../../shared/dns/codec/message.ts'
import { parseRdata } from '../../../shared/dns/codec/rdata.ts'
import {
  CLASS,
  OPCODE,
  RCODE,
  TYPE,
  isMalformed,
  query,
  rcodeName,
  typeNumber,
  typeName,
  type Message,
  type ResourceRecord,
} from '../../../shared/dns/messages.ts'
import { formatRdata } from '../../../shared/dns/codec/rdata.ts'
import { TsigSigner, TsigVerifier } from '../../../shared/dns/tsig/tsig.ts'
import { SAMPLE_SIGNING } from '../../../shared/dnssec/sample-zone.ts'
import { SimPlane, serve, type Served } from '../../../sim/index.ts'
import { openCopy, openZone } from '../../../zones/index.ts'
import { dns } from '../index.ts'
import { APEX, KEY, PRIMARY, SECONDARY, servingWorld } from '../transfer/sample-hosts.ts'

const CLIENT = '192.0.2.9'

function liveZone(): LiveZone {
  const lines = [
    `${APEX} 60 SOA ns.live.test. root.live.test. 7 600 60 3600 60`,
    `${APEX} 60 NS ns.live.test.`,
    'www.live.test 60 A 192.0.2.1',
    'www.live.test 60 A 192.0.2.2',
    'www.live.test 60 TXT here',
    'alias.live.test 60 CNAME www.live.test.',
  ]
  const records = lines.map((line) => {
    const [name = '', ttl = '', type = '', ...data] = line.split(' ')
    return { name, ttlSeconds: Number(ttl), type, data: data.join(' ') }
  })
  return openZone({ apex: APEX, records, problems: ({ message }) => assert.fail(message) })
}

/** `ANY www A`, `NONE www A 192.0.2.1`, `IN www A 192.0.2.1`: the class first, no data where none is written; TTL 0 but with IN in changes. */
function record(text: string, ttlSeconds: number): ResourceRecord {
  const [word = '', owner = '', type = '', ...data] = text.split(' ')
  const recordClass = word === 'ANY' ? CLASS.ANY : word === 'NONE' ? CLASS.NONE : CLASS.IN
  const number = typeNumber(type) ?? assert.fail(type)
  const bytes = data.length === 0 ? new Uint8Array(0) : parseRdata(number, data.join(' '))
  assert.ok(!('kind' in bytes))
  const name = owner === '@' ? APEX : owner.endsWith('.') ? owner.slice(0, -1) : `${owner}.${APEX}`
  return { name, type: number, class: recordClass, ttlSeconds: recordClass === CLASS.IN ? ttlSeconds : 0, data: bytes }
}

function update(conditions: readonly string[], changes: readonly string[], zone = APEX): Message {
  return query(
    9,
    { name: zone, type: TYPE.SOA, class: CLASS.IN },
    {
      opcode: OPCODE.UPDATE,
      recursionDesired: false,
      answers: conditions.map((text) => record(text, 0)),
      authorities: changes.map((text) => record(text, 300)),
    },
  )
}

async function primary(zone: LiveZone, changes: Partial<ServedZone> = {}, plane = new SimPlane()): Promise<Served> {
  const offered = { update: { peers: [CLIENT], keys: ['xfr'] }, ...changes }
  return serve(dns, { plane, addresses: [PRIMARY.ip], world: servingWorld(PRIMARY.ip, zone, offered) })
}

async function send(served: Served, packet: Uint8Array, to = PRIMARY, ip = CLIENT): Promise<Uint8Array> {
  const peer = served.plane.datagramPeer({ ip, port: 5353 })
  peer.send(packet, to)
  await served.plane.settled()
  return peer.take() ?? assert.fail('no answer')
}

function rcodeOf(bytes: Uint8Array): string {
  const message = decodeMessage(bytes)
  assert.ok(!isMalformed(message))
  return rcodeName(message.rcode)
}

function linesOf({ current }: LiveZone): string[] {
  return [...(current?.records() ?? [])]
    .filter(({ type }) => type !== TYPE.SOA)
    .map(({ name, ttlSeconds, type, data }) => {
      return `${name.replace(`.${APEX}`, '').replace(APEX, '@')} ${ttlSeconds} ${typeName(type)} ${formatRdata(type, data)}`
    })
    .toSorted()
}

const BEFORE = [
  '@ 60 NS ns.live.test.',
  'alias 60 CNAME www.live.test.',
  'www 60 A 192.0.2.1',
  'www 60 A 192.0.2.2',
  'www 60 TXT "here"',
]

describe('prerequisites', () => {
  const rows: readonly (readonly [string, readonly string[], string])[] = [
    ['a name that is in use', ['ANY www ANY'], 'NOERROR'],
    ['a name that should be in use', ['ANY gone ANY'], 'NXDOMAIN'],
    ['a name that is not in use', ['NONE gone ANY'], 'NOERROR'],
    ['a name that should not be in use', ['NONE www ANY'], 'YXDOMAIN'],
    ['a set that is there', ['ANY www A'], 'NOERROR'],
    ['a set that should be there', ['ANY www AAAA'], 'NXRRSET'],
    ['a set that is not there', ['NONE www AAAA'], 'NOERROR'],
    ['a set that should not be there', ['NONE www A'], 'YXRRSET'],
    ['a set of these records', ['IN www A 192.0.2.2', 'IN www A 192.0.2.1'], 'NOERROR'],
    ['a set of these and others', ['IN www A 192.0.2.2'], 'NXRRSET'],
    ['a set with one more', ['IN www TXT here', 'IN www TXT there'], 'NXRRSET'],
    ['a name of another zone', ['ANY www.elsewhere.test. A'], 'NOTZONE'],
    ['a question type', ['IN www ANY'], 'FORMERR'],
  ]
  for (const [what, conditions, rcode] of rows) {
    test(what, async () => {
      const zone = liveZone()
      const served = await primary(zone)
      const answer = await send(served, encodeMessage(update(conditions, ['IN new A 192.0.2.3'])))
      assert.equal(rcodeOf(answer), rcode)
      assert.equal(linesOf(zone).includes('new 300 A 192.0.2.3'), rcode === 'NOERROR')
      await served.stop()
    })
  }
})

function soa(serial: number): string {
  return `IN @ SOA ns.live.test. root.live.test. ${serial} 600 60 3600 60`
}

describe('changes', () => {
  const rows: readonly (readonly [string, readonly string[], readonly string[]])[] = [
    [
      'a record more',
      ['IN www A 192.0.2.3'],
      [
        ...BEFORE.filter((line) => !line.includes(' A ')),
        'www 300 A 192.0.2.1',
        'www 300 A 192.0.2.2',
        'www 300 A 192.0.2.3',
      ],
    ],
    ['a set less', ['ANY www A'], BEFORE.filter((line) => !line.includes(' A '))],
    ['a record less', ['NONE www A 192.0.2.1'], BEFORE.filter((line) => !line.includes('192.0.2.1'))],
    ['a name less', ['ANY www ANY'], BEFORE.filter((line) => !line.startsWith('www'))],
    ['what is added and taken out again', ['IN new A 192.0.2.3', 'ANY new ANY'], BEFORE],
    [
      'what is taken out and added again',
      ['ANY www TXT', 'IN www TXT here'],
      BEFORE.map((line) => line.replace('60 TXT', '300 TXT')),
    ],
    [
      'another alias',
      ['IN alias CNAME new.live.test.'],
      [...BEFORE.filter((line) => !line.startsWith('alias')), 'alias 300 CNAME new.live.test.'],
    ],
    ['data beside an alias, which is ignored', ['IN alias A 192.0.2.3'], BEFORE],
    ['an alias beside data, which is ignored', ['IN www CNAME new.live.test.'], BEFORE],
    [
      'data beside an alias that goes afterwards',
      ['IN alias A 192.0.2.3', 'ANY alias CNAME'],
      BEFORE.filter((line) => !line.startsWith('alias')),
    ],
    ['the last server of the zone, which stays', ['NONE @ NS ns.live.test.', 'ANY @ NS', 'ANY @ ANY'], BEFORE],
    [
      'another server in its place',
      ['IN @ NS new.live.test.', 'NONE @ NS ns.live.test.'],
      BEFORE.map((line) => line.replace('@ 60 NS ns', '@ 300 NS new')),
    ],
  ]
  for (const [what, changes, lines] of rows) {
    test(what, async () => {
      const zone = liveZone()
      const served = await primary(zone)
      const answer = await send(served, encodeMessage(update([], changes)))
      assert.equal(rcodeOf(answer), 'NOERROR')
      assert.deepEqual(linesOf(zone), lines.toSorted())
      assert.equal(zone.current?.serial, lines === BEFORE ? 7 : 8)
      await served.stop()
    })
  }

  const wrong: readonly (readonly [string, readonly string[], string])[] = [
    ['of another zone', ['IN new A 192.0.2.3', 'IN www.elsewhere.test. A 192.0.2.3'], 'NOTZONE'],
    ['of a question type', ['IN new A 192.0.2.3', 'NONE www ANY'], 'FORMERR'],
  ]
  for (const [what, changes, rcode] of wrong) {
    test(`none where one is ${what}`, async () => {
      const zone = liveZone()
      const served = await primary(zone)
      assert.equal(rcodeOf(await send(served, encodeMessage(update([], changes)))), rcode)
      assert.deepEqual(linesOf(zone), BEFORE)
      await served.stop()
    })
  }

  test('two at once: the second is held against what the first has made', async () => {
    const zone = liveZone()
    const served = await primary(zone)
    const packet = encodeMessage(update(['NONE new ANY'], ['IN new A 192.0.2.3']))
    const peer = served.plane.datagramPeer({ ip: CLIENT, port: 5353 })
    peer.send(packet, PRIMARY).send(packet, PRIMARY)
    await served.plane.settled()
    assert.deepEqual(
      peer.received.map((one) => rcodeOf(one.packet)),
      ['NOERROR', 'YXDOMAIN'],
    )
    await served.stop()
  })

  test('of a serial: a later one is taken, an earlier one ignored', async () => {
    const zone = liveZone()
    const served = await primary(zone)
    await send(served, encodeMessage(update([], [soa(5)])))
    assert.equal(zone.current?.serial, 7)
    await send(served, encodeMessage(update([], [soa(100), 'IN new A 192.0.2.3'])))
    assert.equal(zone.current?.serial, 100)
    await served.stop()
  })

  test('of what signing makes are refused', async () => {
    const zone = liveZone()
    const served = await primary(zone, { signing: SAMPLE_SIGNING })
    assert.equal(rcodeOf(await send(served, encodeMessage(update([], ['ANY www RRSIG'])))), 'REFUSED')
    await served.stop()
  })
})

describe('who may', () => {
  const packet = encodeMessage(update([], ['IN new A 192.0.2.3']))

  test('nobody from elsewhere', async () => {
    const served = await primary(liveZone())
    assert.equal(rcodeOf(await send(served, packet, PRIMARY, '192.0.2.10')), 'REFUSED')
    assert.deepEqual(
      served.gate.events.map(({ kind, severity }) => [kind, severity]),
      [['dns.update', 'warning']],
    )
    await served.stop()
  })

  test('who signs with the key, from anywhere', async () => {
    const zone = liveZone()
    const served = await primary(zone)
    const now = Math.floor(served.plane.wallMs() / 1000)
    const signer = new TsigSigner(KEY)
    const answer = await send(served, signer.sign(packet, now), PRIMARY, '192.0.2.10')
    assert.equal(rcodeOf(answer), 'NOERROR')
    assert.ok(signer.mac)
    assert.equal(new TsigVerifier(KEY, signer.mac).take(answer, now).kind, 'verified')
    assert.equal(zone.current?.serial, 8)
    await served.stop()
  })

  test('nobody who signs with another secret, even from there', async () => {
    const served = await primary(liveZone())
    const now = Math.floor(served.plane.wallMs() / 1000)
    const forged = new TsigSigner({ ...KEY, secret: Uint8Array.of(9) }).sign(packet, now)
    assert.equal(rcodeOf(await send(served, forged)), 'NOTAUTH')
    await served.stop()
  })

  test('no zone that is not here', async () => {
    const served = await primary(liveZone())
    assert.equal(rcodeOf(await send(served, encodeMessage(update([], [], 'elsewhere.test')))), 'NOTAUTH')
    await served.stop()
  })
})

async function both(): Promise<{ readonly zone: LiveZone; readonly served: Served }> {
  const plane = new SimPlane()
  const zone = liveZone()
  await primary(zone, {}, plane)
  const copied = { role: 'secondary' as const, sources: [{ address: PRIMARY }] }
  const world = servingWorld(SECONDARY.ip, openCopy({ apex: APEX }), copied)
  return { zone, served: await serve(dns, { plane, addresses: [SECONDARY.ip], world }) }
}

describe('a secondary', () => {
  test('forwards what is signed, and the answer holds', async () => {
    const { zone, served } = await both()
    const now = Math.floor(served.plane.wallMs() / 1000)
    const signer = new TsigSigner(KEY)
    const packet = signer.sign(encodeMessage(update([], ['IN new A 192.0.2.3'])), now)
    const answer = await send(served, packet, SECONDARY, '192.0.2.10')
    assert.equal(rcodeOf(answer), 'NOERROR')
    assert.ok(signer.mac)
    assert.equal(new TsigVerifier(KEY, signer.mac).take(answer, now).kind, 'verified')
    assert.equal(zone.current?.serial, 8)
    await served.stop()
  })

  test('refuses what is not', async () => {
    const { zone, served } = await both()
    const answer = await send(served, encodeMessage(update([], ['IN new A 192.0.2.3'])), SECONDARY)
    assert.equal(rcodeOf(answer), rcodeName(RCODE.REFUSED))
    assert.equal(zone.current?.serial, 7)
    await served.stop()
  })
})
