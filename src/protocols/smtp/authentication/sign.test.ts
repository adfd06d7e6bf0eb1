// Signatures that stand, and those that must not; the body hash against the RFC's own example.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { dkimVerify } from 'mailauth/lib/dkim/verify.js'
import { dkimKeyPair } from '../../../shared/dkim/index.ts'
import { relaxedBodyHash, signDkim } from './sign.ts'

const KEY = dkimKeyPair(new Uint8Array(32).fill(7), 'harbor.test')
const WALL_MS = Date.UTC(2026, 0, 1)

const MAIL = [
  'Received: from x by y; Thu, 1 Jan 2026 00:00:00 +0000',
  'From: Alice <alice@harbor.test>',
  'To:   bob@island.test,',
  '\tcarol@island.test',
  'Subject: =?utf-8?q?caf=C3=A9?=  twice',
  'Message-ID: <1@harbor.test>',
  '',
  'one  two\t three   ',
  '',
  '.dot and \u00e9',
  '',
  '',
  '',
].join('\r\n')

function signed(text: string): Buffer {
  const content = Buffer.from(text)
  const key = { domain: 'harbor.test', selector: KEY.selector, key: KEY.privateKey, wallMs: WALL_MS }
  return Buffer.concat([signDkim(content, key), content])
}

async function resolver(name: string): Promise<string[][]> {
  assert.equal(name, 'portolan._domainkey.harbor.test')
  return [[KEY.record]]
}

async function verdict(content: Buffer): Promise<string | undefined> {
  const { results } = await dkimVerify(content, { resolver })
  return results[0]?.status.result
}

test('a signed mail passes', async () => {
  assert.equal(await verdict(signed(MAIL)), 'pass')
  assert.equal(await verdict(signed('From: a@harbor.test\r\n\r\n')), 'pass')
  assert.equal(await verdict(signed('From: a@harbor.test\r\n\r\nno line end')), 'pass')
})

test('it passes when only space and what is not signed have changed', async () => {
  const changed = signed(MAIL).toString('latin1').replace('one  two\t three   ', 'one two three').replace('from x', 'z')
  assert.equal(await verdict(Buffer.from(changed, 'latin1')), 'pass')
})

for (const [what, from, to] of [
  ['a word of the body', 'three', 'four'],
  ['the subject', 'twice', 'once'],
  ['another From', 'To:   bob', 'From: eve@harbor.test\r\nTo:   bob'],
] as const) {
  test(`it fails when ${what} has changed`, async () => {
    const changed = signed(MAIL).toString('latin1').replace(from, to)
    assert.notEqual(await verdict(Buffer.from(changed, 'latin1')), 'pass')
  })
}

test('lines of the field are short', () => {
  const field = signed(MAIL).toString('latin1').split('\r\nReceived:')[0] ?? ''
  assert.ok(field.split('\r\n').every((line) => line.length <= 100))
  const many = String(
    signed(
      ['Reply-To', 'Cc', 'MIME-Version', 'Content-Type', 'References', 'List-Id']
        .map((name) => `${name}: x\r\n`)
        .join('') + MAIL,
    ),
  )
  const names = /\th=([^;]*);/.exec(many)?.[1] ?? ''
  assert.ok(names.split('\r\n').length > 1 && names.split('\r\n').every((line) => line.length <= 76), names)
  assert.equal(
    names.replaceAll(/\s/g, ''),
    'from:reply-to:subject:message-id:to:cc:mime-version:content-type:references:list-id:from',
  )
})

const sha256 = (text: string): string => createHash('sha256').update(text).digest('base64')

test('bodies are hashed as RFC 6376 §3.4.5 shows', () => {
  for (const [body, relaxed] of [
    [' C \r\nD \t E\r\n\r\n\r\n', ' C\r\nD E\r\n'],
    ['', ''],
    ['\r\n\r\n', ''],
    [' \r\n\t\r\n', ''],
    ['a', 'a\r\n'],
    ['a \r b\r\n', 'a \r b\r\n'],
    ['end ', 'end\r\n'],
  ] as const) {
    assert.equal(relaxedBodyHash(Buffer.from(body)), sha256(relaxed), JSON.stringify(body))
  }
})
