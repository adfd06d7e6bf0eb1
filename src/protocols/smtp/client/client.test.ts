// The client and a server by script: what is said in which order, and what each recipient is told.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { OpenGate, SeededRandom, SimPlane } from '../../../sim/index.ts'
import { SmtpClient, type Outcomes, type OutgoingMail, type SessionEnd, type SmtpClientOptions } from './index.ts'
import { SampleServer, type SampleScript } from './sample-server.ts'

const AT = { ip: '198.51.100.1', port: 25 }
const ALL = [
  'PIPELINING',
  'SIZE 1000000',
  '8BITMIME',
  'SMTPUTF8',
  'CHUNKING',
  'BINARYMIME',
  'DSN',
  'ENHANCEDSTATUSCODES',
]

const MAIL: OutgoingMail = {
  sender: 'alice@harbor.test',
  recipients: [{ address: 'bob@island.test' }],
  content: Buffer.from('Subject: hello\r\n\r\n.dots\r\n'),
}

interface Played {
  readonly server: SampleServer
  readonly outcomes: Outcomes[]
  readonly told: string[]
  readonly plane: SimPlane
  readonly end: () => SessionEnd | undefined
  readonly client: () => SmtpClient
}

interface Play {
  readonly script?: SampleScript
  readonly mails?: readonly Partial<OutgoingMail>[]
  readonly options?: Partial<SmtpClientOptions>
  readonly chunkMaxBytes?: number
}

async function play({ script = {}, mails = [{}], options = {}, chunkMaxBytes = Infinity }: Play): Promise<Played> {
  const plane = new SimPlane({ chunkMaxBytes })
  const gate = new OpenGate()
  const server = new SampleServer(script)
  await plane.listenStream(server.listen(AT.port), { at: AT, service: 'smtp' }, gate)
  const outcomes: Outcomes[] = []
  const told: string[] = []
  let end: SessionEnd | undefined
  let client: SmtpClient | undefined
  const exchanges = mails.map((mail) => ({
    mail: { ...MAIL, ...mail },
    answered: (result: Outcomes) => void outcomes.push(result),
  }))
  const hear = {
    told: (from: string, line: string) => void told.push(`${from}: ${line}`),
    over: (why: SessionEnd | undefined) => void (end = why),
  }
  const io = plane.serviceIo('smtp', ['192.0.2.1'], gate, () => {})
  io.connect(AT, (io) => (client = new SmtpClient(io, { name: 'mail.harbor.test', ...options, ...hear }, exchanges)))
  await plane.settled()
  assert.ok(!gate.kinds.includes('driver.broken'), JSON.stringify(gate.events))
  const opened = (): SmtpClient => {
    assert.ok(client)
    return client
  }
  return { server, outcomes, told, plane, end: () => end, client: opened }
}

/** `reply` to lines that begin with `start`; with `once`, to the first of them only. */
function says(start: string, reply: string, once = false): (line: string, times: number) => string | undefined {
  return (line, times) => (line.startsWith(start) && !(once && times > 1) ? reply : undefined)
}

/** `reply` to the second such line. */
function onSecond(start: string, reply: string): (line: string, times: number) => string | undefined {
  return (line, times) => (line.startsWith(start) && times === 2 ? reply : undefined)
}

/** `accepted 250`, `refused 550`, `lost ECONNRESET`. */
function words(outcomes: Outcomes | undefined): string[] {
  return (outcomes ?? []).map((outcome) =>
    outcome.kind === 'lost' ? `lost ${outcome.why.failure.code}` : `${outcome.kind} ${outcome.reply.code}`,
  )
}

test('a server without extensions: one command after the other', async () => {
  const { server, outcomes, end } = await play({})
  assert.deepEqual(server.log, [
    '< 220 sample.test',
    'EHLO mail.harbor.test',
    '< 250 sample.test',
    'MAIL FROM:<alice@harbor.test>',
    '< 250 2.0.0 fine',
    'RCPT TO:<bob@island.test>',
    '< 250 2.0.0 fine',
    'DATA',
    '< 354 go on',
    '< 250 2.0.0 taken',
    'QUIT',
    '< 221 2.0.0 bye',
  ])
  assert.equal(server.mails[0]?.content, 'Subject: hello\r\n\r\n.dots\r\n')
  assert.deepEqual(words(outcomes[0]), ['accepted 250'])
  assert.equal(end(), undefined)
})

test('HELO where EHLO is not known', async () => {
  const script = { answer: says('EHLO', '500 what') }
  const { server, outcomes } = await play({ script })
  assert.ok(server.heard.includes('HELO mail.harbor.test'))
  assert.deepEqual(words(outcomes[0]), ['accepted 250'])
})

