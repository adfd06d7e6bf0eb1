// Detection on a simulated plane: by port, by bytes, through TLS, in silence; streams and datagrams.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isFailure } from '../../core/failure.ts'
import type { StreamIo, StreamMachine } from '../../core/io.ts'
import { OpenGate, SimPlane } from '../../sim/index.ts'
import { choose, looksLikeTls, type Candidates } from './choice.ts'
import { detectingDatagrams, type DatagramEntry } from './detecting-datagrams.ts'
import { detectingMachine, type StreamEntry } from './detecting-machine.ts'
import { FIRST_BYTE_MS, HEAD_MAX_BYTES, SILENCE_MS } from './limits.ts'

const AT = { ip: '192.0.2.2', port: 4444 }

/** Answers each chunk with its name and the chunk; says hello when it speaks first. */
function speaker(service: string, detect: StreamEntry['detect'], greets = false): StreamEntry {
  return {
    service,
    ...(detect === undefined ? {} : { detect }),
    accept: (io: StreamIo): StreamMachine => ({
      opened() {
        if (greets) io.send(Buffer.from(`${service} greets;`))
        io.wakeAt('later', io.now + 5000)
      },
      received(inbox) {
        const bytes = Buffer.from(inbox.take(inbox.length) ?? [])
        io.send(Buffer.from(`${service}:${bytes.toString()};`))
        return true
      },
      woke: (timer) => io.send(Buffer.from(`${service} woke ${timer};`)),
      ended() {
        io.send(Buffer.from(`${service} ended;`))
        io.end()
      },
    }),
  }
}

/** Knows its service by a word at the beginning. */
function startsWith(word: string): (head: Uint8Array) => 'yes' | 'no' | 'more' {
  return (head) => {
    const text = Buffer.from(head).toString('latin1')
    if (text.startsWith(word)) return 'yes'
    return word.startsWith(text) ? 'more' : 'no'
  }
}

const ENTRIES = [speaker('alpha', startsWith('ALPHA')), speaker('alp', startsWith('ALP')), speaker('blind', undefined)]
const SINK = speaker('sink', undefined)

async function listening(options: Partial<Candidates<StreamEntry>> = {}) {
  const plane = new SimPlane()
  const gate = new OpenGate()
  const accept = (io: StreamIo) => detectingMachine(io, { entries: ENTRIES, sink: SINK, ...options })
  const bound = await plane.listenStream({ transport: 'tcp', port: AT.port, accept }, { at: AT, service: 'any' }, gate)
  assert.ok(!isFailure(bound))
  return { plane, gate, peer: plane.peer(AT) }
}

test('first bytes choose, and reach who is chosen whole', async () => {
  const { peer, gate } = await listening()
  peer.send('ALPHA 1')
  peer.send('more')
  assert.equal(peer.receivedText, 'alpha:ALPHA 1;alpha:more;')
  assert.deepEqual(gate.events[0]?.detail, { service: 'alpha', why: 'bytes', tls: false })
})

test('an earlier entry that wants more is waited for, byte by byte', async () => {
  const { peer } = await listening()
  for (const byte of 'ALPH') peer.send(byte)
  assert.equal(peer.receivedText, '')
  peer.send('A')
  assert.equal(peer.receivedText, 'alpha:ALPHA;')
})

test('silence after some bytes ends the waiting', async () => {
  const { plane, peer, gate } = await listening()
  peer.send('ALPH')
  plane.advance(SILENCE_MS - 1)
  assert.equal(peer.receivedText, '')
  plane.advance(1)
  assert.equal(peer.receivedText, 'alp:ALPH;')
  assert.equal(gate.events[0]?.detail?.['why'], 'silence')
})

test('a silent client is left alone for long, then goes to the sink', async () => {
  const { plane, peer, gate } = await listening()
  plane.advance(FIRST_BYTE_MS - 1)
  assert.equal(gate.events.length, 0)
  plane.advance(1)
  assert.equal(gate.events[0]?.detail?.['service'], 'sink')
  peer.send('ALPHA')
  assert.equal(peer.receivedText, 'sink:ALPHA;')
})

test('what nobody recognises goes to the sink with its bytes', async () => {
  const { peer } = await listening()
  peer.send('???')
  assert.equal(peer.receivedText, 'sink:???;')
})

