// NTS from the handshake to the protected answer, on a simulated plane: our client against our server, and what breaks the rules.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isFailure, type Failure } from '../../../core/failure.ts'
import { lonelyWorld, serve, type Served, type SimPeer } from '../../../sim/index.ts'
import { decodeTrailer, encodeField } from '../codec/extension.ts'
import { decodeHeader, encodeHeader, textOfReferenceId } from '../codec/packet.ts'
import { ntp } from '../index.ts'
import { MODES, NTS_ALPN, type Header } from '../messages.ts'
import { establishKeys, NtsProtection, type NtsSession } from './client.ts'
import { REQUEST } from './establishment.ts'
import { COOKIES_MAX, ERRORS, FIELDS, RECORDS } from './messages.ts'
import { encodeRecords, numbersRecord, takeRecord, type Record } from './records.ts'
import { Inbox } from '../../../wire/inbox.ts'

const ADDRESS = '198.51.100.1'
const NTP = { ip: ADDRESS, port: 123 }
const QUESTION: Header = {
  leap: 3,
  version: 4,
  mode: MODES.client,
  stratum: 0,
  poll: 6,
  precision: 32,
  rootDelayMs: 0,
  rootDispersionMs: 0,
  referenceId: 0,
  reference: 0n,
  origin: 0n,
  receive: 0n,
  transmit: 0x1234_5678_9abc_def0n,
}
const question = encodeHeader(QUESTION)

function served(config: unknown = {}): Promise<Served> {
  return serve(ntp, { config, world: lonelyWorld([ADDRESS], 'ntp') })
}

async function established(host: Served): Promise<NtsSession> {
  let result: NtsSession | Failure | undefined
  const io = host.plane.serviceIo('client', ['192.0.2.9'], host.gate, () => undefined)
  establishKeys(io, { ip: ADDRESS, port: 4460 }, 'host.test', (got) => (result = got))
  await host.plane.settled()
  if (result === undefined || isFailure(result)) assert.fail(result?.message ?? 'no result')
  return result
}

let chance = 0
const random = (size: number) => new Uint8Array(size).fill(++chance)

function exchange(host: Served, packet: Uint8Array): Uint8Array | undefined {
  const answer = host.plane.datagramPeer().send(packet, NTP).take()
  if (answer !== undefined) assert.ok(answer.length <= packet.length, `${answer.length} for ${packet.length}`)
  return answer
}

function must(packet: Uint8Array | undefined): Uint8Array {
  assert.ok(packet !== undefined)
  return packet
}

test('gives out eight cookies of one length, and answers those who bring them', async () => {
  const host = await served()
  const session = await established(host)
  assert.deepEqual([session.algorithm, session.port, session.server], [15, undefined, undefined])
  assert.deepEqual(
    session.cookies.map(({ length }) => length),
    Array.from({ length: COOKIES_MAX }, () => 104),
  )
  assert.equal(new Set(session.cookies.map((cookie) => Buffer.from(cookie).toString('hex'))).size, COOKIES_MAX)
  const protection = new NtsProtection(session, random)
  for (let count = 0; count < 20; count++) {
    const packet = must(protection.protect(question))
    assert.equal(protection.cookiesLeft, COOKIES_MAX - 1)
    const answer = must(exchange(host, packet))
    assert.equal(answer.length, packet.length)
    assert.equal(protection.prove(answer), 'proven')
    assert.equal(protection.prove(answer), 'unproven', 'a second time')
    assert.equal(protection.cookiesLeft, COOKIES_MAX)
    assert.equal(decodeHeader(answer)?.stratum, 1)
  }
  assert.deepEqual(
    host.gate.events.filter(({ kind }) => kind === 'ntp.keys-established').map(({ detail }) => detail?.['algorithm']),
    ['AEAD_AES_SIV_CMAC_256'],
  )
})

