// The SDK as a user's tests use it: real sockets on free ports of loopback.

import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { Resolver } from 'node:dns/promises'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { startWorld, WorldError, type WorldData } from '../index.ts'
import { SimPlane } from '../sim/index.ts'
import { connector, dial, withWorld } from './index.ts'
import { bodyOf, get, undiciAgent } from './fixture.ts'

const shop: WorldData = {
  hosts: {
    'www.shop.test': [{ http: { pages: { '/stock': { json: { tea: 3 } } } } }],
    laptop: { client: true },
  },
}

test('the default world answers by URL, its certificate good for the place on this machine', async (t) => {
  const world = await withWorld(t)
  const { protocol, hostname, port, pathname } = new URL(world.url('https://www.harbor.test/a?b'))
  assert.deepEqual([protocol, pathname], ['https:', '/a'])
  assert.deepEqual({ ip: hostname, port: Number(port) }, world.address('www.harbor.test', 443))
  const answer = await get(world.url('https://www.harbor.test/'), { ca: world.authorityPem })
  assert.equal(answer.statusCode, 200)
})

test('a world from data, with its services configured', async (t) => {
  const world = await withWorld(t, { world: shop })
  const answer = await get(world.url('http://www.shop.test/stock'))
  assert.deepEqual(JSON.parse(await bodyOf(answer)), { tea: 3 })
})

test('worlds stand side by side, UDP and TCP of one port at the same number', async (t) => {
  const worlds = await Promise.all(Array.from({ length: 4 }, () => withWorld(t)))
  const places = worlds.flatMap((world) =>
    world.ports.map(({ bound, transport }) => `${transport} ${bound.ip}:${bound.port}`),
  )
  assert.equal(new Set(places).size, places.length)
  for (const { known, bound } of worlds.flatMap((world) => world.ports)) assert.notEqual(bound.port, known.port)
  const [first] = worlds
  assert.deepEqual(first?.address('ns.harbor.test', 53, 'udp'), first?.address('ns.harbor.test', 53))
})

test('its resolver answers at its place', async (t) => {
  const world = await withWorld(t, { world: shop })
  const resolver = world.ports.find((port) => port.service === 'resolver' && port.transport === 'udp')
  assert.ok(resolver)
  const asked = await askA(resolver.bound, 'www.shop.test')
  assert.deepEqual(asked, [world.address('www.shop.test', 80).ip])
})

test('flows, events and the report tell what happened, by the names of the world', async (t) => {
  const world = await withWorld(t, { world: shop })
  await get(world.url('http://www.shop.test/stock'))
  const event = await world.waitFor('http.request')
  assert.match(event.summary, /GET \/stock/)
  const [flow] = world.flows()
  assert.deepEqual([flow?.host, flow?.to.port, flow?.verdict, flow?.id], ['www.shop.test', 80, 'allow', event.flowId])
  assert.match(world.report(), /www\.shop\.test/)
  assert.equal(JSON.parse(world.report('json')).version, 1)
})

test('waits for what comes, and says what came instead', async (t) => {
  const world = await withWorld(t, { world: shop })
  const coming = world.waitFor((event) => event.kind === 'http.request' && event.summary.includes('/later'))
  await get(world.url('http://www.shop.test/sooner'))
  await get(world.url('http://www.shop.test/later'))
  assert.match((await coming).summary, /GET \/later/)
  await assert.rejects(world.waitFor('smtp.login', 1), /within 1 ms; the last of \d+:\n(.|\n)*GET \/sooner/)
  await assert.rejects(
    world.waitFor(() => assert.fail('mine')),
    /mine/,
  )
})

test('a wait ends with the world', async () => {
  const world = await startWorld({ world: shop })
  const never = assert.rejects(world.waitFor('no.such'), /stopped before/)
  await world.stop()
  await never
})

test('stops once, and with its block', async () => {
  let address
  {
    await using world = await startWorld({ world: shop })
    address = world.address('www.shop.test', 80)
  }
  await assert.rejects(get(`http://${address.ip}:${address.port}/`), { code: 'ECONNREFUSED' })
  const again = await startWorld({ world: shop })
  assert.equal(again.stop(), again.stop())
  await again.stop()
})

test('the gate decides, and says why', async (t) => {
  const because = 'closed for the night'
  const world = await withWorld(t, {
    world: { ...shop, firewall: { rules: [{ reject: { from: 'laptop', to: 'www.shop.test', port: 80, because } }] } },
  })
  await assert.rejects(get(world.url('http://www.shop.test/')), { code: 'ECONNRESET' })
  const [flow] = world.flows()
  assert.deepEqual([flow?.verdict, flow?.because, flow?.rule], ['reject', because, 0])
})

test('every problem of the data at once, as one error', async () => {
  const wrong: WorldData = { hosts: { 'www.shop.test': ['htp'] }, users: { 'eve@else.test': '' } }
  const error = await startWorld({ world: wrong }).catch((thrown: unknown) => thrown)
  assert.ok(error instanceof WorldError)
  assert.deepEqual(
    error.problems.map(({ path }) => path.join(' ')),
    ['hosts www.shop.test 0', 'users eve@else.test', 'users eve@else.test password'],
  )
  assert.match(error.message, /^hosts\.www\.shop\.test\.0: unknown service "htp"; did you mean "http"\?$/m)
})

