// Mailboxes: their names, LIST in all its forms, STATUS and quotas.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { imapScene } from '../../../../test/conformance/imap-dialogue.ts'
import { matcherOf } from './name-pattern.ts'

const MADE = [
  '* LIST (\\HasNoChildren) "/" INBOX',
  '* LIST (\\HasNoChildren \\Archive) "/" Archive',
  '* LIST (\\HasNoChildren \\Drafts) "/" Drafts',
  '* LIST (\\HasNoChildren \\Junk) "/" Junk',
  '* LIST (\\HasNoChildren \\Sent) "/" Sent',
  '* LIST (\\HasNoChildren \\Trash) "/" Trash',
]

test('making, naming and removing', async () => {
  const { session, stop } = await imapScene()
  const client = await session()
  assert.match(await client.status('CREATE work/plans/'), /^OK \[MAILBOXID \(F\d+\)\]$/)
  assert.equal(await client.status('CREATE work'), 'NO [ALREADYEXISTS]')
  assert.equal(await client.status('CREATE inbox'), 'NO [ALREADYEXISTS]')
  assert.match(await client.status('CREATE a//b'), /^NO \[CANNOT\]/)
  assert.deepEqual(await client.lines('LIST "" work*'), [
    '* LIST (\\HasChildren) "/" work',
    '* LIST (\\HasNoChildren) "/" work/plans',
    'OK',
  ])
  assert.equal(await client.status('RENAME work play'), 'OK')
  assert.deepEqual(await client.lines('LIST play/ %'), ['* LIST (\\HasNoChildren) "/" play/plans', 'OK'])
  assert.equal(await client.status('RENAME nothing other'), 'NO [NONEXISTENT]')
  assert.equal(await client.status('DELETE INBOX'), 'NO [CANNOT]')
  assert.equal(await client.status('DELETE play/plans'), 'OK')
  assert.equal(await client.status('DELETE play/plans'), 'NO [NONEXISTENT]')
  await stop()
})

test('a name in a refusal stays within its line, whatever is in it', async () => {
  const { session, stop } = await imapScene()
  const client = await session()
  assert.equal(await client.say('DELETE &AQ0BCg-'), '. NO [NONEXISTENT] there is no mailbox ??\r\n')
  await client.status('ENABLE IMAP4rev2')
  const long = 'x'.repeat(60_000)
  const said = `there is no mailbox ${long}`.slice(0, 200)
  assert.equal(await client.say(`DELETE ${long}`), `. NO [NONEXISTENT] ${said}\r\n`)
  for (const name of ['{5+}\r\nx\r\n* ', '"\u00c4\u008d\u00c4\u008a"']) {
    assert.match(await client.say(`DELETE ${name}`), /^\. NO \[[A-Z]+\] [ -~]*\r\n$/)
  }
  await stop()
})

test('CREATE with a special use', async () => {
  const { session, stop } = await imapScene()
  const client = await session()
  assert.match(await client.status('CREATE Everything (USE (\\All))'), /^OK/)
  assert.equal(await client.status('CREATE Odd (USE (\\Odd))'), 'NO [USEATTR]')
  assert.deepEqual(await client.lines('LIST (SPECIAL-USE) "" E*'), [
    '* LIST (\\HasNoChildren \\All) "/" Everything',
    'OK',
  ])
  await stop()
})

test('LIST: wildcards, subscriptions, children and states', async () => {
  const { session, stop } = await imapScene(['Subject: one\r\n\r\n'])
  const client = await session()
  assert.deepEqual(await client.lines('LIST "" *'), [...MADE, 'OK'])
  assert.deepEqual(await client.lines('LIST "" ""'), ['* LIST (\\Noselect) "/" ""', 'OK'])
  assert.deepEqual(await client.lines('LIST "" iNbOx'), [MADE[0], 'OK'])
  await client.say('CREATE work/plans')
  await client.say('UNSUBSCRIBE Trash')
  await client.say('SUBSCRIBE work/plans')
  await client.say('SUBSCRIBE work/gone')
  assert.deepEqual(await client.lines('LIST (SUBSCRIBED) "" work*'), [
    '* LIST (\\NonExistent \\HasNoChildren \\Subscribed) "/" work/gone',
    '* LIST (\\HasNoChildren \\Subscribed) "/" work/plans',
    'OK',
  ])
  assert.deepEqual(await client.lines('LIST (SUBSCRIBED RECURSIVEMATCH) "" wor%'), [
    '* LIST (\\HasChildren) "/" work ("CHILDINFO" ("SUBSCRIBED"))',
    'OK',
  ])
  assert.equal(await client.status('LIST (RECURSIVEMATCH) "" *'), 'BAD')
  assert.deepEqual(await client.lines('LIST "" (INBOX Trash) RETURN (SUBSCRIBED STATUS (MESSAGES UNSEEN))'), [
    '* LIST (\\HasNoChildren \\Subscribed) "/" INBOX',
    '* STATUS INBOX (MESSAGES 1 UNSEEN 1)',
    '* LIST (\\HasNoChildren \\Trash) "/" Trash',
    '* STATUS Trash (MESSAGES 0 UNSEEN 0)',
    'OK',
  ])
  assert.deepEqual(await client.lines('LSUB "" work/%'), ['* LSUB () "/" work/gone', '* LSUB () "/" work/plans', 'OK'])
  assert.deepEqual(await client.lines('LSUB "" w%'), ['* LSUB (\\Noselect) "/" work', 'OK'])
  await stop()
})

