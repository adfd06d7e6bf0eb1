// The default world, whole and in memory: a client asks for a name, fetches a page, meets the gate, and all of it stands
// on the record.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isFailure } from '../core/failure.ts'
import type { World } from './world/model.ts'
import { decodeMessage, encodeMessage, formatRdata, query, TYPE } from '../shared/dns/index.ts'
import { services } from '../services.ts'
import { SimPlane } from '../sim/index.ts'
import { assemble } from './assemble.ts'
import { rule } from './firewall/fixture.ts'
import { exactPlacement } from './loopback.ts'
import { defaultClient, defaultWorld } from './world/index.ts'

const DEFAULT = defaultWorld(services)
const CLIENT = { ip: defaultClient(DEFAULT).addresses[0] ?? '', port: 50_000 }
const NAME_SERVER = { ip: '192.0.2.1', port: 53 }

async function start(parts: Partial<World> = {}) {
  const plane = new SimPlane()
  const capture: Uint8Array[] = []
  const heard: string[] = []
  const assembly = await assemble({
    world: { ...DEFAULT, ...parts },
    services,
    plane,
    placement: exactPlacement,
    folder: () => undefined,
    capture: (bytes) => capture.push(bytes),
    overhear: (_flow, service, event) => heard.push(`${service} ${event.kind}`),
  })
  assert.ok(!isFailure(assembly))
  const internet = await assembly.start()
  return { plane, assembly, internet, capture, heard }
}

/** The first address that the world's name server gives. */
async function lookUp(plane: SimPlane, name: string): Promise<string | undefined> {
  const peer = plane.datagramPeer({ ...CLIENT, port: 50_053 })
  peer.send(encodeMessage(query(1, { name, type: TYPE.A, class: 1 })), NAME_SERVER)
  await plane.settled()
  const answer = decodeMessage(peer.take() ?? new Uint8Array(0))
  const record = 'answers' in answer ? answer.answers[0] : undefined
  return record && formatRdata(record.type, record.data)
}

async function fetchPage(plane: SimPlane, ip: string, host: string): Promise<string> {
  const peer = plane.peer({ ip, port: 443 }, { from: CLIENT, tls: { serverName: host, alpn: ['http/1.1'] } })
  peer.send(`GET / HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`)
  await plane.settled()
  return peer.receivedText.split('\r\n', 1)[0] ?? ''
}

test('a name leads to a page, and the record tells both', async () => {
  const { plane, assembly, heard, capture } = await start()
  const ip = (await lookUp(plane, 'www.harbor.test')) ?? ''
  assert.equal(assembly.state.nameOf(ip), 'www.harbor.test')
  assert.equal(await fetchPage(plane, ip, 'www.harbor.test'), 'HTTP/1.1 200 OK')
  const flows = assembly.record.flows()
  assert.deepEqual(
    flows.map(({ flow, decision }) => [flow.service, flow.transport, flow.to.port, decision.verdict]),
    [
      ['dns', 'udp', 53, 'allow'],
      ['http', 'tcp', 443, 'allow'],
    ],
  )
  assert.deepEqual([flows[1]?.tls?.version, flows[1]?.tls?.alpn], ['TLSv1.3', 'http/1.1'])
  assert.deepEqual(heard, ['dns dns.query', 'http http.request'])
  assert.ok(Buffer.concat(capture).includes('GET / HTTP/1.1'))
})

test('every port of every host stands in the table', async () => {
  const { internet } = await start()
  const www = internet.bindings.filter(({ host }) => host === 'www.harbor.test')
  assert.deepEqual(
    www.map(({ known }) => `${known.ip} ${known.port}`),
    ['192.0.2.2 80', '2001:db8:1::2 80', '192.0.2.2 443', '2001:db8:1::2 443'],
  )
})

test('the gate refuses with its reason, in the record and in the capture', async () => {
  const rules = [rule('reject', { services: ['https'], sources: ['laptop'], because: 'no pages today' })]
  const { plane, assembly, capture } = await start({ firewall: { default: 'allow', rules } })
  const peer = plane.peer({ ip: '192.0.2.2', port: 443 }, { from: CLIENT })
  assert.equal(peer.closeReason?.kind, 'reset')
  const [known] = assembly.record.flows()
  assert.deepEqual(
    [known?.decision.verdict, known?.decision.rule, known?.decision.because],
    ['reject', 0, 'no pages today'],
  )
  assert.ok(Buffer.concat(capture).includes('no pages today'))
})

test('a fault strikes whom it names', async () => {
  const faults = [{ hosts: ['www.harbor.test'], peers: [], ports: [], effect: { delayMs: 500 } }]
  const { plane } = await start({ faults })
  const far = plane.peer({ ip: '192.0.2.2', port: 80 }, { from: CLIENT }).send('NONSENSE\r\n\r\n')
  const near = plane.peer({ ip: '198.51.100.2', port: 80 }, { from: CLIENT }).send('NONSENSE\r\n\r\n')
  assert.match(near.receivedText, /^HTTP\/1\.1 400 /)
  plane.advance(999)
  assert.equal(far.receivedText, '')
  plane.advance(1)
  assert.match(far.receivedText, /^HTTP\/1\.1 400 /)
})

test('when the world stops, its ports are closed and nothing is left to fire', async () => {
  const { plane, internet, assembly } = await start()
  const peer = plane.peer({ ip: '192.0.2.2', port: 80 }, { from: CLIENT })
  await internet.stop()
  assert.notEqual(peer.closeReason, undefined)
  assert.equal(assembly.record.flows()[0]?.end?.reason, 'stopped')
  assert.equal(plane.timers.nextAt, Infinity)
  assert.equal(plane.peer({ ip: '192.0.2.2', port: 80 }).closeReason?.detail, 'ECONNREFUSED')
})

test('a service that cannot be had in such a world is refused before anything starts', async () => {
  const ssh = services.find(({ name }) => name === 'ssh')
  const [host] = DEFAULT.hosts
  assert.ok(ssh !== undefined && host !== undefined)
  const config = ssh.config.parse({ exec: 'real' })
  const options = { services, plane: new SimPlane(), placement: exactPlacement, folder: () => undefined }
  const world = { ...DEFAULT, hosts: [{ ...host, services: [{ service: 'ssh', config, ports: [] }] }] }
  const refused = await assemble({ ...options, world })
  assert.ok(isFailure(refused))
  assert.match(refused.message, new RegExp(`^ssh on ${host.name}: exec: real runs programs`))
  const programs = { start: () => Promise.reject(new Error('nothing is run here')) }
  assert.ok(!isFailure(await assemble({ ...options, world, programs })))
})