test('asks for as many cookies as were lost, and gets them', async () => {
  const host = await served()
  const protection = new NtsProtection(await established(host), random)
  for (let lost = 0; lost < 3; lost++) protection.protect(question)
  const packet = must(protection.protect(question))
  assert.equal(decodeTrailer(packet, 4)?.fields.filter(({ type }) => type === FIELDS.placeholder).length, 3)
  assert.equal(protection.prove(must(exchange(host, packet))), 'proven')
  assert.equal(protection.cookiesLeft, COOKIES_MAX)
  for (let lost = 0; lost < COOKIES_MAX; lost++) protection.protect(question)
  assert.equal(protection.protect(question), undefined)
})

test('whatever is changed in question or answer is not believed', async () => {
  const host = await served()
  const session = await established(host)
  const packet = must(new NtsProtection(session, random).protect(question))
  for (let at = 0; at < packet.length; at++) {
    const changed = new Uint8Array(packet)
    changed[at]! ^= 1 << (at % 8)
    const answer = host.plane
      .datagramPeer({ ip: `192.0.2.${(at % 250) + 1}`, port: 5000 + at })
      .send(changed, NTP)
      .take()
    const fields = answer === undefined ? [] : (decodeTrailer(answer, 4)?.fields ?? [])
    assert.ok(!fields.some(({ type }) => type === FIELDS.authenticator), `octet ${at}`)
  }
  const protection = new NtsProtection(session, random)
  const answer = must(exchange(host, must(protection.protect(question))))
  for (let at = 0; at < answer.length; at++) {
    const changed = new Uint8Array(answer)
    changed[at]! ^= 1 << (at % 8)
    assert.notEqual(protection.prove(changed), 'proven', `octet ${at}`)
  }
  for (let cut = 0; cut < answer.length; cut++) assert.notEqual(protection.prove(answer.subarray(0, cut)), 'proven')
  assert.equal(protection.prove(answer), 'proven')
})

test('a cookie lives for as long as its key: two days more than the one it was made on', async () => {
  const host = await served()
  const session = await established(host)
  const days = [0, 2, 3].map((day) => {
    host.plane.advance(day * 86_400_000 - host.plane.now())
    const protection = new NtsProtection(session, random)
    const answer = must(exchange(host, must(protection.protect(question))))
    const { stratum = -1, referenceId = 0 } = decodeHeader(answer) ?? {}
    return [protection.prove(answer), stratum, stratum === 0 ? textOfReferenceId(referenceId) : '']
  })
  assert.deepEqual(days, [
    ['proven', 1, ''],
    ['proven', 1, ''],
    ['stale', 0, 'NTSN'],
  ])
})

test('another start of the same world knows its cookies, another host does not', async () => {
  const session = await established(await served())
  const again = await served()
  const packet = must(new NtsProtection(session, random).protect(question))
  const peer = again.plane.datagramPeer().send(packet, NTP)
  await again.plane.settled()
  assert.equal(peer.take()?.length, packet.length, 'though NTS was not loaded yet')
  const world = lonelyWorld([ADDRESS], 'ntp')
  const other = await serve(ntp, { world: { ...world, host: { ...world.host, name: 'other.test' } } })
  const stranger = other.plane.datagramPeer().send(packet, NTP)
  await other.plane.settled()
  assert.equal(decodeHeader(must(stranger.take()))?.stratum, 0)
})

test('no answer to what breaks the rules of the fields', async () => {
  const host = await served()
  const session = await established(host)
  const [cookie] = session.cookies
  assert.ok(cookie !== undefined)
  const id = encodeField(FIELDS.uniqueIdentifier, random(32))
  const field = encodeField(FIELDS.cookie, cookie)
  for (const parts of [
    [id, field],
    [field],
    [id, id, field],
    [encodeField(FIELDS.uniqueIdentifier, random(28)), field],
  ]) {
    assert.equal(exchange(host, Buffer.concat([question, ...parts])), undefined)
  }
  const packet = must(new NtsProtection(session, random).protect(question))
  const twice = Buffer.concat([packet.subarray(0, 48), field, packet.subarray(48)])
  assert.equal(exchange(host, twice), undefined)
})

