import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Framing } from '../messages.ts'
import { formatFields, formatRequestHead, formatStatusLine, parseRequestHead, parseResponseHead } from './head.ts'

const HOST = 'Host: a.test'

/** Head without its last empty line, and the status it is refused with or the framing it has. */
const FRAMINGS: readonly (readonly [name: string, lines: readonly string[], expected: number | Framing])[] = [
  ['none', ['GET / HTTP/1.1', HOST], { kind: 'none' }],
  ['a length', ['POST / HTTP/1.1', HOST, 'Content-Length: 12'], { kind: 'length', length: 12 }],
  ['length 0', ['POST / HTTP/1.1', HOST, 'Content-Length: 0'], { kind: 'none' }],
  ['chunked', ['POST / HTTP/1.1', HOST, 'Transfer-Encoding: Chunked'], { kind: 'chunked' }],
  ['both', ['POST / HTTP/1.1', HOST, 'Content-Length: 3', 'Transfer-Encoding: chunked'], 400],
  ['both, other order', ['POST / HTTP/1.1', HOST, 'Transfer-Encoding: chunked', 'Content-Length: 3'], 400],
  ['two lengths', ['POST / HTTP/1.1', HOST, 'Content-Length: 3', 'Content-Length: 3'], 400],
  ['a list of lengths', ['POST / HTTP/1.1', HOST, 'Content-Length: 3, 3'], 400],
  ['a signed length', ['POST / HTTP/1.1', HOST, 'Content-Length: +3'], 400],
  ['a hexadecimal length', ['POST / HTTP/1.1', HOST, 'Content-Length: 0x3'], 400],
  ['an empty length', ['POST / HTTP/1.1', HOST, 'Content-Length:'], 400],
  ['a length past exact numbers', ['POST / HTTP/1.1', HOST, 'Content-Length: 9999999999999999'], 400],
  ['chunked twice', ['POST / HTTP/1.1', HOST, 'Transfer-Encoding: chunked, chunked'], 400],
  ['chunked not last', ['POST / HTTP/1.1', HOST, 'Transfer-Encoding: chunked, gzip'], 400],
  ['two codings', ['POST / HTTP/1.1', HOST, 'Transfer-Encoding: gzip, chunked'], 501],
  ['identity', ['POST / HTTP/1.1', HOST, 'Transfer-Encoding: identity'], 400],
  ['vertical tab before chunked', ['POST / HTTP/1.1', HOST, 'Transfer-Encoding:\vchunked'], 400],
  ['chunked in quotes', ['POST / HTTP/1.1', HOST, 'Transfer-Encoding: "chunked"'], 400],
  ['coding split over lines', ['POST / HTTP/1.1', HOST, 'Transfer-Encoding: chunked', 'Transfer-Encoding: x'], 400],
  ['an empty coding', ['POST / HTTP/1.1', HOST, 'Transfer-Encoding:'], 400],
  ['chunked in 1.0', ['POST / HTTP/1.0', HOST, 'Transfer-Encoding: chunked'], 400],
  ['space before the colon', ['POST / HTTP/1.1', HOST, 'Transfer-Encoding : chunked'], 400],
  ['a folded line', ['POST / HTTP/1.1', HOST, 'Transfer-Encoding:', ' chunked'], 400],
  ['a folded first line', ['GET / HTTP/1.1', ' Host: a.test'], 400],
  ['bare CR in a value', ['GET / HTTP/1.1', 'Host: a.test\rX: y'], 400],
  ['bare LF in a value', ['GET / HTTP/1.1', 'Host: a.test\nContent-Length: 3'], 400],
  ['NUL in a value', ['GET / HTTP/1.1', 'Host: a\0.test'], 400],
  ['a field without a name', ['GET / HTTP/1.1', ': x'], 400],
  ['a field without a colon', ['GET / HTTP/1.1', 'Host'], 400],
]