test('everything offered: all in one flight, parameters with it', async () => {
  const mail: Partial<OutgoingMail> = {
    returns: 'HDRS',
    envelopeId: 'a b+1',
    recipients: [
      { address: 'bob@island.test', notify: ['SUCCESS', 'DELAY'], originalRecipient: 'rfc822;bob@island.test' },
      { address: 'carol@island.test' },
    ],
  }
  const { server } = await play({ script: { extensions: ALL }, mails: [mail, {}] })
  assert.deepEqual(server.heard, [
    'EHLO mail.harbor.test',
    'MAIL FROM:<alice@harbor.test> SIZE=25 RET=HDRS ENVID=a+20b+2B1',
    'RCPT TO:<bob@island.test> NOTIFY=SUCCESS,DELAY ORCPT=rfc822;bob@island.test',
    'RCPT TO:<carol@island.test>',
    'BDAT 25 LAST',
    'MAIL FROM:<alice@harbor.test> SIZE=25',
    'RCPT TO:<bob@island.test>',
    'BDAT 25 LAST',
    'QUIT',
  ])
  assert.deepEqual(
    server.mails.map((taken) => taken.recipients.length),
    [2, 1],
  )
})

for (const extensions of [[], ['PIPELINING'], ['CHUNKING'], ALL]) {
  const offered = extensions.length === ALL.length ? 'all' : extensions.join() || 'nothing'
  test(`${offered} offered: each recipient is answered for itself`, async () => {
    const answer = says('RCPT TO:<carol', '550 5.1.1 no carol')
    const recipients = ['bob', 'carol', 'dave'].map((name) => ({ address: `${name}@island.test` }))
    const { outcomes } = await play({ script: { extensions, answer }, mails: [{ recipients }] })
    assert.deepEqual(words(outcomes[0]), ['accepted 250', 'refused 550', 'accepted 250'])
  })

  test(`${offered} offered: no recipient taken, and the next mail goes out all the same`, async () => {
    const answer = (line: string, times: number): string | undefined =>
      line.startsWith('RCPT') && times === 1
        ? '451 4.7.1 later'
        : line === '.' && times === 1 && extensions === ALL
          ? '503 5.5.1 none'
          : undefined
    const { outcomes, server } = await play({ script: { extensions, answer }, mails: [{}, {}] })
    assert.deepEqual(outcomes.map(words), [['refused 451'], ['accepted 250']])
    assert.equal(
      server.heard.filter((line) => line === 'RSET').length,
      extensions.includes('PIPELINING') && extensions !== ALL ? 0 : 1,
    )
  })

  test(`${offered} offered: a sender refused`, async () => {
    const answer = says('MAIL', '550 5.7.1 not you')
    const { outcomes } = await play({ script: { extensions, answer } })
    assert.deepEqual(words(outcomes[0]), ['refused 550'])
  })

  test(`${offered} offered: content refused, connection kept`, async () => {
    const answer = says('.', '552 5.2.2 full', true)
    const { outcomes, server } = await play({ script: { extensions, answer }, mails: [{}, {}] })
    assert.deepEqual(outcomes.map(words), [['refused 552'], ['accepted 250']])
    assert.equal(server.connections, 1)
  })

  test(`${offered} offered: 421 at any time is heard`, async () => {
    for (const place of ['connect', 'EHLO', 'MAIL', 'RCPT', '.']) {
      const answer = says(place, '421 4.3.2 going')
      const { outcomes, end } = await play({ script: { extensions, answer }, mails: [{}, {}] })
      assert.deepEqual(outcomes.map(words), [['lost ECLOSING'], ['lost ECLOSING']], place)
      assert.equal(end()?.reply?.code, 421)
      assert.ok(outcomes.every(([first]) => first?.kind === 'lost' && !first.uncertain))
    }
  })

  test(`${offered} offered: a connection that breaks behind the content leaves doubt, one before it none`, async () => {
    for (const [place, uncertain] of [
      ['EHLO', false],
      ['.', true],
    ] as const) {
      const answer = says(place, 'hang-up')
      const { outcomes } = await play({ script: { extensions, answer } })
      const [first] = outcomes[0] ?? []
      assert.ok(first?.kind === 'lost')
      assert.equal(first.uncertain, uncertain, place)
    }
  })
}

test('8-bit content and a server that takes it, and one that does not', async () => {
  const content = Buffer.from('Subject: x\r\n\r\ncaf\u00e9\r\n')
  const taken = await play({ script: { extensions: ['8BITMIME'] }, mails: [{ content }] })
  assert.ok(taken.server.heard.includes('MAIL FROM:<alice@harbor.test> BODY=8BITMIME'))
  const not = await play({ mails: [{ content }, { body: '8BITMIME' }] })
  assert.deepEqual(not.outcomes.map(words), [['refused 554'], ['accepted 250']])
  const [first] = not.outcomes[0] ?? []
  assert.ok(first?.kind === 'refused' && first.by === 'client' && first.reply.enhanced === '5.6.3')
})

