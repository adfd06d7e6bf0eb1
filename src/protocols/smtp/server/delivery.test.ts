// Mail through the server in memory: what is kept, in which words, for whom, and what is refused.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MailDialogue } from '../../../../test/conformance/mail-dialogue.ts'
import { mailWorld } from '../../../../test/conformance/mail-world.ts'
import { failure, type Post, type WorldView } from '../../../core/index.ts'
import { serve, type SimConnect } from '../../../sim/index.ts'
import { smtp } from '../index.ts'

const ADDRESS = '198.51.100.1'
const TLS = { serverName: 'mail.harbor.test' }
const LOGIN = `AUTH PLAIN ${Buffer.from('\0alice\0alice').toString('base64')}`

interface Setting {
  readonly config?: Readonly<Record<string, unknown>>
  readonly post?: (post: Post) => Partial<Post>
  readonly world?: Partial<WorldView>
}

async function meeting({ config, post: altered, world: more }: Setting = {}) {
  const { view, post } = await mailWorld(ADDRESS, 'smtp')
  const world = { ...view, ...more }
  const changed: WorldView =
    altered === undefined ? world : { ...world, post: { ...methodsOf(post), ...altered(post) } }
  const served = await serve(smtp, { config: { authenticate: 'off', ...config }, world: changed })
  const meet = async (port = 25, options: SimConnect = {}) => {
    const dialogue = new MailDialogue(served, port, options)
    await dialogue.codes('EHLO client.test')
    return dialogue
  }
  const user = async () => {
    const dialogue = await meet(465, { tls: TLS })
    await dialogue.codes(LOGIN)
    return dialogue
  }
  const inbox = (address = 'alice@harbor.test'): string[] => {
    const box = post.account(address)?.mailbox('INBOX')
    return (box?.messages ?? []).map((message) => Buffer.from(box?.content(message) ?? []).toString('latin1'))
  }
  return { served, post, meet, user, inbox, events: served.gate.events }
}

function methodsOf(post: Post): Post {
  return {
    account: (address) => post.account(address),
    accounts: () => post.accounts(),
    take: (mail) => post.take(mail),
    queue: (host) => post.queue(host),
    watch: (hear) => post.watch(hear),
  }
}

const TO_ALICE = ['MAIL FROM:<bob@island.test>', 'RCPT TO:<alice@harbor.test>', 'DATA']

test('a mail lies in the mailbox with its trace in front, dots undone', async () => {
  const { meet, inbox, events } = await meeting({ world: { nameOf: () => 'client.island.test' } })
  const dialogue = await meet()
  await dialogue.codes(...TO_ALICE)
  assert.deepEqual(await dialogue.codes('Message-ID: <one@island.test>', 'Subject: one', '', '..', 'text', '.'), [
    '250 2.0.0',
  ])
  const [mail = ''] = inbox()
  const [, id = ''] = / id (\w+)\r\n/.exec(mail) ?? []
  assert.equal(
    mail,
    'Return-Path: <bob@island.test>\r\nDelivered-To: alice@harbor.test\r\n' +
      'Received: from client.test (client.island.test [192.0.2.1])\r\n' +
      `\tby mail.harbor.test (Portolan) with ESMTP id ${id}\r\n` +
      '\tfor <alice@harbor.test>;\r\n\tThu, 01 Jan 2026 00:00:00 +0000\r\n' +
      'Message-ID: <one@island.test>\r\nSubject: one\r\n\r\n.\r\ntext\r\n',
  )
  assert.deepEqual(
    events.map(({ kind, detail }) => [kind, detail]),
    [
      [
        'smtp.accepted',
        { mail: 'one@island.test', from: 'bob@island.test', to: 'alice@harbor.test', bytes: 56, queue: id },
      ],
    ],
  )
})

test('one mail for several: a copy for each mailbox, and nobody reads who else got it', async () => {
  const { meet, inbox } = await meeting()
  const dialogue = await meet()
  const codes = await dialogue.codes(
    'MAIL FROM:<>',
    'RCPT TO:<alice@harbor.test>',
    'RCPT TO:<ALICE+tag@HARBOR.TEST>',
    'RCPT TO:<bob@harbor.test>',
    'RCPT TO:<nobody@harbor.test>',
    'RCPT TO:<bob@island.test>',
    'DATA',
    'Subject: x',
    '',
    '.',
  )
  assert.deepEqual(codes, [
    '250 2.1.0',
    '250 2.1.5',
    '250 2.1.5',
    '250 2.1.5',
    '550 5.1.1',
    '550 5.7.1',
    '354',
    '250 2.0.0',
  ])
  assert.equal(inbox().length, 1)
  assert.match(inbox('bob@harbor.test')[0] ?? '', /^Return-Path: <>\r\nDelivered-To: bob@harbor\.test\r\n/)
  assert.doesNotMatch(inbox()[0] ?? '', /for </)
})