/** Request lines. */
const LINES: readonly (readonly [line: string, expected: number | 'ok'])[] = [
  ['GET / HTTP/1.1', 'ok'],
  ['GET / HTTP/1.0', 'ok'],
  ['GET / HTTP/1.9', 'ok'],
  ['M-SEARCH * HTTP/1.1', 'ok'],
  ['GET /\xe9 HTTP/1.1', 'ok'],
  ['GET  / HTTP/1.1', 400],
  ['GET / HTTP/1.1 ', 400],
  [' GET / HTTP/1.1', 400],
  ['GET\t/ HTTP/1.1', 400],
  ['GET /', 400],
  ['GET', 400],
  ['', 400],
  ['G(T / HTTP/1.1', 400],
  ['GET /a b HTTP/1.1', 400],
  ['GET /\x7f HTTP/1.1', 400],
  ['GET / http/1.1', 400],
  ['GET / HTTP/1.10', 400],
  ['GET / HTTP/2.0', 505],
  ['GET / HTTP/0.9', 505],
]

test('framing of requests: what could be read in two ways is refused', () => {
  for (const [name, lines, expected] of FRAMINGS) {
    const head = parseRequestHead(lines.join('\r\n'))
    assert.deepEqual('kind' in head ? head.status : head.framing, expected, name)
  }
})

test('request lines', () => {
  for (const [line, expected] of LINES) {
    const head = parseRequestHead(`${line}\r\n${HOST}`)
    assert.deepEqual('kind' in head ? head.status : 'ok', expected, line)
  }
})

const kept = (version: string, ...lines: string[]): boolean => {
  const head = parseRequestHead([`GET / HTTP/${version}`, HOST, ...lines].join('\r\n'))
  return !('kind' in head) && head.keepAlive
}

test('a connection persists by version and Connection', () => {
  assert.equal(kept('1.1'), true)
  assert.equal(kept('1.1', 'Connection: Close'), false)
  assert.equal(kept('1.1', 'Connection: keep-alive, close'), false)
  assert.equal(kept('1.0'), false)
  assert.equal(kept('1.0', 'Connection: Keep-Alive'), true)
})

const headOf = (count: number) => parseRequestHead(`GET / HTTP/1.1\r\n${'a: b\r\n'.repeat(count - 1)}a: b`)

test('100 fields pass, 101 are too many', () => {
  assert.equal('kind' in headOf(100), false)
  const refused = headOf(101)
  assert.equal('kind' in refused ? refused.status : 0, 431)
})

const expecting = (value: string) => parseRequestHead(`PUT / HTTP/1.1\r\nContent-Length: 1\r\nExpect: ${value}`)

test('one expectation is known', () => {
  const known = expecting('100-Continue')
  assert.equal('kind' in known ? undefined : known.expectsContinue, true)
  const other = expecting('a-pony')
  assert.equal('kind' in other ? other.status : 0, 417)
})

test('response heads, both ways', () => {
  const text = `${formatStatusLine(404)}${formatFields([['Content-Length', '3']])}\r\n`
  assert.equal(text, 'HTTP/1.1 404 Not Found\r\nContent-Length: 3\r\n\r\n')
  const head = parseResponseHead(text.slice(0, -4), 'GET')
  assert.deepEqual(head, {
    version: '1.1',
    status: 404,
    reason: 'Not Found',
    fields: [['content-length', '3']],
    framing: { kind: 'length', length: 3 },
    keepAlive: true,
  })
})

const framing = (method: string, ...lines: string[]): unknown => {
  const head = parseResponseHead(lines.join('\r\n'), method)
  return 'kind' in head ? head.status : head.framing.kind
}

test('framing of responses', () => {
  assert.equal(framing('GET', 'HTTP/1.1 200 OK'), 'close')
  assert.equal(framing('GET', 'HTTP/1.1 200'), 'close')
  assert.equal(framing('HEAD', 'HTTP/1.1 200 OK', 'Content-Length: 5'), 'none')
  assert.equal(framing('GET', 'HTTP/1.1 304 x', 'Content-Length: 5'), 'none')
  assert.equal(framing('GET', 'HTTP/1.1 200 OK', 'Transfer-Encoding: chunked'), 'chunked')
  assert.equal(framing('GET', 'HTTP/1.1 200 OK', 'Transfer-Encoding: chunked', 'Content-Length: 5'), 502)
  assert.equal(framing('GET', 'HTTP/2 200 OK'), 502)
})

test('a field that would end its line is misuse', () => {
  assert.throws(() => formatRequestHead('GET', '/', [['X', 'a\r\nY: b']]))
  assert.throws(() => formatFields([['X Y', 'a']]))
})
