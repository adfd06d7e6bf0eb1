// `portolan mail` and `portolan trace mail`: on a world that runs, from inside it and from beside it, and on what one left
// behind.

import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import * as v from 'valibot'
import { isFailure } from '../../src/core/index.ts'
import { openPost } from '../../src/mailboxes/index.ts'
import { MAIL_FILE } from '../../src/net/mail/mail-file.ts'
import { inside, newFolder } from './inside.ts'
import { portolan, PORTOLAN, skipWithout, start, type Ran } from './portolan.ts'

const BOB = 'bob@island.test'
const WORLD = `
hosts:
  ns.island.test: [dns]
  mail.island.test: [pop3]
  laptop: { client: true }
users:
  bob@island.test: { password: bob }
`
const MAIL = [
  'Message-ID: <report-1@harbor.test>',
  'From: Alice <alice@harbor.test>',
  'To: bob@island.test',
  'Subject: =?utf-8?q?R=C3=A9port?=',
  'Content-Type: multipart/mixed; boundary=b',
  '',
  '--b',
  'Content-Type: text/plain; charset=utf-8',
  '',
  'see \u001b[2Jattached',
  '--b',
  'Content-Type: application/pdf; name=report.pdf',
  'Content-Transfer-Encoding: base64',
  '',
  'JVBERg==',
  '--b--',
  '',
].join('\r\n')

const summaries = v.array(v.object({ number: v.number(), id: v.string(), account: v.string(), subject: v.string() }))
const trace = v.object({
  mail: v.string(),
  steps: v.array(v.object({ port: v.number(), name: v.string(), to: v.string() })),
})

/** A folder with a world file and a state folder in which a mail lies for bob. */
async function folderWithMail(): Promise<string> {
  const folder = newFolder({ 'world.yaml': WORLD })
  mkdirSync(join(folder, 'state'))
  const file = join(folder, 'state', MAIL_FILE)
  const post = openPost({ users: [BOB], anyAddress: false, wallMs: () => Date.UTC(2026, 0, 1), file })
  assert.ok(!isFailure(post))
  const account = post.account(BOB)
  assert.ok(account !== undefined)
  assert.ok(!isFailure(await post.take({ content: Buffer.from(MAIL), deliver: [{ account, head: Buffer.from('') }] })))
  await post.close()
  return folder
}

function mail(cwd: string, ...words: readonly string[]): Promise<Ran> {
  return portolan(['mail', ...words], { cwd })
}

