// Dialogues with the server: one question, what came back.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { plainClock, type ClockView } from '../../../core/clock.ts'
import { lonelyWorld, serve, SimPlane, type Served } from '../../../sim/index.ts'
import { decodeTrailer, encodeField } from '../codec/extension.ts'
import { decodeHeader, encodeHeader, textOfReferenceId } from '../codec/packet.ts'
import { msBetween, timestampOf } from '../codec/timestamp.ts'
import { SymmetricKey, type KeySettings } from '../crypto/symmetric-keys.ts'
import { ntp } from '../index.ts'
import { LEAPS, MODES, type Header } from '../messages.ts'

const START = 1_767_225_600_000
const ADDRESS = '198.51.100.1'

const QUESTION: Header = {
  leap: LEAPS.unsynchronised,
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

const question = (changes: Partial<Header> = {}) => encodeHeader({ ...QUESTION, ...changes })

function served(config: unknown = {}, clock: ClockView = plainClock): Promise<Served> {
  return serve(ntp, { config, world: { ...lonelyWorld([ADDRESS], 'ntp'), clock } })
}

function ask(to: Served, packet: Uint8Array): Uint8Array | undefined {
  const { peer, to: address } = to.datagramPeer(123)
  const answer = peer.send(packet, address).take()
  if (answer !== undefined) assert.ok(answer.length <= packet.length, 'no longer than the question')
  return answer
}

function headerOf(answer: Uint8Array | undefined): Header {
  const header = answer === undefined ? undefined : decodeHeader(answer)
  assert.ok(header !== undefined, 'an answer')
  return header
}

test('answers a client with the time of the world', async () => {
  const host = await served()
  host.plane.advance(20_000)
  const header = headerOf(ask(host, question()))
  const now = timestampOf(START + 20_000)
  assert.deepEqual(
    { ...header, rootDispersionMs: 0, transmit: 0n },
    {
      ...QUESTION,
      leap: LEAPS.none,
      mode: MODES.server,
      stratum: 1,
      precision: -22,
      referenceId: 0x47505300,
      reference: timestampOf(START + 16_000),
      origin: QUESTION.transmit,
      receive: now,
      transmit: 0n,
    },
  )
  assert.ok(header.transmit > header.receive && msBetween(header.transmit, header.receive) < 0.001)
  assert.ok(header.rootDispersionMs > 0.01 && header.rootDispersionMs < 0.1)
})

test('answers in the version and the mode that belong to the question', async () => {
  const host = await served()
  for (const [version, mode, answered] of [
    [1, 3, 4],
    [2, 3, 4],
    [3, 3, 4],
    [4, 3, 4],
    [3, 1, 2],
    [4, 1, 2],
  ] as const) {
    const header = headerOf(ask(host, question({ version, mode })))
    assert.deepEqual([header.version, header.mode], [version, answered])
  }
})

test('answers nothing to other modes and versions, and to what is too short', async () => {
  const host = await served()
  for (const mode of [0, 2, 4, 5, 6, 7]) assert.equal(ask(host, question({ mode })), undefined, `mode ${mode}`)
  for (const version of [0, 5, 6, 7]) assert.equal(ask(host, question({ version })), undefined, `version ${version}`)
  for (let length = 0; length < 48; length++) assert.equal(ask(host, question().subarray(0, length)), undefined)
  assert.equal(ask(host, Uint8Array.of(0x16, 2, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0)), undefined)
})

test('a falseticker is ahead, drifts, and claims to be right', async () => {
  const host = await served({ offset: '300ms', drift: '-100ppm' })
  host.plane.advance(100_000)
  const header = headerOf(ask(host, question()))
  assert.ok(Math.abs(msBetween(header.receive, timestampOf(START + 100_000)) - 290) < 0.001)
  assert.deepEqual([header.stratum, header.leap], [1, LEAPS.none])
})

test('tells stratum and reference as they are set', async () => {
  const header = headerOf(ask(await served({ stratum: 5, reference: '192.0.2.9', dispersion: '2ms' }), question()))
  assert.deepEqual([header.stratum, header.referenceId], [5, 0xc0000209])
  assert.ok(Math.abs(header.rootDispersionMs - 2) < 0.1)
})

test('a host without a source says so', async () => {
  const header = headerOf(ask(await served({ servers: [] }), question()))
  assert.deepEqual(
    [header.leap, header.stratum, textOfReferenceId(header.referenceId), header.reference],
    [LEAPS.unsynchronised, 0, 'INIT', 0n],
  )
})

test('announces a leap second on its day, unless it is spread', async () => {
  const atMs = START + 86_400_000 + 5000
  const leap = (smearMs: number | undefined) => ({ ...plainClock, leap: { kind: 'insert', atMs, smearMs } }) as const
  const host = await served({}, leap(undefined))
  assert.equal(headerOf(ask(host, question())).leap, LEAPS.none)
  host.plane.advance(6000)
  assert.equal(headerOf(ask(host, question())).leap, LEAPS.insert)
  host.plane.advance(86_400_000)
  assert.equal(headerOf(ask(host, question())).leap, LEAPS.none)
  const smeared = await served({}, leap(43_200_000))
  smeared.plane.advance(6000)
  assert.equal(headerOf(ask(smeared, question())).leap, LEAPS.none)
})

test('interleaved: to who refers to the last exchange, with the time at which that answer left', async () => {
  const host = await served()
  const { peer, to } = host.datagramPeer(123)
  const exchange = (changes: Partial<Header>) => headerOf(peer.send(question(changes), to).take())
  const first = exchange({ transmit: 1n })
  host.plane.advance(1000)
  const second = exchange({ origin: first.receive, receive: 2n, transmit: 3n })
  assert.deepEqual([second.origin, second.transmit], [2n, first.transmit])
  assert.ok(msBetween(second.receive, timestampOf(START + 1000)) < 0.001)
  host.plane.advance(1000)
  const third = exchange({ origin: second.receive, receive: 4n, transmit: 5n })
  assert.equal(third.origin, 4n)
  assert.ok(Math.abs(msBetween(third.transmit, second.receive)) < 0.001)
  assert.notEqual(third.transmit, second.receive)
  const basic = exchange({ origin: third.transmit, receive: 6n, transmit: 7n })
  assert.deepEqual([basic.origin, basic.transmit === third.transmit], [7n, false])
  host.plane.advance(1000)
  const same = exchange({ origin: basic.receive, receive: 8n, transmit: 8n })
  assert.equal(same.origin, 8n)
  assert.notEqual(same.transmit, basic.transmit)
})

test('interleaved: several clients behind one address, questions that come at once, and when it is turned off', async () => {
  for (const interleaved of [true, false]) {
    const host = await served({ interleaved })
    const { peer, to } = host.datagramPeer(123)
    const firsts = Array.from({ length: 1000 }, () => headerOf(peer.send(question(), to).take()))
    assert.equal(new Set(firsts.map(({ receive }) => receive)).size, 1000)
    host.plane.advance(1000)
    const origins = firsts.map(
      ({ receive }) => headerOf(peer.send(question({ origin: receive, receive: 2n }), to).take()).origin,
    )
    const found = origins.filter((origin) => origin === 2n).length
    assert.ok(interleaved ? found > 800 : found === 0, `${found}`)
    assert.ok(origins.every((origin) => origin === 2n || origin === QUESTION.transmit))
  }
})

test('turns away with a kiss code, once in two seconds', async () => {
  const host = await served({ deny: ['192.0.2.0/28'], restrict: ['192.0.2.77', '2001:db8::/32'] })
  const to = { ip: ADDRESS, port: 123 }
  for (const [ip, code] of [
    ['192.0.2.1', 'DENY'],
    ['192.0.2.15', 'DENY'],
    ['192.0.2.77', 'RSTR'],
    ['2001:db8:1::1', 'RSTR'],
  ] as const) {
    const peer = host.plane.datagramPeer({ ip, port: 1024 })
    const kiss = headerOf(peer.send(question(), to).take())
    assert.deepEqual(
      [kiss.leap, kiss.stratum, textOfReferenceId(kiss.referenceId), kiss.origin, kiss.mode],
      [LEAPS.unsynchronised, 0, code, QUESTION.transmit, MODES.server],
    )
    assert.equal(peer.send(question(), to).take(), undefined)
  }
  host.plane.advance(2000)
  const peer = host.plane.datagramPeer({ ip: '192.0.2.1', port: 1024 })
  assert.equal(textOfReferenceId(headerOf(peer.send(question(), to).take()).referenceId), 'DENY')
  assert.equal(headerOf(host.plane.datagramPeer({ ip: '192.0.2.16', port: 1 }).send(question(), to).take()).stratum, 1)
  assert.deepEqual(
    host.gate.events.filter(({ kind }) => kind === 'ntp.kiss').map(({ detail }) => detail?.['code']),
    ['DENY', 'DENY', 'RSTR', 'RSTR', 'DENY'],
  )
})

test('asked too often, it says RATE and then nothing, until the client has waited', async () => {
  const host = await served({ 'rate-limit': { interval: '10s', burst: 3 } })
  const { peer, to } = host.datagramPeer(123)
  const exchange = () => {
    const answer = peer.send(question(), to).take()
    return answer === undefined ? 'nothing' : headerOf(answer).stratum === 1 ? 'time' : headerOf(answer)
  }
  assert.deepEqual([exchange(), exchange(), exchange()], ['time', 'time', 'time'])
  const kiss = exchange()
  assert.ok(typeof kiss === 'object')
  assert.deepEqual([textOfReferenceId(kiss.referenceId), kiss.poll], ['RATE', 6])
  assert.equal(exchange(), 'nothing')
  host.plane.advance(10_000)
  assert.deepEqual(
    [exchange(), exchange()].map((got) => (typeof got === 'object' ? 'kiss' : got)),
    ['time', 'kiss'],
  )
})

test('the poll interval of RATE is one that would do', async () => {
  const host = await served({ 'rate-limit': { interval: '100s', burst: 1 } })
  ask(host, question({ poll: 4 }))
  assert.equal(headerOf(ask(host, question({ poll: 4 }))).poll, 7)
})

const KEYS: readonly (KeySettings & { readonly text: string })[] = [
  ['AES128', '00112233445566778899aabbccddeeff'],
  ['AES256', '00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff'],
  ['SHA512', '0102'],
  ['SHA256', '0102'],
  ['SHA1', '0102'],
  ['MD5', '0102'],
].map(([type, hex = ''], index) => ({
  id: index + 1,
  type:
    type === 'AES128' || type === 'AES256' || type === 'SHA512' || type === 'SHA256' || type === 'SHA1' ? type : 'MD5',
  secret: Buffer.from(hex, 'hex'),
  text: `hex:${hex}`,
}))

function signed(key: KeySettings, header = question()): Uint8Array {
  const symmetric = new SymmetricKey(key)
  const packet = new Uint8Array(header.length + symmetric.macBytes)
  packet.set(header)
  symmetric.sign(packet, header.length)
  return packet
}

test('signs answers to signed questions, with the same key', async () => {
  const host = await served({ keys: KEYS.map(({ id, type, text }) => ({ id, type, secret: text })) })
  for (const key of KEYS) {
    for (const version of [3, 4]) {
      const answer = ask(host, signed(key, question({ version })))
      assert.ok(answer !== undefined)
      const mac = decodeTrailer(answer, version)?.mac
      assert.ok(mac !== undefined && mac.keyId === key.id && mac.at === 48)
      assert.ok(new SymmetricKey(key).verifies(answer, mac), key.type)
      assert.equal(headerOf(answer).stratum, 1)
    }
  }
})

test('a wrong code, or an unknown key, gets a crypto-NAK', async () => {
  const [key] = KEYS
  assert.ok(key !== undefined)
  const host = await served({ keys: [{ id: 1, type: 'AES128', secret: key.text }] })
  const packet = signed(key)
  packet[60]! ^= 1
  const stranger = signed({ ...key, id: 9 })
  for (const wrong of [packet, stranger]) {
    const answer = ask(host, wrong)
    assert.ok(answer !== undefined)
    assert.deepEqual([answer.length, ...answer.subarray(48)], [52, 0, 0, 0, 0])
  }
  assert.equal(ask(host, Buffer.concat([question(), new Uint8Array(4)])), undefined)
  assert.deepEqual(
    host.gate.events.filter(({ kind }) => kind === 'ntp.unauthentic').map(({ detail }) => detail?.['key']),
    [1, 9],
  )
})

test('ignores unknown extension fields, and does not answer what is none', async () => {
  const host = await served()
  const unknown = encodeField(0x7777, new Uint8Array(24))
  assert.equal(ask(host, Buffer.concat([question(), unknown]))?.length, 48)
  assert.equal(ask(host, Buffer.concat([question(), unknown, encodeField(0x7778, new Uint8Array(32))]))?.length, 48)
  assert.equal(ask(host, Buffer.concat([question(), unknown.subarray(0, 27)])), undefined)
  assert.equal(ask(host, Buffer.concat([question({ version: 3 }), unknown])), undefined)
  assert.equal(ask(host, Buffer.concat([question(), new Uint8Array(60)])), undefined)
})

test('goes with a world that is set to another time, and does not drift over the gap', async () => {
  const watchers = new Set<() => void>()
  let aheadMs = 0
  const clock = {
    ...plainClock,
    worldMs: (machineMs: number) => machineMs + aheadMs,
    watch: (then: () => void) => (watchers.add(then), () => void watchers.delete(then)),
  }
  const plane = new SimPlane({ wallClock: () => clock })
  const world = { ...lonelyWorld([ADDRESS], 'ntp'), clock }
  const host = await serve(ntp, { plane, world, config: { drift: '1000ppm' } })
  plane.advance(1000)
  aheadMs = 86_400_000
  for (const then of watchers) then()
  plane.run()
  const header = headerOf(ask(host, question()))
  assert.ok(Math.abs(msBetween(header.receive, timestampOf(START + 86_401_001))) < 0.01)
  await host.stop()
  assert.equal(watchers.size, 0)
})
