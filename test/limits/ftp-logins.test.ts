// Who guesses passwords at an FTP server: answered ever later, then hung up on, then not heard for a while, and all others
// log in meanwhile. Nobody learns who exists.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ftpData, greeted, loggedIn, others } from './ftp.ts'
import { abuse, turnedWorld } from './world.ts'

/** Before each refusal on one connection; the last one ends it. docs/limits.md. */
const DELAYS_MS = [500, 1000, 2000, 4000, 8000]
/** Bad logins of one peer until it is shut out, and for how long. */
const PEER_MAX = 20
const SHUT_MS = 300_000
const WRONG = '530 Login incorrect.\r\n'

for (const name of ['alice', 'nobody', 'root']) {
  test(`${name}: each wrong password is answered later, and the fifth is the last`, async (t) => {
    const { world, skip } = await turnedWorld(t, ftpData())
    const talk = await greeted(t, world)
    for (const [at, delayMs] of DELAYS_MS.entries()) {
      await talk.ask(`USER ${name}\r\n`, /^331 .*\r\n/)
      talk.send('PASS wrong\r\n')
      await others(t, world)
      skip(delayMs - 1)
      await others(t, world)
      assert.equal(talk.unread, '')
      skip(1)
      if (at < DELAYS_MS.length - 1) assert.equal(await talk.until(), WRONG)
    }
    assert.match(await talk.toTheEnd(), /^(?:530|421) [^\r]*\r\n(?:421 [^\r]*\r\n)?$/)
  })
}

test('who goes on is shut out, right password or not, one event says so, and others come in', async (t) => {
  const { world, skip } = await turnedWorld(t, ftpData())
  for (let tried = 0; tried < PEER_MAX; tried++) {
    const talk = await greeted(t, world)
    await talk.ask('USER alice\r\n', /^331 .*\r\n/)
    talk.send('PASS wrong\r\nNOOP\r\n')
    await others(t, world)
    skip(DELAYS_MS[0] ?? 0)
    await talk.until()
    talk.close()
  }
  const shut = await greeted(t, world)
  await shut.ask('USER alice\r\n', /^331 .*\r\n/)
  assert.match(await shut.ask('PASS alice\r\n'), /^421 /)
  assert.equal(abuse(world).filter((summary) => summary.includes('shut out')).length, 1)
  await others(t, world)
  skip(SHUT_MS + 1000)
  await loggedIn(t, world)
})

test('so many connections of one peer, so many sessions of one user', async (t) => {
  const { world } = await turnedWorld(t, ftpData({ limits: { connections: 6, sessions: 3 } }))
  const sessions = []
  for (let at = 0; at < 3; at++) sessions.push(await loggedIn(t, world))
  const fourth = await greeted(t, world)
  await fourth.ask('USER alice\r\n', /^331 .*\r\n/)
  assert.match(await fourth.ask('PASS alice\r\n'), /^421 /)
  await fourth.toTheEnd()
  for (let at = 0; at < 2; at++) sessions.push(await greeted(t, world))
  await assert.rejects(greeted(t, world), /421 There are too many connections/)
  await others(t, world)
  sessions[0]?.close()
})
