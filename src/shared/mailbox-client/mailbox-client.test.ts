// Whether TLS comes before a login, and the ends that a session can have.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isFailure, type Failure } from '../../core/failure.ts'
import { ClientSession, tlsBeforeLogin } from './index.ts'

const tls = { version: 'TLSv1.3', cipher: 'any' }
const serverName = 'mail.harbor.test'

const WAYS = [
  ['TLS runs', { tls }, {}, false, undefined],
  ['TLS runs, and is offered again', { tls }, { serverName }, true, undefined],
  ['offered and wanted', { tls: undefined }, { serverName }, true, serverName],
  ['offered, wanted, not required', { tls: undefined }, { serverName, tlsRequired: false }, true, serverName],
  ['not offered', { tls: undefined }, { serverName }, false, 'ENOTLS'],
  ['not offered, not required', { tls: undefined }, { serverName, tlsRequired: false }, false, undefined],
  ['nobody to expect', { tls: undefined }, {}, true, 'ENOTLS'],
  ['nobody to expect, not required', { tls: undefined }, { tlsRequired: false }, true, undefined],
] as const

for (const [what, io, options, isOffered, expected] of WAYS) {
  test(`TLS before a login: ${what}`, () => {
    const way = tlsBeforeLogin(io, options, isOffered)
    assert.equal(isFailure(way) ? way.code : way, expected)
  })
}

function scene() {
  const log: string[] = []
  const alarms: [string, number][] = []
  const io = {
    now: 5000,
    wakeAt: (timer: string, atMs: number) => void alarms.push([timer, atMs]),
    end: () => void log.push('end'),
  }
  const session = new ClientSession(io, (why: Failure) => {
    assert.equal(session.failed, why)
    log.push(why.code)
  })
  return { session, log, alarms }
}

test('silence ends a session while an answer is due', () => {
  const { session, log, alarms } = scene()
  session.expectSoon()
  const [[timer, atMs] = ['', 0]] = alarms
  assert.equal(atMs, 35_000)
  session.woke(timer, false)
  session.woke('another', true)
  assert.deepEqual([log, session.failed], [[], undefined])
  session.woke(timer, true)
  assert.deepEqual(log, ['ETIMEDOUT', 'end'])
})

test('why it is over is told once, and the connection ended once', () => {
  const { session, log } = scene()
  session.fail({ kind: 'failure', code: 'EAUTH', message: 'no' })
  session.ended()
  session.closed({ kind: 'reset' })
  assert.deepEqual([log, session.failed?.code], [['EAUTH', 'end'], 'EAUTH'])
})

test('a connection that is closed is not ended', () => {
  const { session, log } = scene()
  session.closed({ kind: 'reset', detail: 'gone' })
  assert.deepEqual(log, ['ECONNRESET'])
  assert.match(session.failed?.message ?? '', /gone/)
})

test('a server that ends is answered in kind', () => {
  const { session, log } = scene()
  session.ended()
  assert.deepEqual(log, ['ECONNRESET', 'end'])
})
