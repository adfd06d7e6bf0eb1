// A trace tells each question in its order, and the end.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isConfigError } from '../../../core/failure.ts'
import { CLASS, RCODE, TYPE } from '../../../shared/dns/messages.ts'
import { lonelyWorld } from '../../../sim/index.ts'
import { resolverConfig } from '../index.ts'
import { ROOT, sampleNet } from '../sample-net.test.ts'
import { trace, type Trace, type TraceResult, type TraceStep } from './index.ts'

test('each referral, the alias, and the answer', async () => {
  const net = await sampleNet()
  const options = resolverConfig.parse({ validate: false })
  assert.ok(!isConfigError(options))
  let running: Trace | undefined
  const io = net.plane.serviceIo('trace', ['198.51.100.9'], net.served.gate, (timer) => running?.woke(timer))
  const root = { servers: [{ name: 'a.root', addresses: [ROOT] }], signing: undefined }
  const world = { ...lonelyWorld(['198.51.100.9'], 'trace'), root }
  const steps: TraceStep[] = []
  const results: TraceResult[] = []
  const question = { name: 'web.harbor.test', type: TYPE.A, class: CLASS.IN }
  const step = (one: TraceStep) => void steps.push(one)
  running = trace(io, world, question, options, step, (result) => void results.push(result))
  await net.plane.settled()
  assert.deepEqual(
    steps.map(
      ({ zone, server, ip, outcome, summary }) => `${zone || '.'} ${server} ${ip} ${outcome}: ${summary.toLowerCase()}`,
    ),
    [
      '. a.root 192.0.2.1 referral: test ns → referral to the servers of test.',
      'test ns.test 192.0.2.2 referral: harbor.test ns → referral to the servers of harbor.test.',
      'harbor.test ns.harbor.test 192.0.2.3 alias: web.harbor.test a → cname www.harbor.test.',
      'harbor.test ns.harbor.test 192.0.2.3 data: www.harbor.test a → 192.0.2.10',
    ],
  )
  assert.equal(results[0]?.rcode, RCODE.NOERROR)
  assert.deepEqual(
    results[0].links.map(({ name }) => name),
    ['web.harbor.test', 'www.harbor.test'],
  )
})
