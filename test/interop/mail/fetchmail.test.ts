// fetchmail over POP3 and IMAP: TLS from the start and by STLS and STARTTLS, keeping what is there and taking it away.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inside } from '../inside.ts'
import { arrived, BOB, skipMail } from './world.ts'

const MAILS = 3
/** fetchmail's code for "no mail". */
const NO_MAIL = 1
const PROTOCOLS = {
  imap: 'protocol imap sslproto TLS1+ keep',
  imaps: 'protocol imap ssl keep fetchall',
  stls: 'protocol pop3 sslproto TLS1+ keep',
  pop3s: 'protocol pop3 ssl nokeep',
} as const

function fetchmailrc(how: string, file: string): string {
  const [, protocol = '', ...options] = how.split(' ')
  const user = `username "${BOB}" password "bob" ${options.join(' ')} sslcertck mda "cat >>${file}.mbox"`
  const [poll, rest] = [`poll mail.island.test protocol ${protocol}`, user]
  return `set no bouncemail\n${poll} ${rest}\n`
}

function fetchmail(name: keyof typeof PROTOCOLS): string {
  return `HOME=$PWD fetchmail -f ${name}.rc --pidfile fetchmail.pid -i ids.${name} -v 2>&1`
}

test('fetchmail', { skip: skipMail('fetchmail', 'curl') }, async (t) => {
  const rcs = Object.entries(PROTOCOLS).map(([name, how]) => [`${name}.rc`, fetchmailrc(how, name)])
  const mails = Array.from({ length: MAILS }, (_, at) => [
    `${at + 1}.eml`,
    `Subject: number ${at + 1}\r\n\r\nFrom the start\r\n.\r\ntext\r\n`,
  ])
  const world = await inside(
    {
      private: 'chmod 600 *.rc',
      sends: `for n in $(seq ${MAILS}); do curl -sSf --mail-from x@far.test --mail-rcpt ${BOB} -T $n.eml smtp://mail.island.test; done`,
      waits: arrived(MAILS, BOB),
      imap: fetchmail('imap'),
      seen: fetchmail('imap'),
      imaps: fetchmail('imaps'),
      stls: fetchmail('stls'),
      known: fetchmail('stls'),
      pop3s: fetchmail('pop3s'),
      empty: fetchmail('pop3s'),
      got: `grep -h -c '^Subject: number' imap.mbox imaps.mbox stls.mbox pop3s.mbox`,
      dots: `grep -h -A1 '^From the start' pop3s.mbox`,
    },
    { files: Object.fromEntries([...rcs, ...mails]) },
  )
  await t.test('reads by IMAP, and no mail twice', () => {
    world.output('waits')
    world.output('imap')
    assert.equal(world.step('seen').code, NO_MAIL, world.step('seen').stdout)
    world.output('imaps')
  })
  await t.test('reads by POP3, and knows by UIDL what it has', () => {
    assert.equal(world.step('stls').code, 0, world.step('stls').stdout)
    assert.equal(world.step('known').code, NO_MAIL, world.step('known').stdout)
  })
  await t.test('takes away by POP3', () => {
    world.output('pop3s')
    assert.equal(world.step('empty').code, NO_MAIL)
  })
  await t.test('every mail once each time, its dots unstuffed', () => {
    assert.equal(world.output('got'), `${MAILS}\n`.repeat(Object.keys(PROTOCOLS).length))
    assert.equal(world.output('dots').match(/^\.\r?$/gm)?.length, MAILS)
  })
})