test('a bare LF or CR is refused, and no smuggled mail comes of it', async () => {
  const { meet, inbox, events } = await meeting()
  for (const end of ['\n.\r\n', '\n.\n', '\r\n.\n', '\r.\r', '\r\n.\r']) {
    const dialogue = await meet()
    await dialogue.codes(...TO_ALICE)
    const smuggled = 'MAIL FROM:<evil@island.test>\r\nRCPT TO:<alice@harbor.test>\r\nDATA\r\nevil\r\n'
    assert.match(
      await dialogue.say(`Subject: x\r\n\r\ntext${end}${smuggled}.\r\nNOOP\r\n`),
      /^550 5\.5\.2 [^\n]*\n250 2\.0\.0 [^\n]*\n$/,
    )
  }
  assert.deepEqual(inbox(), [])
  assert.deepEqual([...new Set(events.map(({ kind }) => kind))], ['smtp.refused'])
})

test('chunks: several, empty, refused ones dropped, binary', async () => {
  const { meet, inbox } = await meeting()
  const dialogue = await meet()
  const chunked =
    'MAIL FROM:<>\r\nRCPT TO:<alice@harbor.test>\r\nBDAT 6\r\na: b\r\nBDAT 0\r\nBDAT 7 LAST\r\n\r\n.\r\nxyNOOP\r\n'
  assert.match(await dialogue.say(chunked), /^(250 [^\n]*\n){6}$/)
  assert.match(inbox()[0] ?? '', /\r\na: b\r\n\r\n\.\r\nxy\r\n$/)
  const unwanted = 'MAIL FROM:<>\r\nRCPT TO:<nobody@harbor.test>\r\nBDAT 6\r\nQUIT\r\nBDAT 6 LAST\r\nQUIT\r\nNOOP\r\n'
  assert.match(
    await dialogue.say(unwanted),
    /^250 [^\n]*\n550 5\.1\.1 [^\n]*\n554 5\.5\.1 [^\n]*\n503 5\.5\.1 [^\n]*\n250 2\.0\.0 [^\n]*\n$/,
  )
  const binary =
    'MAIL FROM:<> BODY=BINARYMIME\r\nRCPT TO:<alice@harbor.test>\r\nDATA\r\nBDAT 4 LAST\r\n\r\n\n\0NOOP\r\n'
  assert.match(
    await dialogue.say(binary),
    /^250 [^\n]*\n250 [^\n]*\n503 5\.5\.1 [^\n]*\n250 2\.0\.0 [^\n]*\n250 [^\n]*\n$/,
  )
  assert.match(inbox()[1] ?? '', /\r\n\r\n\n\0$/)
  const between =
    'MAIL FROM:<>\r\nRCPT TO:<alice@harbor.test>\r\nBDAT 2\r\na:RCPT TO:<alice@harbor.test>\r\nDATA\r\nRSET\r\n'
  assert.match(await dialogue.say(between), /^(250 [^\n]*\n){3}503 [^\n]*\n503 [^\n]*\n250 [^\n]*\n$/)
})

test('a BDAT that cannot be read ends the connection', async () => {
  const { meet } = await meeting()
  const dialogue = await meet()
  assert.deepEqual(await dialogue.codes('BDAT x', 'MAIL FROM:<>'), ['501 5.5.4'])
  assert.ok(dialogue.peer.hasEnded)
})

