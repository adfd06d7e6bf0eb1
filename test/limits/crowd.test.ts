// Ten thousand clients that connect and say nothing, or half of something: what each costs, and that all others are served.

import assert from 'node:assert/strict'
import { Resolver } from 'node:dns/promises'
import { test } from 'node:test'
import { get } from '../../src/testing/fixture.ts'
import type { RunningWorld } from '../../src/testing/running-world.ts'
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
    await served(world, 'island.test')
    const before = bytesInUse()
    const flows = world.flows().length
    await crowd(t).join({ ...world.address(host, port), count: CROWD, send })
    await opened(flows + CROWD)
    const each = (bytesInUse() - before) / CROWD
    t.diagnostic(`${Math.round(each)} bytes a connection`)
    assert.ok(each < CONNECTION_MAX_BYTES, `${Math.round(each)} bytes a connection`)
    await served(world, 'harbor.test')
    assert.equal(world.events().filter((event) => event.severity === 'warning').length, 0)
  })
}

async function served(world: RunningWorld, domain: string): Promise<void> {
  assert.equal((await get(world.url(`http://www.${domain}/`))).resume().statusCode, 200)
  const { ip, port } = world.address(`ns.${domain}`, 53, 'udp')
  const resolver = new Resolver()
  resolver.setServers([`${ip}:${port}`])
  assert.equal((await resolver.resolve4(`www.${domain}`)).length, 1)
}
