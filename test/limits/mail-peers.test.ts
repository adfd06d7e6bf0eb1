// More connections than one address may have, and more sessions than one user: the one too many is told why and sent away,
// everybody else is served, and a place that becomes free is given to the next.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { RunningWorld } from '../../src/index.ts'
import { ALICE, BOB, greeted, loggedIn, mailData, others, reach } from './mail.ts'
import { abuse, turnedWorld } from './world.ts'

for (const [service, port, max, last] of [
  ['smtp', 25, 50, '421 4.7.0 too many connections from your address\r\n'],
  ['smtp', 587, 50, '421 4.7.0 too many connections from your address\r\n'],
  ['imap', 143, 1000, '* BYE [LIMIT] too many connections from your address\r\n'],
  ['pop3', 110, 50, '-ERR [SYS/TEMP] too many connections from your address\r\n'],
] as const) {
  test(`${service} on ${port}: ${max} connections of one address, and no more`, async (t) => {
    const { world } = await turnedWorld(t, mailData())
    const talks = await Promise.all(Array.from({ length: max }, () => reach(t, world, port)))
    for (const talk of talks) await talk.until()
    for (let more = 0; more < 3; more++) assert.equal(await (await reach(t, world, port)).toTheEnd(), last)
    const told = `more than ${max} connections from 127.0.0.1`
    assert.deepEqual(abuse(world), [told, told, told])
    await others(t, world, service)
    talks[0]?.close()
    await ended(world, 1)
    assert.notEqual(await (await reach(t, world, port)).until(), last)
  })
}

for (const [service, settings, refusal] of [
  ['imap', { imap: { limits: { sessions: 2 } } }, 'l NO [LIMIT] too many sessions of this user\r\n'],
  ['pop3', {}, '-ERR [IN-USE] another session has this maildrop open\r\n'],
] as const) {
  test(`${service}: sessions of one user`, async (t) => {
    const { world } = await turnedWorld(t, mailData(settings))
    const sessions = [await loggedIn(t, world, service)]
    if (service === 'imap') sessions.push(await loggedIn(t, world, service))
    const talk = await greeted(t, world, service, { tls: true, from: '127.0.0.3' })
    const words = service === 'imap' ? 'l LOGIN alice alice\r\n' : 'USER alice\r\nPASS alice\r\n'
    if (service === 'pop3') await talk.ask('USER alice\r\n')
    assert.equal(await talk.ask(service === 'pop3' ? 'PASS alice\r\n' : words), refusal)
    await loggedIn(t, world, service, BOB)
    sessions[0]?.close()
    await ended(world, 1)
    await loggedIn(t, world, service, ALICE)
  })
}

/** Resolves once the flow has an end: the server has seen it go. */
async function ended(world: RunningWorld, id: number): Promise<void> {
  while (world.flows().find((flow) => flow.id === id)?.end === undefined)
    await new Promise((resolve) => setImmediate(resolve))
}
