// Any address and any port, TCP and UDP, IPv4 and IPv6: the catch-all answers from exactly what was asked.

import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { missing, runAsWorld } from './namespaces.ts'

const why = missing()
const skip = why !== undefined && process.env['CI'] !== 'true' ? why : false

test('the catch-all answers from the address and port that was asked', { skip }, () => {
  assert.equal(why, undefined)
  assert.deepEqual(runAsWorld(join(import.meta.dirname, 'transparent-world.ts')), {
    heard: {
      'tcp 8.8.8.8 4444': 'caught at ::ffff:8.8.8.8 4444',
      'tcp 2606:4700::1111 9999': 'caught at 2606:4700::1111 9999',
      'tcp 192.0.2.3 80': 'ordinary',
      'tcp 2001:db8:1::3 80': 'ordinary',
      'udp 8.8.8.8 4444': Array(3).fill('hello at 8.8.8.8:4444 from 8.8.8.8 4444').join('; '),
      'udp 2606:4700::1111 9999': Array(3).fill('hello at [2606:4700::1111]:9999 from 2606:4700::1111 9999').join('; '),
    },
    dropped: 0,
  })
})