test('sizes: announced, found out, and room for all of them', async () => {
  const { meet, served } = await meeting({ config: { message: '100B', limits: { 'in-flight': '16KiB' } } })
  const dialogue = await meet()
  assert.deepEqual(await dialogue.codes('MAIL FROM:<> SIZE=101', 'MAIL FROM:<> SIZE=100', 'RSET'), [
    '552 5.3.4',
    '250 2.1.0',
    '250 2.0.0',
  ])
  await dialogue.codes(...TO_ALICE)
  assert.deepEqual(await dialogue.codes('x'.repeat(101), '.'), ['552 5.3.4'])
  const many = await Promise.all([meet(), meet(), meet()])
  const outcomes: string[][] = []
  for (const one of many) await one.codes(...TO_ALICE)
  for (const one of many) await one.say('Subject: x\r\n\r\n')
  for (const one of many) outcomes.push(await one.codes('.'))
  assert.deepEqual(outcomes, [['250 2.0.0'], ['250 2.0.0'], ['452 4.3.1']])
  for (const one of many) await one.codes(...TO_ALICE)
  assert.deepEqual(await many[2]?.codes('.'), ['250 2.0.0'])
  many[0]?.peer.reset()
  await served.plane.settled()
})

test('recipients are counted', async () => {
  const { meet } = await meeting({ config: { limits: { recipients: 2 } } })
  const dialogue = await meet()
  const rcpt = 'RCPT TO:<alice@harbor.test>'
  assert.deepEqual(await dialogue.codes('MAIL FROM:<>', rcpt, rcpt, rcpt, 'DATA', '.'), [
    '250 2.1.0',
    '250 2.1.5',
    '250 2.1.5',
    '452 4.5.3',
    '354',
    '250 2.0.0',
  ])
})

test('what could not be kept is told in its words, and lost by nobody', async () => {
  for (const [code, expected] of [
    ['ENOSPC', '452 4.3.1'],
    ['EQUOTA', '452 4.2.2'],
    ['EIO', '451 4.3.0'],
  ] as const) {
    const { meet, inbox, events } = await meeting({ post: () => ({ take: async () => failure(code, 'no') }) })
    const dialogue = await meet()
    await dialogue.codes(...TO_ALICE)
    assert.deepEqual(await dialogue.codes('Message-ID: <x@y>', '', '.', 'NOOP'), [expected, '250 2.0.0'])
    assert.deepEqual(inbox(), [])
    assert.deepEqual(
      events.map(({ kind, detail }) => [kind, detail?.['mail']]),
      [['smtp.refused', 'x@y']],
    )
  }
})

test('nothing is said before the mail is kept, and a client that leaves does not undo it', async () => {
  const open: (() => void)[] = []
  const { meet, events, served, inbox } = await meeting({
    post: (post) => ({
      take: async (mail) => {
        await new Promise<void>((resolve) => void open.push(resolve))
        return post.take(mail)
      },
    }),
  })
  const dialogue = await meet()
  await dialogue.codes(...TO_ALICE)
  dialogue.peer.send('Message-ID: <x@y>\r\n\r\n.\r\n')
  assert.equal(dialogue.peer.take(), '')
  dialogue.peer.reset()
  for (const release of open) release()
  await served.plane.settled()
  assert.equal(inbox().length, 1)
  assert.deepEqual(
    events.map(({ kind, detail }) => [kind, detail?.['mail']]),
    [['smtp.accepted', 'x@y']],
  )
})

test('mail that goes in circles is refused', async () => {
  const { meet } = await meeting()
  const dialogue = await meet()
  const received = 'Received: from a by b; Thu, 01 Jan 2026 00:00:00 +0000'
  await dialogue.codes(...TO_ALICE)
  assert.deepEqual(await dialogue.codes(...Array.from({ length: 50 }, () => received), '', '.'), ['250 2.0.0'])
  await dialogue.codes(...TO_ALICE)
  assert.deepEqual(await dialogue.codes(...Array.from({ length: 51 }, () => received), '', '.'), ['554 5.4.6'])
  await dialogue.codes(...TO_ALICE)
  assert.deepEqual(await dialogue.codes('delivered-to: Alice@harbor.test', '', '.'), ['554 5.4.6'])
  await dialogue.codes(...TO_ALICE)
  assert.deepEqual(await dialogue.codes('Delivered-To: bob@harbor.test', '', '.'), ['250 2.0.0'])
})

