// A world that is told to ask, to notify and to follow servers that stand on this machine and are none of its own: nothing of
// it reaches them, whatever stands in the world file or comes with a referral.

import assert from 'node:assert/strict'
import { createServer } from 'node:net'
import { once } from 'node:events'
import { test, type TestContext } from 'node:test'
import { startWorld, type WorldData } from '../../src/index.ts'
import { NS, RESOLVER, asked, datagrams, namesData, question } from './names.ts'

interface Outside {
  readonly port: number
  readonly heard: string[]
}

/** Listens on a port of loopback, for both transports. */
async function outside(t: TestContext): Promise<Outside> {
  const heard: string[] = []
  const server = createServer((socket) => {
    heard.push('a connection')
    socket.destroy()
  }).listen(0, '127.0.0.1')
  t.after(() => server.close())
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const socket = await datagrams(t, '127.0.0.1', port)
  socket.on('message', () => heard.push('a datagram'))
  return { port, heard }
}

async function inWorld(t: TestContext, world: WorldData): Promise<(name: string) => Promise<Buffer>> {
  const running = await startWorld({ world })
  t.after(() => running.stop())
  const socket = await datagrams(t)
  return (name) => asked(socket, question(name, 'A'), running.address(RESOLVER, 53, 'udp'))
}

const rcodeOf = (answer: Buffer) => (answer[3] ?? 0) & 15
const SERVFAIL = 2

for (const [what, settings] of [
  ['forward', (port: number) => ({ forward: [{ to: ['127.0.0.1'], port, only: true }] })],
  ['forward over TLS', (port: number) => ({ forward: [{ to: ['127.0.0.1'], port, tls: 'dns.example', only: true }] })],
  ['hints', (port: number) => ({ hints: { 'a.root.test': ['127.0.0.1'] }, 'hints-port': port })],
] as const) {
  test(`a resolver: ${what}`, async (t) => {
    const { port, heard } = await outside(t)
    const ask = await inWorld(t, namesData({ resolver: { ...settings(port), 'serve-stale': '0s' } }))
    assert.equal(rcodeOf(await ask('www.harbor.test')), SERVFAIL)
    assert.deepEqual(heard, [])
  })
}

test('a zone: its source, and who is notified; a clock: its server', async (t) => {
  const { port, heard } = await outside(t)
  const there = `127.0.0.1:${port}`
  const domain = { servers: [NS], notify: [there], records: ['loop NS ns.loop', 'ns.loop A 127.0.0.1'] }
  const data = namesData({ domain, ntp: { servers: ['127.0.0.1'] } })
  const ask = await inWorld(t, {
    ...data,
    domains: { ...data.domains, 'copied.test': { servers: [NS], from: [there] } },
  })
  assert.equal(rcodeOf(await ask('www.harbor.test')), 0)
  assert.equal(rcodeOf(await ask('www.loop.harbor.test')), SERVFAIL)
  assert.equal(rcodeOf(await ask('www.copied.test')), SERVFAIL)
  assert.deepEqual(heard, [])
})
