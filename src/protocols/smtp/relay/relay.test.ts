// The relay, servers by script and names in a table, on a clock that is turned: from the queue to the other host, or back to the sender.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as v from 'valibot'
import { failure, type Failure } from '../../../core/failure.ts'
import type { NewQueued, NewRecipient } from '../../../core/post.ts'
import type { WorldView } from '../../../core/world-view.ts'
import { lonelyWorld, OpenGate, SimPlane } from '../../../sim/index.ts'
import { SampleServer, type SampleScript } from '../client/sample-server.ts'
import { relaySettings, startRelay, type Relay } from './index.ts'
import { SamplePost } from './sample-post.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const CONTENT = Buffer.from('From: alice@harbor.test\r\nSubject: hello\r\nMessage-ID: <1@harbor.test>\r\n\r\nhello\r\n')

type Names = Record<string, readonly (readonly string[])[] | Failure>

const ISLAND: Names = {
  'MX island.test': [
    ['10', 'a.island.test'],
    ['20', 'b.island.test'],
  ],
  'A a.island.test': [['198.51.100.10']],
  'A b.island.test': [['198.51.100.20']],
}

class Scene {
  readonly plane = new SimPlane()
  readonly gate = new OpenGate()
  readonly post: SamplePost
  readonly lookups: string[] = []
  names: Names = { ...ISLAND }
  settings: unknown = {}
  relay: Relay | undefined

  constructor(addresses = ['alice@harbor.test']) {
    this.post = new SamplePost(addresses, () => this.plane.wallMs())
  }

  async server(ip: string, script: SampleScript = {}): Promise<SampleServer> {
    const server = new SampleServer(script)
    await this.plane.listenStream(server.listen(25), { at: { ip, port: 25 }, service: 'smtp' }, this.gate)
    return server
  }

  start(): this {
    const io = this.plane.serviceIo('smtp', ['198.51.100.1'], this.gate, (timer) => this.relay?.woke(timer))
    const lonely = lonelyWorld(['198.51.100.1'], 'smtp')
    const world: WorldView = {
      ...lonely,
      host: { ...lonely.host, name: 'mail.harbor.test' },
      takesMailFor: (domain) => domain === 'harbor.test',
      post: this.post,
      openResolver: (_io, opened) =>
        opened({
          resolve: (name, type, then) => {
            this.lookups.push(`${type} ${name}`)
            then(this.names[`${type} ${name}`] ?? failure('ENODATA', `${name} has no ${type}`))
          },
        }),
    }
    const settings = v.parse(relaySettings, this.settings)
    this.relay = startRelay(io, world, { settings, accountFor: this.post.account })
    return this
  }

  async queue(recipients: readonly (string | NewRecipient)[], more: Partial<NewQueued> = {}): Promise<void> {
    const relay: NewQueued = {
      host: 'mail.harbor.test',
      sender: 'alice@harbor.test',
      body: '7BIT',
      smtpUtf8: false,
      messageId: '1@harbor.test',
      recipients: recipients.map((to) => (typeof to === 'string' ? { address: to } : to)),
      ...more,
    }
    await this.post.take({ content: CONTENT, deliver: [], relay })
    await this.plane.settled()
  }

  /** Turns the clock in steps, so that answers by promise come in between. */
  async advance(ms: number, stepMs = MINUTE_MS): Promise<void> {
    for (let left = ms; left > 0; left -= stepMs) {
      this.plane.advance(Math.min(left, stepMs))
      await this.plane.settled()
    }
  }

  kinds(prefix: string): string[] {
    return this.gate.kinds.filter((kind) => kind.startsWith(prefix))
  }

  get reports(): readonly string[] {
    return this.post.boxes.get('alice@harbor.test') ?? []
  }

  get left(): number {
    return this.post.queue().list().length
  }
}

/** `reply` to lines that begin with `start`, the first `times` times (default: always). */
function says(start: string, reply: string, most = Infinity): NonNullable<SampleScript['answer']> {
  return (line, times) => (line.startsWith(start) && times <= most ? reply : undefined)
}

