// A folder as a site, through the service, in memory.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import type { Tree } from '../../../core/index.ts'
import { MemoryTree } from '../../../sim/memory-tree.ts'
import { lonelyWorld, serve, type Served } from '../../../sim/index.ts'
import { http } from '../index.ts'

const MODIFIED = Date.UTC(2025, 5, 1)
const TEXT = 'All work and no play makes Jack a dull boy.\n'.repeat(100)
const BIG = Buffer.alloc(1_000_000, 'z')

function files(): MemoryTree {
  return new MemoryTree(
    {
      '/index.html': '<p>home',
      '/a.txt': '0123456789',
      '/empty.bin': '',
      '/long.txt': TEXT,
      '/big.bin': BIG,
      '/docs/index.html': '<p>docs',
      '/plain/<b>&.txt': 'x',
      '/plain/sub/y.txt': 'y',
      '/.git/HEAD': 'ref: refs/heads/main\n',
    },
    { modifiedMs: MODIFIED },
  )
}

async function site(folder: Tree = files(), config: object = {}): Promise<Served> {
  const world = { ...lonelyWorld(['198.51.100.1'], 'http'), folder: () => folder }
  return serve(http, { world, config: { site: 'www', ...config } })
}

interface Answer {
  readonly status: number
  readonly text: string
  readonly bytes: Buffer
  field(name: string): string | undefined
}

async function get(served: Served, path: string, fields: readonly string[] = [], method = 'GET'): Promise<Answer> {
  const lines = [`${method} ${path} HTTP/1.1`, 'Host: host.test', ...fields]
  const peer = served.peer(80).send(`${lines.join('\r\n')}\r\n\r\n`)
  // Compression runs beside the event loop, and takes the turns that it takes.
  do await served.plane.settled()
  while (peer.receivedBytes.length === 0)
  const all = Buffer.from(peer.takeBytes())
  const end = all.indexOf('\r\n\r\n')
  const head = all.toString('latin1', 0, end + 2)
  const bytes = all.subarray(end + 4)
  const field = (name: string) => new RegExp(`\r\n${name}: (.*)\r\n`).exec(head)?.[1]
  return { status: Number(head.slice(9, 12)), text: bytes.toString('latin1'), bytes, field }
}

test('files, indexes, and the slash after a folder', async () => {
  const served = await site()
  const table: readonly (readonly [path: string, status: number, text: string])[] = [
    ['/', 200, '<p>home'],
    ['/index.html', 200, '<p>home'],
    ['/docs/', 200, '<p>docs'],
    ['/docs//', 200, '<p>docs'],
    ['/.git/HEAD', 200, 'ref: refs/heads/main\n'],
    ['/a.txt?query', 200, '0123456789'],
    ['/empty.bin', 200, ''],
    ['/a.txt/', 404, '404 Not Found\n'],
    ['/none', 404, '404 Not Found\n'],
    ['/none/', 404, '404 Not Found\n'],
    ['/plain/', 403, '403 Forbidden: this folder has no index, and listings are off\n'],
  ]
  for (const [path, status, text] of table) {
    for (let again = 0; again < 2; again++) {
      const answer = await get(served, path)
      assert.deepEqual([answer.status, answer.text], [status, text], path)
    }
  }
  const moved = await get(served, '//docs?a=b')
  assert.deepEqual([moved.status, moved.field('Location')], [301, '/docs/?a=b'])
})

test('a listing is sorted, folders first, and escaped', async () => {
  const served = await site(files(), { listing: true })
  const { text } = await get(served, '/plain/')
  assert.ok(text.indexOf('href="./sub/"') < text.indexOf('href="./%3Cb%3E%26.txt"'))
  assert.match(text, />&lt;b&gt;&amp;\.txt</)
  assert.match(text, /href="\.\.\/"/)
})

test('validators make 304 and 412', async () => {
  const served = await site()
  const first = await get(served, '/a.txt')
  const etag = first.field('ETag') ?? ''
  assert.equal(first.field('Last-Modified'), 'Sun, 01 Jun 2025 00:00:00 GMT')
  const same = await get(served, '/a.txt', [`If-None-Match: ${etag}`])
  assert.deepEqual(
    [same.status, same.text, same.field('ETag'), same.field('Content-Length')],
    [304, '', etag, undefined],
  )
  assert.equal((await get(served, '/a.txt', ['If-Modified-Since: Sun, 01 Jun 2025 00:00:00 GMT'])).status, 304)
  assert.equal((await get(served, '/a.txt', ['If-Match: "other"'])).status, 412)
})

test('ranges of small and big files', async () => {
  const served = await site()
  const table: readonly (readonly [
    path: string,
    range: string,
    status: number,
    field?: string | undefined,
    text?: string,
  ])[] = [
    ['/a.txt', 'bytes=2-4', 206, 'bytes 2-4/10', '234'],
    ['/a.txt', 'bytes=-3', 206, 'bytes 7-9/10', '789'],
    ['/a.txt', 'bytes=10-', 416, 'bytes */10'],
    ['/a.txt', 'bytes=5-2', 200, undefined, '0123456789'],
    ['/empty.bin', 'bytes=0-', 416, 'bytes */0'],
    ['/big.bin', 'bytes=999990-', 206, 'bytes 999990-999999/1000000', 'zzzzzzzzzz'],
    ['/long.txt', 'bytes=0-2', 206, `bytes 0-2/${TEXT.length}`, 'All'],
  ]
  for (const [path, range, status, field, text] of table) {
    const answer = await get(served, path, [`Range: ${range}`, 'Accept-Encoding: gzip'])
    assert.deepEqual([answer.status, answer.field('Content-Range')], [status, field], range)
    assert.equal(answer.field('Content-Encoding'), undefined)
    if (text !== undefined) assert.equal(answer.text, text, range)
  }
  assert.equal((await get(served, '/a.txt', ['Range: bytes=2-4', 'If-Range: "other"'])).status, 200)
  assert.equal((await get(served, '/a.txt', ['Range: bytes=2-4'], 'HEAD')).status, 200)
})

