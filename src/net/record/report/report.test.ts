import assert from 'node:assert/strict'
import { test } from 'node:test'
import { stripVTControlCharacters } from 'node:util'
import type { Event } from '../../../core/event.ts'
import type { Flow } from '../../../core/flow.ts'
import { FlowRecord, type RecordLimits } from '../flow-record.ts'
import { formatReport, type ReportOptions } from './format-report.ts'

const START_MS = Date.UTC(2026, 10, 22)
const ALLOW = { verdict: 'allow', because: 'no rule matches; this is the default' } as const
const MAIL_RULE = { verdict: 'reject', rule: 0, because: 'mail leaves through submission' } as const
const CURL = { pid: 7, name: 'curl' }
const HOSTS = new Map([
  ['192.0.2.10', 'www.harbor.test'],
  ['2001:db8:1::10', 'www.harbor.test'],
  ['192.0.2.25', 'mail.harbor.test'],
  ['192.0.2.53', 'ns.harbor.test'],
  ['192.0.2.200', 'laptop'],
])

class Story {
  wallMs = START_MS
  readonly record: FlowRecord
  #flows = 0

  constructor(limits: Partial<RecordLimits> = {}) {
    this.record = new FlowRecord(() => this.wallMs, limits)
  }

  flow(service: string, ip: string, port: number, more: Partial<Flow> = {}): Flow {
    this.#flows++
    const from = { ip: '192.0.2.200', port: 40_000 + this.#flows }
    const openedMs = this.wallMs
    return { id: this.#flows, transport: 'tcp', from, to: { ip, port }, service, openedMs, ...more }
  }

  opened(service: string, ip: string, port: number, more: Partial<Flow> = {}): Flow {
    const flow = this.flow(service, ip, port, more)
    this.record.opened(flow, ALLOW)
    return flow
  }

  asked(...lines: string[]): void {
    const flow = this.opened('dns', '192.0.2.53', 53, { transport: 'udp' })
    this.record.openedBy(flow.id, CURL)
    for (const summary of lines) {
      const kind = summary.endsWith('NXDOMAIN') ? 'dns.unknown-name' : 'dns.query'
      this.record.event(flow, 'dns', { kind, summary })
    }
  }

  closed(flow: Flow, received: number, sent: number, tookMs: number): void {
    this.wallMs = flow.openedMs + tookMs
    this.record.closed(flow, received, sent, 'ended')
  }

  says(flow: Flow | undefined, service: string, summary: string, severity: Event['severity'] & {} = 'info'): void {
    this.record.event(flow, service, { kind: `${service}.said`, summary, severity })
  }

  text(more: Partial<ReportOptions> = {}): string {
    return formatReport(this.record, { form: 'text', nameOf: (ip) => HOSTS.get(ip), ...more })
  }
}

test('a run in which nothing happened', () => {
  assert.equal(new Story().text({ program: 'true' }), 'Portolan: true asked for nothing and opened nothing\n')
})

test('a resolver that is none of the world is told as a conversation', () => {
  const story = new Story()
  story.asked('www.harbor.test A → 192.0.2.10')
  const flow = story.opened('dns', '8.8.8.8', 53, { transport: 'udp' })
  story.record.openedBy(flow.id, CURL)
  story.record.event(flow, 'dns', { kind: 'dns.query', summary: 'www.harbor.test A → 192.0.2.10' })
  story.closed(flow, 33, 49, 2)
  assert.match(story.text(), /^ +53\/udp +8\.8\.8\.8 +dns: by curl, 33 bytes up, 49 down, 2 ms$/m)
  assert.doesNotMatch(story.text(), /ns\.harbor\.test/)
})

test('names, a conversation, a refusal', () => {
  const story = new Story()
  story.asked('www.harbor.test A → 192.0.2.10', 'www.harbor.test AAAA → 2001:db8:1::10')
  story.asked('example.com A → NXDOMAIN', 'example.com AAAA → NXDOMAIN')
  story.asked('ns.harbor.test AAAA → no data')
  const web = story.opened('http', '192.0.2.10', 443)
  story.record.secured(web, { version: 'TLSv1.3', cipher: 'TLS_AES_128_GCM_SHA256', alpn: 'h2' })
  story.record.openedBy(web.id, CURL)
  story.says(web, 'http', 'GET / → 200, 1,234 bytes')
  story.closed(web, 517, 3204, 12)
  story.record.opened(story.flow('smtp', '192.0.2.25', 25), MAIL_RULE)
  assert.equal(
    story.text({ program: 'curl' }),
    `Portolan: curl asked for 3 names, opened 1 connection; 1 attempt refused
  name     www.harbor.test   A, AAAA → 192.0.2.10, 2001:db8:1::10
  name     ns.harbor.test    AAAA → no data
  unknown  example.com       A, AAAA → NXDOMAIN, asked by curl (2 times)
  443/tcp  www.harbor.test   http: by curl, TLS 1.3, h2, 517 bytes up, 3,204 down, 12 ms
             GET / → 200, 1,234 bytes
  25/tcp   mail.harbor.test  rejected: mail leaves through submission (rule 1)
`,
  )
})

test('streams that two ends agreed on are one line, and steps on the way are only counted', () => {
  const story = new Story()
  const control = story.opened('ftp', '192.0.2.10', 21)
  for (const step of ['USER alice: 331', 'PASS ***: 230']) story.says(control, 'ftp', step, 'detail')
  story.says(control, 'ftp', 'RETR /a, 1 byte: 226')
  story.says(control, 'ftp', 'RETR /b: 550', 'warning')
  for (const port of [50_001, 50_002]) {
    const flow = story.flow('ftp', '192.0.2.10', port)
    story.record.opened(flow, { verdict: 'allow', because: 'agreed in flow 1: EPSV', agreedIn: control.id })
    story.closed(flow, 0, 1, 2)
  }
  story.closed(control, 10, 20, 30)
  const [, ...lines] = story.text().trimEnd().split('\n')
  assert.deepEqual(
    lines.map((line) => line.trim()),
    [
      '21/tcp    www.harbor.test  ftp: 10 bytes up, 20 down, 30 ms',
      'RETR /a, 1 byte: 226',
      'RETR /b: 550',
      'and 2 more',
      'data/tcp  www.harbor.test  ftp: 2 times, 0 bytes up, 2 down, up to 2 ms',
    ],
  )
})

test('what repeats is one line with a count', () => {
  const story = new Story()
  for (const [ip, tookMs] of [
    ['192.0.2.10', 5],
    ['2001:db8:1::10', 1500],
    ['192.0.2.10', 7],
  ] as const) {
    const web = story.opened('http', ip, 80)
    story.says(web, 'http', 'GET / → 200, 5 bytes')
    story.closed(web, 100, 1000, tookMs)
  }
  const last = story.opened('http', '192.0.2.10', 80)
  story.says(last, 'http', 'refused with 400: no host', 'warning')
  for (const count of [2, 3])
    for (let at = 0; at < count; at++) story.record.opened(story.flow('', '192.0.2.25', 20 + count), MAIL_RULE)
  story.says(undefined, 'dns', '12 more questions answered')
  assert.equal(
    story.text(),
    `Portolan: opened 4 connections; 5 attempts refused
  80/tcp  www.harbor.test   http: 4 times, 300 bytes up, 3,000 down, up to 1.5 s, 1 still open
            GET / → 200, 5 bytes (3 times)
            refused with 400: no host
  22/tcp  mail.harbor.test  rejected: mail leaves through submission (rule 1) (2 times)
  23/tcp  mail.harbor.test  rejected: mail leaves through submission (rule 1) (3 times)
  note    dns               12 more questions answered
`,
  )
})

test('what the plane refused stands beside what the gate refused', () => {
  const story = new Story()
  const to = { ip: '203.0.113.9', port: 53 }
  const refused = [{ verdict: 'drop', because: 'no host lives there', to, transport: 'udp', count: 1200 } as const]
  assert.equal(
    story.text({ refused }),
    `Portolan: asked for nothing and opened nothing; 1,200 attempts refused
  53/udp  203.0.113.9  dropped: no host lives there (1,200 times)
`,
  )
})

test('openers are named when there is more than one, and bytes go up from whoever opened', () => {
  const story = new Story()
  const submit = story.opened('smtp', '192.0.2.25', 587)
  story.closed(submit, 900, 100, 61_000)
  const relay = story.opened('smtp', '192.0.2.10', 25, { from: { ip: '192.0.2.25', port: 50_000 }, dialed: true })
  story.closed(relay, 100, 900, 0)
  const sink = story.opened('', '203.0.113.9', 9999, { transport: 'udp' })
  assert.equal(sink.id, 3)
  assert.equal(
    story.text(),
    `Portolan: opened 2 connections and 1 datagram exchange
  587/tcp   mail.harbor.test  smtp: from laptop, 900 bytes up, 100 down, 1 min 1 s
  25/tcp    www.harbor.test   smtp: from mail.harbor.test, 900 bytes up, 100 down, 0 ms
  9999/udp  203.0.113.9       nobody serves it: from laptop, 0 bytes up, 0 down, still open
`,
  )
})

test('what a peer chose cannot move the cursor, hide text or run on', () => {
  const story = new Story()
  const web = story.opened('http', '192.0.2.10', 80)
  story.says(web, 'http', 'GET /\u001b[2J\n\u009b31m\u202egnp.exe')
  story.says(web, 'http', `GET /${'a'.repeat(300)}`)
  story.closed(web, 1, 1, 1)
  assert.equal(
    story.text({ program: 'a\rb' }),
    `Portolan: a\\u{d}b opened 1 connection
  80/tcp  www.harbor.test  http: 1 byte up, 1 down, 1 ms
            GET /\\u{1b}[2J\\u{a}\\u{9b}31m\\u{202e}gnp.exe
            GET /${'a'.repeat(155)}…
`,
  )
})

test('a long run has a short report that says what is left out', () => {
  const story = new Story({ flowsMax: 60, eventsMax: 80 })
  for (let port = 1; port <= 70; port++) {
    const flow = story.opened('sink', '192.0.2.10', port)
    const saidMax = port === 11 ? 90 : 0
    for (let said = 1; said <= saidMax; said++) story.says(flow, 'sink', `line ${said}`)
  }
  const lines = story.text().split('\n')
  assert.equal(lines.length, 1 + 40 + 7 + 1 + 1 + 1)
  assert.deepEqual(lines.slice(0, 10), [
    'Portolan: opened 60 connections',
    '  11/tcp  www.harbor.test  sink: 0 bytes up, 0 down, still open',
    ...[11, 12, 13, 14, 15, 16].map((said) => `            line ${said}`),
    '            and 74 more',
    '  12/tcp  www.harbor.test  sink: 0 bytes up, 0 down, still open',
  ])
  assert.deepEqual(lines.slice(-3), [
    '  51/tcp                   and 20 more like these',
    '  The record was full: the oldest 10 flows and 10 events are not in this report.',
    '',
  ])
})

test('colour changes nothing but colour', () => {
  const story = new Story()
  story.asked('example.com A → NXDOMAIN')
  story.record.opened(story.flow('smtp', '192.0.2.25', 25), MAIL_RULE)
  const coloured = story.text({ colour: true })
  assert.equal(stripVTControlCharacters(coloured), story.text())
  assert.ok(coloured.includes('\u001b[31m25/tcp '))
  assert.ok(!story.text().includes('\u001b'))
})

test('the JSON has a version, the summary, and everything behind it', () => {
  const story = new Story()
  story.asked('www.harbor.test A → 192.0.2.10', 'example.com A → NXDOMAIN')
  const web = story.opened('http', '192.0.2.10', 80)
  story.says(web, 'http', 'GET /\u009b → 200')
  story.closed(web, 10, 20, 5)
  story.record.opened(story.flow('smtp', '192.0.2.25', 25), MAIL_RULE)
  story.says(undefined, 'dns', 'well', 'warning')
  const json = story.text({ form: 'json', program: 'curl' })
  assert.ok(json.endsWith('}\n') && !json.includes('\u009b'))
  const { flows, events, ...summary } = JSON.parse(json)
  assert.deepEqual(summary, {
    version: 1,
    program: 'curl',
    names: [{ name: 'www.harbor.test', types: ['A'], answers: ['192.0.2.10'], programs: ['curl'], count: 1 }],
    unknownNames: [{ name: 'example.com', types: ['A'], answers: ['NXDOMAIN'], programs: ['curl'], count: 1 }],
    conversations: [
      {
        from: 'laptop',
        host: 'www.harbor.test',
        port: 80,
        transport: 'tcp',
        service: 'http',
        flows: 1,
        open: 0,
        agreed: false,
        bytesUp: 10,
        bytesDown: 20,
        longestMs: 5,
        tls: [],
        programs: [],
        byHost: false,
        said: [{ thing: { text: 'GET /\u009b → 200', severity: 'info' }, count: 1 }],
      },
    ],
    refused: [
      {
        thing: {
          verdict: 'reject',
          host: 'mail.harbor.test',
          port: 25,
          transport: 'tcp',
          because: 'mail leaves through submission',
          rule: 1,
          programs: [],
        },
        count: 1,
      },
    ],
    notes: [{ thing: { service: 'dns', text: 'well', severity: 'warning' }, count: 1 }],
    lost: { flows: 0, events: 0 },
  })
  assert.deepEqual(flows, JSON.parse(JSON.stringify(story.record.flows())))
  assert.deepEqual(events, JSON.parse(JSON.stringify(story.record.events())))
})

const nameOf = (ip: string) => HOSTS.get(ip)
const isHost = (ip: string) => HOSTS.get(ip) !== 'laptop'

test("what hosts of the world ask and open is not counted as the program's", () => {
  const story = new Story()
  story.asked('mail.harbor.test A → 192.0.2.25')
  const from = { ip: '192.0.2.25', port: 40_900 }
  const asked = story.opened('dns', '192.0.2.53', 53, { transport: 'udp', from })
  story.record.event(asked, 'dns', { kind: 'dns.query', summary: 'harbor.test TXT → "v=spf1 mx -all"' })
  story.closed(story.opened('smtp', '192.0.2.25', 587), 10, 20, 5)
  story.closed(story.opened('smtp', '192.0.2.10', 25, { from }), 10, 20, 5)
  const text = formatReport(story.record, { form: 'text', program: 'swaks', nameOf, isHost })
  assert.match(text, /^Portolan: swaks asked for 1 name, opened 1 connection\n/)
  assert.doesNotMatch(text, /spf1/)
  assert.match(text, /25\/tcp +www\.harbor\.test +smtp: from mail\.harbor\.test/)
})

test('copies of zones that hosts hand on are no news, and those that fail are', () => {
  const story = new Story()
  const [copied, refused] = [
    'harbor.test 2 from 192.0.2.53: whole, 36 records',
    'harbor.test is not transferred: REFUSED',
  ]
  const from = { ip: '192.0.2.25', port: 40_900 }
  const asked = story.opened('dns', '192.0.2.53', 53, { from })
  for (const flow of [undefined, asked]) {
    story.record.event(flow, 'dns', { kind: 'dns.transfer', summary: copied })
    story.record.event(flow, 'dns', { kind: 'dns.transfer', summary: refused, severity: 'warning' })
  }
  story.record.event(asked, 'dns', { kind: 'fault.loss', summary: 'packet lost' })
  const text = formatReport(story.record, { form: 'text', nameOf, isHost })
  assert.ok(!text.includes(copied), text)
  assert.match(text, /^ +note +dns +harbor\.test is not transferred: REFUSED \(2 times\)$/m)
  assert.match(text, /^ +note +dns +packet lost$/m)
})