test('submission adds what is missing, signs, and queues what goes elsewhere', async () => {
  const { user, inbox, post, events } = await meeting()
  const dialogue = await user()
  const codes = await dialogue.codes(
    'MAIL FROM:<alice@harbor.test> RET=HDRS ENVID=e+2B1',
    'RCPT TO:<bob@harbor.test>',
    'RCPT TO:<carol@island.test> NOTIFY=SUCCESS ORCPT=rfc822;c@island.test',
    'DATA',
    'From: Alice <alice@harbor.test>',
    'Subject: x',
    '',
    'text',
    '.',
  )
  assert.deepEqual(codes.at(-1), '250 2.0.0')
  const [mail = ''] = inbox('bob@harbor.test')
  assert.match(mail, /\r\n\tby mail\.harbor\.test \(Portolan\) with ESMTPSA id \w+;\r\n/)
  assert.match(mail, /\r\nDKIM-Signature: v=1; a=ed25519-sha256; [^]*d=harbor\.test;/)
  assert.match(mail, /\r\nDate: Thu, 01 Jan 2026 00:00:00 \+0000\r\nMessage-ID: <\w+@mail\.harbor\.test>\r\nFrom: /)
  const [queued] = post.queue('mail.harbor.test').list()
  assert.ok(queued !== undefined)
  assert.match(queued.messageId, /^\w+@mail\.harbor\.test$/)
  assert.deepEqual(
    { sender: queued.sender, returns: queued.returns, envelopeId: queued.envelopeId },
    { sender: 'alice@harbor.test', returns: 'HDRS', envelopeId: 'e+1' },
  )
  const [to] = queued.recipients
  assert.deepEqual(
    [to?.address, to?.notify, to?.originalRecipient],
    ['carol@island.test', ['SUCCESS'], 'rfc822;c@island.test'],
  )
  const accepted = events.find(({ kind }) => kind === 'smtp.accepted')
  assert.equal(accepted?.detail?.['mail'], queued.messageId)
  assert.equal(accepted?.detail?.['user'], 'alice@harbor.test')
})

test('a message without a header is kept apart from the fields put before it', async () => {
  const { user, meet, inbox } = await meeting()
  const dialogue = await user()
  await dialogue.codes('MAIL FROM:<alice@harbor.test>', 'RCPT TO:<bob@harbor.test>', 'DATA', 'just text', '.')
  assert.match(inbox('bob@harbor.test')[0] ?? '', /\r\nMessage-ID: <[^>]*>\r\n\r\njust text\r\n$/)
  const stranger = await meet()
  await stranger.codes(...TO_ALICE, 'just text', '.')
  assert.match(inbox()[0] ?? '', /\+0000\r\n\r\njust text\r\n$/)
})

test('users send as themselves', async () => {
  const { user } = await meeting({ config: { aliases: { sales: ['bob@harbor.test', 'alice@harbor.test'] } } })
  const dialogue = await user()
  const as = async (sender: string) => (await dialogue.codes(`MAIL FROM:<${sender}>`, 'RSET'))[0]
  assert.equal(await as('Alice@harbor.test'), '250 2.1.0')
  assert.equal(await as('alice+x@harbor.test'), '250 2.1.0')
  assert.equal(await as('sales@harbor.test'), '250 2.1.0')
  assert.equal(await as(''), '250 2.1.0')
  assert.equal(await as('bob@harbor.test'), '553 5.7.1')
  assert.equal(await as('sales@island.test'), '553 5.7.1')
  const free = await (await meeting({ config: { 'any-sender': true } })).user()
  assert.deepEqual(await free.codes('MAIL FROM:<bob@island.test>'), ['250 2.1.0'])
})

test('letters beyond ASCII need SMTPUTF8', async () => {
  const { meet, inbox } = await meeting()
  const dialogue = await meet()
  assert.deepEqual(
    await dialogue.codes('MAIL FROM:<é@island.test>', 'MAIL FROM:<>', 'RCPT TO:<zoé@harbor.test>', 'RSET'),
    ['553 5.6.7', '250 2.1.0', '553 5.6.7', '250 2.0.0'],
  )
  const codes = await dialogue.codes(
    'MAIL FROM:<é@island.test> SMTPUTF8',
    'RCPT TO:<zoé@harbor.test>',
    'DATA',
    'S: x',
    '',
    '.',
  )
  assert.deepEqual(codes.at(-1), '250 2.0.0')
  const [mail = ''] = inbox('zoé@harbor.test')
  assert.match(Buffer.from(mail, 'latin1').toString(), /^Return-Path: <é@island\.test>\r\n[^]* with UTF8SMTP id /)
})

