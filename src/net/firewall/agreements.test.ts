// What stands while a conversation has agreed on it, and what does not.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isFailure } from '../../core/failure.ts'
import type { Agreement } from '../../core/plane.ts'
import { AGREEMENTS_MAX, Agreements } from './agreements.ts'

const PORT = { ip: '192.0.2.2', port: 50_000 }
const PEER = '203.0.113.10'
const control = {
  id: 12,
  transport: 'tcp',
  from: { ip: PEER, port: 1 },
  to: { ip: PORT.ip, port: 21 },
  service: 'ftp',
  openedMs: 0,
} as const
const agreed: Agreement = {
  flow: control,
  from: { ip: PEER },
  to: PORT,
  direction: 'in',
  because: 'EPSV in a conversation with ftp',
}

const asked = (ip: string, to = PORT, transport: 'tcp' | 'udp' = 'tcp') =>
  ({ transport, from: { ip, port: 40_000 }, to, direction: 'in' }) as const

test('the peer is let in for the reason that was given, and nobody else', () => {
  const agreements = new Agreements()
  assert.equal(agreements.decide(asked(PEER)), undefined)
  agreements.add(agreed)
  assert.deepEqual(agreements.decide(asked(PEER)), {
    verdict: 'allow',
    agreedIn: 12,
    because: 'agreed in flow 12: EPSV in a conversation with ftp',
    path: [],
  })
  assert.equal(agreements.decide(asked('203.0.113.11'))?.verdict, 'reject')
  assert.equal(agreements.decide(asked(PEER, { ...PORT, port: 50_001 })), undefined)
  assert.equal(agreements.decide(asked('203.0.113.11', PORT, 'udp')), undefined)
})

test('a stream out closes nothing to others', () => {
  const agreements = new Agreements()
  agreements.add({ ...agreed, direction: 'out' })
  assert.equal(agreements.decide(asked(PEER))?.verdict, 'allow')
  assert.equal(agreements.decide(asked('203.0.113.11')), undefined)
})

test('from a port, where one was agreed on', () => {
  const agreements = new Agreements()
  agreements.add({ ...agreed, from: { ip: PEER, port: 20 } })
  assert.equal(agreements.decide(asked(PEER))?.verdict, 'reject')
  assert.equal(agreements.decide({ ...asked(PEER), from: { ip: PEER, port: 20 } })?.verdict, 'allow')
})

test('it ends once, and each of several by itself', () => {
  const agreements = new Agreements()
  const other = { ...agreed, from: { ip: '203.0.113.11' } }
  agreements.add(agreed)
  agreements.add(other)
  assert.equal(agreements.delete(agreed), true)
  assert.equal(agreements.delete(agreed), false)
  assert.equal(agreements.decide(asked(PEER))?.verdict, 'reject')
  assert.equal(agreements.decide(asked('203.0.113.11'))?.verdict, 'allow')
  agreements.delete(other)
  assert.equal(agreements.decide(asked(PEER)), undefined)
  assert.equal(agreements.size, 0)
})

test('there are only so many at a time', () => {
  const agreements = new Agreements()
  const first = { ...agreed }
  agreements.add(first)
  for (let port = 1; port < AGREEMENTS_MAX; port++) agreements.add({ ...agreed, to: { ...PORT, port } })
  const full = agreements.add({ ...agreed })
  assert.equal(isFailure(full) && full.code, 'EBUSY')
  agreements.delete(first)
  assert.equal(agreements.add({ ...agreed }), undefined)
})
