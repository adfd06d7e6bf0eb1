// Services that look names up: in memory, and on loopback where the name server's port is another than 53.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { strictObject } from 'valibot'
import { configFrom } from '../core/config.ts'
import { isFailure, type Failure } from '../core/failure.ts'
import type { LookupType, NameResolver, WorldView } from '../core/world-view.ts'
import type { Service } from '../core/service.ts'
import { dns } from '../protocols/dns/index.ts'
import { sampleWorld } from '../protocols/dns/sample-world.ts'
import { OpenGate, serve, SimPlane } from '../sim/index.ts'
import { startWorld } from '../index.ts'
import { resolverFor } from './resolver.ts'

type Result = readonly (readonly string[])[] | Failure

const codeOf = (result: Result | undefined) => (isFailure(result) ? result.code : result)

async function looker() {
  const { plane, stop } = await serve(dns, { world: sampleWorld })
  const io = plane.serviceIo('test', ['192.0.2.99'], new OpenGate(), () => undefined)
  let resolver: NameResolver | undefined
  resolverFor(['2001:db8::53', '198.51.100.1'], ['192.0.2.99'])(io, (result) => {
    assert.ok(!isFailure(result))
    resolver = result
  })
  await plane.settled()
  const look = (name: string, type: LookupType): Result | undefined => {
    let found: Result | undefined
    resolver?.resolve(name, type, (result) => (found = result))
    plane.run()
    return found
  }
  return { look, stop }
}

describe('in memory', () => {
  test('gives the fields of each record', async () => {
    const { look, stop } = await looker()
    assert.deepEqual(look('harbor.test', 'MX'), [['10', 'mail.harbor.test']])
    assert.deepEqual(look('web.harbor.test', 'A'), [['192.0.2.10']])
    assert.deepEqual(look('10.2.0.192.in-addr.arpa', 'PTR'), [['www.harbor.test']])
    assert.equal(look('large.harbor.test', 'TXT')?.toString().includes('"'), false)
    await stop()
  })

  test('tells no such name from no such record', async () => {
    const { look, stop } = await looker()
    assert.equal(codeOf(look('nothing.harbor.test', 'A')), 'ENOTFOUND')
    assert.equal(codeOf(look('web.harbor.test', 'MX')), 'ENODATA')
    await stop()
  })

  test('a world without name servers has no resolver', () => {
    const io = new SimPlane().serviceIo('test', ['192.0.2.99'], new OpenGate(), () => undefined)
    let result: NameResolver | Failure | undefined
    resolverFor([], ['192.0.2.99'])(io, (opened) => (result = opened))
    assert.ok(isFailure(result) && result.code === 'ENOTFOUND')
  })
})

/** Looks one name up as soon as it starts, and tells of it by an event. */
const curious: Service = {
  name: 'curious',
  title: 'looks a name up',
  speaksFirst: 'client',
  config: configFrom(strictObject({})),
  ports: () => [],
  start(io, _config, world: WorldView) {
    io.wakeAt('look', io.now + 1)
    return {
      listens: [],
      woke: () =>
        world.openResolver(io, (resolver) => {
          if (isFailure(resolver)) return
          resolver.resolve('www.shop.test', 'A', (found) =>
            io.emit({ kind: 'curious.found', summary: String(codeOf(found)) }),
          )
        }),
    }
  },
}

test('on loopback, a question goes to where the name server stands, and is known by port 53', async () => {
  const world = await startWorld({
    services: [curious],
    world: { hosts: { 'ns.shop.test': ['dns'], 'www.shop.test': ['http'], 'mail.shop.test': ['curious'] } },
  })
  try {
    const found = await world.waitFor('curious.found')
    assert.equal(found.summary, world.address('www.shop.test', 80).ip)
    assert.notEqual(world.address('ns.shop.test', 53, 'udp').port, 53)
    const asked = world.flows().filter((flow) => flow.transport === 'udp')
    assert.deepEqual(new Set(asked.map((flow) => flow.to.port)), new Set([53]))
  } finally {
    await world.stop()
  }
})
