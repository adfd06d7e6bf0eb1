// The table of what stands where: taken ports, mapped ports, ports that have no place, and the end of it all.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { strictObject } from 'valibot'
import { configFrom } from '../core/config.ts'
import { isFailure } from '../core/failure.ts'
import type { Service } from '../core/service.ts'
import { lonelyWorld, OpenGate, SimPlane } from '../sim/index.ts'
import { LAPTOP, MAIL, worldWith } from './firewall/fixture.ts'
import { startInternet, type Binding, type Placement } from './internet.ts'

interface Told {
  woke: string[]
  stopped: number
}

/** Serves on one port, and tells of its timers and of its end. */
function smtp(told: Told): Service {
  return {
    name: 'smtp',
    title: 'a toy',
    speaksFirst: 'server',
    config: configFrom(strictObject({})),
    ports: () => [{ transport: 'tcp', port: 25 }],
    start(io) {
      io.wakeAt('soon', io.now + 10)
      return {
        listens: [{ transport: 'tcp', port: 25, accept: (io) => ({ opened: () => io.end(), received: () => false }) }],
        woke: (timer) => void told.woke.push(timer),
        stop: () => void told.stopped++,
      }
    },
  }
}

const IP = '192.0.2.2'
const HOST = { ...MAIL, addresses: [IP], services: MAIL.services.slice(0, 1) }

async function started(placement: Placement, taken: readonly number[] = []) {
  const told: Told = { woke: [], stopped: 0 }
  const plane = new SimPlane()
  const gate = new OpenGate()
  for (const port of taken) {
    const listen = { transport: 'tcp', port, accept: () => ({ received: () => false }) } as const
    await plane.listenStream(listen, { at: { ip: IP, port }, service: 'other' }, gate)
  }
  const internet = await startInternet({
    world: worldWith({ hosts: [HOST, LAPTOP] }),
    services: [smtp(told)],
    plane,
    gatekeeper: gate,
    placement,
    viewFor: (host) => lonelyWorld(host.addresses, 'smtp'),
  })
  return { internet, plane, gate, told }
}

function lineOf({ host, service, known, bound, obstacle }: Binding): string {
  const at = isFailure(bound) ? bound.code : String(bound.port)
  return [host, service, known.port, at, obstacle?.code ?? 'free'].join(' ')
}

const mapping: Placement = ({ ip, port }) => [port, port + 8000].map((one) => ({ ip, port: one }))

test('a port stands where it belongs, and where it is taken, where it was mapped', async () => {
  const free = await started(mapping)
  assert.deepEqual(free.internet.bindings.map(lineOf), ['mail.harbor.test smtp 25 25 free'])
  const mapped = await started(mapping, [25])
  assert.deepEqual(mapped.internet.bindings.map(lineOf), ['mail.harbor.test smtp 25 8025 EADDRINUSE'])
})

test('a port without a place stands in the table and stops nothing', async () => {
  const full = await started(mapping, [25, 8025])
  assert.deepEqual(full.internet.bindings.map(lineOf), ['mail.harbor.test smtp 25 EADDRINUSE EADDRINUSE'])
  const nowhere = await started(() => [])
  assert.deepEqual(nowhere.internet.bindings.map(lineOf), ['mail.harbor.test smtp 25 ENOPLACE ENOPLACE'])
})

test('flows are known by the port that the world knows, wherever it stands', async () => {
  const { plane, gate } = await started(mapping, [25])
  const peer = plane.peer({ ip: IP, port: 8025 })
  assert.equal(peer.hasEnded, true)
  assert.deepEqual(gate.flows[0]?.to, { ip: IP, port: 25 })
})

test("services have timers, and hear the world's end once", async () => {
  const { internet, plane, told } = await started(mapping)
  plane.advance(10)
  assert.deepEqual(told, { woke: ['soon'], stopped: 0 })
  await internet.stop()
  assert.equal(told.stopped, 1)
  assert.equal(plane.timers.size, 0)
})
