// `portolan up`: the table, a web page over the printed command line, taken ports with their holders, a second world beside
// the first, and an end that leaves nothing.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { test } from 'node:test'
import * as v from 'valibot'
import { newFolder } from './inside.ts'
import { PORTOLAN, portolan, runProgram, skipWithout, start, worldsLeft, type Started } from './portolan.ts'

const skip = process.platform === 'linux' ? skipWithout('curl', 'dig', 'ssh', 'sshpass') : 'needs Linux'
/** Ports that any user may bind, so that a taken one is all that stands in the way. */
const PORT = 18_080
const WORLD = `
hosts:
  www.up.test:
    - http: { port: ${PORT}, secure-port: ${PORT + 1} }
`

const ports = v.object({
  name: v.string(),
  pid: v.number(),
  authority: v.string(),
  ports: v.array(
    v.object({
      host: v.string(),
      service: v.string(),
      address: v.string(),
      port: v.number(),
      transport: v.string(),
      bound: v.optional(v.object({ ip: v.string(), port: v.number() })),
      note: v.optional(v.string()),
    }),
  ),
})
type Ports = v.InferOutput<typeof ports>

function up(...words: readonly string[]): Started {
  return start(PORTOLAN, ['up', ...words])
}

async function upAsJson(world: string): Promise<{ readonly run: Started; readonly table: Ports }> {
  const run = up('--world', world, '--json')
  const [line] = await run.says(/^\{.*\}$/m)
  return { run, table: v.parse(ports, JSON.parse(line)) }
}

function placeOf(table: Ports, port: number): Ports['ports'][number] {
  const found = table.ports.find((one) => one.port === port && one.address.startsWith('127.'))
  assert.ok(found)
  return found
}

test('up serves the default world on loopback', { skip }, async (t) => {
  const run = up()
  const [, command = ''] = await run.says(/^try +(curl .*)$/m)
  const table = run.stdout

  await t.test('with a row for every host, port and service', () => {
    for (const row of [
      /^ns\.harbor\.test +127\.\S+ +53\/(udp\+tcp|tcp\+udp|udp|tcp) +dns /m,
      /^www\.island\.test .* 443\/tcp +http /m,
    ])
      assert.match(table, row)
  })
  await t.test('whose printed command line fetches a page by name, with its certificate checked', async () => {
    const ran = await runProgram('sh', ['-c', command])
    assert.equal(ran.code, 0, ran.stderr)
    assert.match(ran.stdout, /<title>www\.harbor\.test<\/title>/)
  })
  await t.test('and the other logs in, with the key of the host checked', async () => {
    const [, arguments_ = ''] = await run.says(/^ +ssh (.*)$/m)
    const command = `sshpass -p alice ssh -o StrictHostKeyChecking=yes -o GlobalKnownHostsFile=/dev/null ${arguments_} whoami`
    const ran = await runProgram('sh', ['-c', command])
    assert.deepEqual([ran.code, ran.stdout], [0, 'alice\n'], ran.stderr)
  })
  await t.test('whose names resolve to where it stands', async () => {
    const [, ip = '', at = ''] = /^ns\.harbor\.test +(\S+) +53\/\S+ +dns +(.*)$/m.exec(table) ?? []
    const port = /mapped to (\d+)/.exec(at)?.[1] ?? '53'
    const ran = await runProgram('dig', ['+short', '+time=2', `@${ip}`, '-p', port, 'www.harbor.test'])
    assert.match(ran.stdout, /^127\./)
  })
  await t.test('which ls shows, and exec says is reached without it', async () => {
    assert.match((await portolan(['ls'])).stdout, /host plane, pid \d+/)
    const ran = await portolan(['exec', 'true'])
    assert.equal(ran.code, 125)
    assert.match(ran.stderr, /stands on loopback/)
  })
  await t.test('until Ctrl-C, which ends it well and leaves nothing', async () => {
    run.signal('SIGINT')
    const ran = await run.done
    assert.deepEqual([ran.code, ran.signal, ran.stderr], [0, null, ''])
    assert.deepEqual(worldsLeft(), [])
  })
})

test('two worlds stand side by side, and a taken port is mapped, with its holder named', { skip }, async (t) => {
  const world = `${newFolder({ 'up.yaml': WORLD })}/up.yaml`
  const first = await upAsJson(world)
  const held = placeOf(first.table, PORT)
  assert.deepEqual(held.bound, { ip: held.address, port: PORT })

  const second = await upAsJson(world)
  await t.test('the second names the first', () => {
    const place = placeOf(second.table, PORT)
    assert.ok(place.bound !== undefined && place.bound.port !== PORT)
    assert.match(place.note ?? '', new RegExp(`^taken by \\S+ \\(pid ${first.table.pid}\\) on ${held.address}, tcp$`))
  })
  await t.test('both answer', async () => {
    for (const { table } of [first, second]) {
      const { bound } = placeOf(table, PORT)
      const words = ['-sS', '--connect-to', `::${bound?.ip}:${bound?.port}`, `http://www.up.test:${PORT}/`]
      assert.match((await runProgram('curl', words)).stdout, /<title>www\.up\.test<\/title>/)
    }
  })
  await t.test('a certificate of one is no certificate of the other', async () => {
    const { bound } = placeOf(second.table, PORT + 1)
    const words = (authority: string) => [
      '-sS',
      '-o',
      '/dev/null',
      '--cacert',
      authority,
      '--connect-to',
      `::${bound?.ip}:${bound?.port}`,
      `https://www.up.test:${PORT + 1}/`,
    ]
    assert.equal((await runProgram('curl', words(second.table.authority))).code, 0)
    assert.equal((await runProgram('curl', words(first.table.authority))).code, 60)
  })
  for (const { run } of [first, second]) run.signal('SIGINT')
  assert.deepEqual([(await first.run.done).code, (await second.run.done).code], [0, 0])
  assert.deepEqual(worldsLeft(), [])
})

test('a port that another program holds is mapped, and the table says who', { skip }, async () => {
  const world = `${newFolder({ 'up.yaml': WORLD })}/up.yaml`
  const free = await upAsJson(world)
  const { address } = placeOf(free.table, PORT)
  free.run.signal('SIGTERM')
  assert.equal((await free.run.done).code, 0)

  const holder = createServer().listen(PORT, address)
  await once(holder, 'listening')
  const run = up('--world', world)
  const [row] = await run.says(/^www\.up\.test .*18080\/tcp.*$/m)
  await run.says(/Ctrl-C/)
  run.signal('SIGINT')
  await run.done
  holder.close()
  assert.match(row, new RegExp(`mapped to \\d+ +taken by \\S+ \\(pid ${process.pid}\\) on ${address}, tcp`))
})
