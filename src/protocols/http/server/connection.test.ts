// Dialogues with the service over HTTP/1, in memory.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { lonelyWorld, serve, SimPlane, type Served } from '../../../sim/index.ts'
import type { SimPeer } from '../../../sim/peer.ts'
import { http } from '../index.ts'

const HOST = 'Host: host.test\r\n'
const CONFIG = { pages: { '/hello': { body: 'hello\n' } }, echo: '/echo' }

async function site(config: unknown = CONFIG, plane = new SimPlane()): Promise<Served> {
  return serve(http, { config, plane })
}

/** Status codes of the responses in `text`. */
function statuses(text: string): number[] {
  return [...text.matchAll(/HTTP\/1\.1 (\d{3})/g)].map((match) => Number(match[1]))
}

function content(text: string): string {
  return text.slice(text.indexOf('\r\n\r\n') + 4)
}

async function ask(served: Served, text: string): Promise<{ readonly answer: string; readonly peer: SimPeer }> {
  const peer = served.peer(80).send(Buffer.from(text, 'latin1'))
  await served.plane.settled()
  return { answer: peer.take(), peer }
}

test('a page, whole and byte by byte, twice on one connection', async () => {
  for (const chunkMaxBytes of [Infinity, 1]) {
    const served = await site(CONFIG, new SimPlane({ chunkMaxBytes }))
    const peer = served.peer(80)
    for (let i = 0; i < 2; i++) {
      peer.send(`GET /hello HTTP/1.1\r\n${HOST}\r\n`)
      assert.equal(
        peer.take(),
        'HTTP/1.1 200 OK\r\nServer: Portolan\r\nDate: Thu, 01 Jan 2026 00:00:00 GMT\r\n' +
          'Content-Type: text/plain; charset=utf-8\r\nContent-Length: 6\r\n\r\nhello\n',
      )
    }
    assert.equal(peer.hasEnded, false)
  }
})

test('Date follows the clock, and what was sent before does not change', async () => {
  const served = await site()
  const peer = served.peer(80)
  const request = `GET /hello HTTP/1.1\r\n${HOST}\r\n`
  const date = (): string | undefined => /Date: (.*)\r/.exec(peer.receivedText.slice(-170))?.[1]
  peer.send(request)
  const first = peer.receivedBytes
  served.plane.advance(1500)
  peer.send(request)
  assert.equal(date(), 'Thu, 01 Jan 2026 00:00:01 GMT')
  assert.match(Buffer.from(first).toString('latin1'), /00:00:00 GMT/)
  served.plane.advance(60_000)
  peer.send(request)
  assert.equal(date(), 'Thu, 01 Jan 2026 00:01:01 GMT')
})

test('pipelined requests are answered in order', async () => {
  const served = await site()
  const { answer } = await ask(
    served,
    `GET /hello HTTP/1.1\r\n${HOST}\r\nPOST /echo HTTP/1.1\r\n${HOST}Content-Length: 3\r\n\r\nabc` +
      `GET /none HTTP/1.1\r\n${HOST}\r\nHEAD /hello HTTP/1.1\r\n${HOST}\r\nGET /hello HTTP/1.1\r\n${HOST}Connection: close\r\n\r\n` +
      `GET /hello HTTP/1.1\r\n${HOST}\r\n`,
  )
  assert.deepEqual(statuses(answer), [200, 200, 404, 200, 200])
  assert.match(answer, /Connection: close\r\n\r\nhello\n$/)
})

test('what the head alone refuses', async () => {
  const served = await site()
  const table: readonly (readonly [text: string, status: number])[] = [
    ['GET /hello HTTP/1.1\r\n\r\n', 400],
    [`GET /hello HTTP/1.1\r\n${HOST}${HOST}\r\n`, 400],
    ['GET /hello HTTP/1.1\r\nHost: other.test\r\n\r\n', 421],
    ['GET /hello HTTP/1.1\r\nHost: 198.51.100.1\r\n\r\n', 200],
    ['GET http://host.test/hello HTTP/1.1\r\nHost: other.test\r\n\r\n', 200],
    ['GET /hello HTTP/1.0\r\n\r\n', 200],
    ['GET /hello HTTP/1.1\nHost: host.test\n\n', 400],
    [`GET /hello HTTP/1.1\r\n${HOST}X: a\rb\r\n\r\n`, 400],
    [`BREW /hello HTTP/1.1\r\n${HOST}\r\n`, 501],
    [`TRACE /hello HTTP/1.1\r\n${HOST}\r\n`, 405],
    [`CONNECT host.test:443 HTTP/1.1\r\n${HOST}\r\n`, 405],
    [`DELETE /hello HTTP/1.1\r\n${HOST}\r\n`, 405],
    [`OPTIONS * HTTP/1.1\r\n${HOST}\r\n`, 204],
    [`OPTIONS /hello HTTP/1.1\r\n${HOST}\r\n`, 204],
    [`GET /%2e%2e/x HTTP/1.1\r\n${HOST}\r\n`, 400],
    [`GET /${'x'.repeat(9000)} HTTP/1.1\r\n${HOST}\r\n`, 414],
    [`GET /${'x'.repeat(9000)}`, 414],
    [`GET /hello HTTP/1.1\r\n${HOST}X: ${'x'.repeat(17_000)}\r\n\r\n`, 431],
    [`GET /hello HTTP/1.1\r\n${HOST}X: ${'x'.repeat(17_000)}`, 431],
    [`GET /hello HTTP/1.1\r\n${HOST}${'X: y\r\n'.repeat(101)}\r\n`, 431],
    [`GET /hello HTTP/1.1\r\n${HOST}Expect: miracles\r\n\r\n`, 417],
    [`GET /hello HTTP/3.0\r\n${HOST}\r\n`, 505],
    ['\x16\x03\x01\x02\x00\x01', 400],
    ['\r\n\r\n\r\n\r\n\r\n\r\n', 400],
    [`\r\n\r\nGET /hello HTTP/1.1\r\n${HOST}\r\n`, 200],
    [
      `GET /hello HTTP/1.1\r\n${HOST}Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAMAAABk\r\n\r\n`,
      200,
    ],
  ]
  for (const [text, status] of table) {
    const { answer } = await ask(served, text)
    assert.deepEqual(statuses(answer), [status], JSON.stringify(text.slice(0, 60)))
  }
})

