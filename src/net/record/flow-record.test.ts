import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Event } from '../../core/event.ts'
import type { Flow } from '../../core/flow.ts'
import { FlowRecord } from './flow-record.ts'
import { Ring } from './ring.ts'

const ALLOW = { verdict: 'allow', because: 'no rule matches; this is the default' } as const

function flow(id: number): Flow {
  const from = { ip: '192.0.2.200', port: 40_000 + id }
  return { id, transport: 'tcp', from, to: { ip: '192.0.2.10', port: 443 }, service: 'http', openedMs: 1000 }
}

const event = (summary: string, detail?: Event['detail']): Event => ({
  kind: 'http.request',
  summary,
  ...(detail ? { detail } : {}),
})

test('a ring forgets the oldest beyond its number or its bytes, and counts', () => {
  const ring = new Ring<number>({ entriesMax: 3, bytesMax: 10 })
  const forgotten: number[] = []
  for (let value = 1; value <= 5; value++) ring.push(value, 1, (old) => forgotten.push(old))
  assert.deepEqual([...ring], [3, 4, 5])
  ring.push(6, 9, (old) => forgotten.push(old))
  assert.deepEqual([...ring], [5, 6])
  ring.push(7, 1000, (old) => forgotten.push(old))
  assert.deepEqual([...ring], [7])
  assert.deepEqual(forgotten, [1, 2, 3, 4, 5, 6])
  assert.equal(ring.dropped, 6)
})

test('a flow is known from its opening to its end', () => {
  let wallMs = 1000
  const record = new FlowRecord(() => wallMs)
  const tls = { version: 'TLSv1.3', cipher: 'TLS_AES_256_GCM_SHA384', alpn: 'h2' }
  record.opened(flow(1), { verdict: 'reject', rule: 0, because: 'mail leaves through submission' })
  record.opened(flow(2), ALLOW)
  record.secured(flow(2), tls)
  record.openedBy(2, { pid: 7, name: 'curl' })
  wallMs = 1012
  record.closed(flow(2), 100, 2000, 'ended')
  assert.deepEqual(record.flows(), [
    { flow: flow(1), decision: { verdict: 'reject', because: 'mail leaves through submission', rule: 0 } },
    {
      flow: flow(2),
      decision: ALLOW,
      tls,
      process: { pid: 7, name: 'curl' },
      end: { closedMs: 1012, received: 100, sent: 2000, reason: 'ended' },
    },
  ])
})

test('flows beyond the limit go, oldest first, and their ends with them', () => {
  const record = new FlowRecord(() => 0, { flowsMax: 2 })
  for (const id of [1, 2, 3]) record.opened(flow(id), ALLOW)
  record.closed(flow(1), 1, 1, 'ended')
  assert.deepEqual(
    record.flows().map((known) => known.flow.id),
    [2, 3],
  )
  assert.deepEqual(record.dropped, { flows: 1, events: 0 })
})

test('events beyond the limit of number or bytes go, oldest first', () => {
  const few = new FlowRecord(() => 5, { eventsMax: 2 })
  for (const text of ['a', 'b', 'c']) few.event(flow(1), 'http', event(text))
  assert.deepEqual(few.events(), [
    { atMs: 5, flowId: 1, service: 'http', event: event('b') },
    { atMs: 5, flowId: 1, service: 'http', event: event('c') },
  ])
  const small = new FlowRecord(() => 0, { eventBytesMax: 10_000 })
  for (let count = 0; count < 100; count++)
    small.event(undefined, 'dns', event('x'.repeat(1000), { name: 'y'.repeat(1000) }))
  assert.equal(small.events().length, 2)
  assert.equal(small.dropped.events, 98)
})

test('one event is bounded too', () => {
  const record = new FlowRecord(() => 0)
  const details = Array.from({ length: 100 }, (_, at) => [`key${at}`, 'z'.repeat(5000)] as const)
  record.event(undefined, 'dns', event('x'.repeat(5000), Object.fromEntries(details)))
  const [kept] = record.events()
  assert.equal(kept?.event.summary.length, 1001)
  assert.equal(Object.keys(kept.event.detail ?? {}).length, 32)
  assert.equal(String(kept.event.detail?.['key0']).length, 1001)
})

test('a flow that was for nobody in particular gets the service that took it', () => {
  const record = new FlowRecord(() => 0)
  record.opened({ ...flow(1), service: 'unknown' }, ALLOW)
  record.served({ ...flow(1), service: 'unknown' }, 'sink')
  assert.equal(record.flows()[0]?.flow.service, 'sink')
})
