// Faults on streams and datagrams, with a fake link and a turned clock.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { DatagramLayer, StreamLayer } from '../../core/layer.ts'
import { worldWith } from '../firewall/fixture.ts'
import type { Fault, FaultEffect } from '../world/model.ts'
import { chanceFrom } from './chance.ts'
import { FakeLink } from './fake-link.ts'
import { faultLayers } from './layers.ts'

function fault(effect: FaultEffect, parts: Partial<Fault> = {}): Fault {
  return { hosts: [], peers: [], ports: [], effect, ...parts }
}

function layerFor(one: Fault, seed = 1) {
  const [layer] = faultLayers(worldWith({ faults: [one], seed }))
  if (layer === undefined) throw new Error('no layer')
  return layer
}

function streamFor(effect: FaultEffect): {
  link: FakeLink
  layer: StreamLayer
  out: Passed[]
  send(text: string): void
} {
  const link = new FakeLink()
  const layer = layerFor(fault(effect)).stream?.(link)
  if (layer === undefined) throw new Error('the fault declined')
  const out: Passed[] = []
  return {
    link,
    layer,
    out,
    send(chunk) {
      layer.chunk('outbound', chunk === 'end' ? chunk : Buffer.from(chunk), (passed) => {
        out.push([link.now, passed === 'end' ? '<end>' : Buffer.from(passed).toString()])
      })
    },
  }
}

type Passed = [number, string]

function datagramFor(
  effect: FaultEffect,
  seed = 1,
): { link: FakeLink; layer: DatagramLayer; out: Passed[]; send(text: string): void } {
  const link = new FakeLink({ transport: 'udp' })
  const layer = layerFor(fault(effect), seed).datagram?.(link)
  if (layer === undefined) throw new Error('the fault declined')
  const out: Passed[] = []
  return {
    link,
    layer,
    out,
    send: (text) =>
      layer.packet('inbound', Buffer.from(text), (passed) => out.push([link.now, Buffer.from(passed).toString()])),
  }
}

test('a flow that no fault names gets no layer', () => {
  const declined = [
    fault({ delayMs: 1 }, { hosts: ['www.harbor.test'] }),
    fault({ delayMs: 1 }, { peers: ['198.51.100.0/24'] }),
    fault({ delayMs: 1 }, { ports: [{ from: 26, to: 99 }] }),
    fault({ delayMs: 1 }, { transport: 'udp' }),
    fault({ lossChance: 1 }),
    fault({ delayMs: 0 }),
  ]
  for (const each of declined) assert.equal(layerFor(each).stream?.(new FakeLink()), undefined)
  assert.equal(layerFor(fault({ stallAfterBytes: 1 })).datagram?.(new FakeLink({ transport: 'udp' })), undefined)
  const named = fault(
    { delayMs: 1 },
    { hosts: ['mail.harbor.test'], peers: ['laptop'], ports: [{ from: 25, to: 25 }], transport: 'tcp' },
  )
  assert.notEqual(layerFor(named).stream?.(new FakeLink()), undefined)
})

test('a flow that a host of the world opened suffers by its own end, and once', () => {
  const layer = layerFor(
    fault({ delayMs: 1 }, { hosts: ['mail.harbor.test'], peers: ['laptop'], ports: [{ from: 20, to: 20 }] }),
  )
  const from = { ip: '192.0.2.2', port: 20 }
  const toClient = new FakeLink({ from, to: { ip: '203.0.113.10', port: 50_000 }, dialed: true })
  assert.notEqual(layer.stream?.(toClient), undefined)
  const between = new FakeLink({ from, to: { ip: '192.0.2.3', port: 80 }, dialed: true })
  assert.equal(layerFor(fault({ delayMs: 1 })).stream?.(between), undefined)
})

test('delay holds each chunk and the end, and counts what it holds', () => {
  const { link, layer, out, send } = streamFor({ delayMs: 100 })
  send('ab')
  link.turnTo(40)
  send('c')
  send('end')
  assert.equal(layer.held, 3)
  link.turnTo(200)
  assert.deepEqual(out, [
    [100, 'ab'],
    [140, 'c'],
    [140, '<end>'],
  ])
  assert.equal(layer.held, 0)
})

test('a delay of one direction alone holds nothing back in the other', () => {
  const effect = { delayMs: 10, delayInMs: 30, delayOutMs: 5 }
  const link = new FakeLink({ transport: 'udp' })
  const datagrams = layerFor(fault(effect)).datagram?.(link)
  const streams = layerFor(fault(effect)).stream?.(link)
  const out: [number, string][] = []
  for (const direction of ['inbound', 'outbound'] as const) {
    datagrams?.packet(direction, Buffer.from('a'), () => out.push([link.now, `packet ${direction}`]))
    streams?.chunk(direction, Buffer.from('a'), () => out.push([link.now, `chunk ${direction}`]))
  }
  link.turnTo(100)
  assert.deepEqual(out.toSorted(), [
    [15, 'chunk outbound'],
    [15, 'packet outbound'],
    [40, 'chunk inbound'],
    [40, 'packet inbound'],
  ])
  assert.notEqual(layerFor(fault({ delayOutMs: 1 })).stream?.(new FakeLink()), undefined)
})

test('jitter keeps the order and stays within its bound', () => {
  const { link, out, send } = streamFor({ delayMs: 10, jitterMs: 50 })
  const texts = Array.from({ length: 50 }, (_, index) => String(index))
  for (const [index, text] of texts.entries()) {
    link.turnTo(index)
    send(text)
  }
  link.turnTo(1000)
  assert.deepEqual(
    out.map(([, text]) => text),
    texts,
  )
  assert.ok(out.every(([at], index) => at >= index + 10 && at <= 50 + 60))
  assert.ok(out.some(([at], index) => at > index + 15))
})

