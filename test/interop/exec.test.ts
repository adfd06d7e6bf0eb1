// `exec` puts a second program into a running world: into the place of the first, or as another client host.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as v from 'valibot'
import { portolan, PORTOLAN, skipWithout, start, type Ran } from './portolan.ts'

const SERVER = `import http.server as h
s = h.HTTPServer(('127.0.0.1', 8000), h.SimpleHTTPRequestHandler)
print('ready', flush=True)
s.serve_forever()`
const CURL = [
  'curl',
  '-sS',
  '-m',
  '3',
  '-o',
  '/dev/null',
  '-w',
  '%{response_code}',
  'http://127.0.0.1:8000/nothing',
] as const

const listed = v.array(
  v.object({ id: v.string(), plane: v.string(), clients: v.array(v.object({ host: v.string(), pid: v.number() })) }),
)

function exec(...words: readonly string[]): Promise<Ran> {
  return portolan(['exec', ...words], { env: { ODD: 'kept' } })
}

test('exec', { skip: skipWithout('curl', 'python3', 'ip') }, async (t) => {
  const none = await portolan(['exec', 'true'])
  await t.test('without a world says so, with 125', () => {
    assert.equal(none.code, 125)
    assert.match(none.stderr, /no world is running/)
  })

  const script = `python3 -c "${SERVER}" 2>/dev/null & server=$!; read -r line; kill $server`
  const run = start(PORTOLAN, ['run', '--', 'sh', '-c', script])
  await run.says(/ready/)

  await t.test('stands in the same place as the first program', async () => {
    const ran = await exec('--', ...CURL)
    assert.deepEqual([ran.code, ran.stdout], [0, '404'], ran.stderr)
  })
  await t.test('sees names and certificates, and keeps ids and environment', async () => {
    const ran = await exec(
      'sh',
      '-c',
      'curl -sSf https://www.harbor.test/ >/dev/null && id -u && printenv ODD && exit 7',
    )
    assert.deepEqual([ran.code, ran.stdout], [7, `${process.getuid?.()}\nkept\n`], ran.stderr)
  })
  await t.test('--as stands as another client, with its own address and loopback', async () => {
    const ran = await exec('--as', 'desktop', 'sh', '-c', `ip -br -4 addr show eth0; ${CURL.join(' ')}; echo " $?"`)
    assert.match(ran.stdout, /203\.0\.113\.11/, ran.stderr)
    assert.match(ran.stdout, /^000 7$/m)
  })
  await t.test('--as a host that is no client is refused, with who is', async () => {
    const ran = await exec('--as', 'deskto', 'true')
    assert.equal(ran.code, 125)
    assert.match(ran.stderr, /did you mean desktop\?/)
  })
  await t.test('a program that is not there is 127', async () => {
    assert.equal((await exec('no-such-program')).code, 127)
  })
  await t.test('ls shows the world and who is inside', async () => {
    const ran = await portolan(['ls', '--json'])
    const [world, ...others] = v.parse(listed, JSON.parse(ran.stdout))
    assert.deepEqual(others, [])
    assert.equal(world?.plane, 'private')
    assert.deepEqual(world?.clients.map((client) => client.host).toSorted(), ['desktop', 'laptop'])
  })

  run.end('end\n')
  const { stderr, code } = await run.done
  await t.test('the report tells of both clients, and the first one ends the world', () => {
    assert.equal(code, 0, stderr)
    assert.match(stderr, /443\/tcp\s+www\.harbor\.test\s+http/)
  })
})