test('a mail goes to the best exchanger, marked before it leaves and done behind it', async () => {
  const scene = new Scene().start()
  const server = await scene.server('198.51.100.10')
  await scene.queue(['bob@island.test'])
  assert.deepEqual(server.mails[0], {
    sender: 'alice@harbor.test',
    recipients: ['bob@island.test'],
    content: CONTENT.toString(),
  })
  assert.deepEqual(scene.post.changes, [['take'], ['1000 under-way'], ['1000 done']])
  assert.equal(scene.left, 0)
  assert.deepEqual(scene.kinds('smtp.'), ['smtp.lookup', 'smtp.relayed'])
  assert.ok(scene.gate.events.every((event) => event.detail?.['mail'] === '1@harbor.test'))
  assert.deepEqual(scene.reports, [])
})

test('what was queued before the start goes out, and tells what may arrive twice', async () => {
  const scene = new Scene()
  await scene.queue(['bob@island.test', 'carol@island.test'])
  await scene.queue(['dave@island.test'], { messageId: '2@harbor.test' })
  await scene.post.queue().settle(1, [{ id: 1000, kind: 'under-way' }])
  const server = await scene.server('198.51.100.10')
  scene.start()
  await scene.plane.settled()
  assert.deepEqual(server.mails.map((mail) => mail.recipients.length).toSorted(), [1, 2])
  const uncertain = scene.gate.events.filter((event) => event.kind === 'smtp.relay.uncertain')
  assert.deepEqual(
    uncertain.map((event) => event.detail?.['mail']),
    ['1@harbor.test'],
  )
})

test('recipients at several destinations are sent apart, those at one together', async () => {
  const scene = new Scene().start()
  scene.names['MX reef.test'] = [['1', 'mail.reef.test']]
  scene.names['A mail.reef.test'] = [['198.51.100.30']]
  const island = await scene.server('198.51.100.10')
  const reef = await scene.server('198.51.100.30')
  await scene.queue(['bob@island.test', 'rose@reef.test', 'carol@Island.Test'])
  assert.deepEqual(
    island.mails.map((mail) => mail.recipients),
    [['bob@island.test', 'carol@Island.Test']],
  )
  assert.deepEqual(
    reef.mails.map((mail) => mail.recipients),
    [['rose@reef.test']],
  )
})

for (const [what, script] of [
  ['refuses the connection', undefined],
  ['greets with 554', { greeting: '554 5.3.2 no' }],
  ['greets with 421', { greeting: '421 4.3.2 no' }],
  ['hangs up at EHLO', { answer: says('EHLO', 'hang-up') }],
  ['hangs up at MAIL', { answer: says('MAIL', 'hang-up') }],
] as const) {
  test(`the next exchanger is tried when the first ${what}`, async () => {
    const scene = new Scene().start()
    if (script !== undefined) await scene.server('198.51.100.10', script)
    const second = await scene.server('198.51.100.20')
    await scene.queue(['bob@island.test'])
    assert.equal(second.mails.length, 1)
    assert.equal(scene.left, 0)
  })
}

test('one connection serves mail after mail, and closes five seconds after the last', async () => {
  const scene = new Scene().start()
  const server = await scene.server('198.51.100.10', { extensions: ['PIPELINING'] })
  for (let at = 0; at < 5; at++) {
    await scene.queue(['bob@island.test'])
    scene.plane.advance(4000)
    await scene.plane.settled()
  }
  assert.equal(server.mails.length, 5)
  assert.equal(server.connections, 1)
  await scene.advance(2000, 1000)
  assert.ok(server.heard.includes('QUIT'))
  await scene.queue(['bob@island.test'])
  assert.equal(server.connections, 2)
})

test('a connection that the server closed in the meantime costs nothing', async () => {
  const scene = new Scene().start()
  const server = await scene.server('198.51.100.10', { answer: says('MAIL', 'hang-up') })
  server.script = { answer: (line, times) => (line.startsWith('MAIL') && times === 2 ? 'hang-up' : undefined) }
  await scene.queue(['bob@island.test'])
  await scene.queue(['bob@island.test'])
  assert.equal(server.mails.length, 2)
  assert.equal(server.connections, 2)
  assert.ok(!scene.gate.kinds.includes('smtp.deferred'))
})

