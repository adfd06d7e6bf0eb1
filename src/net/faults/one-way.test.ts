// A path that is slower one way, in a whole world: a client that follows a server over it is off by half the difference.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SimPlane } from '../../sim/index.ts'
import { startWorld } from '../../testing/start-world.ts'

test('a clock is wrong by half of what the path to its server is slower', async () => {
  const plane = new SimPlane()
  const world = await startWorld({
    plane,
    world: {
      domains: { 'harbor.test': {} },
      hosts: {
        'ns.harbor.test': { services: ['dns'] },
        'time.harbor.test': { services: ['ntp'] },
        'second.harbor.test': { services: [{ ntp: { servers: ['time.harbor.test'] } }] },
      },
      faults: [{ host: 'time.harbor.test', port: 123, transport: 'udp', 'delay-in': '70ms', 'delay-out': '10ms' }],
    },
  })
  await plane.settled()
  for (let seconds = 0; seconds < 30; seconds++) {
    plane.advance(1000)
    await plane.settled()
  }
  const { detail } = await world.waitFor('ntp.synchronised')
  assert.ok(Math.abs(Number(detail?.['offsetMs']) - 30) < 1, String(detail?.['offsetMs']))
  await world.stop()
})
