import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, utimesSync, existsSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterEach, beforeEach, test } from 'node:test'
import { isFailure } from '../core/failure.ts'
import { makeWorldFolder } from '../host/runtime-folder.ts'
import type { MailWait } from '../net/mail/index.ts'
import { API_VERSION, type Api, type WorldStatus } from './api.ts'
import { ask, askClient, findWorld, runningWorlds } from './client.ts'
import { askMail, askMailBytes, askMails, askTrace, awaitMail } from './mail-client.ts'
import {
  askAnchors,
  askCancel,
  askEdit,
  askFailure,
  askFailures,
  askKeys,
  askQuery,
  askRecords,
  askZones,
} from './name-client.ts'
import { serveControl, SOCKET_NAME, type ControlServer } from './server.ts'

const UID = process.getuid?.() ?? 0
let home: string
let before: string | undefined
const servers: ControlServer[] = []

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'portolan-control-'))
  before = process.env['XDG_RUNTIME_DIR']
  process.env['XDG_RUNTIME_DIR'] = home
})

afterEach(() => {
  for (const server of servers.splice(0)) server.close()
  if (before === undefined) delete process.env['XDG_RUNTIME_DIR']
  else process.env['XDG_RUNTIME_DIR'] = before
  rmSync(home, { recursive: true })
})

function status(name: string, pid: number): WorldStatus {
  return { version: API_VERSION, name, pid, plane: 'private', startedMs: 0, ports: [], clients: [], flows: 0 }
}

async function startWorld(name: string, pid: number, more: Partial<Api> = {}): Promise<string> {
  const folder = makeWorldFolder(UID, name)
  assert.ok(!isFailure(folder))
  const api: Api = {
    status: () => status(name, pid),
    report: () => '',
    clock: () => ({ refused: 'no clock' }),
    changeClock: () => ({ refused: 'no clock' }),
    client: (host) => ({ host, pid: 7 }),
    mails: () => [],
    mail: (which) => ({ refused: `no mail ${which}` }),
    mailBytes: (which, part) => `${which} ${part}`,
    awaitMail: async () => [],
    trace: (mail) => ({ mail, steps: [] }),
    zones: () => [],
    records: (at) => [{ name: at, ttl: 60, type: 'A', data: '192.0.2.1' }],
    editNames: async ({ add, remove, replace }) => ({
      zone: JSON.stringify([add, remove, replace]),
      serial: 2,
      added: [],
      removed: [],
    }),
    queryNames: async ({ name, type, traced }) => ({
      rcode: `${name} ${type} ${traced}`,
      secure: true,
      answers: [],
      steps: [],
    }),
    failures: () => [],
    orderFailure: (given) => ({ id: 1, do: JSON.stringify(given), when: '', done: 0 }),
    cancelFailures: (id) => id ?? 99,
    anchors: () => ({ hints: '. NS root.', ds: '', bind: '' }),
    transactionKeys: () => [],
    ...more,
  }
  const server = await serveControl(folder, api)
  assert.ok(!isFailure(server))
  servers.push(server)
  return folder
}

test('a world is found by its id, its name and its pid', async () => {
  const folder = await startWorld('alpha', 41)
  await startWorld('beta', 42)
  for (const wanted of [basename(folder), 'alpha', '41']) {
    const found = await findWorld(UID, wanted)
    assert.ok(!isFailure(found))
    assert.equal(found.status.name, 'alpha')
  }
})

test('without a name there must be one world', async () => {
  const none = await findWorld(UID, undefined)
  assert.ok(isFailure(none) && none.code === 'ENOWORLD')
  await startWorld('alpha', 41)
  assert.ok(!isFailure(await findWorld(UID, undefined)))
  await startWorld('beta', 42)
  const many = await findWorld(UID, undefined)
  assert.ok(isFailure(many) && many.code === 'EMANYWORLDS')
  assert.match(many.message, /pid 41/)
})

test("a client is asked for by its host, and a refusal is a failure in the world's words", async () => {
  const folder = await startWorld('alpha', 41)
  assert.deepEqual(await askClient(folder, 'laptop'), { host: 'laptop', pid: 7 })
  const other = await startWorld('beta', 42, { client: () => ({ refused: 'no such client' }) })
  const refused = await askClient(other, 'x')
  assert.ok(isFailure(refused) && refused.message === 'no such client')
})

