import assert from 'node:assert/strict'
import { test } from 'node:test'
import { defaultWorld } from '../world/index.ts'
import type { World } from '../world/model.ts'
import { TOY_SERVICES } from '../world/toy-services.ts'
import { serviceForPort } from './service-ports.ts'

const world: World = {
  ...defaultWorld(TOY_SERVICES),
  ports: [
    { port: 8081, name: 'intranet', description: '', service: 'http' },
    { port: 80, name: 'mine', description: '', service: 'dns', transport: 'tcp' },
    { port: 53, name: 'unserved', description: '' },
  ],
}

for (const [port, transport, expected] of [
  [443, 'tcp', 'http over TLS'],
  [8443, 'tcp', 'http over TLS'],
  [8080, 'tcp', 'http'],
  [8081, 'tcp', 'http'],
  [80, 'tcp', 'dns'],
  [53, 'udp', 'dns'],
  [853, 'tcp', 'resolver over TLS'],
  [465, 'tcp', 'smtp over TLS'],
  [443, 'udp', undefined],
  [22, 'tcp', 'ssh'],
  [22, 'udp', undefined],
  [40000, 'tcp', undefined],
] as const) {
  test(`${port}/${transport} is ${expected ?? 'nobody'}'s`, () => {
    const found = serviceForPort(port, transport, world, TOY_SERVICES)
    assert.equal(found && `${found.service.name}${found.tls ? ' over TLS' : ''}`, expected)
  })
}

test('a port that a host of the world serves is that service wherever it is asked for', () => {
  const [host] = world.hosts
  assert.ok(host)
  const odd = {
    ...host,
    services: [{ service: 'dns', config: {}, ports: [{ transport: 'tcp', port: 4000, tls: 'implicit' }] }],
  } as const
  const found = serviceForPort(4000, 'tcp', { ...world, hosts: [odd] }, TOY_SERVICES)
  assert.deepEqual([found?.service.name, found?.tls], ['dns', 'implicit'])
})
