// DNS over HTTPS through the service, in memory: HTTP/2 by node's client, HTTP/1.1 by hand.

import assert from 'node:assert/strict'
import {
  connect,
  constants,
  type ClientHttp2Session,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
} from 'node:http2'
import { Duplex } from 'node:stream'
import { test } from 'node:test'
import { decodeMessage, encodeMessage } from '../../../shared/dns/codec/message.ts'
import { CLASS, TYPE, isMalformed, query, type Message } from '../../../shared/dns/messages.ts'
import type { SimPeer } from '../../../sim/peer.ts'
import { HTTPS_CONNECTIONS_MAX, HTTPS_RESETS_MAX } from '../limits.ts'
import { answersOf, sampleNet, type SampleNet } from '../sample-net.test.ts'

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
  readonly headers: IncomingHttpHeaders
  readonly bytes: Uint8Array
}

function question(name: string, edns = false): Uint8Array {
  const asked = { name, type: TYPE.A, class: CLASS.IN }
  return encodeMessage(
    query(0, asked, edns ? { edns: { udpSizeBytes: 1232, version: 0, dnssecOk: false, options: [] } } : {}),
  )
}

/** One question; the session ends with it. */
function ask(session: ClientHttp2Session, headers: OutgoingHttpHeaders, content?: Uint8Array): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const stream = session.request({ ':authority': 'host.test', ...headers }, { endStream: content === undefined })
    let answered: IncomingHttpHeaders = {}
    const pieces: Buffer[] = []
    stream.on('response', (response) => void (answered = response))
    stream.on('data', (piece: Buffer) => pieces.push(piece))
    stream.on('error', reject)
    stream.on('close', () => {
      session.destroy()
      resolve({ headers: answered, bytes: Buffer.concat(pieces) })
    })
    if (content !== undefined) stream.end(content)
  })
}

function http2(net: SampleNet): ClientHttp2Session {
  const peer = net.served.peer(443, { tls: { serverName: 'host.test', alpn: ['h2'] } })
  return connect('http://host.test', { createConnection: () => new PeerStream(peer) })
}

function messageIn(bytes: Uint8Array): Message {
  const message = decodeMessage(new Uint8Array(bytes))
  if (isMalformed(message)) throw new Error(message.reason)
  return message
}

const POST = { ':method': 'POST', ':path': '/dns-query', 'content-type': 'application/dns-message' }

test('GET and POST over HTTP/2, as fresh as the answer', async () => {
  const net = await sampleNet()
  const session = http2(net)
  const posted = await ask(session, POST, question('www.harbor.test'))
  assert.equal(posted.headers[':status'], 200)
  assert.equal(posted.headers['content-type'], 'application/dns-message')
  assert.equal(posted.headers['cache-control'], 'max-age=300')
  assert.deepEqual(answersOf(messageIn(posted.bytes)), ['192.0.2.10'])
  net.plane.advance(100_000)
  const path = `/dns-query?dns=${Buffer.from(question('www.harbor.test')).toString('base64url')}`
  const got = await ask(http2(net), { ':path': path })
  assert.equal(got.headers['cache-control'], 'max-age=200')
  assert.equal(net.harbor.asked.length, 1)
})

test('what is encrypted is padded to blocks of 468', async () => {
  const net = await sampleNet()
  const { bytes } = await ask(http2(net), POST, question('www.harbor.test', true))
  assert.equal(bytes.length, 468)
})

for (const [what, status, headers, content] of [
  ['another path', 404, { ':path': '/' }, undefined],
  ['no parameter', 400, { ':path': '/dns-query' }, undefined],
  ['not base64url', 400, { ':path': '/dns-query?dns=a+b' }, undefined],
  ['two parameters', 400, { ':path': '/dns-query?dns=AAAA&dns=AAAA' }, undefined],
  ['too short a message', 400, { ':path': '/dns-query?dns=AAAA' }, undefined],
  ['another method', 405, { ':method': 'DELETE', ':path': '/dns-query' }, undefined],
  ['another type', 415, { ...POST, 'content-type': 'application/json' }, Buffer.from('{}')],
  ['too much content', 413, POST, Buffer.alloc(70_000)],
] as const) {
  test(`${what} is ${status}`, async () => {
    const net = await sampleNet()
    const answer = await ask(http2(net), headers, content)
    assert.equal(answer.headers[':status'], status)
  })
}

test('who resets request after request is sent away', async () => {
  const net = await sampleNet({ harbor: () => undefined })
  const session = http2(net)
  let resets = 0
  const goaway = new Promise<number>((resolve) => {
    session.once('goaway', (code: number) => resolve(code))
    session.on('error', () => undefined)
    session.once('close', () => resolve(-1))
  })
  const next = (): void => {
    if (session.destroyed || session.closed) return
    if (resets >= HTTPS_RESETS_MAX * 3) return session.destroy()
    const stream = session.request({ ':authority': 'host.test', ...POST }, { endStream: false })
    stream.on('error', () => undefined)
    stream.once('close', next)
    setImmediate(() => {
      resets += 1
      stream.close(constants.NGHTTP2_CANCEL)
    })
  }
  session.once('connect', next)
  assert.notEqual(await goaway, constants.NGHTTP2_NO_ERROR)
  assert.ok(resets > HTTPS_RESETS_MAX && resets < HTTPS_RESETS_MAX * 3, `${resets}`)
  session.destroy()
})

test('connections are bounded', async () => {
  const net = await sampleNet()
  const peers = Array.from({ length: HTTPS_CONNECTIONS_MAX + 1 }, () =>
    net.served.peer(443, { tls: { serverName: 'host.test', alpn: ['http/1.1'] } }),
  )
  await net.plane.settled()
  await new Promise((resolve) => setImmediate(resolve))
  await net.plane.settled()
  const gone = peers.filter((peer) => peer.closeReason !== undefined || peer.hasEnded)
  assert.deepEqual(gone, peers.slice(-1))
})

test('over HTTP/1.1, several on one connection, and closed when idle', async () => {
  const net = await sampleNet()
  const peer = net.served.peer(443, { tls: { serverName: 'host.test', alpn: ['http/1.1'] } })
  for (const name of ['www.harbor.test', 'deep.in.the.harbor.test']) {
    const body = question(name)
    const head = `POST /dns-query HTTP/1.1\r\nHost: host.test\r\nContent-Type: application/dns-message\r\nContent-Length: ${body.length}\r\n\r\n`
    peer.send(Buffer.concat([Buffer.from(head), body]))
    await net.plane.settled()
    for (let n = 0; n < 20 && peer.receivedBytes.length === 0; n += 1) {
      net.plane.advance(10)
      await net.plane.settled()
    }
    const answer = Buffer.from(peer.takeBytes())
    const end = answer.indexOf('\r\n\r\n')
    assert.match(answer.toString('latin1', 0, end), /^HTTP\/1\.1 200 OK\r\n/)
    assert.equal(messageIn(answer.subarray(end + 4)).answers.length, 1)
  }
  assert.equal(peer.closeReason, undefined)
  net.plane.advance(20_000)
  await net.plane.settled()
  assert.ok(peer.hasEnded || peer.closeReason !== undefined)
})
