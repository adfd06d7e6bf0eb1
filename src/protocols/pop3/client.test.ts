// The client joined to the server, by every way to log in, and to servers that say something else.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isFailure, type Failure, type StreamIo } from '../../core/index.ts'
import { OpenGate, serve, SimPlane } from '../../sim/index.ts'
import { mailWorld } from '../../../test/conformance/mail-world.ts'
import { Pop3Client, type Pop3Answer, type Pop3ClientOptions, type Pop3Ready } from './client.ts'
import { pop3 } from './index.ts'

const ADDRESS = '198.51.100.1'
const MAIL = 'Message-ID: <one@harbor.test>\r\n\r\n.dot\r\n..\r\n'

interface Call {
  client(): Pop3Client
  readonly ready: () => Pop3Ready | Failure | undefined
}

function dial(plane: SimPlane, port: number, more: Partial<Pop3ClientOptions> = {}): Call {
  let ready: Pop3Ready | Failure | undefined
  let client: Pop3Client | undefined
  const hear = (result: Pop3Ready | Failure) => void (ready = result)
  const io = plane.serviceIo('test', ['192.0.2.1'], new OpenGate(), () => {})
  io.connect({ ip: ADDRESS, port }, (stream) => {
    client = new Pop3Client(stream, { user: 'alice', password: 'alice', ready: hear, ...more })
    return client
  })
  const dialled = (): Pop3Client => {
    assert.ok(client !== undefined)
    return client
  }
  return { client: dialled, ready: () => ready }
}

async function settle(plane: SimPlane): Promise<void> {
  await plane.settled()
  plane.advance(0)
  await plane.settled()
}

async function served(plane: SimPlane, config: object = {}) {
  const { view } = await mailWorld(ADDRESS, 'pop3', [MAIL, 'Subject: two\r\n\r\n'])
  return serve(pop3, { config, world: view, plane, addresses: [ADDRESS] })
}

test('logs in by TLS and SCRAM, reads in one flight, and quits', async () => {
  for (const chunkMaxBytes of [Infinity, 1]) {
    const plane = new SimPlane({ chunkMaxBytes })
    const { gate } = await served(plane)
    const { client, ready } = dial(plane, 110, { serverName: 'mail.harbor.test' })
    await settle(plane)
    const opened = ready()
    assert.ok(opened !== undefined && !isFailure(opened), JSON.stringify(opened))
    assert.match(opened.mechanism, /^SCRAM-SHA-256/)
    assert.ok(opened.capabilities.includes('UIDL'))
    const answers: (Pop3Answer | Failure)[] = []
    const keep = (answer: Pop3Answer | Failure) => void answers.push(answer)
    client().ask({ kind: 'RETR', number: 1 }, keep)
    client().ask({ kind: 'LIST' }, keep)
    client().ask({ kind: 'RETR', number: 9 }, keep)
    client().ask({ kind: 'DELE', number: 2 }, keep)
    client().ask({ kind: 'QUIT' }, keep)
    await settle(plane)
    const told = answers.map((one) =>
      isFailure(one) ? one.code : [one.reply.ok, one.content && Buffer.from(one.content).toString()],
    )
    assert.deepEqual(told, [
      [true, MAIL],
      [true, `1 ${MAIL.length}\r\n2 16\r\n`],
      [false, undefined],
      [true, undefined],
      [true, undefined],
    ])
    assert.deepEqual(gate.kinds, ['pop3.login', 'pop3.retr', 'pop3.quit'])
  }
})

test('takes what the server offers, and nothing that shows the password without TLS', async () => {
  const plane = new SimPlane()
  await served(plane)
  const secure = dial(plane, 110)
  const scram = dial(plane, 110, { tlsRequired: false, user: 'bob', password: 'bob' })
  await settle(plane)
  assert.deepEqual(codeOf(secure.ready()), 'ENOTLS')
  assert.equal(codeOf(scram.ready()), 'SCRAM-SHA-256')
})

