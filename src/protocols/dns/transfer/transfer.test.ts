// Zones on their way from host to host on the simulated plane: primary, secondary, and a secondary of that one.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { isFailure } from '../../../core/failure.ts'
import type { Journal } from '../../../core/journal.ts'
import type { LiveZone, ServedZone, ZoneRecord, ZoneVersion } from '../../../core/zones.ts'
import { decodeMessage, encodeMessage } from '../../../shared/dns/codec/message.ts'
import { CLASS, OPCODE, RCODE, TYPE, isMalformed, query, type Message } from '../../../shared/dns/messages.ts'
import { SAMPLE_SIGNING } from '../../../shared/dnssec/sample-zone.ts'
import { decodeExtendedError } from '../../../shared/dns/edns/extended-errors.ts'
import { decodeExpire, encodeExpire } from '../../../shared/dns/edns/options.ts'
import { framed } from '../../../shared/dns/framing.ts'
import { TsigSigner, TsigVerifier } from '../../../shared/dns/tsig/tsig.ts'
import { SimPlane, serve, type Served } from '../../../sim/index.ts'
import { openCopy, openZone } from '../../../zones/index.ts'
import { dns } from '../index.ts'
import { APEX, KEY, PRIMARY, SECONDARY, THIRD, servingWorld } from './sample-hosts.ts'

const SECOND_MS = 1000

function liveZone(names = 3): LiveZone {
  const records = [
    { name: APEX, type: 'SOA', ttlSeconds: 60, data: 'ns.live.test. root.live.test. 7 600 60 3600 60' },
    { name: APEX, type: 'NS', ttlSeconds: 60, data: 'ns.live.test.' },
    ...Array.from({ length: names }, (_, n) => {
      return { name: `host${n}.live.test`, type: 'A', ttlSeconds: 60, data: '192.0.2.1' }
    }),
  ]
  return openZone({ apex: APEX, records, problems: ({ message }) => assert.fail(message) })
}

function www(last: number): ZoneRecord {
  return { name: 'www.live.test', type: TYPE.A, ttlSeconds: 60, data: Uint8Array.of(192, 0, 2, last) }
}

async function add(zone: LiveZone, record: ZoneRecord): Promise<ZoneVersion> {
  const changed = await zone.change({ remove: [], add: [record] })
  assert.ok(!isFailure(changed))
  return changed
}

function linesOf({ current }: LiveZone): string[] {
  const lines = [...(current?.records() ?? [])].map(
    ({ name, type, ttlSeconds, data }) => `${name} ${ttlSeconds} ${type} ${Buffer.from(data).toString('hex')}`,
  )
  return lines.toSorted()
}

interface Pair {
  readonly plane: SimPlane
  readonly zone: LiveZone
  readonly copy: LiveZone
  readonly secondary: Served
  startPrimary(): Promise<Served>
}

/** The secondary is up first. */
async function pair(
  primary: Partial<ServedZone> = {},
  secondary: Partial<ServedZone> = {},
  zone = liveZone(),
): Promise<Pair> {
  const plane = new SimPlane()
  const copy = openCopy({ apex: APEX })
  const copied = { role: 'secondary' as const, sources: [{ address: PRIMARY }], ...secondary }
  const offered = { transfer: { peers: [SECONDARY.ip], keys: [] }, notify: [SECONDARY], ...primary }
  const here = await serve(dns, {
    plane,
    addresses: [SECONDARY.ip],
    world: servingWorld(SECONDARY.ip, copy, copied),
  })
  return {
    plane,
    zone,
    copy,
    secondary: here,
    startPrimary: () => serve(dns, { plane, addresses: [PRIMARY.ip], world: servingWorld(PRIMARY.ip, zone, offered) }),
  }
}

/** Turns the clock until it is so. */
async function until(plane: SimPlane, holds: () => boolean, mostMs = 5 * SECOND_MS): Promise<number> {
  const started = plane.now()
  for (;;) {
    await plane.settled()
    if (holds()) return plane.now() - started
    assert.ok(plane.now() - started < mostMs, `not so within ${mostMs} ms`)
    plane.advance(1)
  }
}

function ask(plane: SimPlane, to: typeof PRIMARY, type: number, changes: Partial<Message> = {}): Message {
  const packet = encodeMessage(query(9, { name: APEX, type, class: CLASS.IN }, changes))
  const answer = plane.datagramPeer().send(packet, to).take()
  return read(answer ?? new Uint8Array(0))
}

function warnings({ gate }: Served): string[] {
  return gate.events.filter(({ severity }) => severity === 'warning').map(({ summary }) => summary)
}