test('a throttle passes a burst at once and then its rate', () => {
  const { link, layer, out, send } = streamFor({ throttleBytesPerSecond: 1000 })
  send('x'.repeat(4500))
  assert.equal(out[0]?.[1].length, 1500)
  assert.equal(layer.held, 3000)
  link.turnTo(2999)
  assert.equal(
    out.reduce((sum, [, text]) => sum + text.length, 0),
    3000,
  )
  link.turnTo(3000)
  assert.equal(
    out.reduce((sum, [, text]) => sum + text.length, 0),
    4500,
  )
  assert.equal(layer.held, 0)
})

test('a stall passes exactly its bytes, then nothing, and still counts what it swallows', () => {
  const { link, layer, out, send } = streamFor({ stallAfterBytes: 3 })
  send('ab')
  send('cdef')
  send('ghi')
  send('end')
  link.turnTo(1_000_000)
  assert.deepEqual(out.map(([, text]) => text).join(''), 'abc')
  assert.equal(layer.held, 6)
  assert.deepEqual(
    link.events.map(({ kind }) => kind),
    ['fault.stall'],
  )
})

test('a reset lets exactly its bytes out, then breaks off, once', () => {
  const { link, layer, out, send } = streamFor({ resetAfterBytes: 3, delayMs: 5 })
  send('ab')
  send('cd')
  send('ef')
  link.turnTo(100)
  assert.deepEqual(out, [
    [5, 'ab'],
    [5, 'c'],
  ])
  assert.deepEqual(link.resets, ['fault: broken off after 3 bytes'])
  assert.equal(layer.held, 0)
})

test('the chance of a reset is drawn for each flow', () => {
  const layer = layerFor(fault({ resetAfterBytes: 0, resetChance: 0.5 }))
  const links = Array.from({ length: 200 }, (_, id) => new FakeLink({ id }))
  for (const link of links) layer.stream?.(link)?.chunk('inbound', Buffer.from('x'), () => undefined)
  const reset = links.filter(({ resets }) => resets.length > 0).length
  assert.ok(reset > 70 && reset < 130, String(reset))
})

test('what a stream fault holds is bounded', () => {
  const { link, layer, send } = streamFor({ delayMs: 1000 })
  const chunk = 'x'.repeat(1_000_000)
  for (let count = 0; count < 5; count++) send(chunk)
  assert.equal(link.resets.length, 1)
  assert.equal(layer.held, 0)
})

test('a closed flow passes nothing more', () => {
  const { link, layer, out, send } = streamFor({ delayMs: 10 })
  send('a')
  layer.closed?.()
  send('b')
  link.turnTo(100)
  assert.deepEqual(out, [])
})

function story(seed: number): string[] {
  const { out, send } = datagramFor({ lossChance: 0.3, duplicateChance: 0.2 }, seed)
  for (let index = 0; index < 1000; index++) send(String(index))
  return out.map(([, text]) => text)
}

test('loss and duplication follow their chances, the same for the same seed', () => {
  const one = story(1)
  assert.deepEqual(one, story(1))
  assert.notDeepEqual(one, story(2))
  const different = new Set(one).size
  assert.ok(different > 640 && different < 760, String(different))
  assert.ok(one.length - different > 90 && one.length - different < 190, String(one.length - different))
})

test('reordering lets the next packet pass first, or waits for its limit', () => {
  const { link, out, send } = datagramFor({ reorderChance: 1 })
  send('a')
  send('b')
  send('c')
  link.turnTo(1000)
  assert.deepEqual(out, [
    [0, 'b'],
    [0, 'a'],
    [100, 'c'],
  ])
})

test('a delayed packet that is to be overtaken is not let go by one before it', () => {
  const { link, layer, out } = datagramFor({ delayMs: 10, reorderChance: 1 })
  const send = (text: string) =>
    layer.packet('inbound', Buffer.from(text), (passed) => out.push([link.now, Buffer.from(passed).toString()]))
  for (const [atMs, text] of [
    [0, 'a'],
    [1, 'b'],
    [2, 'c'],
    [3, 'd'],
    [11, 'e'],
    [12, 'f'],
  ] as const) {
    link.turnTo(atMs)
    send(text)
  }
  link.turnTo(1000)
  assert.deepEqual(out.map(([, text]) => text).join(''), 'bacdfe')
})

test('delayed datagrams are copies, in order, and bounded', () => {
  const { link, layer, out } = datagramFor({ delayMs: 10, jitterMs: 30 })
  const packet = Buffer.alloc(1000, 'a')
  for (let count = 0; count < 2000; count++)
    layer.packet('outbound', packet, (passed) => out.push([link.now, String.fromCharCode(passed[0] ?? 0)]))
  packet.fill('b')
  link.turnTo(100)
  assert.equal(out.length, 1048)
  assert.ok(out.every(([at, text], index) => text === 'a' && at >= (out[index - 1]?.[0] ?? 10)))
  assert.equal(link.events.filter(({ kind }) => kind === 'fault.loss').length, 2000 - 1048)
})

test('a datagram throttle spreads packets at its rate', () => {
  const { link, out, send } = datagramFor({ throttleBytesPerSecond: 1000 })
  for (let count = 0; count < 4; count++) send('x'.repeat(1000))
  link.turnTo(10_000)
  assert.deepEqual(
    out.map(([at]) => at),
    [0, 500, 1500, 2500],
  )
})

test('chance is even, and differs between flows', () => {
  const draws = Array.from({ length: 2000 }, (_, id) => chanceFrom(7, 0, id)())
  const mean = draws.reduce((sum, each) => sum + each, 0) / draws.length
  assert.ok(mean > 0.47 && mean < 0.53, String(mean))
})
