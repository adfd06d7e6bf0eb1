// The sink as a service on a simulated plane: what it takes, what it tells, and where it stops.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isConfigError } from '../../core/failure.ts'
import { serve } from '../../sim/index.ts'
import { describeSample } from './describe.ts'
import { sink } from './index.ts'
import { DATAGRAMS_TOLD_MAX, SAMPLE_WAIT_MS } from './messages.ts'

async function served(config: unknown = {}) {
  const { plane, gate, peer, datagramPeer } = await serve(sink, { config })
  return { plane, gate, peer: peer(9), datagramPeer: () => datagramPeer(9) }
}

test('tells how a stream began, once, and answers nothing', async () => {
  const { plane, gate, peer } = await served()
  peer.send('HELO ')
  peer.send('x\r\n')
  assert.equal(gate.events.length, 0)
  plane.advance(SAMPLE_WAIT_MS)
  peer.send('more')
  assert.deepEqual(
    gate.events.map(({ kind, summary }) => [kind, summary]),
    [['sink.received', '8 bytes: "HELO x\\r\\n"']],
  )
  assert.deepEqual(gate.events[0]?.detail, { bytes: 8, hex: '48 45 4c 4f 20 78 0d 0a', ascii: 'HELO x..' })
  assert.equal(peer.receivedText, '')
})

test('shows no more than its sample, at once when that is full', async () => {
  const { gate, peer } = await served({ sample: '4B' })
  peer.send(new Uint8Array([0, 1, 2, 3, 4, 5]))
  assert.equal(gate.events[0]?.summary, '6 bytes: 00 01 02 03')
})

test('tells when the peer leaves early', async () => {
  const { gate, peer } = await served()
  peer.send('a')
  peer.end()
  assert.equal(gate.events[0]?.summary, '1 byte: "a"')
  assert.equal(gate.ended.length, 1)
})

test('a stream without a byte makes no event, and ends when idle', async () => {
  const { plane, gate } = await served({ idle: '1s' })
  plane.advance(999)
  assert.equal(gate.ended.length, 0)
  plane.advance(31_000)
  assert.equal(gate.ended.length, 1)
  assert.equal(gate.events.length, 0)
})

test('takes no more than its bytes from one stream', async () => {
  const { plane, gate, peer } = await served({ limit: '10B' })
  peer.send('12345')
  peer.send('67890abc')
  plane.advance(31_000)
  assert.deepEqual(
    gate.events.map(({ kind }) => kind),
    ['sink.received', 'sink.limit'],
  )
  assert.equal(gate.ended.length, 1)
})

test('tells of datagrams with their sender, up to a number', async () => {
  const { gate, datagramPeer } = await served()
  const { peer, to } = datagramPeer()
  for (let count = 0; count < DATAGRAMS_TOLD_MAX + 10; count++) peer.send('hi', to)
  assert.equal(gate.events.length, DATAGRAMS_TOLD_MAX + 1)
  assert.equal(gate.events[0]?.detail?.['from'], '192.0.2.1')
  assert.equal(gate.events.at(-1)?.kind, 'sink.limit')
  assert.deepEqual(peer.received, [])
})

test('describes text, binary and long beginnings', () => {
  assert.equal(describeSample({ head: Buffer.from('say "hi"\t\\'), totalBytes: 10 }), '10 bytes: "say \\"hi\\"\\t\\\\"')
  assert.equal(describeSample({ head: new Uint8Array([0x16, 3, 1]), totalBytes: 3 }), '3 bytes: 16 03 01')
  assert.match(describeSample({ head: Buffer.alloc(100, 'a'), totalBytes: 100 }), /^100 bytes: "a{59}…$/)
})

test('refuses a configuration with every problem', () => {
  const result = sink.config.parse({ ports: [0], limit: 'x', sample: '5kB', wrong: 1 })
  assert.ok(isConfigError(result))
  assert.deepEqual(result.problems.map(({ path }) => path.join('.')).toSorted(), [
    'limit',
    'ports.0',
    'sample',
    'wrong',
  ])
})