test('a wrong password', async () => {
  const plane = new SimPlane()
  await served(plane)
  const { ready } = dial(plane, 110, { password: 'wrong', serverName: 'mail.harbor.test' })
  await settle(plane)
  plane.advance(1000)
  await settle(plane)
  assert.equal(codeOf(ready()), 'EAUTH')
})

function codeOf(ready: Pop3Ready | Failure | undefined): string | undefined {
  return ready === undefined ? undefined : isFailure(ready) ? ready.code : ready.mechanism
}

/** A server that answers line by line with what stands in `script`, whatever is asked; '' answers nothing. */
async function saying(plane: SimPlane, script: readonly string[]): Promise<void> {
  const accept = (io: StreamIo) => {
    const lines = [...script]
    const next = () => io.send(Buffer.from(lines.shift() ?? ''))
    return {
      opened: next,
      received(inbox: { readonly length: number; clear(): void }) {
        if (inbox.length === 0) return false
        inbox.clear()
        next()
        return true
      },
    }
  }
  const at = { ip: ADDRESS, port: 110 }
  await plane.listenStream({ transport: 'tcp', port: 110, accept }, { at, service: 'test' }, new OpenGate())
}

const SERVERS: readonly (readonly [script: readonly string[], outcome: string])[] = [
  [['+OK\r\n', '-ERR\r\n', '+OK\r\n', '+OK\r\n', '-ERR\r\n'], 'USER'],
  [['+OK\r\n', '+OK\r\nSASL PLAIN\r\n.\r\n', '+OK\r\n', '+OK\r\n.\r\n'], 'PLAIN'],
  [['+OK\r\n', '+OK\r\nSASL SCRAM-SHA-256\r\n.\r\n', '+OK believe me\r\n'], 'EPROTO'],
  [['+OK\r\n', '+OK\r\nSASL SCRAM-SHA-256\r\n.\r\n', '+ !\r\n'], 'EPROTO'],
  [['-ERR [SYS/TEMP] later\r\n'], 'EREFUSED'],
  [['220 smtp\r\n'], 'EPROTO'],
  [[`+OK ${'x'.repeat(600)}\r\n`], 'EPROTO'],
  [[''], 'ETIMEDOUT'],
  [['+OK\r\n', '+OK\r\nUSER\r\n'], 'ETIMEDOUT'],
]

test('servers of other kinds, and broken ones', async () => {
  for (const [script, outcome] of SERVERS) {
    const plane = new SimPlane()
    await saying(plane, script)
    const { ready } = dial(plane, 110, { tlsRequired: false })
    await settle(plane)
    plane.advance(30_000)
    assert.equal(codeOf(ready()), outcome, script.join(''))
  }
})

test('nobody there, and an answer that breaks off', async () => {
  const nobody = new SimPlane()
  const io = nobody.serviceIo('test', ['192.0.2.1'], new OpenGate(), () => {})
  const heard: string[] = []
  const hear = (result: Pop3Ready | Failure) => void heard.push(codeOf(result) ?? '')
  io.connect({ ip: ADDRESS, port: 110 }, (stream) => new Pop3Client(stream, { user: 'a', password: 'a', ready: hear }))
  await settle(nobody)
  assert.deepEqual(heard, ['ECONNRESET'])
  const plane = new SimPlane()
  await saying(plane, ['+OK\r\n', '-ERR\r\n', '+OK\r\n', '+OK\r\n', '-ERR\r\n', '+OK\r\nhalf'])
  const { client, ready } = dial(plane, 110, { tlsRequired: false })
  await settle(plane)
  assert.equal(codeOf(ready()), 'USER')
  client().ask({ kind: 'RETR', number: 1 }, (answer) => heard.push(isFailure(answer) ? answer.code : 'whole'))
  await settle(plane)
  plane.advance(30_000)
  assert.deepEqual(heard, ['ECONNRESET', 'ETIMEDOUT'])
  client().ask({ kind: 'NOOP' }, (answer) => heard.push(isFailure(answer) ? answer.code : 'whole'))
  assert.equal(heard.at(-1), 'ETIMEDOUT')
})
