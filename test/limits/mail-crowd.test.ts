// Two thousand mail connections that say nothing, and a thousand sessions that stay: what each costs, and that all others
// are served.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { HOST, mailData, others } from './mail.ts'
import { bytesInUse, crowd, tooFewFiles, turnedWorld } from './world.ts'

const SILENT = 2000
const SESSIONS = 1000
/** Heap and buffers of one: socket, wire, runner, machine, timers, its flow in the record. docs/limits.md. */
const CONNECTION_MAX_BYTES = 8192
/** A session besides: its user, mailbox and flags, and what it told of itself. */
const SESSION_MAX_BYTES = 12_288

const USERS = Object.fromEntries(Array.from({ length: SESSIONS + 1 }, (_, at) => [`u${at}@harbor.test`, 'u']))
const MANY = { connections: 5000 }
const DATA = {
  ...mailData({
    smtp: { limits: MANY },
    imap: { 'plain-login': true, limits: { ...MANY, sessions: 5000 } },
    pop3: { 'plain-login': true, limits: MANY },
  }),
  users: { ...USERS, 'alice@harbor.test': 'alice' },
}

const skip = tooFewFiles(SILENT)

interface Crowd {
  readonly name: string
  readonly port: number
  readonly count: number
  readonly send: string
  readonly until: string
  readonly maxBytes: number
}

const CROWDS: readonly Crowd[] = [
  { name: 'smtp, silent', port: 25, count: SILENT, send: '', until: '220 ', maxBytes: CONNECTION_MAX_BYTES },
  { name: 'imap, silent', port: 143, count: SILENT, send: '', until: '* OK ', maxBytes: CONNECTION_MAX_BYTES },
  { name: 'pop3, silent', port: 110, count: SILENT, send: '', until: '+OK ', maxBytes: CONNECTION_MAX_BYTES },
  {
    name: 'smtp, a mail begun',
    port: 25,
    count: SESSIONS,
    send: 'EHLO client.test\r\nMAIL FROM:<a@client.test>\r\nRCPT TO:<u#@harbor.test>\r\nDATA\r\n',
    until: '354 ',
    maxBytes: SESSION_MAX_BYTES,
  },
  {
    name: 'imap, idle in one mailbox',
    port: 143,
    count: SESSIONS,
    send: 'a LOGIN alice alice\r\nb SELECT INBOX\r\nc IDLE\r\n',
    until: '\r\n+ ',
    maxBytes: SESSION_MAX_BYTES,
  },
  {
    name: 'pop3, logged in, each a maildrop of its own',
    port: 110,
    count: SESSIONS,
    send: 'USER u#\r\nPASS u\r\nNOOP\r\n',
    until: 'messages',
    maxBytes: SESSION_MAX_BYTES,
  },
]

for (const { name, port, count, send, until, maxBytes } of CROWDS) {
  test(`${count} connections: ${name}`, { skip }, async (t) => {
    const { world, post } = await turnedWorld(t, DATA)
    for (const user of Object.keys(USERS)) post.account(user)?.mailbox('INBOX')
    await others(t, world, 'smtp', 'imap', 'pop3')
    const people = crowd(t)
    await people.join({ ...world.address(HOST, port), count: 1, send, until })
    const before = bytesInUse()
    await people.join({ ...world.address(HOST, port), count, send, until })
    const each = (bytesInUse() - before) / count
    t.diagnostic(`${Math.round(each)} bytes a connection`)
    assert.ok(each < maxBytes, `${Math.round(each)} bytes a connection`)
    await others(t, world, 'smtp', 'imap', 'pop3')
    assert.deepEqual(
      world.events().filter(({ severity }) => severity === 'warning'),
      [],
    )
  })
}