test('names: modified UTF-7 at first, UTF-8 once IMAP4rev2 is on', async () => {
  const { session, mailbox, stop } = await imapScene()
  const client = await session()
  await client.say('CREATE "Entw&APw-rfe &- mehr"')
  assert.equal(mailbox('Entwürfe & mehr').name, 'Entwürfe & mehr')
  assert.deepEqual(await client.lines('LIST "" E*'), ['* LIST (\\HasNoChildren) "/" "Entw&APw-rfe &- mehr"', 'OK'])
  assert.equal(await client.status('CREATE "&AGE-"'), 'NO [CANNOT]', 'a plain letter is not written in base64')
  await client.say('ENABLE IMAP4rev2')
  assert.deepEqual(await client.lines('LIST "" E*'), [
    `* LIST (\\HasNoChildren) "/" "${Buffer.from('Entwürfe & mehr').toString('latin1')}"`,
    'OK',
  ])
  assert.match(await client.status('STATUS "Entwürfe & mehr" (MESSAGES)'), /^OK/)
  await stop()
})

test('STATUS: every item', async () => {
  const { session, mailbox, stop } = await imapScene(['Subject: one\r\n\r\n', 'Subject: two\r\n\r\nbody'])
  const client = await session()
  await client.say('SELECT INBOX')
  await client.say('STORE 2 FLAGS (\\Seen \\Deleted)')
  await client.say('CLOSE')
  const { uidValidity, id, highestModSeq } = mailbox('Archive')
  const items = 'MESSAGES RECENT UIDNEXT UIDVALIDITY UNSEEN DELETED DELETED-STORAGE SIZE HIGHESTMODSEQ MAILBOXID'
  assert.deepEqual(await client.lines(`STATUS Archive (${items})`), [
    `* STATUS Archive (MESSAGES 0 RECENT 0 UIDNEXT 1 UIDVALIDITY ${uidValidity} UNSEEN 0 DELETED 0 DELETED-STORAGE 0 SIZE 0 HIGHESTMODSEQ ${highestModSeq} MAILBOXID (F${id}))`,
    'OK',
  ])
  assert.deepEqual(await client.lines('STATUS INBOX (MESSAGES SIZE)'), ['* STATUS INBOX (MESSAGES 1 SIZE 16)', 'OK'])
  assert.equal(await client.status('STATUS INBOX (NOSUCH)'), 'BAD')
  assert.equal(await client.status('STATUS nothing (MESSAGES)'), 'NO [NONEXISTENT]')
  await stop()
})

test('quotas', async () => {
  const { session, stop } = await imapScene(['x'.repeat(2000)])
  const client = await session()
  assert.deepEqual(await client.lines('GETQUOTAROOT INBOX'), [
    '* QUOTAROOT INBOX "User quota"',
    '* QUOTA "User quota" (STORAGE 2 1048576 MESSAGE 1 1000000)',
    'OK',
  ])
  assert.equal(await client.status('GETQUOTA "User quota"'), 'OK')
  assert.equal(await client.status('GETQUOTA ""'), 'NO [NONEXISTENT]')
  await stop()
})

const PATTERNS: readonly (readonly [reference: string, pattern: string, name: string, fits: boolean])[] = [
  ['', '*', 'a/b', true],
  ['', '%', 'a/b', false],
  ['', '%', 'a', true],
  ['a/', '%', 'a/b', true],
  ['a/', '%', 'a', false],
  ['', '%/%', 'a/b', true],
  ['', '%/%', 'a/b/c', false],
  ['', '%*', 'a/b/c', true],
  ['', '*b', 'a/b/ab', true],
  ['', '*%*%*b*', 'a/b/ac', true],
  ['', 'inbox', 'INBOX', true],
  ['inbox/', '%', 'INBOX/In', true],
  ['', 'inb*', 'INBOX/In', true],
  ['', 'inbox/in', 'INBOX/In', false],
  ['', 'inboxes', 'INBOXes', false],
  ['', 'a', 'A', false],
  ['', '', '', true],
  ['', 'a.c', 'abc', false],
  ['', `${'%a'.repeat(2000)}`, 'a'.repeat(1999), false],
]

for (const [reference, pattern, name, fits] of PATTERNS) {
  test(`"${reference}" "${pattern.slice(0, 20)}" ${fits ? 'finds' : 'does not find'} "${name.slice(0, 20)}"`, () => {
    assert.equal(matcherOf(reference, [pattern])(name), fits)
  })
}

test('deleting what one has selected oneself leaves nothing selected, and a refusal leaves it', async () => {
  const { session, stop } = await imapScene()
  const client = await session()
  await client.say('CREATE Temporary')
  await client.say('SELECT Temporary')
  assert.equal(await client.status('DELETE INBOX'), 'NO [CANNOT]')
  assert.equal(await client.status('CHECK'), 'OK')
  assert.deepEqual(await client.lines('DELETE Temporary'), ['OK'])
  assert.equal(await client.status('CHECK'), 'BAD')
  await stop()
})
