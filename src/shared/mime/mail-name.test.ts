import assert from 'node:assert/strict'
import { test } from 'node:test'
import { mailName } from './mail-name.ts'

const NAMES: readonly (readonly [header: string, name: string | undefined])[] = [
  ['Message-ID: <one@harbor.test>', 'one@harbor.test'],
  ['MESSAGE-ID:\r\n <two@harbor.test> (a comment)', 'two@harbor.test'],
  ['Message-ID: (before) <three@harbor.test>', 'three@harbor.test'],
  ['Message-ID: bare@harbor.test', undefined],
  ['Message-ID: <\u001b[31m@harbor.test>', undefined],
  [`Message-ID: <${'x'.repeat(2000)}@harbor.test>`, undefined],
  ['Subject: none', undefined],
]

for (const [header, name] of NAMES)
  test(JSON.stringify(header.slice(0, 60)), () => {
    assert.equal(mailName(Buffer.from(`From: a@b.test\r\n${header}\r\n\r\nMessage-ID: <body@harbor.test>\r\n`)), name)
  })