test('folders of worlds that ended without tidying up go; one that just begins stays', async () => {
  const parent = join(home, 'portolan')
  mkdirSync(parent, { mode: 0o700 })
  const [old, young] = [join(parent, 'old-1'), join(parent, 'young-1')]
  mkdirSync(old)
  mkdirSync(young)
  utimesSync(old, 1000, 1000)
  assert.deepEqual(await runningWorlds(UID), [])
  assert.deepEqual([existsSync(old), existsSync(young)], [false, true])
})

test('a request that is no request is refused, one without end is cut off', async () => {
  const folder = await startWorld('alpha', 41)
  const say = (text: string) =>
    new Promise<string>((resolve) => {
      const socket = connect(join(folder, SOCKET_NAME))
      let answer = ''
      socket.on('data', (chunk) => (answer += chunk.toString()))
      socket.on('error', () => resolve('cut off'))
      socket.on('close', () => resolve(answer))
      socket.write(text)
    })
  assert.match(await say('nonsense\n'), /refused/)
  assert.match(await say('{"ask":"reboot"}\n'), /no such request: reboot/)
  assert.doesNotMatch(await say('x'.repeat(70_000)), /refused/)
})

test('requests about mail carry what is wanted, and answers come back', async () => {
  const heard: unknown[] = []
  const folder = await startWorld('alpha', 41, {
    mails: (filter) => {
      heard.push(filter)
      return []
    },
    awaitMail: async (wanted) => {
      heard.push(wanted)
      return []
    },
  })
  assert.deepEqual(await askMails(folder, { to: 'bob@island.test', subject: 'x' }), [])
  const wanted: MailWait = { from: '@harbor.test', mailbox: '*', count: 2, timeoutMs: 5, onlyNew: true }
  assert.deepEqual(await awaitMail(folder, wanted), [])
  const none = { count: 1, timeoutMs: 0, onlyNew: false }
  assert.deepEqual(heard, [{ to: 'bob@island.test', subject: 'x', ...none }, wanted])
  assert.equal(await askMailBytes(folder, '7', 2), '7 2')
  assert.deepEqual(await askTrace(folder, 'a@b'), { mail: 'a@b', steps: [] })
  const refused = await askMail(folder, '9')
  assert.ok(isFailure(refused) && refused.message === 'no mail 9')
})

test('a wait ends when who asked is gone', async () => {
  const gone = Promise.withResolvers<void>()
  const begun = Promise.withResolvers<void>()
  const folder = await startWorld('alpha', 41, {
    awaitMail: (_wanted, signal) => {
      signal.addEventListener('abort', () => gone.resolve())
      begun.resolve()
      return new Promise(() => {})
    },
  })
  const socket = connect(join(folder, SOCKET_NAME))
  socket.write('{"ask":"await-mail","argument":"{\\"timeoutMs\\":600000}"}\n')
  await begun.promise
  socket.destroy()
  await gone.promise
})

test('names are listed, edited and broken', async () => {
  const folder = await startWorld('alpha', 41)
  assert.deepEqual(await askZones(folder), [])
  assert.deepEqual(await askRecords(folder, 'a.test'), [{ name: 'a.test', ttl: 60, type: 'A', data: '192.0.2.1' }])
  const edit = {
    add: ['a.test A 192.0.2.1'],
    remove: [{ name: 'b.test', type: 'A' }, { name: 'c.test' }],
    replace: true,
  }
  const outcome = await askEdit(folder, edit)
  assert.equal(isFailure(outcome) || outcome.zone, JSON.stringify([edit.add, edit.remove, true]))
  const ordered = await askFailure(folder, { do: 'servfail' })
  assert.equal(isFailure(ordered) || ordered.do, '{"do":"servfail"}')
  assert.deepEqual([await askCancel(folder, '7'), await askCancel(folder, '')], [7, 99])
  assert.deepEqual([await askFailures(folder), await askKeys(folder)], [[], []])
  const query = await askQuery(folder, { name: 'a.test', type: 'MX', traced: true })
  assert.equal(isFailure(query) || query.rcode, 'a.test MX true')
  const anchors = await askAnchors(folder)
  assert.equal(isFailure(anchors) || anchors.hints, '. NS root.')
})

test('an edit that is none asks for nothing, and broken JSON is refused', async () => {
  const folder = await startWorld('alpha', 41)
  const odd = await ask(folder, 'edit-names', '{"add":[1,"x"],"remove":[{"type":"A"},7]}')
  assert.deepEqual(odd, { zone: '[["x"],[],false]', serial: 2, added: [], removed: [] })
  const broken = await ask(folder, 'order-failure', '{')
  assert.ok(typeof broken === 'object' && broken !== null && 'refused' in broken)
})
