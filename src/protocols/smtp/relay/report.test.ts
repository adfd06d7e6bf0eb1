// Reports field by field, read back with the reader of mail.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { headerValue, parseMessage, textOf, contentOf, type Part } from '../../../shared/mime/index.ts'
import { formatReport, type Report } from './report.ts'

const CONTENT = Buffer.from('From: alice@harbor.test\r\nSubject: hello\r\n\r\nThe body\r\n')
const REPORT: Report = {
  kind: 'failed',
  host: 'mail.harbor.test',
  wallMs: Date.UTC(2026, 0, 2, 3, 4, 5),
  token: '0123456789abcdef01234567',
  mail: {
    sender: 'alice@harbor.test',
    content: CONTENT,
    envelopeId: 'QQ314159',
    arrivedMs: Date.UTC(2026, 0, 1),
    messageId: '1@harbor.test',
  },
  recipients: [
    {
      address: 'bob@island.test',
      originalRecipient: 'rfc822;bob+2Bold@island.test',
      status: '5.1.1',
      diagnostic: { type: 'smtp', text: '550 5.1.1 nobody\r\nInjected: yes' },
      remote: 'mail.island.test',
    },
    { address: 'carol@island.test', status: '5.1.2' },
  ],
}

function read(report: Report): { content: Uint8Array; root: Part; parts: readonly Part[] } {
  const { content } = formatReport(report)
  const root = parseMessage(content)
  return { content, root, parts: root.children }
}

test('a failure, field by field', () => {
  const { content, root, parts } = read(REPORT)
  assert.equal(root.mediaType, 'multipart/report')
  assert.equal(root.contentType?.parameters.find(({ name }) => name === 'report-type')?.value, 'delivery-status')
  for (const [name, value] of [
    ['From', 'Mail delivery <postmaster@mail.harbor.test>'],
    ['To', '<alice@harbor.test>'],
    ['Date', 'Fri, 02 Jan 2026 03:04:05 +0000'],
    ['Message-ID', '<0123456789abcdef01234567@mail.harbor.test>'],
    ['References', '<1@harbor.test>'],
    ['Auto-Submitted', 'auto-replied'],
    ['MIME-Version', '1.0'],
  ] as const) {
    assert.equal(headerValue(content, root, name.toLowerCase())?.replace(/^(\w+), (\d) /, '$1, 0$2 '), value)
  }
  const [text, status, returned] = parts
  assert.ok(text && status && returned && parts.length === 3)
  assert.match(textOf(content, text), /<bob@island\.test>: mail\.island\.test said: 550 5\.1\.1 nobody/)
  assert.equal(status.mediaType, 'message/delivery-status')
  const fields = Buffer.from(contentOf(content, status))
    .toString()
    .replaceAll(/, (\d) /g, ', 0$1 ')
  assert.equal(
    fields,
    [
      'Reporting-MTA: dns; mail.harbor.test',
      'Original-Envelope-Id: QQ314159',
      'Arrival-Date: Thu, 01 Jan 2026 00:00:00 +0000',
      '',
      'Original-Recipient: rfc822; bob+old@island.test',
      'Final-Recipient: rfc822; bob@island.test',
      'Action: failed',
      'Status: 5.1.1',
      'Remote-MTA: dns; mail.island.test',
      'Diagnostic-Code: smtp; 550 5.1.1 nobody Injected: yes',
      'Last-Attempt-Date: Fri, 02 Jan 2026 03:04:05 +0000',
      '',
      'Final-Recipient: rfc822; carol@island.test',
      'Action: failed',
      'Status: 5.1.2',
      'Last-Attempt-Date: Fri, 02 Jan 2026 03:04:05 +0000',
      '',
    ].join('\r\n'),
  )
  assert.equal(returned.mediaType, 'message/rfc822')
  assert.equal(Buffer.from(contentOf(content, returned)).toString(), CONTENT.toString())
})

const HEADER = 'From: alice@harbor.test\r\nSubject: hello\r\n'

for (const [what, change, type, comesBack] of [
  ['RET=HDRS', { returns: 'HDRS' }, 'text/rfc822-headers', HEADER],
  ['a large mail', { content: Buffer.concat([CONTENT, Buffer.alloc(50_000, 65)]) }, 'text/rfc822-headers', HEADER],
  ['a mail that is no text', { content: Buffer.concat([CONTENT, Buffer.from('\0')]) }, 'text/rfc822-headers', HEADER],
] as const) {
  test(`${what}: the header alone comes back`, () => {
    const { content, parts } = read({ ...REPORT, mail: { ...REPORT.mail, ...change } })
    const last = parts.at(-1)
    assert.ok(last)
    assert.equal(last.mediaType, type)
    assert.equal(Buffer.from(contentOf(content, last)).toString(), comesBack)
  })
}

test('RET=FULL brings a large mail back whole', () => {
  const large = Buffer.concat([CONTENT, Buffer.from('line\r\n'.repeat(20_000))])
  const { content, parts } = read({ ...REPORT, mail: { ...REPORT.mail, content: large, returns: 'FULL' } })
  const last = parts.at(-1)
  assert.ok(last)
  assert.equal(Buffer.from(contentOf(content, last)).toString(), large.toString())
})

test('what was not a failure brings the header back', () => {
  for (const kind of ['delayed', 'relayed', 'delivered'] as const) {
    const { content, parts } = read({ ...REPORT, kind })
    assert.equal(parts.at(-1)?.mediaType, 'text/rfc822-headers')
    assert.match(Buffer.from(content).toString(), new RegExp(`\\r\\nAction: ${kind}\\r\\n`))
  }
})

test('letters of the world make it global, octets above 127 make it 8-bit', () => {
  const address = 'j\u00f6rg@island.test'
  const global = formatReport({ ...REPORT, recipients: [{ address, status: '5.1.1' }] })
  assert.deepEqual([global.body, global.smtpUtf8], ['8BITMIME', true])
  const types = parseMessage(global.content).children.map((part) => part.mediaType)
  assert.deepEqual(types, ['text/plain', 'message/global-delivery-status', 'message/global'])
  assert.ok(Buffer.from(global.content).includes(`Final-Recipient: utf-8; ${address}`))
  const content = Buffer.from('Subject: x\r\n\r\ncaf\u00e9\r\n')
  const eight = formatReport({ ...REPORT, mail: { ...REPORT.mail, content } })
  assert.deepEqual([eight.body, eight.smtpUtf8], ['8BITMIME', false])
  assert.deepEqual([formatReport(REPORT).body, formatReport(REPORT).smtpUtf8], ['7BIT', false])
})
