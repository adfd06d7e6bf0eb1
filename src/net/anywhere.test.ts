// What answers where no host listens: by the port's number, by the first bytes, and the sink.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isFailure } from '../core/failure.ts'
import type { Answering } from '../host/any-port.ts'
import type { DatagramListen, StreamListen } from '../core/io.ts'
import { decodeMessage, encodeMessage, query, TYPE } from '../shared/dns/index.ts'
import { services } from '../services.ts'
import { lonelyWorld, OpenGate, SimPlane } from '../sim/index.ts'
import { Anywhere } from './anywhere.ts'
import { defaultWorld } from './world/index.ts'

const IP = '198.19.0.1'

function anywhere() {
  const plane = new SimPlane()
  const gate = new OpenGate()
  const view = { ...lonelyWorld([], 'anywhere'), unknownName: () => [IP] }
  const world = { ...defaultWorld(services), catchAll: true }
  const answers = new Anywhere({ world, services, plane, gatekeeper: gate, view })
  const stream = (port: number) => listen(answers.stream(port), port)
  const datagram = (port: number) => listen(answers.datagram(port), port)
  const listen = async ({ service, listen }: Answering<StreamListen | DatagramListen>, port: number) => {
    const options = { at: { ip: IP, port }, service }
    const bound =
      listen.transport === 'tcp'
        ? await plane.listenStream(listen, options, gate)
        : await plane.listenDatagram(listen, options, gate)
    assert.ok(!isFailure(bound))
    return service
  }
  return { plane, gate, answers, stream, datagram }
}

const QUESTION = encodeMessage(query(7, { name: 'elsewhere.example', type: TYPE.A, class: 1 }))
const REQUEST = 'GET / HTTP/1.1\r\nHost: elsewhere.example\r\n\r\n'

test('a port that the registry gives to a service of ours is that service', async () => {
  const { plane, stream } = anywhere()
  assert.equal(await stream(8080), 'http')
  const peer = plane.peer({ ip: IP, port: 8080 }).send(REQUEST)
  await plane.settled()
  assert.match(peer.receivedText, /^HTTP\/1\.1 200 OK/)
})

test('on a port for TLS the handshake comes first, with any name', async () => {
  const { plane, stream } = anywhere()
  assert.equal(await stream(8443), 'http')
  const tls = { serverName: 'elsewhere.example', alpn: ['http/1.1'] }
  const peer = plane.peer({ ip: IP, port: 8443 }, { tls }).send(REQUEST)
  await plane.settled()
  assert.match(peer.receivedText, /^HTTP\/1\.1 200 OK/)
})

test('elsewhere the first bytes decide, also behind TLS', async () => {
  for (const connect of [{}, { tls: { serverName: 'elsewhere.example' } }]) {
    const { plane, gate, stream } = anywhere()
    assert.equal(await stream(4711), 'unknown')
    const peer = plane.peer({ ip: IP, port: 4711 }, connect).send(REQUEST)
    await plane.settled()
    assert.match(peer.receivedText, /^HTTP\/1\.1 200 OK/)
    assert.equal(gate.events.find(({ kind }) => kind === 'detect.chose')?.detail?.['service'], 'http')
  }
})

test('what nobody knows goes to the sink', async () => {
  const { plane, gate, stream } = anywhere()
  await stream(4711)
  plane.peer({ ip: IP, port: 4711 }).send('?????')
  plane.advance(5000)
  assert.deepEqual(gate.kinds, ['detect.chose', 'sink.received'])
})

test('datagrams: by port, by bytes and the sink, each peer for itself', async () => {
  const { plane, gate, datagram } = anywhere()
  assert.equal(await datagram(53), 'resolver')
  assert.equal(await datagram(4711), 'unknown')
  const [stranger, first, second] = [plane.datagramPeer(), plane.datagramPeer(), plane.datagramPeer()]
  stranger.send('?????', { ip: IP, port: 4711 })
  first.send(QUESTION, { ip: IP, port: 4711 })
  second.send(QUESTION, { ip: IP, port: 53 })
  await plane.settled()
  assert.equal(stranger.take(), undefined)
  for (const peer of [first, second]) {
    const answer = decodeMessage(peer.take() ?? new Uint8Array(0))
    assert.ok('answers' in answer)
    assert.equal(answer.recursionAvailable, true)
  }
  const chosen = gate.events.filter(({ kind }) => kind === 'detect.chose').map(({ detail }) => detail?.['service'])
  assert.deepEqual(chosen, ['sink', 'resolver'])
})

test('one value for one kind of answer, so that streams can be counted by it', () => {
  const { answers } = anywhere()
  assert.equal(answers.stream(4711).listen, answers.stream(4712).listen)
  assert.equal(answers.stream(80).listen, answers.stream(8080).listen)
  assert.equal(answers.datagram(4711).listen, answers.datagram(4712).listen)
})
