import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Flow } from '../../core/flow.ts'
import type { Link, StreamLayer } from '../../core/layer.ts'
import { Capture } from './capture.ts'

const FLOW: Flow = {
  id: 1,
  transport: 'tcp',
  from: { ip: '192.0.2.200', port: 40_000 },
  to: { ip: '192.0.2.10', port: 443 },
  service: 'http',
  openedMs: 0,
}
const HELLO = Uint8Array.of(22, 3, 1, 0, 0)
const FINISHED = Uint8Array.of(23, 3, 3, 0, 0)

interface Bench {
  readonly capture: Capture
  readonly layer: StreamLayer
  readonly timers: (() => void)[]
  /** What was written since the last look: payload lengths, `key` for a secret. */
  look(): string[]
}

function bench(): Bench {
  const blocks: Uint8Array[] = []
  const capture = new Capture({ sink: (bytes) => blocks.push(bytes) })
  const timers: (() => void)[] = []
  const at = (_atMs: number, run: () => void): number => timers.push(run)
  const link: Link = { flow: FLOW, now: 0, wallMs: 0, at, random: () => 0, reset() {}, emit() {} }
  const layer = capture.layer.stream?.(link)
  assert.ok(layer)
  const look = (): string[] => blocks.splice(0).map(nameOf)
  look()
  return { capture, layer, timers, look }
}

/** Acknowledgements alone are left out. */
function nameOf(block: Uint8Array): string {
  if (block[0] === 10) return 'key'
  const packet = new DataView(block.buffer, block.byteOffset + 28)
  return String(packet.getUint16(2) - 40)
}

const data = (names: string[]): string[] => names.filter((name) => name !== '0')

test('everything is passed on, at once and unchanged', () => {
  const { layer } = bench()
  const passed: unknown[] = []
  for (const chunk of [HELLO, FINISHED, 'end'] as const) {
    layer.chunk('inbound', chunk, (on) => passed.push(on))
    layer.chunk('outbound', chunk, (on) => passed.push(on))
  }
  assert.deepEqual(passed, [HELLO, HELLO, FINISHED, FINISHED, 'end', 'end'])
})

test('what a handshake brings in stands behind the secrets that came of it', () => {
  const { capture, layer, look } = bench()
  layer.chunk('inbound', HELLO, () => capture.secret(FLOW, 'SERVER_HANDSHAKE_TRAFFIC_SECRET 0 1'))
  assert.deepEqual(data(look()), ['key'])
  layer.chunk('outbound', new Uint8Array(100), () => {})
  assert.deepEqual(data(look()), ['5', '100'])
  layer.chunk('inbound', FINISHED, () => capture.secret(FLOW, 'CLIENT_TRAFFIC_SECRET_0 0 1'))
  assert.deepEqual(data(look()), ['key', '5'])
  layer.chunk('inbound', new Uint8Array(7), () => {})
  assert.deepEqual(data(look()), ['7'])
})

test('it waits no longer than the time, the room, or the connection', () => {
  const timed = bench()
  timed.layer.chunk('inbound', HELLO, () => {})
  assert.deepEqual(data(timed.look()), [])
  for (const timer of timed.timers) timer()
  assert.deepEqual(data(timed.look()), ['5'])
  timed.layer.chunk('inbound', FINISHED, () => {})
  assert.deepEqual(data(timed.look()), ['5'])

  const full = bench()
  full.layer.chunk('inbound', HELLO, () => {})
  full.layer.chunk('inbound', new Uint8Array(65_532), () => {})
  assert.equal(data(full.look())[0], '5')

  const closed = bench()
  closed.layer.chunk('inbound', HELLO, () => {})
  closed.layer.closed?.()
  assert.deepEqual(data(closed.look()), ['5'])
})

test('what is no TLS handshake waits for nothing', () => {
  const { layer, look } = bench()
  layer.chunk('inbound', Buffer.from('GET / HTTP/1.1\r\n\r\n'), () => {})
  assert.deepEqual(data(look()), ['18'])
})

test('flows that nobody wants leave no trace', () => {
  const blocks: Uint8Array[] = []
  const capture = new Capture({ sink: (bytes) => blocks.push(bytes), wants: (flow) => flow.id !== 1 })
  const link: Link = { flow: FLOW, now: 0, wallMs: 0, at() {}, random: () => 0, reset() {}, emit() {} }
  assert.equal(capture.layer.stream?.(link), undefined)
  assert.equal(capture.layer.datagram?.(link), undefined)
  capture.secret(FLOW, 'CLIENT_RANDOM 0 1')
  assert.equal(blocks.length, 2)
  capture.refused(FLOW, 'reject', 'no')
  assert.equal(blocks.length, 4, 'what the gate refused has no other end to be seen at')
})
