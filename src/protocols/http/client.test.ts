// The client joined to the server, and to servers that say something else.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Failure } from '../../core/index.ts'
import { OpenGate, serve, SimPlane } from '../../sim/index.ts'
import { HttpClient, type HttpResult } from './client.ts'
import { http } from './index.ts'
import type { HttpRequest } from './client.ts'
import { describeRequest, describeResponse } from './describe.ts'

const AT = { ip: '198.51.100.1', port: 80 }

/** Connects a client and collects what its exchanges come to. */
function connect(plane: SimPlane, requests: readonly HttpRequest[]): (HttpResult | Failure)[] {
  const results: (HttpResult | Failure)[] = []
  const io = plane.serviceIo('test', ['192.0.2.1'], new OpenGate(), () => {})
  const exchanges = requests.map((request) => ({
    request,
    answered: (result: HttpResult | Failure) => void results.push(result),
  }))
  io.connect(AT, (stream) => new HttpClient(stream, exchanges))
  return results
}

function told(result: HttpResult | Failure | undefined): unknown {
  if (result === undefined) return undefined
  return 'content' in result ? [result.status, Buffer.from(result.content).toString()] : result.code
}

/** A server that answers every connection with `text`, whatever comes. */
async function saying(plane: SimPlane, text: string, thenEnds: boolean): Promise<void> {
  const accept = (io: { send(bytes: Uint8Array): void; end(): void }) => ({
    received(inbox: { length: number; clear(): void }) {
      if (inbox.length === 0) return false
      inbox.clear()
      io.send(Buffer.from(text, 'latin1'))
      if (thenEnds) io.end()
      return true
    },
  })
  await plane.listenStream({ transport: 'tcp', port: 80, accept }, { at: AT, service: 'test' }, new OpenGate())
}

test('several exchanges on one connection, whole and byte by byte', async () => {
  for (const chunkMaxBytes of [Infinity, 1]) {
    const plane = new SimPlane({ chunkMaxBytes })
    await serve(http, { plane, config: { pages: { '/a': { body: 'A' } }, echo: '/echo' } })
    const results = connect(plane, [
      { target: '/a', host: 'host.test' },
      { method: 'HEAD', target: '/a', host: 'host.test' },
      { method: 'POST', target: '/echo', host: 'host.test', content: Buffer.from('hello') },
      { target: '/b', fields: [['Host', 'host.test']] },
    ])
    await plane.settled()
    plane.advance(0)
    await plane.settled()
    assert.deepEqual(told(results[0]), [200, 'A'])
    assert.deepEqual(told(results[1]), [200, ''])
    assert.match(JSON.stringify(told(results[2])), /\\"content\\": \\"hello\\"/)
    assert.deepEqual(told(results[3]), [404, '404 Not Found\n'])
  }
})

const ANSWERS: readonly (readonly [text: string, ends: boolean, expected: unknown])[] = [
  ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n', false, [200, 'ab']],
  ['HTTP/1.0 200 OK\r\n\r\nuntil the end', true, [200, 'until the end']],
  ['HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n', false, [204, '']],
  ['HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab', true, 'ECONNRESET'],
  ['SSH-2.0-OpenSSH\r\n\r\n', false, 'EPROTO'],
  ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n', false, 'EPROTO'],
  [`HTTP/1.1 200 OK\r\nX: ${'x'.repeat(20_000)}`, false, 'EPROTO'],
]

test('answers of every framing, and broken ones', async () => {
  for (const [text, ends, expected] of ANSWERS) {
    const plane = new SimPlane()
    await saying(plane, text, ends)
    const results = connect(plane, [{ target: '/' }])
    await plane.settled()
    plane.advance(0)
    assert.deepEqual(told(results[0]), expected, text.slice(0, 60))
  }
})

test('a server that says nothing, and none at all', async () => {
  const plane = new SimPlane()
  await saying(plane, '', false)
  const results = connect(plane, [{ target: '/' }, { target: '/' }])
  await plane.settled()
  plane.advance(30_000)
  assert.deepEqual(results.map(told), ['ETIMEDOUT', 'ETIMEDOUT'])
  const nobody = new SimPlane()
  const refused = connect(nobody, [{ target: '/' }])
  await nobody.settled()
  nobody.advance(0)
  assert.deepEqual(refused.map(told), ['ECONNRESET'])
})

test('messages in one line', () => {
  assert.equal(
    describeRequest({
      method: 'POST',
      target: '/a',
      version: '1.1',
      fields: [['host', 'a.test']],
      framing: { kind: 'length', length: 3 },
      keepAlive: true,
      expectsContinue: false,
    }),
    'POST /a HTTP/1.1 for a.test, 3 bytes of content',
  )
  assert.equal(describeResponse({ version: '2', status: 404, framing: { kind: 'none' } }), 'HTTP/2 404 Not Found')
})

const detect = (text: string) => http.detect?.(Buffer.from(text))

test('the service knows its first bytes', () => {
  for (const text of ['GET ', 'OPTIONS * HTTP/1.1', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'])
    assert.equal(detect(text), 'yes')
  for (const text of ['', 'G', 'P', 'PRI * HT', 'DELET']) assert.equal(detect(text), 'more')
  for (const text of ['EHLO a', 'GETX', 'SSH-2.0', '\x16\x03\x01', 'PRIM']) assert.equal(detect(text), 'no')
})
