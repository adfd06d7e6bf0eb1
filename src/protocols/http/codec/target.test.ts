import assert from 'node:assert/strict'
import { test } from 'node:test'
import { effectiveHost, formatPath, parseAuthority, parseTarget, pathSegments } from './target.ts'

const AUTHORITIES: readonly (readonly [text: string, host: string | undefined, port?: number])[] = [
  ['www.harbor.test', 'www.harbor.test'],
  ['WWW.Harbor.Test.', 'www.harbor.test'],
  ['www.harbor.test:8080', 'www.harbor.test', 8080],
  ['www.harbor.test:', 'www.harbor.test'],
  ['192.0.2.1:80', '192.0.2.1', 80],
  ['[2001:DB8:0:0::1]:443', '2001:db8::1', 443],
  ['[2001:db8::1', undefined],
  ['[::zz]', undefined],
  ['2001:db8::1', undefined],
  ['', undefined],
  ['.', undefined],
  ['a b', undefined],
  ['a@b', undefined],
  ['a/b', undefined],
  ['a:99999', undefined],
  ['a:port', undefined],
  ['x'.repeat(300), undefined],
]

test('hosts', () => {
  for (const [text, host, port] of AUTHORITIES) {
    assert.deepEqual(parseAuthority(text), host === undefined ? undefined : { host, port }, text)
  }
})

const path = (method: string, target: string): unknown => {
  const parsed = parseTarget(method, target)
  return 'kind' in parsed ? parsed.status : [parsed.path, parsed.query, parsed.authority?.host]
}

test('targets in their four forms', () => {
  assert.deepEqual(path('GET', '/a?b?c'), ['/a', 'b?c', undefined])
  assert.deepEqual(path('GET', 'http://A.test/x?y'), ['/x', 'y', 'a.test'])
  assert.deepEqual(path('GET', 'https://a.test?y'), ['/', 'y', 'a.test'])
  assert.deepEqual(path('OPTIONS', '*'), ['*', undefined, undefined])
  assert.equal(path('GET', '*'), 400)
  assert.equal(path('CONNECT', 'a.test:443'), 405)
  assert.equal(path('GET', 'ftp://a.test/'), 400)
  assert.equal(path('GET', 'http://a@b.test/'), 400)
  assert.equal(path('GET', '/a#b'), 400)
  assert.equal(path('GET', 'a'), 400)
})

const host = (...args: Parameters<typeof effectiveHost>): unknown => {
  const found = effectiveHost(...args)
  return found !== undefined && 'kind' in found ? found.status : found?.host
}

test('which host a request is for', () => {
  const plain = { path: '/', query: undefined, authority: undefined }
  const absolute = { ...plain, authority: { host: 'b.test', port: undefined } }
  assert.equal(host('1.1', [['host', 'a.test']], plain), 'a.test')
  assert.equal(host('1.1', [['host', 'a.test']], absolute), 'b.test')
  assert.equal(host('1.1', [], plain), 400)
  assert.equal(host('1.0', [], plain), undefined)
  assert.equal(
    host(
      '1.1',
      [
        ['host', 'a.test'],
        ['host', 'a.test'],
      ],
      plain,
    ),
    400,
  )
  assert.equal(host('1.1', [['host', 'a.test, b.test']], plain), 400)
})

const PATHS: readonly (readonly [path: string, segments: readonly string[] | undefined])[] = [
  ['/', ['']],
  ['/a/b', ['a', 'b']],
  ['/a/b/', ['a', 'b', '']],
  ['//a///b', ['a', 'b']],
  ['/a/./b', ['a', 'b']],
  ['/a/../b', ['b']],
  ['/a/..', ['']],
  ['/a/%2e%2e/b', ['b']],
  ['/%61%20b', ['a b']],
  ['/%C3%A9', ['é']],
  ['/\xc3\xa9', ['é']],
  ['/..', undefined],
  ['/a/../../b', undefined],
  ['/%2e%2E/etc/passwd', undefined],
  ['/a%2fb', undefined],
  ['/a%00', undefined],
  ['/%', undefined],
  ['/%zz', undefined],
  ['/%ff', undefined],
  ['/%c0%ae%c0%ae/x', undefined],
]

test('paths lead nowhere but inside', () => {
  for (const [path, segments] of PATHS) assert.deepEqual(pathSegments(path), segments, path)
  assert.equal(formatPath(['a b', 'é', '']), '/a%20b/%C3%A9/')
})