test('mail that a world left behind', async (t) => {
  const folder = await folderWithMail()
  const kept = ['--state', 'state'] as const
  await t.test('ls', async () => {
    const { stdout, code } = await mail(folder, 'ls', ...kept)
    assert.equal(code, 0)
    assert.match(stdout, /^1 +2026-01-01 00:00:00 +alice@harbor\.test +bob@island\.test +Réport +\d+ +1/m)
    const listed = v.parse(summaries, JSON.parse((await mail(folder, 'ls', ...kept, '--json')).stdout))
    assert.deepEqual(listed, [{ number: 1, id: 'report-1@harbor.test', account: BOB, subject: 'Réport' }])
    assert.equal((await mail(folder, 'ls', ...kept, '--to', 'carol@island.test')).stdout, '')
  })
  await t.test('show', async () => {
    const { stdout } = await mail(folder, 'show', ...kept)
    assert.match(
      stdout,
      /From: Alice <alice@harbor\.test>\n[^]*see \[2Jattached\n[^]*attachment 1: report\.pdf, application\/pdf, 4 bytes/,
    )
    assert.equal((await mail(folder, 'show', '1', '--raw', ...kept)).stdout, MAIL)
    await mail(folder, 'show', '<report-1@harbor.test>', '--part', '1', '--to', 'report.pdf', ...kept)
    assert.equal(readFileSync(join(folder, 'report.pdf'), 'utf8'), '%PDF')
  })
  await t.test('what is not there, and what cannot be', async () => {
    const missing = await mail(folder, 'show', '7', ...kept)
    assert.deepEqual([missing.code, missing.stderr], [1, 'portolan: there is no mail 7\n'])
    assert.equal((await mail(folder, 'ls', '--state', '.')).code, 1)
    assert.equal((await mail(folder, 'wait', ...kept)).code, 1)
    assert.equal((await mail(folder, 'wait', ...kept, '--timeout', 'soon')).code, 2)
  })
})

test('mail of a world that runs', { skip: skipWithout('curl') }, async (t) => {
  const folder = await folderWithMail()
  writeFileSync(
    join(folder, 'inside.sh'),
    `curl -sSf --user bob:bob pop3s://mail.island.test/1 >/dev/null && ${PORTOLAN} mail wait --subject réport --json && read -r line`,
  )
  const run = start(PORTOLAN, ['run', '--world', 'world.yaml', '--state', 'state', '--', 'sh', 'inside.sh'], {
    cwd: folder,
  })
  await t.test('wait, from inside', async () => {
    const [, line = ''] = await run.says(/^(\{.*\})\n/)
    assert.match(line, /"id":"report-1@harbor\.test"/)
  })
  await t.test('show, from beside', async () => {
    assert.match((await mail(folder, 'show')).stdout, /\\Seen\nFrom: Alice/)
  })
  await t.test('a wait for what does not come', async () => {
    const { code, stderr } = await mail(folder, 'wait', '--new', '--timeout', '10ms')
    assert.deepEqual([code, stderr], [1, 'portolan: 0 of 1 such mails within 10ms\n'])
  })
  await t.test('its state folder is its own', async () => {
    const { code, stderr } = await mail(folder, 'ls', '--state', 'state')
    assert.equal(code, 1)
    assert.match(stderr, /another process has this mail open/)
  })
  await t.test('trace', async () => {
    const told = await portolan(['trace', 'mail'])
    assert.match(
      told.stdout,
      /^<report-1@harbor\.test>\n +995 pop3s +laptop -> mail\.island\.test +bob@island\.test read .*TLS 1\.3, AUTH /,
    )
    const { stdout } = await portolan(['trace', 'mail', 'report-1@harbor.test', '--json'])
    assert.deepEqual(v.parse(trace, JSON.parse(stdout)).steps, [{ port: 995, name: 'pop3s', to: 'mail.island.test' }])
    const unknown = await portolan(['trace', 'mail', 'x@y'])
    assert.equal(unknown.code, 1)
  })
  run.end('end\n')
  const { stderr, code } = await run.done
  await t.test('the report tells who read which mail', () => {
    assert.equal(code, 0, stderr)
    assert.match(stderr, /995\/tcp +mail\.island\.test +pop3[^]*bob@island\.test read <report-1@harbor\.test>/)
  })
})

const TWO_DOMAINS = `
hosts:
  ns.harbor.test: [dns]
  mail.harbor.test: [smtp]
  ns.island.test: [dns]
  mail.island.test: [smtp, imap]
  laptop: { client: true }
users:
  alice@harbor.test: { password: alice }
  bob@island.test: { password: bob }
`
const LETTER = 'From: alice@harbor.test\r\nTo: bob@island.test\r\nSubject: across\r\n\r\nhello\r\n'
const SEND = `curl -sSf --ssl-reqd --user alice:alice --mail-from alice@harbor.test --mail-rcpt bob@island.test -T letter.eml smtp://mail.harbor.test:587`
const READ = `curl -sSf --user bob:bob 'imaps://mail.island.test/INBOX;MAILINDEX=1'`

test('the way of a mail from one domain to the other, port by port', { skip: skipWithout('curl') }, async () => {
  const { output } = await inside(
    {
      sent: SEND,
      waited: `${PORTOLAN} mail wait --to bob@island.test --from alice@harbor.test --json`,
      read: READ,
      traced: `${PORTOLAN} trace mail --json`,
    },
    { world: TWO_DOMAINS, files: { 'letter.eml': LETTER } },
  )
  output('sent')
  assert.match(output('waited'), /"subject":"across"[^]*"text":"hello\\r\\n"/)
  assert.match(output('read'), /Subject: across/)
  const { steps } = v.parse(trace, JSON.parse(output('traced')))
  assert.deepEqual(
    steps.map(({ port, name, to }) => [port, name, to]),
    [
      [587, 'submission', 'mail.harbor.test'],
      [53, 'dns', ''],
      [25, 'smtp', 'mail.island.test'],
      [993, 'imaps', 'mail.island.test'],
    ],
  )
})