test('binary content goes by BDAT or not at all', async () => {
  const content = Buffer.from('Subject: x\r\n\r\n\0\n.\n')
  const taken = await play({ script: { extensions: ALL }, mails: [{ content }] })
  assert.equal(taken.server.mails[0]?.content, content.toString('latin1'))
  const not = await play({ script: { extensions: ['8BITMIME', 'CHUNKING'] }, mails: [{ content, body: 'BINARYMIME' }] })
  assert.deepEqual(words(not.outcomes[0]), ['refused 554'])
})

test('an address with letters of the world needs SMTPUTF8', async () => {
  const recipients = [{ address: 'j\u00f6rg@island.test' }]
  const taken = await play({ script: { extensions: ALL }, mails: [{ recipients }] })
  assert.ok(taken.server.heard.includes('MAIL FROM:<alice@harbor.test> SIZE=25 SMTPUTF8'))
  const not = await play({ script: { extensions: ['8BITMIME'] }, mails: [{ recipients }] })
  const [first] = not.outcomes[0] ?? []
  assert.ok(first?.kind === 'refused' && first.reply.enhanced === '5.6.7')
})

test('a mail above SIZE is not sent', async () => {
  const { server, outcomes } = await play({ script: { extensions: ['SIZE 24'] } })
  assert.deepEqual(words(outcomes[0]), ['refused 552'])
  assert.ok(!server.heard.some((line) => line.startsWith('MAIL')))
})

test('an address that would end its line is not sent', async () => {
  const { server, outcomes } = await play({ mails: [{ sender: 'a@b>\r\nRCPT TO:<eve@x' }] })
  assert.deepEqual(words(outcomes[0]), ['refused 501'])
  assert.ok(!server.heard.some((line) => line.startsWith('RCPT')))
})

test('STARTTLS where it is offered, and EHLO again behind it', async () => {
  const { server, outcomes } = await play({ script: { extensions: ['STARTTLS', '8BITMIME'] } })
  assert.deepEqual(server.heard.slice(0, 3), ['EHLO mail.harbor.test', 'STARTTLS', 'EHLO mail.harbor.test'])
  assert.deepEqual(words(outcomes[0]), ['accepted 250'])
})

test('what was offered before TLS is forgotten', async () => {
  const answer = onSecond('EHLO', '500 5.5.1 only HELO now')
  const { server, outcomes } = await play({ script: { extensions: ['STARTTLS', ...ALL], answer } })
  assert.ok(server.heard.includes('MAIL FROM:<alice@harbor.test>'))
  assert.deepEqual(words(outcomes[0]), ['accepted 250'])
})

test('STARTTLS required and refused, or not offered: nothing is sent', async () => {
  const refuse = says('STARTTLS', '454 4.7.0 not now')
  for (const script of [{}, { extensions: ['STARTTLS'], answer: refuse }]) {
    const { server, outcomes } = await play({ script, options: { tls: 'required' } })
    assert.equal(outcomes[0]?.[0]?.kind, 'lost')
    assert.ok(!server.heard.some((line) => line.startsWith('MAIL')))
  }
  const plain = await play({ script: { extensions: ['STARTTLS'], answer: refuse } })
  assert.deepEqual(words(plain.outcomes[0]), ['accepted 250'])
})

test('a login by PLAIN, its password told to nobody', async () => {
  const answer = says('AUTH', '235 2.7.0 welcome')
  const login = { user: 'alice', password: 'secret' }
  const script = { extensions: ['STARTTLS', 'AUTH PLAIN'], answer }
  const { server, outcomes, told } = await play({ script, options: { login } })
  assert.ok(server.heard.includes(`AUTH PLAIN ${Buffer.from('\0alice\0secret').toString('base64')}`))
  assert.deepEqual(words(outcomes[0]), ['accepted 250'])
  assert.ok(told.includes('client: AUTH PLAIN (not shown)'))
  assert.ok(told.includes('server: 235 2.7.0 welcome'))
})

test('no password without TLS, and none accepted', async () => {
  const login = { user: 'alice', password: 'secret' }
  const bare = await play({ script: { extensions: ['AUTH PLAIN LOGIN'] }, options: { login } })
  assert.deepEqual(words(bare.outcomes[0]), ['lost EAUTH'])
  const answer = says('AUTH', '535 5.7.8 no')
  const wrong = await play({ script: { extensions: ['STARTTLS', 'AUTH PLAIN'], answer }, options: { login } })
  assert.deepEqual(words(wrong.outcomes[0]), ['lost EAUTH'])
  assert.equal(wrong.end()?.reply?.code, 535)
})

