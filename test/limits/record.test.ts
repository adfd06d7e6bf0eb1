// A world that runs for long: the record forgets, and counts what it forgot, however many flows and events there are.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FlowRecord, formatReport } from '../../src/net/record/index.ts'
import { bytesInUse } from './world.ts'

const FLOWS = 100_000
/** Flows that are kept; docs/limits.md. */
const KEPT = 10_000
/** What 80,000 further flows may add to a full record. */
const GROWTH_MAX_BYTES = 1024 * 1024
/** A full record: 10,000 flows and 8 MiB of events. */
const RECORD_MAX_BYTES = 24 * 1024 * 1024

test(`${FLOWS} flows with events fill the record once, and it grows no more`, () => {
  const record = new FlowRecord(() => 0)
  const empty = bytesInUse()
  pass(record, 1, 20_000)
  const full = bytesInUse()
  pass(record, 20_001, FLOWS)
  const after = bytesInUse()
  assert.ok(full - empty < RECORD_MAX_BYTES, `${full - empty} bytes`)
  assert.ok(after - full < GROWTH_MAX_BYTES, `${after - full} bytes more`)
  assert.equal(record.flows().length, KEPT)
  assert.equal(record.dropped.flows, FLOWS - KEPT)
  assert.ok(record.dropped.events > FLOWS)
  assert.match(formatReport(record, { form: 'json' }), new RegExp(`"lost":{"flows":${FLOWS - KEPT},`))
})

/** Flows opened, told of twice, and closed. */
function pass(record: FlowRecord, from: number, to: number): void {
  for (let id = from; id <= to; id++) {
    const flow = {
      id,
      transport: 'tcp',
      from: { ip: '127.0.0.1', port: 40_000 },
      to: { ip: '127.80.0.1', port: 80 },
      service: 'http',
      openedMs: 0,
    } as const
    record.opened(flow, { verdict: 'allow', because: 'no rule' })
    for (let event = 0; event < 2; event++)
      record.event(flow, 'http', {
        kind: 'http.request',
        summary: `GET /${id}`,
        detail: { path: `/${'x'.repeat(300)}` },
      })
    record.closed(flow, 100, 200, 'ended')
  }
}