test('a user has a folder on each host, which goes with the world', async () => {
  const world = await startWorld({ world: shop })
  const home = world.home('www.shop.test', 'eve@shop.test')
  assert.ok(existsSync(home))
  assert.equal(world.home('WWW.shop.test', 'eve@shop.test'), home)
  assert.throws(() => world.home('ftp.shop.test', 'eve@shop.test'), WorldError)
  assert.throws(() => world.home('www.shop.test', '../eve'), WorldError)
  await world.stop()
  assert.equal(existsSync(home), false)
})

test('a folder that is not there is a problem of the world', async () => {
  const missing: WorldData = { hosts: { 'www.shop.test': [{ http: { site: './no-such-folder' } }] } }
  await assert.rejects(startWorld({ world: missing }), /there is no folder "\.\/no-such-folder"/)
})

test('a world file, its problems with their places', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'portolan-'))
  t.after(() => rm(folder, { recursive: true }))
  const good = join(folder, 'good.yaml')
  const bad = join(folder, 'bad.yaml')
  await writeFile(good, 'hosts:\n  www.shop.test: http\n')
  await writeFile(bad, 'hosts:\n  www.shop.test: htp\n')
  const world = await withWorld(t, { file: good })
  assert.equal(world.address('www.shop.test', 80).port > 0, true)
  const error = await startWorld({ file: bad }).catch((thrown: unknown) => thrown)
  assert.ok(error instanceof WorldError)
  assert.deepEqual([error.problems[0]?.line, error.problems[0]?.column], [2, 18])
  assert.match(error.message, /bad\.yaml:2:18: unknown service "htp"/)
  await assert.rejects(startWorld({ file: join(folder, 'none.yaml') }), {
    name: 'WorldError',
    message: /cannot be read/,
  })
  await assert.rejects(startWorld({ file: good, world: shop }), /not both/)
})

test('asking for what is not there is answered with what is', async (t) => {
  const world = await withWorld(t, { world: shop })
  assert.throws(() => world.address('ww.shop.test', 80), {
    name: 'WorldError',
    message: /did you mean "www\.shop\.test"\?/,
  })
  assert.throws(() => world.address('www.shop.test', 25), /its tcp ports: 80, 443/)
  assert.throws(() => world.url('unknown://www.shop.test/'), /no port of its own/)
  assert.throws(() => dial(world, { host: 'www.shop.test', port: 25 }), WorldError)
})

test('a capture holds what passed', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'portolan-'))
  t.after(() => rm(folder, { recursive: true }))
  const capture = join(folder, 'out.pcapng')
  {
    await using world = await startWorld({ world: shop, capture })
    await get(world.url('http://www.shop.test/stock'))
  }
  assert.ok((await readFile(capture)).includes('GET /stock HTTP/1.1'))
  await assert.rejects(startWorld({ capture: join(folder, 'no', 'out.pcapng') }), /capture cannot be written/)
})

test('on a plane in memory, every port stands where the world says', async () => {
  const plane = new SimPlane()
  await using world = await startWorld({ world: shop, plane })
  const at = world.address('www.shop.test', 80)
  assert.deepEqual(at, { ip: '192.0.2.1', port: 80 })
  const peer = plane.peer(at).send('GET /stock HTTP/1.1\r\nHost: www.shop.test\r\n\r\n')
  await plane.settled()
  assert.match(peer.take(), /^HTTP\/1\.1 200 OK\r\n[^]*"tea": 3/)
})

test('loading the front door loads no world', async () => {
  const front = new URL('../index.ts', import.meta.url).href
  const script = `import { registerHooks } from 'node:module'
    const loaded = []
    registerHooks({ load: (url, context, next) => (loaded.push(url), next(url, context)) })
    await import(${JSON.stringify(front)})
    console.log(JSON.stringify(loaded))`
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script])
  const names = JSON.parse(stdout).map((url: string) => url.split('/').at(-1))
  assert.deepEqual(names.toSorted(), ['index.ts', 'start-world.ts', 'world-error.ts'])
})

test('fetch through undici reaches the world by its own names', async (t) => {
  const world = await withWorld(t, { world: shop })
  const dispatcher = undiciAgent({ connect: connector(world) })
  const answer = await fetch('https://www.shop.test/stock', { dispatcher })
  assert.deepEqual(await answer.json(), { tea: 3 })
  await assert.rejects(
    fetch('https://example.test/', { dispatcher }),
    (thrown: Error) => thrown.cause instanceof WorldError,
  )
})

async function askA(server: { ip: string; port: number }, name: string): Promise<string[]> {
  const resolver = new Resolver()
  resolver.setServers([`${server.ip}:${server.port}`])
  return resolver.resolve4(name)
}