function read(bytes: Uint8Array): Message {
  const message = decodeMessage(bytes)
  assert.ok(!isMalformed(message), JSON.stringify(message))
  return message
}

function messagesIn(bytes: Uint8Array): Message[] {
  const messages: Message[] = []
  for (let at = 0; at < bytes.length;) {
    const length = ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0)
    messages.push(read(bytes.subarray(at + 2, at + 2 + length)))
    at += 2 + length
  }
  return messages
}

/** A journal in memory. */
class Kept implements Journal {
  #entries: readonly Uint8Array[] = []

  read(): readonly Uint8Array[] {
    return this.#entries
  }

  async append(entries: readonly Uint8Array[]): Promise<undefined> {
    this.#entries = [...this.#entries, ...entries]
  }

  async rewrite(entries: readonly Uint8Array[]): Promise<undefined> {
    this.#entries = entries
  }
}

describe('a secondary', () => {
  test('has the zone milliseconds after its primary is there, and each change as soon', async () => {
    const { plane, zone, copy, startPrimary } = await pair()
    plane.advance(30)
    await startPrimary()
    const tookMs = await until(plane, () => copy.current !== undefined)
    assert.ok(tookMs < 100, `${tookMs} ms`)
    assert.deepEqual(linesOf(copy), linesOf(zone))
    await add(zone, www(5))
    const changedMs = await until(plane, () => copy.current?.serial === 8)
    assert.ok(changedMs < 100, `${changedMs} ms`)
    assert.deepEqual(linesOf(copy), linesOf(zone))
    assert.equal(copy.since(7)?.length, 1, 'the change came as a difference')
  })

  test('answers SERVFAIL before it has the zone, and once its copy has expired', async () => {
    const { plane, copy, startPrimary } = await pair()
    assert.equal(ask(plane, SECONDARY, TYPE.SOA).rcode, RCODE.SERVFAIL)
    const primary = await startPrimary()
    await until(plane, () => copy.current !== undefined)
    assert.equal(ask(plane, SECONDARY, TYPE.SOA).answers.length, 1)
    for (const bound of primary.bound) await bound.close()
    plane.advance(3599 * SECOND_MS)
    assert.equal(ask(plane, SECONDARY, TYPE.SOA).answers.length, 1)
    plane.advance(2 * SECOND_MS)
    assert.equal(ask(plane, SECONDARY, TYPE.SOA).rcode, RCODE.SERVFAIL)
  })

  test('has a signed zone with its signatures, and serves them', async () => {
    const { plane, copy, startPrimary } = await pair({ signing: SAMPLE_SIGNING })
    await startPrimary()
    await until(plane, () => copy.current !== undefined)
    const types = new Set(
      [...(copy.current?.names() ?? [])].flatMap((name) => copy.current?.setsAt(name)?.map((set) => set.type) ?? []),
    )
    assert.deepEqual(
      [TYPE.DNSKEY, TYPE.RRSIG, TYPE.NSEC].map((type) => types.has(type)),
      [true, true, true],
    )
    const edns = { udpSizeBytes: 1232, version: 0, dnssecOk: true, options: [] }
    assert.deepEqual(
      ask(plane, SECONDARY, TYPE.SOA, { edns }).answers.map(({ type }) => type),
      [TYPE.SOA, TYPE.RRSIG],
    )
  })

  test('gets new signatures under a new serial before the old ones end', async () => {
    const { plane, copy, startPrimary } = await pair({ signing: SAMPLE_SIGNING })
    await startPrimary()
    await until(plane, () => copy.current !== undefined)
    const signatureOf = () => copy.current?.setAt('host1.live.test', TYPE.RRSIG)?.data[0]
    const before = signatureOf()
    plane.advance(SAMPLE_SIGNING.validityMs / 4)
    await until(plane, () => copy.current?.serial === 8)
    assert.notDeepEqual(signatureOf(), before)
  })

  test('takes differences that another secondary has, and is told of them by that one', async () => {
    const { plane, zone, copy, startPrimary } = await pair(
      {},
      { notify: [THIRD], transfer: { peers: ['192.0.2.48/28'], keys: [] } },
    )
    const last = openCopy({ apex: APEX })
    const copied = { role: 'secondary' as const, sources: [{ address: SECONDARY }] }
    await serve(dns, { plane, addresses: [THIRD.ip], world: servingWorld(THIRD.ip, last, copied) })
    await startPrimary()
    await until(plane, () => last.current !== undefined && copy.current !== undefined)
    await add(zone, www(5))
    const tookMs = await until(plane, () => last.current?.serial === 8)
    assert.ok(tookMs < 200, `${tookMs} ms`)
    assert.equal(last.since(7)?.length, 1)
    assert.deepEqual(linesOf(last), linesOf(zone))
  })

  test('signs with its key, and is not believed without', async () => {
    for (const [key, has] of [
      ['xfr', true],
      [undefined, false],
    ] as const) {
      const source = { address: PRIMARY, ...(key && { key }) }
      const keyed = { transfer: { peers: [], keys: ['xfr'] } }
      const { plane, copy, secondary, startPrimary } = await pair(keyed, { sources: [source] })
      const primary = await startPrimary()
      await until(plane, () => (has ? copy.current !== undefined : warnings(secondary).length > 0))
      assert.equal(copy.current !== undefined, has)
      if (!has) assert.match(warnings(secondary).join(), /not transferred: 192\.0\.2\.53:53: AXFR: REFUSED/)
      if (!has) assert.match(warnings(primary).join(), /AXFR of live\.test refused to 192\.0\.2\.54/)
    }
  })

  test('serves at once what it kept, and asks for something newer', async () => {
    const kept = new Kept()
    const first = openCopy({ apex: APEX, kept })
    await first.replace(liveZone().current?.records() ?? [])
    const zone = liveZone()
    await add(zone, www(5))
    const copy = openCopy({ apex: APEX, kept })
    const plane = new SimPlane()
    const copied = { role: 'secondary' as const, sources: [{ address: PRIMARY }] }
    await serve(dns, { plane, addresses: [SECONDARY.ip], world: servingWorld(SECONDARY.ip, copy, copied) })
    assert.equal(ask(plane, SECONDARY, TYPE.SOA).answers.length, 1)
    const offered = { transfer: { peers: ['any'], keys: [] } }
    await serve(dns, { plane, addresses: [PRIMARY.ip], world: servingWorld(PRIMARY.ip, zone, offered) })
    await until(plane, () => copy.current?.serial === 8)
  })

  test('hears no notice from elsewhere', async () => {
    const { plane, secondary } = await pair()
    const notice = ask(plane, SECONDARY, TYPE.SOA, { opcode: OPCODE.NOTIFY })
    assert.equal(notice.rcode, RCODE.REFUSED)
    assert.match(warnings(secondary).join(), /192\.0\.2\.1 tells of live\.test: REFUSED/)
  })

  test('goes by the refresh time of the zone where nobody tells it anything', async () => {
    const { plane, zone, copy, startPrimary } = await pair({ notify: [] })
    await startPrimary()
    await until(plane, () => copy.current !== undefined)
    await add(zone, www(5))
    plane.advance(599 * SECOND_MS)
    await plane.settled()
    assert.equal(copy.current?.serial, 7)
    await until(plane, () => copy.current?.serial === 8)
  })

  test('says in EXPIRE how long its copy is good', async () => {
    const { plane, copy, startPrimary } = await pair()
    await startPrimary()
    await until(plane, () => copy.current !== undefined)
    plane.advance(100 * SECOND_MS)
    const edns = { udpSizeBytes: 1232, version: 0, dnssecOk: false, options: [encodeExpire()] }
    const [option] = ask(plane, SECONDARY, TYPE.SOA, { edns }).edns?.options ?? []
    assert.equal(option && decodeExpire(option.data), 3500)
  })
})