test('405 and OPTIONS name what is allowed', async () => {
  const served = await site()
  const allow = async (method: string): Promise<string | undefined> =>
    /Allow: (.*)\r/.exec((await ask(served, `${method} /hello HTTP/1.1\r\n${HOST}\r\n`)).answer)?.[1]
  assert.equal(await allow('PUT'), 'GET, HEAD, OPTIONS')
  assert.equal(await allow('OPTIONS'), 'GET, HEAD, OPTIONS')
})

test('a smuggled request is never answered', async () => {
  const served = await site()
  const hidden = `GET /hello HTTP/1.1\r\n${HOST}X-Hidden: yes\r\n\r\n`
  const fields = [
    `Content-Length: ${hidden.length}\r\nTransfer-Encoding: chunked\r\n`,
    `Content-Length: 0\r\nContent-Length: ${hidden.length}\r\n`,
    'Transfer-Encoding: xchunked\r\n',
    'Transfer-Encoding : chunked\r\n',
    'Transfer-Encoding:\r\n chunked\r\n',
    'X: y\nTransfer-Encoding: chunked\r\n',
  ]
  for (const field of fields) {
    const { answer, peer } = await ask(served, `POST /echo HTTP/1.1\r\n${HOST}${field}\r\n0\r\n\r\n${hidden}`)
    assert.equal(statuses(answer).length, 1, field)
    assert.ok((statuses(answer)[0] ?? 0) >= 400, field)
    assert.equal(peer.hasEnded, true, field)
  }
})

test('content: echoed, chunked, refused when too large', async () => {
  const served = await site({ ...CONFIG, limits: { content: '10B' } })
  const post = (fields: string, body: string) => ask(served, `POST /echo HTTP/1.1\r\n${HOST}${fields}\r\n${body}`)
  const short = await post('Content-Length: 5\r\n', 'abcde')
  assert.equal(JSON.parse(content(short.answer)).content, 'abcde')
  const chunked = await post('Transfer-Encoding: chunked\r\n', '5\r\nabcde\r\n5\r\nfghij\r\n0\r\n\r\n')
  assert.equal(JSON.parse(content(chunked.answer)).contentBytes, 10)
  assert.deepEqual(statuses((await post('Content-Length: 11\r\n', '')).answer), [413])
  const long = await post('Transfer-Encoding: chunked\r\n', '5\r\nabcde\r\n6\r\nfghijk\r\n0\r\n\r\n')
  assert.deepEqual(statuses(long.answer), [413])
  assert.equal(long.peer.hasEnded, true)
})

const head = (length: number): string =>
  `POST /echo HTTP/1.1\r\n${HOST}Content-Length: ${length}\r\nExpect: 100-continue\r\n\r\n`

test('100 comes only when it is waited for and the content is wanted', async () => {
  const served = await site({ ...CONFIG, limits: { content: '10B' } })
  const { answer, peer } = await ask(served, head(3))
  assert.equal(answer, 'HTTP/1.1 100 Continue\r\n\r\n')
  peer.send('abc')
  await served.plane.settled()
  assert.deepEqual(statuses(peer.take()), [200])
  assert.deepEqual(statuses((await ask(served, head(11))).answer), [413])
  assert.deepEqual(statuses((await ask(served, `${head(3)}abc`)).answer), [200])
})

