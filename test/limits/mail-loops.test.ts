// Mail that two hosts send to each other for ever, and reports about reports: it ends, and its sender is told once.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startWorld } from '../../src/index.ts'
import { ALICE, loggedIn } from './mail.ts'

const WORLD = {
  hosts: {
    'ns.harbor.test': ['dns'],
    'mail.harbor.test': [{ smtp: { aliases: { there: 'back@island.test' } } }, 'imap', 'pop3'],
    'mail.island.test': [{ smtp: { aliases: { back: 'there@harbor.test' } } }],
  },
  users: { [ALICE]: 'alice', 'bob@island.test': 'bob' },
}

test('an alias that leads to another host, and from there back: a report, and nothing is left on its way', async (t) => {
  await using world = await startWorld({ world: WORLD })
  const talk = await loggedIn(t, world, 'smtp')
  await talk.ask(`MAIL FROM:<${ALICE}>\r\nRCPT TO:<there@harbor.test>\r\nDATA\r\n`, /^354 .*\r\n/m)
  await talk.ask('Subject: round\r\n\r\nround\r\n.\r\n', /^250 .*\r\n/)
  const report = await world.mail.wait({ to: ALICE })
  assert.match(report.text, /5\.4\.6|goes round in circles/)
  assert.equal(world.mail.list().length, 1)
  const taken = world.events().filter(({ kind }) => kind === 'smtp.accepted').length
  assert.ok(taken > 10 && taken <= 60, `${taken} hops`)
})

test('a report that cannot be delivered makes no other', async (t) => {
  await using world = await startWorld({ world: WORLD })
  const talk = await loggedIn(t, world, 'smtp')
  await talk.ask('MAIL FROM:<>\r\nRCPT TO:<nobody@island.test>\r\nDATA\r\n', /^354 .*\r\n/m)
  await talk.ask('Subject: report\r\n\r\nreport\r\n.\r\n', /^250 .*\r\n/)
  await world.waitFor(({ kind, summary }) => kind.startsWith('smtp.') && /nobody|failed/.test(summary))
  await talk.ask(`MAIL FROM:<${ALICE}>\r\nRCPT TO:<bob@island.test>\r\nDATA\r\n`, /^354 .*\r\n/m)
  await talk.ask('Subject: later\r\n\r\nlater\r\n.\r\n', /^250 .*\r\n/)
  await world.mail.wait({ subject: 'later' })
  assert.deepEqual(
    world.mail.list().map(({ subject }) => subject),
    ['later'],
  )
})
