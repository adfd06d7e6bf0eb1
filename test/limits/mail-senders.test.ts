// Mail of strangers that is made to be slow for who checks its signatures and authors: taken, told of, and others served. Each
// of these once cost the square of its length.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ALICE, inboxOf, mailData, others, reach } from './mail.ts'
import { turnedWorld } from './world.ts'

const MIB = 1024 * 1024
const SIGNATURE =
  'DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=a.test; s=s; h=from:to:subject; bh=aaaa; b=bbbb\r\n'
const FROM = 'From: a@client.test\r\n'

const MESSAGES: Readonly<Record<string, string>> = {
  'a million folds': `${SIGNATURE}${FROM}X: a\r\n${' a\r\n'.repeat(MIB)}\r\na\r\n`,
  'half a million fields': `${SIGNATURE}${FROM}${'X: a\r\n'.repeat(MIB / 2)}\r\na\r\n`,
  'a line of 10 MiB of spaces': `${SIGNATURE}${FROM}\r\n${' '.repeat(10 * MIB)}x\r\n`,
  'three million empty lines': `${SIGNATURE}${FROM}\r\n${'\r\n'.repeat(3 * MIB)}x\r\n`,
  '20,000 signatures': `${SIGNATURE.repeat(20_000)}${FROM}\r\na\r\n`,
  'a signature over 20,000 fields': `${SIGNATURE.replace('h=from', `h=${'a:'.repeat(20_000)}from`)}${FROM}${'X: a\r\n'.repeat(1900)}\r\na\r\n`,
  'a signature of 100,000 tags': `DKIM-Signature: ${'a=b; '.repeat(100_000)}\r\n${FROM}\r\na\r\n`,
  '100,000 authors in fields of their own': `${FROM.repeat(100_000)}\r\na\r\n`,
  '100,000 authors in one field': `From: ${'a@client.test, '.repeat(100_000)}b@client.test\r\n\r\na\r\n`,
  'an author in 500,000 comments': `From: ${'('.repeat(500_000)}\r\n\r\na\r\n`,
  'an author in 200,000 quotes': `From: ${'"a" '.repeat(200_000)}\r\n\r\na\r\n`,
  '5,000 seals': `${'ARC-Seal: i=1; a=rsa-sha256; d=a.test; s=s; cv=none; b=aa\r\n'.repeat(5000)}${FROM}\r\na\r\n`,
  '50,000 results in our name': `${'Authentication-Results: mail.harbor.test; spf=pass\r\n'.repeat(50_000)}${FROM}\r\na\r\n`,
  'no header at all': `${'x'.repeat(5 * MIB)}\r\n`,
}

for (const [name, message] of Object.entries(MESSAGES)) {
  test(`${name}: taken and marked`, async (t) => {
    const { world, post } = await turnedWorld(t, mailData())
    const talk = await reach(t, world, 25)
    await talk.until()
    await talk.ask('EHLO client.test\r\n', /^250 .*\r\n/m)
    await talk.ask(`MAIL FROM:<a@client.test>\r\nRCPT TO:<${ALICE}>\r\nDATA\r\n`, /^354 .*\r\n/m)
    await talk.sent(Buffer.from(message))
    const answered = talk.ask('.\r\n', /^250 2\.0\.0 .*\r\n/)
    await others(t, world, 'smtp', 'imap', 'pop3')
    await answered
    const inbox = inboxOf(post)
    const content = Buffer.from(inbox.content(inbox.messages[0]!) ?? []).toString('latin1')
    const [, head = ''] = /^((?:.*\r\n)*?)Received:/.exec(content) ?? []
    assert.equal(head.match(/^Authentication-Results: mail\.harbor\.test;/gm)?.length, 1)
    assert.equal(content.match(/^Authentication-Results: mail\.harbor\.test;/gm)?.length, 1)
    assert.ok(content.endsWith(message.slice(-15)))
  })
}