async function records(host: Served, sent: readonly Record[] | Uint8Array): Promise<readonly Record[]> {
  const peer: SimPeer = host.peer(4460, { tls: { alpn: [NTS_ALPN], serverName: 'host.test' } })
  await host.plane.settled()
  peer.send(sent instanceof Uint8Array ? sent : encodeRecords(sent))
  await host.plane.settled()
  assert.equal(peer.hasEnded, true)
  const inbox = new Inbox()
  inbox.push(peer.takeBytes())
  const got: Record[] = []
  for (let record = takeRecord(inbox); record !== undefined; record = takeRecord(inbox)) got.push(record)
  return got
}

const algorithm = (...numbers: number[]) => numbersRecord(RECORDS.algorithm, numbers)
const unknown = (critical: boolean): Record => ({ critical, type: 1000, body: Uint8Array.of(1, 2) })
const error = (code: number) => [`2:000${code}`, '0:']

test('answers requests by the rules of RFC 8915 §4', async () => {
  const host = await served({ port: 1123 })
  const next = numbersRecord(RECORDS.nextProtocol, [0])
  const end: Record = { critical: true, type: RECORDS.endOfMessage, body: new Uint8Array(0) }
  const summary = async (...sent: readonly Record[]) =>
    (await records(host, sent)).map(({ type, body }) =>
      type === RECORDS.newCookie ? 'cookie' : `${type}:${Buffer.from(body).toString('hex')}`,
    )
  const cookies = Array.from({ length: COOKIES_MAX }, () => 'cookie')
  assert.deepEqual(await summary(...REQUEST), ['1:0000', '4:000f', '7:0463', ...cookies, '0:'])
  assert.deepEqual(await summary(unknown(false), algorithm(99, 15), next, end), [
    '1:0000',
    '4:000f',
    '7:0463',
    ...cookies,
    '0:',
  ])
  assert.deepEqual(await summary(next, algorithm(99), end), ['1:0000', '4:', '0:'])
  assert.deepEqual(await summary(numbersRecord(RECORDS.nextProtocol, [7]), algorithm(15), end), ['1:', '0:'])
  assert.deepEqual(await summary(next, algorithm(15), unknown(true), end), error(ERRORS.unrecognizedCritical))
  for (const wrong of [
    [end],
    [next, end],
    [algorithm(15), end],
    [next, next, algorithm(15), end],
    [next, algorithm(), end],
    [next, { ...algorithm(15), body: new Uint8Array(3) }, end],
    [next, algorithm(15), numbersRecord(RECORDS.error, [1]), end],
    [next, algorithm(15), { ...end, critical: false }],
    [next, algorithm(15), { ...end, body: new Uint8Array(1) }],
  ]) {
    assert.deepEqual(await summary(...wrong), error(ERRORS.badRequest))
  }
})

test('takes no endless message, and waits ten seconds for its end', async () => {
  const host = await served()
  const long: Record = { critical: false, type: 1000, body: new Uint8Array(10_000) }
  assert.deepEqual(
    (await records(host, [long, long])).map(({ type }) => type),
    [RECORDS.error, RECORDS.endOfMessage],
  )
  const peer = host.peer(4460, { tls: { alpn: [NTS_ALPN] } })
  await host.plane.settled()
  peer.send(encodeRecords(REQUEST).subarray(0, 10))
  const kinds = [9999, 1].map((ms) => (host.plane.advance(ms), peer.closeReason?.kind))
  assert.deepEqual(kinds, [undefined, 'reset'])
})

test('resets who does not ask for the protocol', async () => {
  const host = await served()
  const peer = host.peer(4460, { tls: { serverName: 'host.test' } })
  await host.plane.settled()
  assert.equal(peer.closeReason?.kind, 'reset')
})

test('without NTS, a question under it is one with unknown fields', async () => {
  const session = await established(await served())
  const host = await served({ nts: false })
  assert.equal(host.bound.length, 1)
  const packet = must(new NtsProtection(session, random).protect(question))
  assert.equal(exchange(host, packet)?.length, 48)
})
