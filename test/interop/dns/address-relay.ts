// named listens on addresses of interfaces alone, and the loopback addresses of a world's hosts are none: what comes to one of them
// is carried to the same port of 127.0.0.1, over UDP and TCP.

import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { createConnection, createServer } from 'node:net'
import type { TestContext } from 'node:test'

const LOOPBACK = '127.0.0.1'

export async function relayTo(test: TestContext, ip: string, port: number): Promise<void> {
  const server = createServer((near) => {
    const far = createConnection(port, LOOPBACK)
    near.pipe(far).pipe(near)
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const)
      one.on('error', () => other.destroy()).on('close', () => other.destroy())
  })
  const peers = new Map<number, Socket>()
  const packets = createSocket('udp4', (bytes, from) => {
    const known = peers.get(from.port)
    const peer = known ?? createSocket('udp4', (answer) => packets.send(answer, from.port, from.address))
    peers.set(
      from.port,
      peer.on('error', () => undefined),
    )
    peer.send(bytes, port, LOOPBACK)
  })
  server.listen(port, ip)
  packets.bind(port, ip)
  await Promise.all([once(server, 'listening'), once(packets, 'listening')])
  test.after(() => {
    server.close()
    for (const socket of [packets, ...peers.values()]) socket.close()
  })
}