test('a burst takes five connections at most, and loses nothing', async () => {
  const scene = new Scene()
  for (let at = 0; at < 300; at++) await scene.post.take({ content: CONTENT, deliver: [], relay: burst(at) })
  const server = await scene.server('198.51.100.10', { extensions: ['PIPELINING', 'CHUNKING'] })
  scene.start()
  for (let turn = 0; turn < 20; turn++) await scene.plane.settled()
  assert.equal(new Set(server.mails.map((mail) => mail.recipients[0])).size, 300)
  assert.equal(server.mails.length, 300)
  assert.equal(server.connections, 5)
  assert.equal(scene.left, 0)
  assert.equal(scene.lookups.filter((asked) => asked === 'MX island.test').length, 1)
})

function burst(at: number): NewQueued {
  const recipients = [{ address: `bob${at}@island.test` }]
  const messageId = `${at}@harbor.test`
  return { host: 'mail.harbor.test', sender: 'alice@harbor.test', body: '7BIT', smtpUtf8: false, messageId, recipients }
}

/** One mail for each of 250 domains at one server. */
async function manyDestinations(script: SampleScript): Promise<{ scene: Scene; server: SampleServer }> {
  const scene = new Scene()
  const server = await scene.server('198.51.100.10', script)
  for (let at = 0; at < 250; at++) {
    scene.names[`MX d${at}.test`] = [['1', 'a.island.test']]
    const recipients = [{ address: `bob@d${at}.test` }]
    await scene.post.take({ content: CONTENT, deliver: [], relay: { ...burst(at), recipients } })
  }
  scene.start()
  for (let turn = 0; turn < 20; turn++) await scene.plane.settled()
  return { scene, server }
}

test('a hundred connections in all', async () => {
  const { scene, server } = await manyDestinations({ answer: says('RCPT', 'silence') })
  assert.equal(server.connections, 100)
  await scene.advance(5 * MINUTE_MS)
  assert.equal(server.connections, 200, 'those that wait take the place of those that timed out')
})

test('nobody waits for a connection that only rests', async () => {
  const { server } = await manyDestinations({})
  assert.equal(server.mails.length, 250)
})

test('a recipient refused for good comes back to the sender in the same step', async () => {
  const scene = new Scene().start()
  await scene.server('198.51.100.10', { answer: says('RCPT TO:<carol', '550 5.1.1 no carol') })
  await scene.queue(['bob@island.test', { address: 'carol@island.test', originalRecipient: 'rfc822;c+2Bx@old.test' }])
  assert.deepEqual(scene.post.changes.at(-1)?.toSorted(), ['1000 done', '1001 done', 'take'])
  assert.equal(scene.reports.length, 1)
  const report = scene.reports[0] ?? ''
  assert.match(report, /^Return-Path: <>\r\nDelivered-To: alice@harbor\.test\r\n/)
  assert.match(report, /\r\nAuto-Submitted: auto-replied\r\n/)
  assert.match(report, /\r\nOriginal-Recipient: rfc822; c\+x@old\.test\r\n/)
  assert.match(report, /\r\nFinal-Recipient: rfc822; carol@island\.test\r\nAction: failed\r\nStatus: 5\.1\.1\r\n/)
  assert.match(report, /\r\nRemote-MTA: dns; a\.island\.test\r\nDiagnostic-Code: smtp; 550 5\.1\.1 no carol\r\n/)
  assert.ok(!report.includes('Final-Recipient: rfc822; bob'))
  assert.deepEqual(scene.kinds('smtp.b'), ['smtp.bounced'])
})

test('NOTIFY=NEVER and the null return path are told nothing', async () => {
  const scene = new Scene().start()
  await scene.server('198.51.100.10', { answer: says('RCPT', '550 5.1.1 no') })
  await scene.queue([{ address: 'bob@island.test', notify: ['NEVER'] }])
  await scene.queue([{ address: 'bob@island.test', notify: ['SUCCESS', 'DELAY'] }])
  assert.equal(scene.gate.kinds.includes('smtp.report-dropped'), false)
  await scene.queue(['bob@island.test'], { sender: '' })
  await scene.queue(['bob@island.test'], { sender: 'nobody@harbor.test' })
  assert.deepEqual(scene.reports, [])
  assert.deepEqual(scene.kinds('smtp.report-dropped'), ['smtp.report-dropped', 'smtp.report-dropped'])
  assert.equal(scene.left, 0)
})