test('no more than the head is waited for', async () => {
  const greedy = { ...speaker('greedy', () => 'more'), service: 'greedy' }
  const { peer } = await listening({ entries: [greedy] })
  peer.send('x'.repeat(HEAD_MAX_BYTES - 1))
  assert.equal(peer.receivedText, '')
  peer.send('x')
  assert.match(peer.receivedText, /^sink:x+;$/)
})

test('TLS is taken off, and what is inside is looked at', async () => {
  const { peer, gate } = await listening()
  const tls = peer.secure({ serverName: 'anything.test' })
  assert.ok(tls !== undefined && !isFailure(tls))
  peer.send('ALPHA')
  assert.equal(peer.receivedText, 'alpha:ALPHA;')
  assert.deepEqual(gate.events[0]?.detail, { service: 'alpha', why: 'bytes', tls: true })
})

test("timers and the peer's end reach who was chosen", async () => {
  const { plane, peer } = await listening()
  peer.send('ALPHA')
  plane.advance(5000)
  peer.end()
  assert.equal(peer.receivedText, 'alpha:ALPHA;alpha woke later;alpha ended;')
})

test('an end before a choice hands over what there is', async () => {
  const { peer } = await listening()
  peer.send('ALPH')
  peer.end()
  assert.equal(peer.receivedText, 'alp:ALPH;alp ended;')
})

test('an end without a byte is answered with an end', async () => {
  const { peer, gate } = await listening()
  peer.end()
  assert.equal(peer.receivedText, '')
  assert.equal(gate.ended.length, 1)
})

test('a ClientHello is known by its record and message type', () => {
  assert.equal(looksLikeTls(Uint8Array.of()), 'more')
  assert.equal(looksLikeTls(Uint8Array.of(22, 3, 1)), 'more')
  assert.equal(looksLikeTls(Uint8Array.of(22, 3, 1, 2, 0, 1)), 'yes')
  assert.equal(looksLikeTls(Uint8Array.of(22, 3, 1, 2, 0, 2)), 'no')
  assert.equal(looksLikeTls(Uint8Array.of(22, 4)), 'no')
  assert.equal(looksLikeTls(Buffer.from('GET /')), 'no')
})

test('the last look takes no answer for more', () => {
  assert.equal(choose(ENTRIES, Buffer.from('AL'), false), 'undecided')
  assert.equal(choose(ENTRIES, Buffer.from('AL'), true), 'nobody')
})

function datagramEntry(service: string, detect?: DatagramEntry['detect']): DatagramEntry {
  return {
    service,
    ...(detect === undefined ? {} : { detect }),
    open: (io) => ({
      received(packet, from) {
        io.send(Buffer.from(`${service}:${Buffer.from(packet).toString()}`), from)
        io.wakeAt('again', io.now + 10)
      },
      woke: (timer) => io.emit({ kind: 'test.woke', summary: `${service} ${timer}` }),
    }),
  }
}

async function datagrams() {
  const plane = new SimPlane()
  const gate = new OpenGate()
  const entries = [datagramEntry('alpha', startsWith('ALPHA')), datagramEntry('beta', startsWith('BETA'))]
  const options = { entries, sink: datagramEntry('sink') }
  const bound = await plane.listenDatagram(
    { transport: 'udp', port: AT.port, open: (io) => detectingDatagrams(io, options) },
    { at: AT, service: 'any' },
    gate,
  )
  assert.ok(!isFailure(bound))
  const peer = plane.datagramPeer()
  const ask = (text: string) => {
    peer.send(text, AT)
    return Buffer.from(peer.take() ?? []).toString()
  }
  return { plane, gate, ask }
}

test('datagrams go by their bytes or to the sink, and a peer keeps its service', async () => {
  const { ask } = await datagrams()
  assert.equal(ask('what'), 'sink:what')
  assert.equal(ask('BETA 1'), 'beta:BETA 1')
  assert.equal(ask('go on'), 'beta:go on')
  assert.equal(ask('ALPHA'), 'alpha:ALPHA')
})

test('services on one datagram socket have timers of their own', async () => {
  const { plane, gate, ask } = await datagrams()
  ask('ALPHA')
  ask('BETA')
  plane.advance(10)
  const woke = gate.events.filter(({ kind }) => kind === 'test.woke')
  assert.deepEqual(woke.map(({ summary }) => summary).toSorted(), ['alpha again', 'beta again'])
})
