// What is made of mails: whole ones, broken ones, and ones that mean harm.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decodeMail, readHead } from './decode.ts'
import { textOfHtml } from './html-text.ts'
import { plainJson, plainLine, plainText } from './plain-text.ts'

const bytes = (lines: readonly string[]) => Buffer.from(lines.join('\r\n'))

const MIXED = bytes([
  'Message-ID: <m1@harbor.test>',
  'From: =?utf-8?q?Zo=C3=A9?= <Alice@Harbor.test>',
  'To: team: bob@island.test, "C. D." <carol@island.test>;',
  'Cc: dave@island.test',
  'Delivered-To: bob@island.test',
  'Subject: =?utf-8?b?w7xiZXI=?= all',
  'Date: Tue, 24 Nov 2026 16:58:23 +0100',
  'MIME-Version: 1.0',
  'Content-Type: multipart/mixed; boundary=b',
  '',
  '--b',
  'Content-Type: multipart/alternative; boundary=c',
  '',
  '--c',
  'Content-Type: text/plain; charset=utf-8',
  'Content-Transfer-Encoding: quoted-printable',
  '',
  'gr=C3=BC=C3=9Fe',
  '--c',
  'Content-Type: text/html',
  '',
  '<p>hello</p>',
  '--c--',
  '--b',
  'Content-Type: application/pdf',
  "Content-Disposition: attachment; filename*=utf-8''r%C3%A9port.pdf",
  'Content-Transfer-Encoding: base64',
  '',
  'JVBERg==',
  '--b',
  'Content-Type: text/plain; name="notes.txt"',
  '',
  'attached text',
  '--b',
  'Content-Type: message/rfc822',
  '',
  'Subject: inner',
  '',
  'inner text',
  '--b--',
  '',
])

test('a mail with everything in it', () => {
  assert.deepEqual(readHead(MIXED), {
    id: 'm1@harbor.test',
    from: ['alice@harbor.test'],
    to: ['bob@island.test', 'carol@island.test'],
    recipients: ['bob@island.test', 'carol@island.test', 'dave@island.test', 'bob@island.test'],
    subject: 'über all',
  })
  const mail = decodeMail(MIXED)
  assert.equal(mail.text, 'grüße')
  assert.equal(mail.html, '<p>hello</p>')
  assert.equal(mail.dateMs, Date.UTC(2026, 10, 24, 15, 58, 23))
  assert.deepEqual(mail.headers[1], ['From', 'Zoé <Alice@Harbor.test>'])
  assert.deepEqual(
    mail.attachments.map(({ name, type, bytes }) => [name, type, Buffer.from(bytes).toString()]),
    [
      ['réport.pdf', 'application/pdf', '%PDF'],
      ['notes.txt', 'text/plain', 'attached text'],
      ['message-3.eml', 'message/rfc822', 'Subject: inner\r\n\r\ninner text'],
    ],
  )
})

test('mails that are hardly any', () => {
  for (const text of [
    '',
    '\r\n',
    'no header at all',
    ': \r\n\r\n',
    'Content-Type: multipart/mixed\r\n\r\n--x',
    'From: <',
  ]) {
    const mail = decodeMail(Buffer.from(text))
    assert.equal(mail.html, null)
    assert.equal(mail.dateMs, null)
    assert.equal(readHead(Buffer.from(text)).id, '')
  }
  for (let length = 0; length < MIXED.length; length++) decodeMail(MIXED.subarray(0, length))
})

test('the words of a page', () => {
  const page = [
    '<!DOCTYPE html><head><title>x</title></head><body>',
    '<p>one &amp; <b>two</b>&#33;</p><!-- not this --><div>three<br>four</div>',
    '<script>if (1 < 2) alert("no")</script>5 < 6 &unknown; &#xfffffff;</body>',
  ].join('\n')
  assert.equal(textOfHtml(page), 'one & two!\nthree\nfour\n5 < 6 &unknown; &#xfffffff;')
  assert.equal(textOfHtml('a<script>b'), 'a')
  assert.equal(textOfHtml('a<!-- b'), 'a')
  assert.equal(textOfHtml('a<b'), 'a')
  const html = decodeMail(Buffer.from('Content-Type: text/html\r\n\r\n<p>only</p>'))
  assert.deepEqual([html.text, html.html], ['only', '<p>only</p>'])
})

test('pages made to take long do not', () => {
  for (const piece of ['<script>', '<!--', '<a', '<', '&#', '<p>', ' ', '</title']) textOfHtml(piece.repeat(200_000))
})

test('nothing of a mail moves the cursor', () => {
  assert.equal(plainText('a\u001b[31mb\r\nc\u0000\u009b\td\u202ee\rf'), 'a[31mb\nc\tde\nf')
  assert.equal(plainText('👩‍💻 zoë'), '👩‍💻 zoë')
  assert.equal(plainLine(' a\r\n b\u0007 ', 10), 'a b')
  assert.equal(plainLine('abcdef', 4), 'abc…')
  assert.equal(plainJson({ a: '\u009b\u202e\u001b' }), String.raw`{"a":"\u009b\u202e\u001b"}`)
})
