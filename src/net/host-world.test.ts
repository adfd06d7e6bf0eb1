// A world on loopback: what its services open stays inside, whatever address they are led to.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { test } from 'node:test'
import * as v from 'valibot'
import { isFailure } from '../core/failure.ts'
import type { Address } from '../core/address.ts'
import type { ConnectOptions, Io } from '../core/io.ts'
import type { Service } from '../core/service.ts'
import { host, LAPTOP, worldWith } from './firewall/fixture.ts'
import { assembleOnLoopback } from './host-world.ts'
import { freePlacement } from './loopback.ts'

const OUTSIDE = { ip: '198.51.100.7', port: 80 }

/** A service that serves nothing, and whose `io` the test takes. */
function caller(took: (io: Io) => void): Service {
  return {
    name: 'caller',
    title: 'opens streams',
    speaksFirst: 'client',
    config: { parse: () => ({}), schema: v.object({}) },
    ports: () => [],
    start(io) {
      took(io)
      return { listens: [] }
    },
  }
}

/** How a stream to there ends: `opened`, or why not. */
function opened(io: Io, to: Address, options?: ConnectOptions): Promise<string> {
  return new Promise((resolve) =>
    io.connect(
      to,
      () => ({ opened: () => resolve('opened'), received: () => false, closed: ({ detail }) => resolve(detail ?? '') }),
      options,
    ),
  )
}

test(
  'a host that serves nothing stands for a server of its owner',
  { skip: process.platform !== 'linux' },
  async () => {
    let io: Io | undefined
    const toy = host('toy.harbor.test', ['192.0.2.9', '2001:db8:1::9'])
    const hosts = [
      LAPTOP,
      { ...toy, services: [{ service: 'caller', config: {}, ports: [] }] },
      host('mx.peer.test', ['192.0.2.10', '2001:db8:1::10']),
    ]
    const assembly = await assembleOnLoopback({
      world: worldWith({ hosts }),
      services: [caller((taken) => (io = taken))],
      placement: freePlacement(),
    })
    assert.ok(!isFailure(assembly))
    const internet = await assembly.start()
    const [, own, bare] = assembly.world.hosts.map(({ addresses }) => addresses[0] ?? '')
    const stranger = createServer((socket) => socket.on('error', () => undefined).end()).listen(0, '0.0.0.0')
    await once(stranger, 'listening')
    const bound = stranger.address()
    assert.ok(io !== undefined && bound !== null && typeof bound === 'object')
    assert.equal(await opened(io, { ip: bare ?? '', port: bound.port }), 'opened')
    assert.equal(await opened(io, { ip: own ?? '', port: bound.port }), 'ECONNREFUSED')
    stranger.close()
    await internet.stop()
  },
)

test('services reach neither the outside nor other programs of the machine, but a client that asked for it', async () => {
  let io: Io | undefined
  const toy = host('toy.harbor.test', ['192.0.2.9', '2001:db8:1::9'])
  const world = worldWith({ hosts: [LAPTOP, { ...toy, services: [{ service: 'caller', config: {}, ports: [] }] }] })
  const services = [caller((taken) => (io = taken))]
  const assembly = await assembleOnLoopback({ world, services, placement: freePlacement() })
  assert.ok(!isFailure(assembly))
  const internet = await assembly.start()
  const stranger = createServer((socket) => socket.on('error', () => undefined).end()).listen(0, '127.0.0.1')
  await once(stranger, 'listening')
  const bound = stranger.address()
  assert.ok(io !== undefined && bound !== null && typeof bound === 'object')
  const there = { ip: '127.0.0.1', port: bound.port }
  assert.equal(await opened(io, OUTSIDE), 'ECONNREFUSED')
  assert.equal(await opened(io, there), 'ECONNREFUSED')
  assert.equal(await opened(io, there, { agreed: 'PORT in a conversation with toy', fromPort: 20 }), 'opened')
  assert.deepEqual(
    assembly.record.flows().map(({ decision }) => decision.because),
    [
      'no host of this world has this address',
      'no rule matches; this is the default',
      'agreed: PORT in a conversation with toy',
    ],
  )
  await internet.stop()
  stranger.close()
})
