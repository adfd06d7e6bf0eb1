// swaks, the tester's own SMTP client: every port, TLS both ways, every login it knows, pipelining, and what is refused.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inside } from '../inside.ts'
import { ALICE, arrived, BOB, skipMail } from './world.ts'

const SUBMIT = `swaks --server mail.harbor.test:587 --from ${ALICE} --to ${BOB}`
const VERIFIED = '--tls --tls-verify'
const LOGIN = `--auth-user ${ALICE} --auth-password alice`
/** Codes of swaks: no recipient was taken; the login failed; the sender was refused. */
const NO_RECIPIENT = 24
const NO_LOGIN = 28
const NO_SENDER = 23

test('swaks', { skip: skipMail('swaks') }, async (t) => {
  const world = await inside({
    submits: `${SUBMIT} ${VERIFIED} ${LOGIN}`,
    plain: `${SUBMIT} ${VERIFIED} ${LOGIN} --auth PLAIN`,
    login: `${SUBMIT} ${VERIFIED} ${LOGIN} --auth LOGIN`,
    secure: `swaks --server mail.harbor.test:465 --tls-on-connect --tls-verify ${LOGIN} --from ${ALICE} --to ${BOB}`,
    pipelined: `${SUBMIT} ${VERIFIED} ${LOGIN} --pipeline --to ${BOB},${ALICE}`,
    mx: `swaks --server mail.island.test --from stranger@far.test --to ${BOB} --pipeline`,
    mxSecure: `swaks --server mail.island.test ${VERIFIED} --from stranger@far.test --to ${BOB}`,
    attached: `${SUBMIT} ${VERIFIED} ${LOGIN} --attach-body 'see attached' --attach @/etc/hostname --header 'Subject: attached'`,
    relays: 'swaks --server mail.island.test --from stranger@far.test --to other@far.test',
    unknown: 'swaks --server mail.island.test --from stranger@far.test --to nobody@island.test',
    wrong: `${SUBMIT} ${VERIFIED} --auth-user ${ALICE} --auth-password bob`,
    bare: `${SUBMIT}`,
    loginless: `${SUBMIT} ${VERIFIED}`,
    forged: `${SUBMIT} ${VERIFIED} ${LOGIN} --from bob@island.test`,
    waits: arrived(8, BOB),
    shows: 'curl -sSf --user bob:bob "pop3s://mail.island.test/1"',
  })

  await t.test('hands in by STARTTLS on 587 and by TLS on 465', () => {
    assert.match(world.output('submits'), /TLS started with cipher TLSv1\.3/)
    assert.match(world.output('submits'), /235 2\.7\.0 .*\n[^]*\.\n<~ {2}250 2\.0\.0/)
    assert.match(world.output('secure'), /TLS started[^]*250 2\.0\.0/)
  })
  await t.test('logs in by PLAIN and by LOGIN', () => {
    assert.match(world.output('plain'), /AUTH PLAIN \S+\n<~ {2}235/)
    assert.match(world.output('login'), /AUTH LOGIN\n<~ {2}334/)
  })
  await t.test('pipelines, to several recipients', () => {
    assert.match(world.output('pipelined'), /MAIL FROM[^\n]*\n ~> RCPT TO[^\n]*\n ~> RCPT TO/)
    assert.match(world.output('mx'), /<- {2}250 2\.0\.0/)
  })
  await t.test('delivers to the MX without and with TLS', () => assert.match(world.output('mxSecure'), /TLS started/))
  await t.test('sends an attachment', () => assert.match(world.output('attached'), /multipart\/mixed/))
  await t.test('is refused what no stranger may', () => {
    assert.equal(world.step('relays').code, NO_RECIPIENT)
    assert.match(world.step('relays').stdout, /<\*\* 550 5\.7\.1/)
    assert.equal(world.step('unknown').code, NO_RECIPIENT)
    assert.match(world.step('unknown').stdout, /<\*\* 550 5\.1\.1/)
  })
  await t.test('is refused a wrong password, no login, no TLS and another sender', () => {
    assert.equal(world.step('wrong').code, NO_LOGIN)
    assert.match(world.step('wrong').stdout, /535 5\.7\.8/)
    assert.match(world.step('loginless').stdout, /530 5\.7\.0/)
    assert.match(world.step('bare').stdout, /530 5\.7\.0/)
    assert.equal(world.step('forged').code, NO_SENDER)
    assert.match(world.step('forged').stdout, /553 5\.7\.1/)
  })
  await t.test('all that was taken arrived', () => {
    assert.equal(world.step('waits').code, 0, world.step('waits').stderr)
    assert.match(world.output('shows'), /^Return-Path: <alice@harbor\.test>\r?\n[^]*This is a test mailing/m)
  })
})
