// The on-wire protocol of a client: the four times, both modes, and what is refused.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { referenceIdOfText } from '../codec/packet.ts'
import { timestampOf } from '../codec/timestamp.ts'
import { LEAPS, MODES, type Header } from '../messages.ts'
import { Exchange } from './exchange.ts'

const START_MS = 1_790_000_000_000
const random = (seed: number) => Uint8Array.from({ length: 16 }, (_, at) => (seed * 31 + at * 7 + 1) & 0xff)
const at = (ms: number) => timestampOf(START_MS + ms)

function answer(request: Header, parts: Partial<Header> = {}): Header {
  return {
    ...request,
    mode: MODES.server,
    stratum: 1,
    precision: -20,
    rootDispersionMs: 1,
    reference: at(0),
    origin: request.transmit,
    receive: at(130),
    transmit: at(131),
    ...parts,
  }
}

function asked(interleaved = false) {
  const exchange = new Exchange()
  const request = exchange.request(random(1), 6, interleaved)
  exchange.departed(request.transmit, START_MS + 100)
  return { exchange, request }
}

test('a request tells nothing of the host that sends it', () => {
  const { request } = asked()
  const { transmit, ...rest } = request
  assert.equal(transmit, 0x20272e353c434a51n)
  assert.deepEqual(rest, {
    leap: LEAPS.none,
    version: 4,
    mode: MODES.client,
    stratum: 0,
    poll: 6,
    precision: 0,
    rootDelayMs: 0,
    rootDispersionMs: 0,
    referenceId: 0,
    reference: 0n,
    origin: 0n,
    receive: 0n,
  })
})

test('offset and delay come of the four times', () => {
  const { exchange, request } = asked()
  const taken = exchange.take(answer(request), START_MS + 121)
  // ((130 - 100) + (131 - 121)) / 2, (121 - 100) - (131 - 130)
  assert.ok(taken.kind === 'measured')
  assert.ok(Math.abs(taken.offsetMs - 20) < 1e-3 && Math.abs(taken.delayMs - 20) < 1e-3)
  assert.equal(taken.elapsedMs, 21)
  assert.equal(taken.isInterleaved, false)
})

test('an answer to another request, a second one and one that nobody asked for are refused', () => {
  const { exchange, request } = asked()
  assert.match(exchange.refusal(answer(request, { origin: 1n })) ?? '', /origin/)
  assert.match(exchange.refusal(answer(request, { mode: MODES.broadcast })) ?? '', /mode 5/)
  assert.equal(exchange.refusal(answer(request)), undefined)
  exchange.take(answer(request), START_MS + 121)
  assert.match(exchange.refusal(answer(request)) ?? '', /nobody asked/)
  assert.match(new Exchange().refusal(answer(request)) ?? '', /nobody asked/)
})

test('who is not synchronised, or says what cannot be, is not measured', () => {
  const cases: readonly [Partial<Header>, string, string][] = [
    [{ stratum: 0, referenceId: referenceIdOfText('RATE') }, 'kiss', 'RATE'],
    [{ stratum: 0, referenceId: referenceIdOfText('INIT') }, 'unfit', 'it is not synchronised (INIT)'],
    [{ leap: LEAPS.unsynchronised }, 'unfit', 'it is not synchronised'],
    [{ stratum: 16 }, 'unfit', 'it is not synchronised'],
    [{ rootDispersionMs: 15_000, rootDelayMs: 2000 }, 'unfit', 'it is too far from its reference'],
    [{ reference: at(200) }, 'unfit', 'it was set in its own future'],
    [{ transmit: 0n }, 'bogus', 'it has no timestamps'],
  ]
  for (const [parts, kind, text] of cases) {
    const { exchange, request } = asked()
    const taken = exchange.take(answer(request, parts), START_MS + 121)
    assert.equal(taken.kind, kind)
    assert.equal('code' in taken ? taken.code : 'why' in taken ? taken.why : '', text)
  }
})

test('an interleaved answer measures the exchange before with the better time of leaving', () => {
  const { exchange, request } = asked(true)
  assert.equal(request.origin, 0n, 'there is no exchange before the first')
  exchange.take(answer(request), START_MS + 121)
  const second = exchange.request(random(2), 6, true)
  exchange.departed(second.transmit, START_MS + 2100)
  assert.equal(second.origin, at(130))
  assert.notEqual(second.receive, 0n)
  assert.notEqual(second.receive, second.transmit)
  const better = answer(second, { origin: second.receive, receive: at(2130), transmit: at(133) })
  assert.equal(exchange.refusal(better), undefined)
  const taken = exchange.take(better, START_MS + 2121)
  // ((130 - 100) + (133 - 121)) / 2, (121 - 100) - (133 - 130)
  assert.ok(taken.kind === 'measured' && taken.isInterleaved)
  assert.ok(Math.abs(taken.offsetMs - 21) < 1e-3 && Math.abs(taken.delayMs - 18) < 1e-3)
})

test('after a lost answer the next request is a basic one', () => {
  const { exchange, request } = asked(true)
  exchange.take(answer(request), START_MS + 121)
  exchange.request(random(2), 6, true)
  const third = exchange.request(random(3), 6, true)
  assert.equal(third.origin, 0n)
  assert.equal(third.receive, 0n)
})
