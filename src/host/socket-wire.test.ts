// Wires on real sockets: what a plane in memory cannot show.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { test, type TestContext } from 'node:test'
import { SocketWire } from './socket-wire.ts'

async function joined(t: TestContext): Promise<{ wire: SocketWire; peer: Socket }> {
  const server = createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const accepted = new Promise<Socket>((resolve) => server.once('connection', resolve))
  const peer = connect(addressOf(server.address()).port, '127.0.0.1')
  const wire = new SocketWire(await accepted)
  t.after(() => {
    peer.destroy()
    server.close()
  })
  return { wire, peer }
}

function addressOf(bound: AddressInfo | string | null): AddressInfo {
  assert.ok(bound !== null && typeof bound === 'object')
  return bound
}

function openSockets(): number {
  return process.getActiveResourcesInfo().filter((resource) => resource === 'TCPSocketWrap').length
}

test('a reset while the end is on its way leaves no socket behind', async (t) => {
  const { wire, peer } = await joined(t)
  peer.on('error', () => undefined).resume()
  const before = openSockets()
  const closed = Promise.all([new Promise((resolve) => (wire.events = heardBy(resolve))), once(peer, 'close')])
  wire.end()
  wire.reset()
  await closed
  await new Promise((resolve) => setImmediate(resolve))
  assert.equal(openSockets(), before - 2)
})

function heardBy(closed: (reason: unknown) => void): SocketWire['events'] {
  return { received() {}, drained() {}, ended() {}, closed }
}
