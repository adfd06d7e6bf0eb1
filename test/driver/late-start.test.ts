// Services whose code is loaded when the first peer comes, on both planes: nobody who comes early is lost.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { DatagramRunner } from '../../src/core/datagram-runner.ts'
import type { DatagramIo, DatagramMachine, StreamIo, StreamMachine } from '../../src/core/io.ts'
import { startLate } from '../../src/core/late-start.ts'
import { DATAGRAMS_HELD_MAX } from '../../src/core/limits.ts'
import type { Running, ServedPort } from '../../src/core/service.ts'
import type { Inbox } from '../../src/wire/inbox.ts'
import { OpenGate, SimPlane } from '../../src/sim/index.ts'
import { hostHarness, simHarness, type Harness } from './harness.ts'

const PORTS: readonly ServedPort[] = [
  { transport: 'udp', port: 0 },
  { transport: 'tcp', port: 0 },
]

class Echo implements StreamMachine {
  readonly #io: StreamIo

  constructor(io: StreamIo) {
    this.#io = io
  }

  opened(): void {
    this.#io.send(Buffer.from('hello '))
  }

  received(inbox: Inbox): boolean {
    const text = Buffer.from(inbox.peek()).toString()
    inbox.clear()
    this.#io.send(Buffer.from(text.toUpperCase()))
    return true
  }

  ended(): void {
    this.#io.send(Buffer.from(' bye'))
    this.#io.end()
  }
}

/** Says what it hears, and when the first peer's words came. */
function shout(io: DatagramIo): DatagramMachine {
  return {
    received(packet, from) {
      io.emit({ kind: 'heard', summary: String(packet.length), detail: { arrivedMs: io.arrivedMs } })
      io.send(Buffer.from(Buffer.from(packet).toString().toUpperCase()), from)
    },
  }
}

interface Lazy {
  readonly running: Running
  readonly loads: () => number
  readonly stops: () => number
  /** Lets the load end. */
  readonly release: () => void
}

function lazy(): Lazy {
  const { promise, resolve } = Promise.withResolvers<void>()
  let loads = 0
  let stops = 0
  const running = startLate(PORTS, async () => {
    loads += 1
    await promise
    return {
      listens: [
        { transport: 'udp', port: 0, open: shout },
        { transport: 'tcp', port: 0, accept: (io) => new Echo(io) },
      ],
      stop: () => void (stops += 1),
    }
  })
  return { running, loads: () => loads, stops: () => stops, release: resolve }
}

async function opened(on: Harness, { running }: Lazy) {
  const [udp, tcp] = running.listens
  assert.ok(udp?.transport === 'udp' && tcp?.transport === 'tcp')
  return { udp: (await on.open({ open: udp.open })).local, tcp: (await on.listen(tcp.accept)).local }
}

for (const make of [simHarness, hostHarness]) {
  describe(`late services on ${make.name}`, () => {
    test('streams and datagrams wait for the code, and are served in their order', async () => {
      const on = make()
      const late = lazy()
      const at = await opened(on, late)
      assert.equal(late.loads(), 0)
      const [one, other] = [await on.datagrams(), await on.datagrams()]
      const stream = on.peer(at.tcp)
      stream.send('early')
      one.send('first', at.udp)
      one.send('second', at.udp)
      other.send('third', at.udp)
      await on.until(() => late.loads() === 1 && on.gate.flows.length === 3)
      late.release()
      assert.equal(await stream.hears('EARLY'), 'hello EARLY')
      assert.deepEqual([await one.hears(), await one.hears(), await other.hears()], ['FIRST', 'SECOND', 'THIRD'])
      one.send('fourth', at.udp)
      assert.equal(await one.hears(), 'FOURTH')
      stream.end()
      assert.equal(await stream.hears('bye'), 'hello EARLY bye')
      const next = on.peer(at.tcp)
      next.send('late')
      assert.equal(await next.hears('LATE'), 'hello LATE')
      assert.equal(late.loads(), 1)
      for (const peer of [one, other]) peer.close()
      await on.stop()
    })

    test('a service that ends while it is loaded is ended when it is there', async () => {
      const on = make()
      const late = lazy()
      const loading = late.running.load?.()
      late.running.stop?.()
      assert.equal(late.stops(), 0)
      late.release()
      await loading
      assert.equal(late.stops(), 1)
      await on.stop()
    })
  })
}

test('what is held keeps its time, its peer and its bytes, and is bounded', async () => {
  const on = simHarness()
  const late = lazy()
  const at = await opened(on, late)
  const peer = await on.datagrams()
  const before = on.plane.wallMs()
  for (let sent = 0; sent < DATAGRAMS_HELD_MAX + 3; sent += 1) peer.send('x'.repeat(sent % 9 || 9), at.udp)
  on.advance(1000)
  late.release()
  await on.until(() => on.gate.events.length === DATAGRAMS_HELD_MAX)
  const first = on.gate.events[0]
  assert.ok(Number(first?.detail?.['arrivedMs']) < before + 1000)
  assert.deepEqual(
    on.gate.events.map(({ summary }) => summary),
    Array.from({ length: DATAGRAMS_HELD_MAX }, (_, sent) => String(sent % 9 || 9)),
  )
  await on.stop()
})

test('what is held is a copy of what the carrier writes over', async () => {
  const plane = new SimPlane()
  const late = lazy()
  const [udp] = late.running.listens
  assert.ok(udp?.transport === 'udp')
  const local = { ip: '198.51.100.1', port: 7 }
  const sent: string[] = []
  const runner = new DatagramRunner(plane, udp, { at: local, service: 'late' }, local, new OpenGate(), (packet) => {
    sent.push(Buffer.from(packet).toString())
  })
  const scratch = Buffer.from('word')
  runner.received(scratch, '192.0.2.1', 50_000)
  scratch.fill(0)
  late.release()
  await plane.settled()
  assert.deepEqual(sent, ['WORD'])
  runner.stop()
})
