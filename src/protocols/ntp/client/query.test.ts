// One question for the time, in memory.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isFailure, type Failure } from '../../../core/failure.ts'
import { OpenGate, serve, SimPlane } from '../../../sim/index.ts'
import { ntp } from '../index.ts'
import { queryTime, timeServerAt, type QueryOptions, type TimeAnswer } from './query.ts'

const SERVER = '192.0.2.11'

async function ask(config: unknown, options: QueryOptions = {}): Promise<TimeAnswer | Failure | undefined> {
  const plane = new SimPlane()
  if (config !== undefined) await serve(ntp, { plane, addresses: [SERVER], config })
  const io = plane.serviceIo('test', ['198.51.100.9'], new OpenGate(), () => undefined)
  const heard: (TimeAnswer | Failure)[] = []
  queryTime(io, timeServerAt(SERVER), options, (result) => heard.push(result))
  await plane.settled()
  plane.advance(60_000)
  await plane.settled()
  assert.equal(heard.length, 1, 'told once')
  return heard[0]
}

test('it says how far the server is ahead', async () => {
  const answer = await ask({ offset: '300ms', stratum: 3 })
  assert.ok(answer !== undefined && !isFailure(answer))
  assert.ok(Math.abs(answer.offsetMs - 300) < 0.01)
  assert.equal(answer.header.stratum, 3)
})

test('it compares with the clock that it is given', async () => {
  const answer = await ask({}, { timeMs: (wallMs) => wallMs + 50 })
  assert.ok(answer !== undefined && !isFailure(answer))
  assert.ok(Math.abs(answer.offsetMs + 50) < 0.01)
})

test('nobody there, a refusal and a server without time are told apart', async () => {
  const codes: (string | undefined)[] = []
  for (const config of [undefined, { deny: ['198.51.100.0/24'] }, { servers: ['192.0.2.99'] }]) {
    const answer = await ask(config)
    codes.push(isFailure(answer) ? answer.code : undefined)
  }
  assert.deepEqual(codes, ['ETIMEOUT', 'EKISS', 'EUNSYNCHRONISED'])
})
