// Arguments that are longer, deeper or more than they may be: the reply to each, word for word, and that one less is fine.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inboxOf, loggedIn, mailData, put, reach } from './mail.ts'
import { turnedWorld } from './world.ts'

const x = (count: number) => 'x'.repeat(count)
/** A domain of so many octets. */
const domain = (octets: number) => `${`${x(61)}.`.repeat(4)}${x(octets - 248)}`

const SENDER = '501 5.1.7 the sender is no address\r\n'
const RECIPIENT = '501 5.1.3 the recipient is no address\r\n'

for (const [name, fine, beyond, answer] of [
  ['the name in EHLO', `EHLO ${x(255)}`, `EHLO ${x(256)}`, '501 EHLO takes the name of the client\r\n'],
  ['a path', `MAIL FROM:<${x(247)}@a.test>`, `MAIL FROM:<${x(248)}@a.test>`, SENDER],
  ['a label', `MAIL FROM:<a@${x(63)}.test>`, `MAIL FROM:<a@${x(64)}.test>`, SENDER],
  ['a path with a long domain', `MAIL FROM:<a@${domain(252)}>`, `MAIL FROM:<a@${domain(253)}>`, SENDER],
  ['a recipient', `RCPT TO:<bob+${x(238)}@harbor.test>`, `RCPT TO:<bob+${x(239)}@harbor.test>`, RECIPIENT],
  [
    'ENVID',
    `MAIL FROM:<a@b.test> ENVID=${x(100)}`,
    `MAIL FROM:<a@b.test> ENVID=${x(101)}`,
    '501 5.5.4 a wrong value of ENVID\r\n',
  ],
  [
    'ORCPT',
    `RCPT TO:<bob@harbor.test> ORCPT=rfc822;${x(493)}`,
    `RCPT TO:<bob@harbor.test> ORCPT=rfc822;${x(494)}`,
    '501 5.5.4 a wrong value of ORCPT\r\n',
  ],
  [
    'digits of SIZE',
    `MAIL FROM:<a@b.test> SIZE=${'0'.repeat(20)}`,
    `MAIL FROM:<a@b.test> SIZE=${'0'.repeat(21)}`,
    '501 5.5.4 a wrong value of SIZE\r\n',
  ],
] as const) {
  test(`smtp: ${name}`, async (t) => {
    const { world } = await turnedWorld(t, mailData())
    const talk = await reach(t, world, 25)
    await talk.until()
    await talk.ask('EHLO client.test\r\n', /^250 .*\r\n/m)
    if (fine.startsWith('RCPT')) await talk.ask('MAIL FROM:<a@b.test>\r\n', /^250 .*\r\n/)
    assert.equal(await talk.ask(`${beyond}\r\n`), answer)
    await talk.ask(`${fine}\r\n`, /^250 .*\r\n/m)
  })
}

const keywords = (count: number) => Array.from({ length: count }, (_, at) => `k${at}`).join(' ')

for (const [name, fine, beyond, answer] of [
  [
    'a level of a mailbox name',
    `CREATE ${x(255)}`,
    `CREATE ${x(256)}`,
    'a NO [CANNOT] a level of more than 255 octets\r\n',
  ],
  [
    'a mailbox name',
    `CREATE ${`${x(99)}/`.repeat(9)}${x(100)}`,
    `CREATE ${`${x(99)}/`.repeat(9)}${x(101)}`,
    'a NO [CANNOT] a name of more than 1000 octets\r\n',
  ],
  [
    'keywords of a message',
    `STORE 1 FLAGS (${keywords(64)})`,
    `STORE 1 FLAGS (${keywords(65)})`,
    'a NO [CANNOT] more than 64 keywords on one message\r\n',
  ],
  [
    'items of FETCH',
    `FETCH 1 (${'UID '.repeat(199)}UID)`,
    `FETCH 1 (${'UID '.repeat(200)}UID)`,
    'a BAD too many items\r\n',
  ],
  [
    'fields of ID',
    `ID (${'"a" "b" '.repeat(29)}"a" "b")`,
    `ID (${'"a" "b" '.repeat(30)}"a" "b")`,
    'a BAD too many fields\r\n',
  ],
  [
    'keys in keys',
    `SEARCH ${'('.repeat(63)}ALL${')'.repeat(63)}`,
    `SEARCH ${'('.repeat(65)}ALL${')'.repeat(65)}`,
    'a BAD keys are too deep within each other\r\n',
  ],
  [
    'keys of a search',
    `SEARCH ${'ALL '.repeat(9000)}ALL`,
    `SEARCH ${'ALL '.repeat(10_000)}ALL`,
    'a BAD too many keys\r\n',
  ],
] as const) {
  test(`imap: ${name}`, async (t) => {
    const { world, post } = await turnedWorld(t, mailData())
    await put(inboxOf(post), Buffer.from('Subject: a\r\n\r\na\r\n'))
    const talk = await loggedIn(t, world, 'imap')
    await talk.ask('s SELECT INBOX\r\n', /^s OK .*\r\n/m)
    assert.equal(await talk.ask(`a ${beyond}\r\n`), answer)
    await talk.ask(`a ${fine}\r\n`, /^a OK .*\r\n/m)
  })
}
