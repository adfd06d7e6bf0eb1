// Ten thousand who connect to a resolver and ask half a question: what each costs, and that all others are answered.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RESOLVER, namesData, othersAsk } from './names.ts'
import { bytesInUse, crowd, tooFewFiles, turnedWorld } from './world.ts'

const CROWD = 10_000
/** Heap and buffers of one: socket, wire, runner, machine, timer, its flow in the record. Measured: 3 to 5 KiB. */
const CONNECTION_MAX_BYTES = 8192

const skip = tooFewFiles(CROWD)

test(`${CROWD} connections with half a question`, { skip }, async (t) => {
  const { world, opened } = await turnedWorld(t, namesData())
  await othersAsk(t, world, RESOLVER)
  const before = bytesInUse()
  const flows = world.flows().length
  await crowd(t).join({ ...world.address(RESOLVER, 53), count: CROWD, send: '\0\x21\x12\x34\x01' })
  await opened(flows + CROWD)
  const each = (bytesInUse() - before) / CROWD
  t.diagnostic(`${Math.round(each)} bytes a connection`)
  assert.ok(each < CONNECTION_MAX_BYTES, `${Math.round(each)} bytes a connection`)
  await othersAsk(t, world, RESOLVER)
  assert.deepEqual(
    world.events().filter(({ severity }) => severity === 'warning'),
    [],
  )
})
