// Ten thousand connections that never log in: of one peer, of which fifty stand, and of so many that all may stand. What each costs, and
// that all others log in meanwhile.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { test, type TestContext } from 'node:test'
import ssh2 from 'ssh2'
import type { RunningWorld } from '../../src/index.ts'
import { bytesInUse, crowd, toTheEnd, tooFewFiles, turnedWorld } from './world.ts'

/** The issue's own figure. */
const CROWD = 10_000
/** Of one peer, without a login. docs/limits.md. */
const PEER_MAX = 50
/** A connection that has its first line and offer, and waits for the peer's: besides what all have, the engine. Measured: 12 KiB. */
const CONNECTION_MAX_BYTES = 16_384
const HOST = 'files.harbor.test'
/** Where others come from. */
const ELSEWHERE = '127.0.0.9'

const skip = tooFewFiles(CROWD)

const data = (settings: object) => ({
  hosts: { [HOST]: { services: [{ ssh: { commands: { 'show version': '1.0\n' }, ...settings } }] } },
  users: { 'alice@harbor.test': 'alice' },
})

test(`${CROWD} connections of one peer: ${PEER_MAX} stand, the rest is turned away`, { skip }, async (t) => {
  const { world, opened } = await turnedWorld(t, data({}))
  assert.equal(await others(t, world), '1.0\n')
  const flows = world.flows().length
  await crowd(t).join({ ...world.address(HOST, 22), count: CROWD, send: '' })
  await opened(flows + CROWD)
  assert.equal(await others(t, world), '1.0\n')
  const refused = world.events().filter(({ kind }) => kind === 'ssh.abuse' || kind === 'ssh.refusals')
  const told = refused.reduce((sum, { detail }) => sum + Number(detail?.['count'] ?? 1), 0)
  assert.ok(told <= CROWD - PEER_MAX && refused.length < CROWD / 10, `${refused.length} events of ${told}`)
})

test(`${CROWD} connections that all may stand`, { skip }, async (t) => {
  const limits = { connections: CROWD, startups: `${CROWD + 100}:30:${CROWD + 100}` }
  const { world, opened } = await turnedWorld(t, data({ limits }))
  assert.equal(await others(t, world), '1.0\n')
  const before = bytesInUse()
  const flows = world.flows().length
  await crowd(t).join({ ...world.address(HOST, 22), count: CROWD, send: 'SSH-2.0-idle\r\n', until: 'aes128-gcm' })
  await opened(flows + CROWD)
  const each = (bytesInUse() - before) / CROWD
  t.diagnostic(`${Math.round(each)} bytes a connection`)
  assert.ok(each < CONNECTION_MAX_BYTES, `${Math.round(each)} bytes a connection`)
  assert.equal(await others(t, world), '1.0\n')
  assert.equal(world.events().filter(({ severity }) => severity === 'warning').length, 0)
})

test('silence before the login ends in time', async (t) => {
  const { world, skip: pass } = await turnedWorld(t, data({}))
  const { ip, port } = world.address(HOST, 22)
  const socket = connect({ host: ip, port })
  t.after(() => socket.destroy())
  await once(socket, 'readable')
  pass(121_000)
  assert.match(await toTheEnd(socket), /^SSH-2\.0-[^\r]*Portolan\r\n/)
})

/** Another client, from another address, logs in and runs a command. */
async function others(t: TestContext, world: RunningWorld): Promise<string> {
  const { ip, port } = world.address(HOST, 22)
  const client = new ssh2.Client()
  t.after(() => client.destroy())
  client.connect({ host: ip, port, localAddress: ELSEWHERE, username: 'alice', password: 'alice', readyTimeout: 0 })
  await once(client, 'ready')
  client.on('error', () => undefined)
  const output = await new Promise<string>((resolve, reject) =>
    client.exec('show version', (error, channel) => {
      if (error !== undefined) return reject(error)
      let text = ''
      channel.on('data', (piece: Buffer) => (text += piece.toString())).on('close', () => resolve(text))
    }),
  )
  client.end()
  await once(client, 'close')
  return output
}
