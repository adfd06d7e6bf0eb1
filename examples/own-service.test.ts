// The same service without a socket and without waiting: a plane in memory, and a clock that the test turns.
// `node --test own-service.test.ts`.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startWorld } from 'portolan'
import { serve, SimPlane } from 'portolan/sim'
import { guess, PATIENCE_MS } from './own-service.ts'

test('higher, lower, yes', async () => {
  const { peer, gate } = await serve(guess, { config: { secret: 7 } })
  const player = peer(4242)
  assert.equal(player.take(), 'guess a number\r\n')
  assert.equal(player.send('3\r\n9\r\n7\r\n').take(), 'higher\r\nlower\r\nyes\r\n')
  assert.equal(player.hasEnded, true)
  assert.deepEqual(gate.kinds, ['guess.won'])
})

test('a player who thinks too long is sent away', async () => {
  const { peer, plane } = await serve(guess)
  const player = peer(4242)
  plane.advance(PATIENCE_MS)
  assert.equal(player.take(), 'guess a number\r\ntoo slow\r\n')
})

test('in a whole world, gate and names included', async () => {
  const plane = new SimPlane()
  await using world = await startWorld({
    plane,
    services: [guess],
    world: { hosts: { 'games.fun.test': ['guess'] }, firewall: { default: 'reject' } },
  })
  const player = plane.peer(world.address('games.fun.test', 4242))
  assert.equal(player.take(), '')
  assert.equal(world.flows()[0]?.verdict, 'reject')
})