test('aliases, details, postmaster and addresses of the host itself', async () => {
  const aliases = {
    team: ['alice@harbor.test', 'loop@harbor.test', 'far@island.test'],
    'loop@harbor.test': 'team@harbor.test',
    bob: ['bob@harbor.test', 'alice@harbor.test'],
    nobody: 'gone@harbor.test',
  }
  const { meet, inbox, post } = await meeting({ config: { aliases } })
  const dialogue = await meet()
  const send = async (to: string) =>
    (await dialogue.codes('MAIL FROM:<x@island.test>', `RCPT TO:<${to}>`, 'DATA', '.', 'RSET')).slice(1, -1).at(-1)
  assert.equal(await send('Team@harbor.test'), '250 2.0.0')
  assert.deepEqual([inbox().length, inbox('bob@harbor.test').length], [1, 0])
  assert.deepEqual(
    post
      .queue('mail.harbor.test')
      .list()
      .flatMap(({ recipients }) => recipients.map(({ address }) => address)),
    ['far@island.test'],
  )
  assert.equal(await send('bob@harbor.test'), '250 2.0.0')
  assert.deepEqual([inbox().length, inbox('bob@harbor.test').length], [2, 1])
  assert.equal(await send('bob+list@harbor.test'), '250 2.0.0')
  assert.deepEqual([inbox().length, inbox('bob@harbor.test').length], [3, 2])
  for (const to of ['postmaster', 'PostMaster@harbor.test', `alice@[${ADDRESS}]`])
    assert.equal(await send(to), '250 2.0.0', to)
  assert.equal(inbox().length, 6)
  assert.equal(await send('nobody@harbor.test'), '500 5.5.1')
  assert.equal(await send('alice@[192.0.2.77]'), '500 5.5.1')
})

test('answers on demand: at every phase, counted, with or without a word', async () => {
  const answers = [
    { at: 'rcpt', to: 'bob@harbor.test', first: 2, reply: '451 4.7.1 later' },
    { at: 'mail', from: 'bad@island.test', reply: '550 5.7.1 not you' },
    { at: 'data', from: 'slow@island.test', reply: '451 4.3.0 not now' },
    { at: 'message', from: 'lost@island.test', reply: '250 2.0.0 thank you' },
    { at: 'message', to: 'bob@harbor.test', reply: '554 5.6.0 no' },
    { at: 'helo', peer: '192.0.2.9', reply: '550 5.7.1 go away' },
    { at: 'connect', peer: '192.0.2.8', reply: '421 4.3.2 closed' },
    { at: 'connect', peer: '192.0.2.7', reply: 'hang-up' },
    { at: 'starttls', reply: '454 4.7.0 no TLS today' },
    { at: 'auth', user: 'bob@harbor.test', reply: '454 4.7.0 no logins today' },
    { at: 'quit', reply: '221 2.0.0 bye' },
  ]
  const { meet, inbox, served } = await meeting({ config: { answers } })
  const dialogue = await meet()
  const bob = 'RCPT TO:<bob@harbor.test>'
  assert.deepEqual(await dialogue.codes('MAIL FROM:<x@y.test>', bob, bob, bob, 'DATA', '.'), [
    '250 2.1.0',
    '451 4.7.1',
    '451 4.7.1',
    '250 2.1.5',
    '354',
    '554 5.6.0',
  ])
  const from = async (sender: string) =>
    dialogue.codes(`MAIL FROM:<${sender}>`, 'RCPT TO:<alice@harbor.test>', 'DATA', '.', 'RSET')
  assert.deepEqual((await from('bad@island.test'))[0], '550 5.7.1')
  assert.deepEqual((await from('slow@island.test'))[2], '451 4.3.0')
  assert.deepEqual((await from('lost@island.test'))[3], '250 2.0.0')
  assert.deepEqual(inbox(), [])
  const chunk = 'MAIL FROM:<slow@island.test>\r\nRCPT TO:<alice@harbor.test>\r\nBDAT 6 LAST\r\nQUIT\r\nNOOP\r\n'
  assert.match(await dialogue.say(chunk), /451 4\.3\.0 [^\n]*\n250 2\.0\.0 [^\n]*\n$/)
  assert.deepEqual(await dialogue.codes('STARTTLS', 'QUIT'), ['454 4.7.0', '221 2.0.0'])
  const at = (ip: string) => new MailDialogue(served, 25, { from: { ip, port: 9 } })
  assert.deepEqual(await at('192.0.2.9').codes('EHLO a', 'MAIL FROM:<>'), ['220', '550 5.7.1', '503 5.5.1'])
  assert.deepEqual(await at('192.0.2.8').codes('EHLO a'), ['421 4.3.2'])
  const silent = at('192.0.2.7')
  assert.equal(await silent.say('EHLO a\r\n'), '')
  assert.ok(silent.peer.hasEnded)
  const other = await meet(465, { tls: TLS })
  const login = `AUTH PLAIN ${Buffer.from('\0bob\0bob').toString('base64')}`
  assert.deepEqual(await other.codes(login, 'MAIL FROM:<bob@harbor.test>'), ['454 4.7.0', '530 5.7.0'])
})

