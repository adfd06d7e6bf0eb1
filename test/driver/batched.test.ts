// The batched datagram reader beside node:dgram: nothing lost, nothing mixed up, and gone when it can't be.

import assert from 'node:assert/strict'
import { createSocket } from 'node:dgram'
import { describe, test } from 'node:test'
import { isFailure } from '../../src/core/failure.ts'
import type { DatagramIo, DatagramMachine } from '../../src/core/io.ts'
import { batchReader } from '../../src/host/datagram-batched.ts'
import { HostPlane } from '../../src/host/plane.ts'
import { OpenGate } from '../../src/sim/index.ts'

const hasKoffi = await import('koffi').then(
  () => true,
  () => false,
)
const skip = (process.platform !== 'linux' || !hasKoffi) && 'recvmmsg needs Linux and koffi'
const PEERS = 5
const EACH = 400
/** What all peers have on the way at a time: less than a usual receive buffer holds (net.core.rmem_default, 212,992 bytes). */
const BURST_BYTES = 100_000
/** What the kernel counts for a small packet. */
const PACKET_OVERHEAD_BYTES = 768

function shout(io: DatagramIo): DatagramMachine {
  const scratch = Buffer.alloc(6000)
  return {
    received(packet, from) {
      scratch.set(packet)
      scratch[0] = 33
      io.send(scratch.subarray(0, packet.length), from)
    },
  }
}

async function exchange(ip: string, port: number, size: number): Promise<string[]> {
  const socket = createSocket(ip.includes(':') ? 'udp6' : 'udp4')
  const answers: string[] = []
  const burst = Math.floor(BURST_BYTES / PEERS / (size + PACKET_OVERHEAD_BYTES))
  let sent = 0
  const send = () => {
    for (let index = 0; index < burst && sent < EACH; index++, sent++) {
      socket.send(Buffer.from(`?${String(sent).padEnd(size, '.')}`), port, ip)
    }
  }
  return new Promise((resolve) => {
    socket.on('message', (packet) => {
      answers.push(packet.toString().slice(0, 9))
      if (answers.length === EACH) socket.close(() => resolve(answers))
      else if (answers.length === sent) send()
    })
    send()
  })
}

describe('batched datagrams', { skip }, () => {
  for (const [ip, size] of [
    ['127.0.0.1', 50],
    ['::1', 50],
    ['127.0.0.1', 5000],
  ] as const) {
    test(`${PEERS} peers at once over ${ip}, ${size} bytes`, async () => {
      const plane = new HostPlane({ batchedDatagrams: true })
      const gate = new OpenGate()
      const listen = { transport: 'udp', port: 0, open: shout } as const
      const bound = await plane.listenDatagram(listen, { at: { ip, port: 0 }, service: 'toy' }, gate)
      assert.ok(!isFailure(bound))
      const expected = Array.from({ length: EACH }, (_, index) => `!${String(index).padEnd(size, '.')}`.slice(0, 9))
      const all = await Promise.all(Array.from({ length: PEERS }, () => exchange(ip, bound.local.port, size)))
      for (const answers of all) assert.deepEqual(answers.toSorted(), expected.toSorted())
      await plane.stop()
      assert.deepEqual(
        gate.ended.map(({ received, sent }) => [received, sent]),
        Array.from({ length: PEERS }, () => [EACH * (size + 1), EACH * (size + 1)]),
      )
      assert.ok(gate.flows.every((flow) => flow.from.ip === ip))
    })
  }

  test('a socket that is not ours has no reader', async () => {
    assert.equal(await batchReader({ ip: '127.0.0.1', port: 1 }, false), undefined)
  })
})