test('the report for a sender elsewhere is queued, with the null return path', async () => {
  const scene = new Scene().start()
  const server = await scene.server('198.51.100.10', { answer: says('RCPT TO:<bob', '550 5.1.1 no') })
  await scene.queue(['bob@island.test'], { sender: 'eve@island.test' })
  await scene.plane.settled()
  assert.deepEqual(
    server.mails.map(({ sender, recipients }) => [sender, recipients]),
    [['', ['eve@island.test']]],
  )
  assert.equal(scene.left, 0)
})

test('success is reported where the other server cannot', async () => {
  const to: NewRecipient = { address: 'bob@island.test', notify: ['SUCCESS'] }
  for (const [extensions, reports] of [
    [[], 1],
    [['DSN'], 0],
  ] as const) {
    const scene = new Scene().start()
    const server = await scene.server('198.51.100.10', { extensions })
    await scene.queue([to])
    assert.equal(scene.reports.length, reports)
    assert.equal(
      server.heard.some((line) => line.endsWith('NOTIFY=SUCCESS')),
      reports === 0,
    )
    if (reports === 1) assert.match(scene.reports[0] ?? '', /\r\nAction: relayed\r\nStatus: 2\.0\.0\r\n/)
  }
})

test('a mail that nobody takes: the timetable, the word of its delay, and its end', async () => {
  const scene = new Scene()
  scene.settings = { 'first-retry': '10m', 'max-retry': '1h', 'give-up': '6h', 'delay-report': '2h' }
  scene.start()
  const server = await scene.server('198.51.100.10', { answer: says('RCPT', '451 4.7.1 later') })
  const begun = scene.plane.wallMs()
  await scene.queue(['bob@island.test'])
  const tries = [0]
  for (let minute = 1; minute <= 7 * 60; minute++) {
    const before = server.heard.length
    await scene.advance(MINUTE_MS)
    if (server.heard.slice(before).some((line) => line.startsWith('RCPT'))) tries.push(minute)
    if (minute === 119) assert.equal(scene.reports.length, 0)
    if (minute === 121) assert.equal(scene.reports.length, 1)
  }
  const [, second = 0, third = 0, fourth = 0] = tries
  assert.ok(second >= 9 && second <= 11, tries.join())
  assert.ok(third - second >= 18 && third - second <= 23 && fourth - third >= 36 && fourth - third <= 45, tries.join())
  assert.ok(tries.includes(120) && tries.includes(360), tries.join())
  const [delayed = '', failed = '', ...more] = scene.reports
  assert.match(delayed, /\r\nAction: delayed\r\nStatus: 4\.7\.1\r\n/)
  assert.ok(
    delayed.includes(`Will-Retry-Until: ${new Date(begun + 6 * HOUR_MS).toUTCString().replace('GMT', '+0000')}`),
  )
  assert.match(failed, /\r\nAction: failed\r\nStatus: 5\.4\.7\r\n/)
  assert.deepEqual(more, [])
  assert.equal(scene.left, 0)
})

test('a name server that fails defers, a domain that is none fails', async () => {
  const scene = new Scene().start()
  scene.names['MX slow.test'] = failure('ETIMEOUT', 'no answer')
  scene.names['MX none.test'] = failure('ENOTFOUND', 'no such domain')
  scene.names['MX null.test'] = [['0', '']]
  await scene.queue(['a@slow.test', 'b@none.test', 'c@null.test'])
  assert.deepEqual(scene.kinds('smtp.d'), ['smtp.deferred'])
  assert.deepEqual(scene.reports.map((report) => /Status: (.*)\r/.exec(report)?.[1]).toSorted(), ['5.1.10', '5.1.2'])
  scene.names['MX slow.test'] = [['1', 'a.island.test']]
  const server = await scene.server('198.51.100.10')
  await scene.advance(6 * MINUTE_MS)
  assert.equal(server.mails.length, 1)
})

