// The resolver finds names from the root, over the servers of this folder's samples.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RCODE } from '../../shared/dns/messages.ts'
import { answersOf, sampleNet } from './sample-net.test.ts'

test('walks from the root, and asks nobody twice', async () => {
  const net = await sampleNet()
  const answer = await net.ask('www.harbor.test', 'A', {}, 2000)
  assert.deepEqual(answersOf(answer), ['192.0.2.10'])
  assert.equal(answer?.recursionAvailable, true)
  assert.equal(answer?.authoritative, false)
  assert.deepEqual(net.root.asked, ['test NS'])
  assert.deepEqual(net.test.asked, ['harbor.test NS'])
  assert.deepEqual(net.harbor.asked, ['www.harbor.test A'])
  assert.deepEqual(answersOf(await net.ask('WWW.harbor.test', 'A')), ['192.0.2.10'])
  assert.equal(net.harbor.asked.length, 1)
})

test('follows aliases, and says that there is nothing', async () => {
  const net = await sampleNet()
  assert.deepEqual(answersOf(await net.ask('web.harbor.test', 'A', {}, 2000)), ['www.harbor.test.', '192.0.2.10'])
  const none = await net.ask('nowhere.harbor.test', 'A', {}, 2000)
  assert.equal(none?.rcode, RCODE.NXDOMAIN)
  assert.equal(none?.authorities.length, 1)
  const empty = await net.ask('www.harbor.test', 'AAAA', {}, 2000)
  assert.equal(empty?.rcode, RCODE.NOERROR)
  assert.equal(empty?.answers.length, 0)
})
