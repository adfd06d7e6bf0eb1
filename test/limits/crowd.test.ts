// Ten thousand clients that connect and say nothing, or half of something: what each costs, and that all others are served.

import assert from 'node:assert/strict'
import { Resolver } from 'node:dns/promises'
import { test } from 'node:test'
import { get } from '../../src/testing/fixture.ts'
import { bytesInUse, crowd, tooFewFiles, turnedWorld } from './world.ts'

/** The issue's own figure. */
const CROWD = 10_000
/** Heap and buffers of one idle connection: socket, wire, runner, machine, timer, its flow in the record. Measured: 3 to 4 KiB. */
const CONNECTION_MAX_BYTES = 8192

const WORLD = {
  hosts: {
    'ns.harbor.test': ['dns'],
    'www.harbor.test': ['http'],
    'ns.island.test': ['dns'],
    'www.island.test': ['http'],
  },
}

const skip = tooFewFiles(CROWD)

for (const [name, host, port, send] of [
  ['http, silent', 'www.harbor.test', 80, ''],
  ['http, half a request', 'www.harbor.test', 80, 'GET / HTTP/1.1\r\nHost: www.har'],
  ['dns over tcp, half a message', 'ns.harbor.test', 53, '\0\x21\x12\x34\x01'],
] as const) {
  test(`${CROWD} idle connections: ${name}`, { skip }, async (t) => {
    const { world, opened } = await turnedWorld(t, WORLD)
    await served(world.url('http://www.island.test/'), world.address('ns.island.test', 53, 'udp'))
    const before = bytesInUse()
    const flows = world.flows().length
    await crowd(t).join({ ...world.address(host, port), count: CROWD, send })
    await opened(flows + CROWD)
    const each = (bytesInUse() - before) / CROWD
    t.diagnostic(`${Math.round(each)} bytes a connection`)
    assert.ok(each < CONNECTION_MAX_BYTES, `${Math.round(each)} bytes a connection`)
    await served(world.url('http://www.harbor.test/'), world.address('ns.harbor.test', 53, 'udp'))
    assert.equal(world.events().filter((event) => event.severity === 'warning').length, 0)
  })
}

async function served(url: string, nameServer: { readonly ip: string; readonly port: number }): Promise<void> {
  assert.equal((await get(url)).resume().statusCode, 200)
  const resolver = new Resolver()
  resolver.setServers([`${nameServer.ip}:${nameServer.port}`])
  assert.equal((await resolver.resolve4('www.harbor.test')).length, 1)
}
