// The cache holds what it was given, stays within its bounds, and never mixes up two questions.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AnswerCache, type CachedAnswer } from './answer-cache.ts'
import { encodeMessage } from '../codec/message.ts'
import { CLASS, query } from '../messages.ts'
import { QueryScan } from './query-scan.ts'

const scan = new QueryScan()

function packetFor(name: string, type: number): Uint8Array {
  const packet = encodeMessage(query(0, { name, type, class: CLASS.IN }))
  assert.ok(scan.read(packet))
  return packet
}

function add(cache: AnswerCache, name: string, type: number, size: number, untilMs = Infinity): CachedAnswer {
  const packet = packetFor(name, type)
  const bytes = new Uint8Array(Math.max(size, packet.length))
  bytes.set(packet)
  const ends = { questionEnd: scan.questionEnd, essentialEnd: bytes.length, essentialAdditionals: 0 }
  const layout = { bytes, ...ends, optStart: 0, optEnd: 0 }
  const { hash, variant } = scan
  const entry = { ...layout, hash, variant, untilMs, unknown: undefined, told: false, summary: undefined }
  cache.add(entry)
  return entry
}

function find(cache: AnswerCache, name: string, type: number, nowMs = 0): CachedAnswer | undefined {
  const packet = packetFor(name, type)
  return cache.find(packet, scan, nowMs)
}

test('finds by name in any case, by type in its own', () => {
  const cache = new AnswerCache()
  const https = add(cache, 'www.Harbor.test', 65, 100)
  assert.equal(find(cache, 'WWW.harbor.TEST', 65), https)
  assert.equal(find(cache, 'www.harbor.test', 97), undefined)
  assert.equal(find(cache, 'ww.harbor.test', 65), undefined)
})

test('finds nothing once its time has come, and takes another in its place', () => {
  const cache = new AnswerCache()
  const first = add(cache, 'www.harbor.test', 1, 100, 50)
  assert.equal(find(cache, 'www.harbor.test', 1, 49), first)
  assert.equal(find(cache, 'www.harbor.test', 1, 50), undefined)
  const second = add(cache, 'WWW.harbor.test', 1, 100, 150)
  assert.equal(find(cache, 'www.harbor.test', 1, 50), second)
  assert.equal(cache.count, 1)
})

test('keeps nearly all of 20,000 questions, each its own', () => {
  const cache = new AnswerCache()
  const entries = Array.from({ length: 20_000 }, (_, n) => add(cache, `host${n}.test`, 1, 60))
  const found = entries.filter((entry, n) => {
    const hit = find(cache, `host${n}.test`, 1)
    assert.ok(hit === undefined || hit === entry)
    return hit !== undefined
  })
  assert.ok(found.length > 19_600, `${found.length} found`)
  assert.ok(cache.count <= 20_000)
})

test('bounds its bytes, and keeps nothing huge', () => {
  const cache = new AnswerCache()
  for (let n = 0; n < 60_000; n += 1) add(cache, `host${n}.test`, 1, 4000)
  assert.ok(cache.count < 32_000, `${cache.count} entries of 4 kB`)
  add(cache, 'huge.test', 1, 5000)
  assert.equal(find(cache, 'huge.test', 1), undefined)
})
