import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PreparedCache, PreparedResponse, responseHead } from './prepared.ts'

const WALL = Date.UTC(2026, 0, 1)
const EXCHANGE = { method: 'GET', host: 'a.test', path: '/', status: 200, bytes: 4, version: '1.1' }

function prepared(freshUntilMs = Infinity, body = 'body'): PreparedResponse {
  const options = { wallMs: WALL, length: body.length, chunked: false, connection: undefined }
  return new PreparedResponse(responseHead(200, [], options), Buffer.from(body), EXCHANGE, freshUntilMs, WALL)
}

test('a new second makes new bytes, and leaves those alone that may still be on their way', () => {
  const response = prepared()
  const first = response.at(WALL)
  const text = Buffer.from(first).toString()
  assert.equal(response.at(WALL + 999), first)
  assert.equal(Buffer.from(response.at(WALL + 1000)).toString(), text.replace('00:00:00', '00:00:01'))
  assert.equal(Buffer.from(first).toString(), text)
  assert.match(text, /^HTTP\/1\.1 200 OK\r\n[^]*\r\n\r\nbody$/)
})

test('answers are kept while they are fresh', () => {
  const cache = new PreparedCache()
  const response = prepared(1000)
  cache.set('head', response)
  assert.equal(cache.get('head', 999), response)
  assert.equal(cache.get('head', 1000), undefined)
  assert.equal(cache.get('head', 0), undefined)
})

test('the oldest go when there are too many, or too many bytes', () => {
  const cache = new PreparedCache()
  for (let i = 0; i < 600; i++) cache.set(`head ${i}`, prepared())
  assert.equal(cache.get('head 0', 0), undefined)
  assert.notEqual(cache.get('head 599', 0), undefined)
  for (let i = 0; i < 300; i++) cache.set(`large ${i}`, prepared(Infinity, 'x'.repeat(30_000)))
  assert.equal(cache.get('head 599', 0), undefined)
  const kept = Array.from({ length: 300 }, (_, i) => cache.get(`large ${i}`, 0)).filter((entry) => entry !== undefined)
  assert.ok(kept.length > 100 && kept.length < 145)
})
