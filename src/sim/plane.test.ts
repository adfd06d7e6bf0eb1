import assert from 'node:assert/strict'
import { test } from 'node:test'
import { echo, ECHO_PORT } from '../../test/conformance/echo-service.ts'
import { serve } from './serve.ts'
import { SimPlane } from './plane.ts'

test('a dialogue in memory, whole and byte by byte', async () => {
  for (const chunkMaxBytes of [Infinity, 1]) {
    const served = await serve(echo, { plane: new SimPlane({ chunkMaxBytes }) })
    const peer = served.peer(ECHO_PORT)
    assert.equal(peer.take(), 'hello\r\n')
    peer.send('one\r\ntwo\r\n')
    assert.equal(peer.take(), 'one\r\ntwo\r\n')
    peer.send('quit\r\n')
    assert.equal(peer.hasEnded, true)
    peer.end()
    assert.equal(peer.closeReason?.kind, 'ended')
    assert.deepEqual(
      served.gate.ended.map(({ received, sent, reason }) => [received, sent, reason]),
      [[16, 17, 'ended']],
    )
  }
})

test('the clock turns only by hand', async () => {
  const served = await serve(echo)
  const peer = served.peer(ECHO_PORT)
  served.plane.advance(59_999)
  assert.equal(peer.hasEnded, false)
  served.plane.advance(1)
  assert.equal(peer.hasEnded, true)
})

test('an answer by promise holds the input back, and settled waits for it', async () => {
  const served = await serve(echo)
  const peer = served.peer(ECHO_PORT)
  peer.send('think\r\nafter\r\n')
  assert.equal(peer.take(), 'hello\r\n')
  await served.plane.settled()
  assert.equal(peer.take(), 'thought\r\nafter\r\n')
})

test('plain bytes behind STARTTLS are not taken for its inside', async () => {
  const served = await serve(echo)
  const peer = served.peer(ECHO_PORT)
  peer.take()
  peer.send('starttls\r\nevil\r\n')
  assert.equal(peer.take(), 'ready\r\n')
  assert.partialDeepStrictEqual(peer.secure({ serverName: 'host.test' }), {
    version: 'TLSv1.3',
    cipher: 'SIMULATED',
    serverName: 'host.test',
  })
  peer.send('good\r\n')
  assert.equal(peer.take(), 'good\r\n')
})

test('who sends from port 0 gets no answer (RFC 768)', async () => {
  const served = await serve(echo)
  const peer = served.plane.datagramPeer({ ip: '192.0.2.9', port: 0 })
  peer.send(Buffer.from('ping'), served.datagramPeer(ECHO_PORT).to)
  assert.equal(peer.take(), undefined)
  assert.deepEqual(served.gate.events, [])
})

test('datagrams come back to where they came from', async () => {
  const served = await serve(echo)
  const { peer, to } = served.datagramPeer(ECHO_PORT)
  peer.send('ping', to)
  assert.equal(Buffer.from(peer.take() ?? []).toString(), 'ping')
  served.plane.advance(40_000)
  assert.deepEqual(
    served.gate.ended.map(({ received, sent, reason }) => [received, sent, reason]),
    [[4, 4, 'idle']],
  )
})

test('nobody listens: the connect is refused', () => {
  assert.deepEqual(new SimPlane().peer({ ip: '198.51.100.9', port: 9 }).closeReason, {
    kind: 'failed',
    detail: 'ECONNREFUSED',
  })
})
