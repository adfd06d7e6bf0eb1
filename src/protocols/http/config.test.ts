import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isConfigError } from '../../core/index.ts'
import { httpConfig } from './config.ts'
import { DEFAULT_LIMITS } from './server/limits.ts'

function problems(input: unknown): unknown {
  const config = httpConfig.parse(input)
  return isConfigError(config) ? config.problems.map((problem) => problem.path.join('.')) : []
}

test('a bare http serves both ports', () => {
  const config = httpConfig.parse(undefined)
  assert.ok(!isConfigError(config))
  assert.deepEqual([config.port, config.securePort, config.https, config.listing], [[80], [443], 'offer', false])
})

test('ports: one, several, none', () => {
  const config = httpConfig.parse({ port: [80, 8080], 'secure-port': false })
  assert.ok(!isConfigError(config))
  assert.deepEqual([config.port, config.securePort], [[80, 8080], []])
})

test('limits are written as sizes and durations', () => {
  const config = httpConfig.parse({ limits: { content: '64KiB', 'head-time': '2s' } })
  assert.ok(!isConfigError(config))
  assert.deepEqual(config.limits, { ...DEFAULT_LIMITS, contentMaxBytes: 65_536, headMs: 2000 })
})

test('redirects in both forms', () => {
  const config = httpConfig.parse({ redirects: { '/a': '/b', '/c': { to: '/d', status: 301 } } })
  assert.ok(!isConfigError(config))
  assert.deepEqual(config.redirects, { '/a': { to: '/b', status: 302 }, '/c': { to: '/d', status: 301 } })
})

test('what is wrong is told with its place', () => {
  assert.deepEqual(problems({ port: 70_000 }), ['port'])
  assert.deepEqual(problems({ sight: 'x' }), ['sight'])
  assert.deepEqual(problems({ pages: { '/a': { status: 99 } } }), ['pages./a.status'])
  assert.deepEqual(problems({ pages: { '/a': { body: 'x', json: 1 } } }), ['pages./a'])
  assert.deepEqual(problems({ pages: { a: {} } }), ['pages.a'])
  assert.deepEqual(problems({ pages: { '/a': { headers: { 'X Y': 'z' } } } }), ['pages./a.headers.X Y'])
  assert.deepEqual(problems({ pages: { '/a': { headers: { X: 'a\r\nb' } } } }), ['pages./a.headers.X'])
  assert.deepEqual(problems({ pages: { '/a': { headers: { 'Content-Length': '1' } } } }), [
    'pages./a.headers.Content-Length',
  ])
  assert.deepEqual(problems({ redirects: { '/a': 'x\ny' } }), ['redirects./a'])
  assert.deepEqual(problems({ limits: { idle: '0s', content: 10 } }), ['limits.content', 'limits.idle'])
})