test('a session is kept open, reused, and closed when nothing comes', async () => {
  const { server, plane, client, outcomes } = await play({ options: { keepOpenMs: 5000 } })
  plane.advance(4000)
  client().send({ mail: MAIL, answered: (result) => outcomes.push(result) })
  await plane.settled()
  assert.equal(outcomes.length, 2)
  plane.advance(4900)
  assert.ok(!server.heard.includes('QUIT'))
  plane.advance(200)
  assert.ok(server.heard.includes('QUIT'))
  client().send({ mail: MAIL, answered: (result) => outcomes.push(result) })
  assert.equal(outcomes[2]?.[0]?.kind, 'lost')
  assert.equal(server.connections, 1)
})

for (const [place, minutes] of [
  ['connect', 5],
  ['EHLO', 5],
  ['MAIL', 5],
  ['RCPT', 5],
  ['DATA', 2],
  ['.', 10],
] as const) {
  test(`silence at ${place} is borne for ${minutes} minutes`, async () => {
    const answer = says(place, 'silence')
    const { outcomes, plane } = await play({ script: { answer } })
    plane.advance(minutes * 60_000 - 1)
    assert.equal(outcomes.length, 0)
    plane.advance(1)
    assert.deepEqual(words(outcomes[0]), ['lost ETIMEDOUT'])
  })
}

test('what is no reply ends the session', async () => {
  const long = Array.from({ length: 200 }, () => '220-x').join('\r\n')
  for (const greeting of ['hello', '220-a\r\n250 b', long, 'x'.repeat(5000)]) {
    const { outcomes } = await play({ script: { greeting } })
    assert.deepEqual(words(outcomes[0]), ['lost EPROTO'], greeting.slice(0, 20))
  }
})

test('a large mail leaves in blocks and arrives whole', async () => {
  const content = Buffer.from(`Subject: x\r\n\r\n${'.y\r\n'.repeat(60_000)}`)
  for (const extensions of [[], ALL]) {
    const { server, outcomes } = await play({ script: { extensions }, mails: [{ content }] })
    assert.deepEqual(words(outcomes[0]), ['accepted 250'])
    assert.ok(server.mails[0]?.content === content.toString())
  }
})

test('byte by byte', async () => {
  const script = { extensions: ['STARTTLS', ...ALL] }
  const { outcomes, server } = await play({ script, mails: [{}, {}], chunkMaxBytes: 1 })
  assert.deepEqual(outcomes.map(words), [['accepted 250'], ['accepted 250']])
  assert.equal(server.mails[1]?.content, 'Subject: hello\r\n\r\n.dots\r\n')
})

test('whatever a server says, and wherever, each mail is answered once', async () => {
  const random = new SeededRandom(25)
  const codes = ['220', '250', '235', '334', '354', '421', '451', '550', '599', '000', '25', '']
  for (let round = 0; round < 300; round++) {
    const pick = (list: readonly string[]): string => list[(random.bytes(1)[0] ?? 0) % list.length] ?? ''
    const answer = (): string | undefined => {
      const chance = random.bytes(1)[0] ?? 0
      if (chance < 100) return undefined
      if (chance < 110) return 'hang-up'
      if (chance < 120) return 'silence'
      const noise = Buffer.from(random.bytes(chance % 20)).toString('latin1')
      return `${pick(codes)}${pick([' ', '-', ''])}${noise}`
    }
    const login = round % 2 === 0 ? { login: { user: 'a', password: 'b', plainAllowedWithoutTls: true } } : {}
    const extensions = round % 3 === 0 ? [] : [...ALL, 'AUTH PLAIN LOGIN SCRAM-SHA-256']
    const { outcomes, plane } = await play({ script: { extensions, answer }, mails: [{}, {}, {}], options: login })
    plane.advance(3_600_000)
    assert.equal(outcomes.length, 3)
  }
})

test('nobody there', async () => {
  const plane = new SimPlane()
  const outcomes: Outcomes[] = []
  const io = plane.serviceIo('smtp', ['192.0.2.1'], new OpenGate(), () => {})
  const exchange = { mail: MAIL, answered: (result: Outcomes) => void outcomes.push(result) }
  io.connect(AT, (io) => new SmtpClient(io, { name: 'x' }, [exchange]))
  await plane.settled()
  assert.deepEqual(words(outcomes[0]), ['lost ECONNREFUSED'])
})
