// Our client follows chronyd, which serves the machine's time on a port of loopback: by name, in basic and interleaved mode, and with
// a key that both have.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import type { Address } from '../../../src/core/address.ts'
import type { Event } from '../../../src/core/event.ts'
import { startWorld } from '../../../src/index.ts'
import { decodeHeader, encodeHeader, LEAPS, MODES, type Header } from '../../../src/protocols/ntp/index.ts'
import { skip } from './chronyd.ts'

const SECRET = '000102030405060708090a0b0c0d0e0f'
/** A burst takes 14 s, and the first may come before chronyd is there. */
const SYNCHRONISED_MS = 60_000
const AHEAD_MS = 60

async function freePort(): Promise<number> {
  const socket = createSocket('udp4').bind(0, '127.0.0.1')
  await once(socket, 'listening')
  const { port } = socket.address() as AddressInfo
  socket.close()
  return port
}

/** A primary server that leaves the clock alone; it ends with the test. Says its port. */
async function primary(t: TestContext): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'portolan-chronyd-'))
  const port = await freePort()
  const lines = ['local stratum 1', 'allow 127.0.0.0/8', `port ${port}`, 'cmdport 0', 'bindcmdaddress /']
  const files = {
    conf: [...lines, `keyfile ${folder}/keys`, `pidfile ${folder}/pid`],
    keys: [`7 AES128 HEX:${SECRET}`],
  }
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), `${text.join('\n')}\n`)
  const daemon = spawn('/usr/sbin/chronyd', ['-x', '-U', '-d', '-f', join(folder, 'conf')], { stdio: 'ignore' })
  t.after(async () => {
    daemon.kill()
    await once(daemon, 'exit')
    rmSync(folder, { recursive: true })
  })
  return port
}

const QUESTION: Header = {
  leap: LEAPS.none,
  version: 4,
  mode: MODES.client,
  stratum: 0,
  poll: 0,
  precision: 0,
  rootDelayMs: 0,
  rootDispersionMs: 0,
  referenceId: 0,
  reference: 0n,
  origin: 0n,
  receive: 0n,
  transmit: 42n,
}

async function asked({ ip, port }: Address): Promise<Header | undefined> {
  const socket = createSocket('udp4')
  socket.send(encodeHeader(QUESTION), port, ip)
  const [packet] = (await once(socket, 'message')) as [Buffer]
  socket.close()
  return decodeHeader(packet)
}

const WAYS = {
  basic: {},
  interleaved: { interleaved: true },
  keyed: { key: 7 },
} as const

test('hosts follow chronyd', { skip }, async (t) => {
  const port = await primary(t)
  const serviceFor = (more: object) => ({
    ntp: {
      offset: `${AHEAD_MS}ms`,
      servers: [{ host: 'theirs.harbor.test', port, ...more }],
      keys: [{ id: 7, type: 'AES128', secret: `hex:${SECRET}` }],
    },
  })
  const world = await startWorld({
    world: {
      domains: { 'harbor.test': {} },
      hosts: {
        'ns.harbor.test': { services: ['dns'] },
        'theirs.harbor.test': { services: [] },
        ...Object.fromEntries(
          Object.entries(WAYS).map(([way, more]) => [`${way}.harbor.test`, { services: [serviceFor(more)] }]),
        ),
      },
    },
  })
  t.after(() => world.stop())
  for (const way of Object.keys(WAYS)) {
    await t.test(way, async () => {
      const host = `${way}.harbor.test`
      const isTold = ({ kind, detail }: Event) => kind === 'ntp.synchronised' && detail?.['host'] === host
      const { detail } = await world.waitFor(isTold, SYNCHRONISED_MS)
      assert.equal(detail?.['stratum'], 1)
      const offsetMs = Number(detail['offsetMs'])
      assert.ok(Math.abs(offsetMs + AHEAD_MS) < 5, `${offsetMs} ms`)
      const header = await asked(world.address(host, 123, 'udp'))
      assert.equal(header?.stratum, 2)
      assert.equal(header.leap, LEAPS.none)
      assert.ok(header.rootDelayMs < 20 && header.rootDispersionMs < 1000, JSON.stringify(header.rootDispersionMs))
    })
  }
})