test('those who wait for a dead host are not tried one by one', async () => {
  const scene = new Scene()
  for (let at = 0; at < 50; at++) await scene.post.take({ content: CONTENT, deliver: [], relay: burst(at) })
  scene.names['MX island.test'] = [['10', 'a.island.test']]
  scene.start()
  await scene.plane.settled()
  assert.ok(scene.gate.flows.length <= 5, `${scene.gate.flows.length} connections`)
  assert.equal(scene.kinds('smtp.deferred').length, 50)
  assert.equal(scene.left, 50)
})

test('TLS that fails is done without, unless it is required', async () => {
  for (const [tls, mails] of [
    ['offered', 1],
    ['required', 0],
  ] as const) {
    const scene = new Scene()
    scene.settings = { tls }
    scene.start()
    scene.names['MX island.test'] = [['10', 'a.island.test']]
    const server = await scene.server('198.51.100.10', { extensions: ['STARTTLS'] })
    scene.gate.identify = () => undefined
    await scene.queue(['bob@island.test'])
    assert.equal(server.mails.length, mails, tls)
    assert.equal(scene.left, 1 - mails)
  }
})

test('a connection that breaks behind the content is deferred, and sent nowhere else at once', async () => {
  const scene = new Scene().start()
  const server = await scene.server('198.51.100.10', { answer: says('.', 'hang-up', 1) })
  const second = await scene.server('198.51.100.20')
  await scene.queue(['bob@island.test'])
  assert.deepEqual(scene.kinds('smtp.deferred'), ['smtp.deferred'])
  assert.equal(second.connections, 0)
  await scene.advance(6 * MINUTE_MS)
  assert.equal(server.mails.length, 1)
})

test('a full disk: nothing leaves unmarked', async () => {
  const scene = new Scene()
  await scene.queue(['bob@island.test'])
  const server = await scene.server('198.51.100.10')
  scene.post.full = failure('ENOSPC', 'the disk is full')
  scene.start()
  await scene.plane.settled()
  assert.equal(server.mails.length, 0)
  assert.deepEqual(scene.kinds('smtp.relay'), ['smtp.relay.stuck'])
  scene.post.full = undefined
  await scene.advance(2 * MINUTE_MS)
  assert.equal(server.mails.length, 1)
  assert.equal(scene.left, 0)
})

test('a disk that fills up while a mail is under way: it is written later, and sent once', async () => {
  const scene = new Scene()
  const fill = (line: string): undefined => {
    if (line === '.') scene.post.full = failure('ENOSPC', 'the disk is full')
  }
  const server = await scene.server('198.51.100.10', { answer: fill })
  scene.start()
  await scene.queue(['bob@island.test'])
  await scene.advance(3 * MINUTE_MS)
  assert.equal(scene.left, 1)
  scene.post.full = undefined
  await scene.advance(2 * MINUTE_MS)
  assert.equal(scene.left, 0)
  assert.equal(server.mails.length, 1)
})

test('one busy destination leaves room for the others', async () => {
  const scene = new Scene()
  const server = await scene.server('198.51.100.10')
  const order: string[] = []
  server.script = { answer: (line) => (line.startsWith('RCPT') ? void order.push(line) : undefined) }
  for (let at = 0; at < 25; at++) {
    scene.names[`MX d${at}.test`] = [['1', 'a.island.test']]
    for (let mail = 0; mail < 100; mail++) {
      const recipients = [{ address: `bob@d${at}.test` }]
      await scene.post.take({ content: CONTENT, deliver: [], relay: { ...burst(mail), recipients } })
    }
  }
  scene.start()
  for (let turn = 0; turn < 200; turn++) await scene.plane.settled()
  assert.equal(server.mails.length, 2500)
  const last = order.findIndex((line) => line.includes('@d24.test'))
  assert.ok(last < 1500, `the last destination waited for ${last} mails of others`)
})

test('after a stop nothing is begun', async () => {
  const scene = new Scene().start()
  const server = await scene.server('198.51.100.10')
  scene.relay?.stop()
  await scene.queue(['bob@island.test'])
  await scene.advance(HOUR_MS, 10 * MINUTE_MS)
  assert.equal(server.connections, 0)
  assert.equal(scene.left, 1)
})
