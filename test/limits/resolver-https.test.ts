// Those who speak DNS over HTTPS and mean no good: streams without end, heads and contents without end, and what is no question.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, constants, type ClientHttp2Session, type IncomingHttpHeaders } from 'node:http2'
import { test, type TestContext } from 'node:test'
import type { RunningWorld } from '../../src/index.ts'
import { RESOLVER, namesData, othersAsk, question, secured } from './names.ts'
import { toTheEnd, turnedWorld, type TurnedWorld } from './world.ts'

const IDLE_MS = 10_000
const CONTENT_MS = 10_000
/** How often the server looks for those who are late. */
const SWEEP_MS = 5000
const RESETS = 500
const TYPE = 'application/dns-message'
const POST = { ':method': 'POST', ':path': '/dns-query', 'content-type': TYPE }

async function session(t: TestContext, world: RunningWorld): Promise<ClientHttp2Session> {
  const socket = await secured(t, world, RESOLVER, 443, 'h2')
  const client = connect(`https://${RESOLVER}`, { createConnection: () => socket })
  client.on('error', () => undefined)
  t.after(() => client.destroy())
  await once(client, 'remoteSettings')
  return client
}

async function statusOf(
  client: ClientHttp2Session,
  headers: object,
  content?: Uint8Array,
): Promise<number | undefined> {
  const stream = client.request({ ...headers }, { endStream: content === undefined })
  stream.on('error', () => undefined)
  if (content !== undefined) stream.end(content)
  const [answer]: IncomingHttpHeaders[] = await once(stream, 'response')
  stream.resume()
  await once(stream, 'close')
  return Number(answer?.[':status'])
}

async function answers(t: TestContext, world: RunningWorld): Promise<void> {
  const client = await session(t, world)
  assert.equal(await statusOf(client, POST, question('www.harbor.test', 'A')), 200)
  client.close()
}

async function inWorld(t: TestContext): Promise<TurnedWorld> {
  const turned = await turnedWorld(t, namesData())
  await answers(t, turned.world)
  return turned
}

function frame(type: number, flags: number, stream: number, content: Uint8Array): Buffer {
  const head = Buffer.alloc(9)
  head.writeUIntBE(content.length, 0, 3)
  head.writeUInt8(type, 3)
  head.writeUInt8(flags, 4)
  head.writeUInt32BE(stream, 5)
  return Buffer.concat([head, content])
}

/** POST, https, /dns-query and a host, by RFC 7541 §6.1 and §6.2.2. */
const HEADERS = Buffer.concat([Buffer.from([0x83, 0x87, 4, 10]), Buffer.from('/dns-query'), Buffer.from([1, 1, 0x61])])
const CANCEL = Buffer.from([0, 0, 0, constants.NGHTTP2_CANCEL])

test('requests that are reset as soon as they are made: the session ends, others go on (CVE-2023-44487)', async (t) => {
  const { world } = await inWorld(t)
  const socket = await secured(t, world, RESOLVER, 443, 'h2')
  const ended = new Promise((resolve) => void socket.resume().once('close', resolve))
  socket.on('end', () => socket.destroy())
  socket.write(Buffer.concat([Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), frame(4, 0, 0, Buffer.alloc(0))]))
  for (let made = 0; made < RESETS; made += 1) {
    const stream = made * 2 + 1
    socket.write(Buffer.concat([frame(1, 4, stream, HEADERS), frame(3, 0, stream, CANCEL)]))
  }
  await ended
  await answers(t, world)
})

test('more requests at a time than there may be: the rest is refused, and no one else pays', async (t) => {
  const { world } = await inWorld(t)
  const client = await session(t, world)
  assert.equal(client.remoteSettings.maxConcurrentStreams, 100)
  const streams = Array.from({ length: 100 }, () => client.request(POST, { endStream: false }))
  for (const stream of streams) stream.on('error', () => undefined)
  await answers(t, world)
})

test('content that is too long, too slow, of another type, or no question', async (t) => {
  const { world, skip } = await inWorld(t)
  const client = await session(t, world)
  const asked = question('www.harbor.test', 'A')
  assert.equal(await statusOf(client, POST, Buffer.alloc(65_536)), 413)
  assert.equal(await statusOf(client, { ...POST, 'content-type': 'text/plain' }, asked), 415)
  assert.equal(await statusOf(client, { ':method': 'POST', ':path': '/dns-query' }, asked), 415)
  assert.equal(await statusOf(client, { ...POST, ':path': '/' }, asked), 404)
  assert.equal(await statusOf(client, { ...POST, ':method': 'PUT' }, asked), 405)
  for (const content of [Buffer.alloc(0), Buffer.alloc(11), Buffer.from([0, 0, 0x80, ...Buffer.alloc(30)])])
    assert.equal(await statusOf(client, POST, content), 400)
  for (const query of ['', '?dns=', '?dns=%', '?dns=====', `?dns=${'A'.repeat(14)}`])
    assert.equal(await statusOf(client, { ':method': 'GET', ':path': `/dns-query${query}` }), 400, query)
  const slow = client.request(POST, { endStream: false })
  slow.on('error', () => undefined).write(asked.subarray(0, 5))
  const response = once(slow, 'response')
  await othersAsk(t, world)
  skip(CONTENT_MS + SWEEP_MS)
  const [late]: IncomingHttpHeaders[] = await response
  assert.equal(late?.[':status'], 408)
})

test('a head that never ends, and one that is too long', async (t) => {
  const { world, skip } = await inWorld(t)
  const slow = await secured(t, world, RESOLVER, 443, 'http/1.1')
  const end = toTheEnd(slow)
  slow.write('GET /dns-query?dns=AAAA HTTP/1.1\r\nHost: a\r\nX: ')
  for (let passed = 0; passed <= IDLE_MS + SWEEP_MS; passed += SWEEP_MS) {
    await othersAsk(t, world)
    slow.write('x')
    skip(SWEEP_MS)
  }
  assert.equal(await end, '')
  const long = await secured(t, world, RESOLVER, 443, 'http/1.1')
  const answer = toTheEnd(long)
  long.write(`GET /dns-query?dns=AAAA HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(100_000)}`)
  assert.match(await answer, /^HTTP\/1\.1 431 /)
})

test('an idle session is closed, whatever lies in its window', async (t) => {
  const { world, skip } = await inWorld(t)
  const client = await session(t, world)
  client.setLocalWindowSize(0)
  const stream = client.request(POST, { endStream: false })
  stream.on('error', () => undefined).end(question('www.harbor.test', 'A'))
  const ended = once(client, 'close')
  await once(stream, 'response')
  for (let passed = 0; passed <= IDLE_MS + 2 * SWEEP_MS; passed += SWEEP_MS) {
    await othersAsk(t, world)
    skip(SWEEP_MS)
  }
  await ended
})
