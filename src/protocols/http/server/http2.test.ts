// HTTP/2 through the service, in memory: node's client session over a simulated stream.

import assert from 'node:assert/strict'
import { connect, constants, type ClientHttp2Session, type OutgoingHttpHeaders } from 'node:http2'
import { Duplex } from 'node:stream'
import { test } from 'node:test'
import { lonelyWorld, serve, type Served } from '../../../sim/index.ts'
import { MemoryTree } from '../../../sim/memory-tree.ts'
import type { SimPeer } from '../../../sim/peer.ts'
import { http } from '../index.ts'

const BIG = Buffer.alloc(300_000, 'z')

async function site(): Promise<Served> {
  const folder = new MemoryTree({ '/a.txt': 'hello', '/big.bin': BIG })
  const world = { ...lonelyWorld(['198.51.100.1'], 'http'), folder: () => folder }
  return serve(http, { world, config: { site: 'www', echo: '/echo', limits: { content: '1kB' } } })
}

/** A Node stream over a simulated peer, which hands bytes on at every turn of the event loop. */
class PeerStream extends Duplex {
  readonly #peer: SimPeer
  #turn: NodeJS.Immediate | undefined

  constructor(peer: SimPeer) {
    super()
    this.#peer = peer
    this.#look()
  }

  override _read(): void {}

  override _write(chunk: Uint8Array, _encoding: string, done: () => void): void {
    this.#peer.send(Uint8Array.from(chunk))
    done()
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    clearImmediate(this.#turn)
    this.#peer.end()
    done(error)
  }

  #look(): void {
    const bytes = this.#peer.takeBytes()
    if (bytes.length > 0) this.push(bytes)
    if (this.#peer.hasEnded) return void this.push(null)
    this.#turn = setImmediate(() => this.#look())
  }
}

interface Answer {
  readonly status: unknown
  readonly headers: OutgoingHttpHeaders
  readonly text: string
}

function ask(session: ClientHttp2Session, headers: OutgoingHttpHeaders, content?: Uint8Array): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const stream = session.request({ ':authority': 'host.test', ...headers }, { endStream: content === undefined })
    let answer: OutgoingHttpHeaders = {}
    const pieces: Buffer[] = []
    stream.on('response', (response) => void (answer = response))
    stream.on('data', (piece: Buffer) => pieces.push(piece))
    stream.on('error', reject)
    stream.on('close', () =>
      resolve({ status: answer[':status'], headers: answer, text: Buffer.concat(pieces).toString() }),
    )
    if (content !== undefined) stream.end(content)
  })
}

function session(peer: SimPeer): ClientHttp2Session {
  return connect('http://host.test', { createConnection: () => new PeerStream(peer) })
}

test('the same site over HTTP/2, by prior knowledge and by ALPN', async () => {
  const served = await site()
  const tls = { serverName: 'host.test', alpn: ['h2'] }
  for (const peer of [served.peer(80), served.peer(443, { tls })]) {
    const client = session(peer)
    const [small, big, none] = await Promise.all([
      ask(client, { ':path': '/a.txt' }),
      ask(client, { ':path': '/big.bin' }),
      ask(client, { ':path': '/none' }),
    ])
    assert.deepEqual([small.status, small.text, small.headers['content-length']], [200, 'hello', '5'])
    assert.equal(big.text.length, BIG.length)
    assert.equal(none.status, 404)
    assert.equal(small.headers['date'], 'Thu, 01 Jan 2026 00:00:00 GMT')
    client.destroy()
  }
  assert.ok(served.gate.events.some((event) => event.summary === 'GET /a.txt → 200, 5 bytes'))
})

test('methods, content, hosts and limits are those of HTTP/1', async () => {
  const served = await site()
  const client = session(served.peer(80))
  const head = await ask(client, { ':path': '/a.txt', ':method': 'HEAD' })
  assert.deepEqual([head.status, head.text, head.headers['content-length']], [200, '', '5'])
  assert.equal((await ask(client, { ':path': '/a.txt', ':method': 'PUT' }, Buffer.from('x'))).status, 405)
  const echo = await ask(client, { ':path': '/echo', ':method': 'POST' }, Buffer.from('content'))
  assert.equal(JSON.parse(echo.text).content, 'content')
  assert.equal((await ask(client, { ':path': '/echo', ':method': 'POST' }, Buffer.alloc(2000))).status, 413)
  assert.equal((await ask(client, { ':path': '/', ':authority': 'other.test' })).status, 421)
  assert.equal((await ask(client, { ':path': '/', host: 'other.test' })).status, 400)
  assert.equal((await ask(client, { ':path': '/a.txt', range: 'bytes=1-2' })).text, 'el')
  client.destroy()
})

test('a silent session is told to go', async () => {
  const served = await site()
  const client = session(served.peer(80))
  await ask(client, { ':path': '/a.txt' })
  const gone = new Promise((resolve) => client.once('goaway', resolve))
  served.plane.advance(80_000)
  assert.equal(await gone, constants.NGHTTP2_NO_ERROR)
  client.destroy()
})

test('garbage after the preface ends the connection and nothing else', async () => {
  const served = await site()
  const peer = served.peer(80).send('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', Buffer.alloc(500, 0xff))
  while (!peer.hasEnded || served.gate.events.length === 0) await new Promise(setImmediate)
  assert.deepEqual(served.gate.kinds, ['http.refused'])
  const client = session(served.peer(80))
  assert.equal((await ask(client, { ':path': '/a.txt' })).status, 200)
  client.destroy()
})