const ANYBODY = { transfer: { peers: ['any'], keys: [] } }

async function alone(changes: Partial<ServedZone>, zone = liveZone()): Promise<Served> {
  return serve(dns, { addresses: [PRIMARY.ip], world: servingWorld(PRIMARY.ip, zone, changes) })
}

describe('a primary', () => {
  test('tells several changes together, again until it is heard, and then no more', async () => {
    const zone = liveZone()
    const served = await alone({ notify: [SECONDARY] }, zone)
    const peer = served.plane.datagramPeer(SECONDARY)
    served.plane.advance(1)
    await served.plane.settled()
    assert.equal(peer.received.length, 1)
    for (const last of [1, 2, 3, 4]) await add(zone, www(last))
    served.plane.advance(25)
    const [, notice] = peer.received.map(({ packet }) => read(packet))
    assert.equal(peer.received.length, 2)
    assert.deepEqual([notice?.opcode, notice?.answers[0]?.type, notice?.authoritative], [OPCODE.NOTIFY, TYPE.SOA, true])
    served.plane.advance(500)
    assert.equal(peer.received.length, 4)
    const last = peer.received.at(-1)
    assert.ok(last && notice)
    peer.send(encodeMessage({ ...read(last.packet), response: true }), last.from)
    served.plane.advance(200 * SECOND_MS)
    assert.equal(peer.received.length, 4)
    assert.deepEqual(
      served.gate.events.map(({ summary }) => summary),
      ['192.0.2.54 is told of live.test 11'],
    )
    await served.stop()
  })

  test('gives up who never answers, and says so', async () => {
    const served = await alone({ notify: [SECONDARY] })
    served.plane.advance(1)
    await served.plane.settled()
    served.plane.advance(200 * SECOND_MS)
    assert.deepEqual(warnings(served), ['192.0.2.54 is told of live.test 7: no answer'])
    await served.stop()
  })

  test('answers an increment over UDP where it fits, else by the SOA alone', async () => {
    const zone = liveZone(200)
    const served = await alone(ANYBODY, zone)
    const soa = zone.current?.setAt(APEX, TYPE.SOA)?.data[0] ?? assert.fail()
    await add(zone, www(5))
    const from = { name: APEX, type: TYPE.SOA, class: CLASS.IN, ttlSeconds: 60, data: soa }
    const increment = () =>
      ask(served.plane, PRIMARY, TYPE.IXFR, { authorities: [from] }).answers.map(({ type }) => type)
    assert.deepEqual(increment(), [TYPE.SOA, TYPE.SOA, TYPE.SOA, TYPE.A, TYPE.SOA])
    for (let last = 6; last < 60; last += 1) await add(zone, www(last))
    assert.deepEqual(increment(), [TYPE.SOA])
    assert.equal(ask(served.plane, PRIMARY, TYPE.AXFR).rcode, RCODE.FORMERR)
    const bare = { ...from, class: CLASS.NONE, data: new Uint8Array(0) }
    assert.equal(ask(served.plane, PRIMARY, TYPE.IXFR, { authorities: [bare] }).rcode, RCODE.FORMERR)
    await served.stop()
  })

  test('holds no more of a large zone than its peer takes', async () => {
    const served = await alone(ANYBODY, liveZone(20_000))
    const peer = served.peer(53)
    peer.pause()
    peer.send(framed(encodeMessage(query(9, { name: APEX, type: TYPE.AXFR, class: CLASS.IN }))))
    assert.ok(peer.untaken > 0 && peer.untaken < 200_000, `${peer.untaken} bytes lie ready`)
    peer.resume()
    await served.plane.settled()
    await until(served.plane, () => served.gate.events.length > 0)
    const records = messagesIn(peer.receivedBytes).flatMap(({ answers }) => answers)
    assert.equal(records.length, 20_003)
    assert.deepEqual([records[0]?.type, records.at(-1)?.type], [TYPE.SOA, TYPE.SOA])
    await served.stop()
  })

  test('sends one transfer after the other on a connection, and gives up who takes nothing', async () => {
    const served = await alone(ANYBODY, liveZone(20_000))
    const question = framed(encodeMessage(query(9, { name: APEX, type: TYPE.AXFR, class: CLASS.IN })))
    const peer = served.peer(53)
    peer.send(question, question).end()
    await until(served.plane, () => served.gate.events.length > 1)
    assert.equal(messagesIn(peer.receivedBytes).flatMap(({ answers }) => answers).length, 2 * 20_003)
    const slow = served.peer(53)
    slow.pause().send(question)
    await served.plane.settled()
    served.plane.advance(100 * SECOND_MS)
    assert.match(warnings(served).join(), /live\.test 7 to 192\.0\.2\.1: whole, broken off: they take no more/)
    await served.stop()
  })

  test('refuses, and says why', async () => {
    const edns = { udpSizeBytes: 1232, version: 0, dnssecOk: false, options: [] }
    const served = await alone({})
    const refused = ask(served.plane, PRIMARY, TYPE.AXFR, { edns })
    const why = refused.edns?.options.map(({ data }) => decodeExtendedError(data)?.code)
    assert.deepEqual([refused.rcode, why], [RCODE.REFUSED, [18]])
    const elsewhere = encodeMessage(query(9, { name: 'else.test', type: TYPE.AXFR, class: CLASS.IN }))
    const answer = served.plane.datagramPeer().send(elsewhere, PRIMARY).take()
    assert.equal(answer && read(answer).rcode, RCODE.NOTAUTH)
    await served.stop()
  })

  test('answers a signed question signed', async () => {
    const served = await alone({})
    const signer = new TsigSigner(KEY)
    const now = Math.floor(served.plane.wallMs() / 1000)
    const question = encodeMessage(query(9, { name: APEX, type: TYPE.SOA, class: CLASS.IN }))
    const answer = served.plane.datagramPeer().send(signer.sign(question, now), PRIMARY).take()
    assert.ok(answer && signer.mac)
    const verdict = new TsigVerifier(KEY, signer.mac).take(answer, now)
    assert.ok(verdict.kind === 'verified')
    assert.equal(read(verdict.message).answers.length, 1)
    await served.stop()
  })
})
