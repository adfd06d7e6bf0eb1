// curl over all six mail protocols, and the whole way of a mail: submitted with swaks, found by DNS, relayed, read by curl.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inside } from '../inside.ts'
import { PORTOLAN } from '../portolan.ts'
import { ALICE, arrived, BOB, skipMail } from './world.ts'

const MAIL = `From: Alice <${ALICE}>\r\nTo: Bob <${BOB}>\r\nSubject: by curl\r\nMessage-ID: <curl-1@harbor.test>\r\n\r\nhello\r\n.dots\r\n`
const SEND = `curl -sSf -m 10 --mail-from ${ALICE} --mail-rcpt ${BOB} -T mail.eml`
const ALICES = `--user ${ALICE}:alice`
const IMAP = 'curl -sSf -m 10 --user bob:bob'
const NO_LOGIN = 67

test('curl', { skip: skipMail('curl', 'swaks') }, async (t) => {
  const world = await inside(
    {
      smtp: `${SEND} ${ALICES} --ssl-reqd smtp://mail.harbor.test:587`,
      smtps: `${SEND} ${ALICES} smtps://mail.harbor.test`,
      login: `${SEND} ${ALICES} --login-options AUTH=LOGIN smtps://mail.harbor.test`,
      mx: `${SEND} smtp://mail.island.test`,
      waits: arrived(4, BOB),
      list: `${IMAP} imaps://mail.island.test`,
      status: `${IMAP} --ssl-reqd imap://mail.island.test -X 'STATUS INBOX (MESSAGES UNSEEN)'`,
      fetch: `${IMAP} 'imaps://mail.island.test/INBOX;UID=1;SECTION=TEXT'`,
      header: `${IMAP} 'imaps://mail.island.test/INBOX;MAILINDEX=2;SECTION=HEADER.FIELDS%20(SUBJECT)'`,
      search: `${IMAP} 'imaps://mail.island.test/INBOX?SUBJECT%20curl%20UNSEEN'`,
      append: `${IMAP} -T mail.eml imaps://mail.island.test/Drafts`,
      appended: `${IMAP} 'imaps://mail.island.test/Drafts;UID=1'`,
      store: `${IMAP} imaps://mail.island.test/INBOX -X 'STORE 1 +FLAGS (\\Deleted)'`,
      expunge: `${IMAP} imaps://mail.island.test/INBOX -X EXPUNGE`,
      popList: `${IMAP} --ssl-reqd pop3://mail.island.test`,
      popUidl: `${IMAP} pop3s://mail.island.test -X UIDL`,
      popRetr: `${IMAP} pop3s://mail.island.test/1`,
      popTop: `${IMAP} pop3s://mail.island.test -X 'TOP 1 0'`,
      popDele: `${IMAP} pop3s://mail.island.test/1 -X DELE --no-buffer -I`,
      wrong: 'curl -sS -m 10 --user bob:wrong imaps://mail.island.test',
      plain: 'curl -sS -m 10 --user bob:bob imap://mail.island.test',
    },
    { files: { 'mail.eml': MAIL } },
  )

  await t.test('smtp and smtps', () => {
    for (const name of ['smtp', 'smtps', 'login', 'mx', 'waits'] as const) world.output(name)
  })
  await t.test('imap and imaps: lists, reads, searches', () => {
    assert.match(world.output('list'), /\* LIST \(.*\) "?\/"? INBOX/)
    assert.match(world.output('status'), /\* STATUS INBOX \(MESSAGES 4 UNSEEN 4\)/)
    assert.equal(world.output('fetch'), 'hello\r\n.dots\r\n')
    assert.equal(world.output('header'), 'Subject: by curl\r\n\r\n')
    assert.match(world.output('search'), /^\* SEARCH 3 4\r\n/)
  })
  await t.test('imaps: adds, flags, removes', () => {
    world.output('append')
    assert.equal(world.output('appended'), MAIL)
    assert.match(world.output('store'), /\* 1 FETCH \(.*FLAGS \(.*\\Deleted.*\)/)
    assert.match(world.output('expunge'), /\* 1 EXPUNGE/)
  })
  await t.test('pop3 and pop3s', () => {
    assert.match(world.output('popList'), /^1 \d+\r\n2 \d+\r\n3 \d+\r\n$/)
    assert.match(world.output('popUidl'), /^1 \S+\r\n2 \S+\r\n3 \S+\r\n$/)
    assert.match(world.output('popRetr'), /^Return-Path: [^]*\r\n\r\nhello\r\n\.dots\r\n$/)
    assert.match(world.output('popTop'), /\r\nSubject: by curl\r\n[^]*\r\n\r\n$/)
    world.output('popDele')
  })
  await t.test('a wrong password, and none without TLS', () => {
    assert.equal(world.step('wrong').code, NO_LOGIN, world.step('wrong').stderr)
    assert.notEqual(world.step('plain').code, 0)
  })
})

test('from 587 by 53 and 25 to 993', { skip: skipMail('curl', 'swaks') }, async () => {
  const world = await inside({
    submits: `swaks --server mail.harbor.test:587 --tls --auth-user alice --auth-password alice --from ${ALICE} --to ${BOB}`,
    waits: arrived(1, BOB),
    reads: `${IMAP} 'imaps://mail.island.test/INBOX;MAILINDEX=1'`,
    path: `${PORTOLAN} trace mail`,
  })
  world.output('submits')
  const mail = world.output('reads')
  assert.match(mail, /^Return-Path: <alice@harbor\.test>\r\nDelivered-To: bob@island\.test\r\n/)
  assert.match(mail, /\r\nReceived: from mail\.harbor\.test [^]*by mail\.island\.test [^]*ESMTPS/)
  assert.match(mail, /\r\nReceived: from [^]*by mail\.harbor\.test [^]*ESMTPSA/)
  assert.match(mail, /dkim=pass[^]*spf=pass[^]*dmarc=pass/)
  assert.match(world.output('path'), /587[^]*53[^]*25[^]*993/)
})
