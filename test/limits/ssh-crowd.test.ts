// Ten thousand connections that never log in: of one peer, of which fifty stand, and of so many that all may stand. What each costs, and
// that all others log in meanwhile.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { test } from 'node:test'
import { HOST, others, sshData } from './ssh.ts'
import { bytesInUse, crowd, toTheEnd, tooFewFiles, turnedWorld } from './world.ts'

/** The issue's own figure. */
const CROWD = 10_000
/** Of one peer, without a login. docs/limits.md. */
const PEER_MAX = 50
/** A connection that has its first line and offer, and waits for the peer's: besides what all have, the engine. Measured: 12 KiB. */
const CONNECTION_MAX_BYTES = 16_384

const skip = tooFewFiles(CROWD)

test(`${CROWD} connections of one peer: ${PEER_MAX} stand, the rest is turned away`, { skip }, async (t) => {
  const { world, opened } = await turnedWorld(t, sshData())
  await others(t, world)
  const flows = world.flows().length
  await crowd(t).join({ ...world.address(HOST, 22), count: CROWD, send: '' })
  await opened(flows + CROWD)
  await others(t, world)
  const refused = world.events().filter(({ kind }) => kind === 'ssh.abuse' || kind === 'ssh.refusals')
  const told = refused.reduce((sum, { detail }) => sum + Number(detail?.['count'] ?? 1), 0)
  assert.ok(told <= CROWD - PEER_MAX && refused.length < CROWD / 10, `${refused.length} events of ${told}`)
})

test(`${CROWD} connections that all may stand`, { skip }, async (t) => {
  const limits = { connections: CROWD, startups: `${CROWD + 100}:30:${CROWD + 100}` }
  const { world, opened } = await turnedWorld(t, sshData({ limits }))
  await others(t, world)
  const before = bytesInUse()
  const flows = world.flows().length
  await crowd(t).join({ ...world.address(HOST, 22), count: CROWD, send: 'SSH-2.0-idle\r\n', until: 'aes128-gcm' })
  await opened(flows + CROWD)
  const each = (bytesInUse() - before) / CROWD
  t.diagnostic(`${Math.round(each)} bytes a connection`)
  assert.ok(each < CONNECTION_MAX_BYTES, `${Math.round(each)} bytes a connection`)
  await others(t, world)
  assert.equal(world.events().filter(({ severity }) => severity === 'warning').length, 0)
})

test('silence before the login ends in time', async (t) => {
  const { world, skip: pass } = await turnedWorld(t, sshData())
  const { ip, port } = world.address(HOST, 22)
  const socket = connect({ host: ip, port })
  t.after(() => socket.destroy())
  await once(socket, 'readable')
  pass(121_000)
  assert.match(await toTheEnd(socket), /^SSH-2\.0-[^\r]*Portolan\r\n/)
})