test('who asks for it is told that a mail was delivered', async () => {
  const { user, inbox } = await meeting()
  const dialogue = await user()
  await dialogue.codes(
    'MAIL FROM:<alice@harbor.test>',
    'RCPT TO:<bob@harbor.test> NOTIFY=SUCCESS',
    'DATA',
    'Subject: x',
    '',
    '.',
  )
  assert.equal(inbox('bob@harbor.test').length, 1)
  const [report = ''] = inbox()
  assert.match(report, /^Return-Path: <>\r\n[^]*multipart\/report[^]*\r\nAction: delivered\r\n/)
})

type Answer = readonly (readonly string[])[] | 'ENOTFOUND' | 'silence'

/** A world whose name servers know these records: `TXT harbor.test`. */
function names(records: Readonly<Record<string, Answer>>): Partial<WorldView> {
  return {
    openResolver: (_io, opened) =>
      opened({
        resolve(name, type, then) {
          const answer = records[`${type} ${name}`] ?? 'ENOTFOUND'
          if (answer === 'silence') return
          then(answer === 'ENOTFOUND' ? failure('ENOTFOUND', `there is no ${name}`) : answer)
        },
      }),
  }
}

const REJECTING = {
  'TXT island.test': [['v=spf1 ip4:192.0.2.1 -all']],
  'TXT _dmarc.island.test': [['v=DMARC1; p=reject']],
} as const

test('mail from elsewhere says what is known of its sender, and forged results are gone', async () => {
  const { meet, inbox } = await meeting({ config: { authenticate: 'mark' }, world: names(REJECTING) })
  const dialogue = await meet()
  const forged = 'Authentication-Results: mail.harbor.test; dmarc=pass'
  await dialogue.codes(...TO_ALICE)
  assert.deepEqual(await dialogue.codes('From: bob@island.test', forged, '', '.'), ['250 2.0.0'])
  const [mail = ''] = inbox()
  assert.match(mail, /\r\nAuthentication-Results: mail\.harbor\.test;[^]*spf=pass[^]*dmarc=pass[^]*\r\nReceived: /)
  assert.equal(mail.split('Authentication-Results').length, 2)
  const stranger = await meet(25, { from: { ip: '192.0.2.66', port: 1 } })
  await stranger.codes(...TO_ALICE)
  assert.deepEqual(await stranger.codes('From: bob@island.test', '', '.'), ['250 2.0.0'])
  assert.match(inbox()[1] ?? '', /dmarc=fail/)
})

test('what fails DMARC is refused where that is asked for', async () => {
  const { meet, inbox } = await meeting({ config: { authenticate: 'enforce' }, world: names(REJECTING) })
  const stranger = await meet(25, { from: { ip: '192.0.2.66', port: 1 } })
  await stranger.codes(...TO_ALICE)
  assert.deepEqual(await stranger.codes('From: bob@island.test', '', '.'), ['550 5.7.1'])
  const friend = await meet()
  await friend.codes(...TO_ALICE)
  assert.deepEqual(await friend.codes('From: bob@island.test', '', '.'), ['250 2.0.0'])
  assert.equal(inbox().length, 1)
})

test('name servers that say nothing hold a mail up for ten seconds, and no longer', async () => {
  const silent = { 'TXT island.test': 'silence', 'TXT _dmarc.island.test': 'silence' } as const
  const { meet, inbox, served } = await meeting({ config: { authenticate: 'enforce' }, world: names(silent) })
  const dialogue = await meet()
  await dialogue.codes(...TO_ALICE)
  dialogue.peer.send('From: bob@island.test\r\n\r\n.\r\n')
  served.plane.advance(9999)
  assert.equal(dialogue.peer.take(), '')
  served.plane.advance(1)
  assert.deepEqual(await dialogue.codes(), ['250 2.0.0'])
  assert.match(inbox()[0] ?? '', /dmarc=temperror/)
})