test('HTTP/1.0 closes unless it is asked not to', async () => {
  const served = await site()
  const closed = await ask(served, 'GET /hello HTTP/1.0\r\n\r\n')
  assert.match(closed.answer, /Connection: close\r\n/)
  assert.equal(closed.peer.hasEnded, true)
  const kept = await ask(served, 'GET /hello HTTP/1.0\r\nConnection: keep-alive\r\n\r\n')
  assert.match(kept.answer, /Connection: keep-alive\r\n/)
  assert.equal(kept.peer.hasEnded, false)
})

test('silence: idle connections close, half heads and half content get 408', async () => {
  const served = await site()
  const idle = served.peer(80)
  const half = served.peer(80).send('GET /hel')
  const body = served.peer(80).send(`POST /echo HTTP/1.1\r\n${HOST}Content-Length: 9\r\n\r\nabc`)
  served.plane.advance(20_000)
  assert.deepEqual(statuses(half.take()), [408])
  assert.equal(half.hasEnded, true)
  served.plane.advance(40_000)
  assert.deepEqual(statuses(body.take()), [408])
  assert.equal(idle.hasEnded, false)
  served.plane.advance(15_000)
  assert.equal(idle.hasEnded, true)
  assert.equal(idle.take(), '')
})

test('a head of one byte a second does not last', async () => {
  const served = await site()
  const peer = served.peer(80)
  for (const byte of `GET /hello HTTP/1.1\r\n${HOST}`) {
    if (peer.hasEnded) break
    peer.send(byte)
    served.plane.advance(1000)
  }
  assert.deepEqual(statuses(peer.take()), [408])
})

test('a client that ends after its request is answered', async () => {
  const served = await site()
  const peer = served.peer(80).send(`GET /hello HTTP/1.1\r\n${HOST}\r\n`).end()
  await served.plane.settled()
  assert.equal(content(peer.take()), 'hello\n')
  assert.equal(peer.hasEnded, true)
})

test('events: one a request up to 100 a second, then sums', async () => {
  const served = await site()
  const peer = served.peer(80)
  for (let i = 0; i < 250; i++) peer.send(`GET /hello HTTP/1.1\r\n${HOST}\r\n`)
  assert.equal(served.gate.kinds.filter((kind) => kind === 'http.request').length, 100)
  assert.deepEqual(served.gate.events[0]?.summary, 'GET /hello → 200, 6 bytes')
  served.plane.advance(1000)
  assert.deepEqual(served.gate.events.at(-1)?.detail, { requests: 150, bytes: 900 })
  peer.send('\r\n'.repeat(9))
  assert.equal(served.gate.events.at(-1)?.kind, 'http.refused')
})

test('one flipped bit in a request: an answer, a refusal, or waiting', async () => {
  const served = await site()
  const request = Buffer.from(`POST /echo HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n`)
  for (let bit = 0; bit < request.length * 8; bit++) {
    const bytes = Buffer.from(request)
    bytes[bit >> 3] = bytes[bit >> 3]! ^ (1 << (bit & 7))
    const peer = served.peer(80).send(bytes)
    if (bit % 64 === 0) await served.plane.settled()
    assert.equal(peer.closeReason?.kind === 'failed', false)
  }
  await served.plane.settled()
  assert.equal(served.gate.kinds.includes('driver.broken'), false)
})

test('a catch-all world answers for every name, others do not', async () => {
  const world = { ...lonelyWorld(['198.51.100.1'], 'http'), unknownName: () => ['198.51.100.1'] }
  const served = await serve(http, { world })
  const { answer } = await ask(served, 'GET / HTTP/1.1\r\nHost: any.where\r\n\r\n')
  assert.match(answer, /You have reached <b>any\.where<\/b>/)
})

test('the welcome page stands on its own', async () => {
  const served = await serve(http)
  const { answer } = await ask(served, `GET / HTTP/1.1\r\n${HOST}\r\n`)
  assert.match(answer, /<h1>host\.test<\/h1>/)
  assert.match(answer, /198\.51\.100\.1/)
  assert.doesNotMatch(answer, /<script|src=|@import/)
})

test('redirects, and from http to https', async () => {
  const served = await site({ redirects: { '/old': '/new', '/gone': { to: 'https://b.test/?x', status: 301 } } })
  const location = async (path: string): Promise<string | undefined> =>
    /Location: (.*)\r/.exec((await ask(served, `GET ${path} HTTP/1.1\r\n${HOST}\r\n`)).answer)?.[1]
  assert.equal(await location('/old?a=b'), '/new?a=b')
  assert.equal(await location('/gone?a=b'), 'https://b.test/?x')
  const secure = await site({ https: 'redirect' })
  const { answer } = await ask(secure, `GET /a?b HTTP/1.1\r\nHost: host.test:80\r\n\r\n`)
  assert.match(answer, /308 Permanent Redirect[^]*Location: https:\/\/host\.test\/a\?b\r\n/)
  const peer = secure.peer(443, { tls: { serverName: 'host.test', alpn: ['http/1.1'] } })
  peer.send(`GET / HTTP/1.1\r\n${HOST}\r\n`)
  assert.deepEqual(statuses(peer.take()), [200])
})
