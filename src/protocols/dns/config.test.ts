// What stands in the world file, and what is refused there.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isConfigError } from '../../core/failure.ts'
import { dns } from './index.ts'

test('has defaults for everything', () => {
  assert.deepEqual(dns.config.parse(undefined), {
    port: 53,
    udpSizeMaxBytes: 1232,
    tcpIdleMs: 10_000,
    logQueries: true,
    cookiesAbove: Infinity,
    rateLimit: undefined,
  })
})

test('names every problem at its place', () => {
  const result = dns.config.parse({
    port: 0,
    'udp-size': '100B',
    'tcp-idle': 'long',
    'log-queries': 1,
    zones: [],
  })
  assert.ok(isConfigError(result))
  assert.deepEqual(
    new Set(result.problems.map(({ path }) => path.join('.'))),
    new Set(['port', 'udp-size', 'tcp-idle', 'log-queries', 'zones']),
  )
})
