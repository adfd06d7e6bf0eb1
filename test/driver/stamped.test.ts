// Packets that bear their times on real sockets: each has its own, in order, and true to the machine's clock.

import assert from 'node:assert/strict'
import { createSocket } from 'node:dgram'
import { describe, test } from 'node:test'
import { isFailure } from '../../src/core/failure.ts'
import type { DatagramIo, DatagramListen, DatagramMachine } from '../../src/core/io.ts'
import { HostPlane } from '../../src/host/plane.ts'
import { WorldClock } from '../../src/net/clock/index.ts'
import { OpenGate } from '../../src/sim/index.ts'

const PACKETS = 200
const AHEAD_MS = 86_400_000
/** Steps of a double at this time, there and back through the offset. */
const ROUNDING_MS = 0.001
/** A packet that is quicker on its way than those before it leaves a little before the time that it bears. */
const LEAD_MS = 0.5

interface Times {
  arrivedMs: number
  leavingMs: number
  leftMs: number
}

/** Answers with its time of leaving. */
function stamping(times: Times[]): DatagramListen['open'] {
  return (io: DatagramIo): DatagramMachine => ({
    received(_packet, from) {
      const one = { arrivedMs: io.arrivedMs, leavingMs: NaN, leftMs: NaN }
      times.push(one)
      io.sendStamped(new Uint8Array(8), from, {
        leaving(answer, wallMs) {
          one.leavingMs = wallMs
          new DataView(answer.buffer, answer.byteOffset).setFloat64(0, wallMs)
        },
        left(wallMs) {
          one.leftMs = wallMs
        },
      })
    },
  })
}

/** Sends them all at once, and gives the times that the answers bear. */
async function exchange(ip: string, port: number): Promise<number[]> {
  const socket = createSocket(ip.includes(':') ? 'udp6' : 'udp4')
  const borne: number[] = []
  for (let index = 0; index < PACKETS; index++) socket.send('?', port, ip)
  await new Promise<void>((resolve) => {
    socket.on('message', (answer) => {
      borne.push(answer.readDoubleBE(0))
      if (borne.length === PACKETS) socket.close(() => resolve())
    })
  })
  return borne
}

describe('stamped datagrams', () => {
  for (const stamped of [true, false]) {
    for (const ip of ['127.0.0.1', '::1']) {
      test(`${stamped ? 'with' : 'without'} the kernel's stamps over ${ip}`, async () => {
        const times: Times[] = []
        const wallClock = new WorldClock(() => Date.now(), { offsetMs: AHEAD_MS })
        const offsetMs = wallClock.worldMs(0)
        const plane = new HostPlane({ wallClock })
        const listen = { transport: 'udp', port: 0, stamped, open: stamping(times) } as const
        const bound = await plane.listenDatagram(listen, { at: { ip, port: 0 }, service: 'toy' }, new OpenGate())
        assert.ok(!isFailure(bound))
        const beganMs = Date.now() + offsetMs - 1
        const borne = await exchange(ip, bound.local.port)
        await new Promise((resolve) => setTimeout(resolve, 20))
        const endedMs = Date.now() + offsetMs + 1
        await plane.stop()
        assert.equal(times.length, PACKETS)
        assert.deepEqual(
          borne.toSorted((a, b) => a - b),
          times.map(({ leavingMs }) => leavingMs),
        )
        let before = beganMs
        for (const { arrivedMs, leavingMs, leftMs } of times) {
          assert.ok(before <= arrivedMs + ROUNDING_MS, `${before} came before ${arrivedMs}`)
          assert.ok(arrivedMs <= leavingMs + ROUNDING_MS, `arrived ${arrivedMs}, leaving ${leavingMs}`)
          assert.ok(leavingMs <= leftMs + LEAD_MS, `leaving ${leavingMs}, left ${leftMs}`)
          assert.ok(leftMs <= endedMs)
          before = arrivedMs
        }
      })
    }
  }
})
