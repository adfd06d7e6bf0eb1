import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isCompressible, mediaType } from './media-types.ts'
import { chooseCoding } from './negotiate.ts'

const TABLE: readonly (readonly [field: string | undefined, coding: string | undefined])[] = [
  [undefined, undefined],
  ['', undefined],
  ['gzip', 'gzip'],
  ['x-gzip', 'gzip'],
  ['deflate', undefined],
  ['gzip, deflate, br, zstd', 'br'],
  ['gzip;q=1.0, br;q=0.5', 'gzip'],
  ['GZIP;Q=0.8, zstd;q=0.9', 'zstd'],
  ['br;q=0, gzip', 'gzip'],
  ['*', 'br'],
  ['br;q=0, *', 'zstd'],
  ['gzip;q=0', undefined],
  ['identity, gzip;q=0.5', undefined],
  ['identity;q=0', undefined],
  ['gzip;q=nonsense', undefined],
  ['gzip;q=2', undefined],
]

test('Accept-Encoding', () => {
  for (const [field, coding] of TABLE) assert.equal(chooseCoding(field), coding, field ?? 'absent')
})

test('media types by name', () => {
  assert.equal(mediaType('/a/index.HTML'), 'text/html; charset=utf-8')
  assert.equal(mediaType('/a/b.json'), 'application/json')
  assert.equal(mediaType('/a.d/b'), 'application/octet-stream')
  assert.equal(mediaType('/constructor'), 'application/octet-stream')
  assert.equal(mediaType('/a.constructor'), 'application/octet-stream')
  assert.equal(isCompressible(mediaType('a.svg')), true)
  assert.equal(isCompressible(mediaType('a.png')), false)
})