test('several ranges make a multipart of the stated length', async () => {
  const served = await site()
  const answer = await get(served, '/a.txt', ['Range: bytes=0-1,8-'])
  const boundary = /boundary=(\w+)/.exec(answer.field('Content-Type') ?? '')?.[1] ?? ''
  assert.equal(answer.bytes.length, Number(answer.field('Content-Length')))
  const parts = answer.text.split(`\r\n--${boundary}`)
  assert.equal(parts.length, 4)
  assert.match(parts[1] ?? '', /Content-Range: bytes 0-1\/10\r\n\r\n01$/)
  assert.match(parts[2] ?? '', /Content-Range: bytes 8-9\/10\r\n\r\n89$/)
  assert.equal(parts[3], '--\r\n')
})

test('content is compressed for those who take it', async () => {
  const served = await site()
  const coded = async (accept: string) => get(served, '/long.txt', [`Accept-Encoding: ${accept}`])
  const gzip = await coded('gzip')
  assert.equal(gunzipSync(gzip.bytes).toString(), TEXT)
  const brotli = await coded('gzip, br')
  assert.equal(brotliDecompressSync(brotli.bytes).toString(), TEXT)
  assert.deepEqual([brotli.field('Content-Encoding'), brotli.field('Vary')], ['br', 'Accept-Encoding'])
  assert.notEqual(brotli.field('ETag'), gzip.field('ETag'))
  const same = await get(served, '/long.txt', ['Accept-Encoding: br', `If-None-Match: ${brotli.field('ETag')}`])
  assert.equal(same.status, 304)
  assert.equal((await get(served, '/a.txt', ['Accept-Encoding: br'])).field('Content-Encoding'), undefined)
  assert.equal((await get(served, '/big.bin', ['Accept-Encoding: br'])).field('Content-Encoding'), undefined)
})

test('a change shows within a second, and files are looked at once a second', async () => {
  const folder = files()
  const served = await site(folder)
  await get(served, '/a.txt')
  const looks = folder.stats
  for (let i = 0; i < 10; i++) await get(served, '/a.txt')
  assert.equal(folder.stats, looks)
  folder.put('/a.txt', 'changed', MODIFIED + 5000)
  assert.equal((await get(served, '/a.txt')).text, '0123456789')
  served.plane.advance(1000)
  assert.equal((await get(served, '/a.txt')).text, 'changed')
  folder.drop('/a.txt')
  served.plane.advance(1000)
  assert.equal((await get(served, '/a.txt')).status, 404)
})

test('a client that reads nothing costs a bounded amount, and is broken off', async () => {
  const folder = files()
  const served = await site(folder)
  const peer = served.peer(80).pause().send('GET /big.bin HTTP/1.1\r\nHost: host.test\r\n\r\n')
  await served.plane.settled()
  assert.equal(folder.openFiles, 1)
  served.plane.advance(200_000)
  await served.plane.settled()
  assert.equal(folder.openFiles, 0)
  peer.resume()
  assert.ok(peer.receivedBytes.length < 400_000)
})

test('a big file comes whole to a client that reads now and then', async () => {
  const folder = files()
  const served = await site(folder)
  const peer = served.peer(80).send('GET /big.bin HTTP/1.1\r\nHost: host.test\r\n\r\n')
  for (let i = 0; i < 40; i++) {
    peer.pause()
    await served.plane.settled()
    peer.resume()
    await served.plane.settled()
  }
  assert.equal(peer.receivedText.split('\r\n\r\n')[1]?.length, BIG.length)
  assert.equal(folder.openFiles, 0)
})

test('a file that shrinks under way breaks the answer off', async () => {
  const folder = files()
  const served = await site(folder)
  const peer = served.peer(80).pause().send('GET /big.bin HTTP/1.1\r\nHost: host.test\r\n\r\n')
  await served.plane.settled()
  folder.put('/big.bin', 'short', MODIFIED + 1)
  peer.resume()
  await served.plane.settled()
  assert.equal(peer.closeReason?.kind, 'reset')
  assert.equal(folder.openFiles, 0)
})

test('a file that opens when its client has gone is closed again', async () => {
  const folder = files()
  const { promise: gone, resolve: release } = Promise.withResolvers<void>()
  const slow = files()
  slow.open = (path) => gone.then(() => folder.open(path))
  const served = await site(slow)
  const peer = served.peer(80).send('GET /big.bin HTTP/1.1\r\nHost: host.test\r\n\r\n')
  for (let turn = 0; turn < 10; turn++) await new Promise(setImmediate)
  peer.reset()
  release()
  await served.plane.settled()
  for (let turn = 0; turn < 10; turn++) await new Promise(setImmediate)
  assert.equal(folder.openFiles, 0)
})
