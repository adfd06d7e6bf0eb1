import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MemoryTree, SeededRandom } from '../../../sim/index.ts'
import { isFailure, type TreeQuota } from '../../../core/index.ts'
import type { FileOperation } from './file-operation.ts'
import { serveSftp } from './index.ts'
import { EXTENSIONS, OPEN, STATUS, type NamedFile } from './messages.ts'
import { TrialChannel, TrialClient } from './trial.ts'

const READ = OPEN.read
const PUT = OPEN.write | OPEN.create | OPEN.truncate
const NOTHING = {}

interface Setting {
  readonly client: TrialClient
  readonly tree: MemoryTree
  readonly operations: FileOperation[]
  readonly abuses: string[]
  stop(): void
}

async function start(
  files: Readonly<Record<string, string | Uint8Array>> = {},
  options: { readonly writable?: boolean; readonly quota?: TreeQuota } = {},
): Promise<Setting> {
  const tree = new MemoryTree(files, { ...options, modifiedMs: Date.UTC(2026, 0, 2, 3, 4) })
  const channel = new TrialChannel()
  const operations: FileOperation[] = []
  const abuses: string[] = []
  const random = new SeededRandom(1)
  const { stop } = bound(
    serveSftp(channel, {
      tree,
      user: 'alice',
      random: (size) => random.bytes(size),
      wallMs: () => Date.UTC(2026, 1, 1),
      log: (operation) => operations.push(operation),
      abused: (reason) => abuses.push(reason),
      broke: (thrown) => assert.fail(String(thrown)),
    }),
  )
  const client = new TrialClient(channel)
  await client.init()
  return { client, tree, operations, abuses, stop }
}

function bound(serving: { stop(): void }): { stop(): void } {
  return { stop: () => serving.stop() }
}

async function content(tree: MemoryTree, path: string): Promise<string | undefined> {
  const file = await tree.open(path)
  if (isFailure(file)) return undefined
  const bytes = await file.read(0, 2 ** 20)
  await file.close()
  return Buffer.from(bytes).toString()
}

async function put(client: TrialClient, path: string, text: string, flags: number = PUT): Promise<number | string> {
  const handle = await client.handle({ kind: 'open', path, flags, attributes: NOTHING })
  const written = await client.status({ kind: 'write', handle, offset: 0, data: Buffer.from(text) })
  const closed = await client.status({ kind: 'close', handle })
  return written === STATUS.ok ? closed : written
}

async function names(client: TrialClient, path: string): Promise<NamedFile[]> {
  const handle = await client.handle({ kind: 'opendir', path })
  const found: NamedFile[] = []
  for (;;) {
    const reply = await client.ask({ kind: 'readdir', handle })
    if (reply.kind !== 'name') break
    found.push(...reply.files)
  }
  await client.ask({ kind: 'close', handle })
  return found
}

test('a client that says hello hears what is there besides', async () => {
  const channel = new TrialChannel()
  serveSftp(channel, {
    tree: new MemoryTree(),
    user: 'alice',
    random: (size) => new Uint8Array(size),
    wallMs: () => 0,
    log: () => undefined,
    abused: () => undefined,
    broke: () => undefined,
  })
  const version = await new TrialClient(channel).init()
  assert.equal(version.version, 3)
  assert.deepEqual(Object.fromEntries(version.extensions), EXTENSIONS)
})

test('a file is read in any order, and ends', async () => {
  const { client, operations, tree } = await start({ '/a/b': 'hello, world' })
  const handle = await client.handle({ kind: 'open', path: 'a/b', flags: READ, attributes: NOTHING })
  const read = async (offset: number, length: number) => {
    const reply = await client.ask({ kind: 'read', handle, offset, length })
    return reply.kind === 'data' ? Buffer.from(reply.data).toString() : reply.kind === 'status' && reply.code
  }
  assert.equal(await read(7, 100), 'world')
  assert.equal(await read(0, 5), 'hello')
  assert.equal(await read(12, 5), STATUS.eof)
  assert.equal(await read(2 ** 60, 5), STATUS.eof)
  assert.equal(await read(0, 0), '')
  assert.equal(await client.status({ kind: 'close', handle }), STATUS.ok)
  assert.equal(await client.status({ kind: 'close', handle }), STATUS.noSuchFile)
  assert.equal(tree.openFiles, 0)
  assert.deepEqual(operations, [{ kind: 'read', path: '/a/b', bytes: 10, outcome: 'done' }])
})

/** Each read as it begins, and `wait` before it goes on. */
function watchReads(tree: MemoryTree, began: (offset: number, length: number) => Promise<void>): void {
  const open = tree.open.bind(tree)
  tree.open = async (path) => {
    const file = await open(path)
    if (isFailure(file)) return file
    const read = async (offset: number, length: number): Promise<Uint8Array> => {
      await began(offset, length)
      return file.read(offset, length)
    }
    return { stat: file.stat, close: () => file.close(), read }
  }
}

test('reads run side by side, and are answered in the order of the requests', async () => {
  const { client, tree } = await start({ '/a': 'abcdefghij' })
  let reading = 0
  let most = 0
  watchReads(tree, async (offset) => {
    most = Math.max(most, ++reading)
    await turns(10 - offset)
    reading--
  })
  const handle = await client.handle({ kind: 'open', path: 'a', flags: READ, attributes: NOTHING })
  const asked = Array.from({ length: 10 }, (_, offset) => client.send({ kind: 'read', handle, offset, length: 1 }))
  for (const [offset, id] of asked.entries()) {
    assert.deepEqual(await client.next(), { kind: 'data', id, data: Uint8Array.of(97 + offset) })
  }
  assert.equal(most, 10)
})

test('reads that wait and go on where one ended are one read', async () => {
  const { client, tree } = await start({ '/a': 'abcdefghij' })
  const began: (readonly [number, number])[] = []
  watchReads(tree, async (offset, length) => void began.push([offset, length]))
  const handle = await client.handle({ kind: 'open', path: 'a', flags: READ, attributes: NOTHING })
  const other = await client.handle({ kind: 'open', path: 'a', flags: READ, attributes: NOTHING })
  client.send({ kind: 'stat', path: 'a' })
  const reads = [
    { handle, offset: 0, length: 3 },
    { handle, offset: 3, length: 4 },
    { handle, offset: 7, length: 9 },
    { handle, offset: 16, length: 5 },
    { handle, offset: 2, length: 2 },
    { handle: other, offset: 4, length: 2 },
    { handle: Buffer.from('nobody’s'), offset: 6, length: 1 },
    { handle: Buffer.from('nobody’s'), offset: 7, length: 1 },
  ]
  for (const read of reads) client.send({ kind: 'read', ...read })
  assert.equal((await client.next())?.kind, 'attrs')
  const heard: (string | number)[] = []
  for (let left = reads.length; left > 0; left--) {
    const reply = await client.next()
    assert.ok(reply?.kind === 'data' || reply?.kind === 'status')
    heard.push(reply.kind === 'data' ? Buffer.from(reply.data).toString() : reply.code)
  }
  assert.deepEqual(heard, ['abc', 'defg', 'hij', STATUS.eof, 'cd', 'ef', STATUS.failure, STATUS.failure])
  assert.deepEqual(began, [
    [0, 21],
    [2, 2],
    [4, 2],
  ])
})

test('an upload appears when it is closed; who made it sees it before', async () => {
  const { client, tree } = await start({ '/a': 'before' })
  const handle = await client.handle({ kind: 'open', path: 'a', flags: PUT, attributes: NOTHING })
  await client.ask({ kind: 'write', handle, offset: 3, data: Buffer.from('lo') })
  await client.ask({ kind: 'write', handle, offset: 0, data: Buffer.from('hel') })
  assert.equal(await content(tree, '/a'), 'before')
  for (const kind of ['stat', 'lstat'] as const) {
    const stat = await client.ask({ kind, path: './a' })
    assert.equal(stat.kind === 'attrs' && stat.attributes.size, 5)
  }
  const times = { accessed: 1, modified: 2 }
  assert.equal(
    await client.status({ kind: 'setstat', path: '/a', attributes: { times, permissions: 0o600 } }),
    STATUS.ok,
  )
  assert.equal(await client.status({ kind: 'close', handle }), STATUS.ok)
  assert.equal(await content(tree, '/a'), 'hello')
  const stat = await tree.stat('/a')
  assert.ok(!isFailure(stat))
  assert.deepEqual([stat.modifiedMs, stat.mode], [2000, 0o600])
})

test('an upload that is used by its name stands there from then on', async () => {
  const { client, tree } = await start()
  const handle = await client.handle({ kind: 'open', path: 'a', flags: PUT, attributes: NOTHING })
  await client.ask({ kind: 'write', handle, offset: 0, data: Buffer.from('one') })
  assert.equal(await client.status({ kind: 'rename', from: 'a', to: 'b' }), STATUS.ok)
  assert.equal(await content(tree, '/b'), 'one')
  assert.equal(await client.status({ kind: 'write', handle, offset: 3, data: Buffer.from(' two') }), STATUS.ok)
  assert.equal(await client.status({ kind: 'close', handle }), STATUS.ok)
  assert.equal(await content(tree, '/b'), 'one two')
  assert.equal(await content(tree, '/a'), undefined)
})

test('what is not put anew is changed in place', async () => {
  const { client, tree } = await start({ '/a': 'hello', '/log': 'one\n' })
  assert.equal(await put(client, 'a', 'J', OPEN.write), STATUS.ok)
  assert.equal(await content(tree, '/a'), 'Jello')
  assert.equal(await put(client, 'log', 'two\n', OPEN.write | OPEN.append), STATUS.ok)
  assert.equal(await content(tree, '/log'), 'one\ntwo\n')
  const fresh = OPEN.write | OPEN.create | OPEN.exclusive
  assert.equal(await put(client, 'new', 'x', fresh), STATUS.ok)
  const again = { kind: 'open', path: 'new', flags: fresh, attributes: NOTHING } as const
  assert.equal(await client.status(again), STATUS.failure)
  const both = await client.handle({ kind: 'open', path: 'a', flags: READ | PUT, attributes: NOTHING })
  assert.equal(await content(tree, '/a'), '')
  await client.ask({ kind: 'write', handle: both, offset: 0, data: Buffer.from('xyz') })
  const reply = await client.ask({ kind: 'read', handle: both, offset: 1, length: 9 })
  assert.equal(reply.kind === 'data' && Buffer.from(reply.data).toString(), 'yz')
})

test('appends at once keep their order', async () => {
  const { client, tree } = await start({ '/a': '' })
  const handle = await client.handle({ kind: 'open', path: 'a', flags: OPEN.write | OPEN.append, attributes: NOTHING })
  for (const [index, letter] of [...'abcdef'].entries()) {
    client.send({ kind: 'write', handle, offset: index * 100, data: Buffer.from(letter) })
  }
  for (let i = 0; i < 6; i++) await client.next()
  assert.equal(await content(tree, '/a'), 'abcdef')
})

test('an upload that breaks off is kept aside, and gone on with', async () => {
  const first = await start()
  const handle = await first.client.handle({ kind: 'open', path: 'a', flags: PUT, attributes: NOTHING })
  await first.client.ask({ kind: 'write', handle, offset: 0, data: Buffer.from('hello') })
  first.client.channel.bring(null)
  await first.client.channel.rest()
  assert.equal(first.client.channel.exitStatus, 0)
  assert.equal(await content(first.tree, '/a'), undefined)
  assert.deepEqual(first.operations.at(-1), { kind: 'write', path: '/a', bytes: 5, outcome: 'interrupted' })

  const channel = new TrialChannel()
  serveSftp(channel, {
    tree: first.tree,
    user: 'alice',
    random: (size) => new Uint8Array(size),
    wallMs: () => 0,
    log: () => undefined,
    abused: assert.fail,
    broke: assert.fail,
  })
  const client = new TrialClient(channel)
  await client.init()
  const stat = await client.ask({ kind: 'stat', path: 'a' })
  assert.equal(stat.kind === 'attrs' && stat.attributes.size, 5)
  assert.deepEqual(
    (await names(client, '/')).map(({ name }) => name),
    ['.', '..'],
  )
  const flags = OPEN.write | OPEN.create | OPEN.append
  const resumed = await client.handle({ kind: 'open', path: 'a', flags, attributes: NOTHING })
  await client.ask({ kind: 'write', handle: resumed, offset: 5, data: Buffer.from(', world') })
  assert.equal(await client.status({ kind: 'close', handle: resumed }), STATUS.ok)
  assert.equal(await content(first.tree, '/a'), 'hello, world')
})

test('a quota that is hit keeps what stood there', async () => {
  const { client, tree, operations } = await start({ '/a': 'before' }, { quota: { bytesMax: 20, filesMax: 10 } })
  const handle = await client.handle({ kind: 'open', path: 'a', flags: PUT, attributes: NOTHING })
  assert.equal(await client.status({ kind: 'write', handle, offset: 0, data: Buffer.alloc(10) }), STATUS.ok)
  assert.equal(await client.status({ kind: 'write', handle, offset: 10, data: Buffer.alloc(10) }), STATUS.failure)
  assert.equal(await client.status({ kind: 'close', handle }), STATUS.failure)
  assert.equal(await content(tree, '/a'), 'before')
  assert.equal(tree.openFiles, 0)
  assert.equal(operations.at(-1)?.outcome, 'EDQUOT')
})

test('a tree that is read-only says so', async () => {
  const { client } = await start({ '/a': 'x', '/d/e': 'y' }, { writable: false })
  const denied = STATUS.permissionDenied
  assert.equal(await client.status({ kind: 'open', path: 'a', flags: PUT, attributes: NOTHING }), denied)
  assert.equal(await client.status({ kind: 'mkdir', path: 'x', attributes: NOTHING }), denied)
  assert.equal(await client.status({ kind: 'remove', path: 'a' }), denied)
  assert.equal(await client.status({ kind: 'rename', from: 'a', to: 'b' }), denied)
  assert.equal(await client.status({ kind: 'setstat', path: 'a', attributes: { permissions: 0 } }), denied)
  assert.equal(await client.status({ kind: 'symlink', target: 'a', path: 'b' }), denied)
  assert.equal(await client.status({ kind: 'hardlink', from: 'a', to: 'b' }), denied)
})

test('folders are made, listed as of ls, and removed', async () => {
  const { client } = await start({ '/a': 'hello', '/d/x': '' })
  assert.equal(await client.status({ kind: 'mkdir', path: 'new', attributes: { permissions: 0o777 } }), STATUS.ok)
  await client.ask({ kind: 'symlink', target: 'a', path: 'link' })
  const found = await names(client, '/')
  assert.deepEqual(
    found.map(({ name }) => name),
    ['.', '..', 'a', 'd', 'link', 'new'],
  )
  assert.equal(found[2]?.longName, '-rw-r--r--    1 alice    users           5 Jan  2 03:04 a')
  assert.equal(found[4]?.longName.startsWith('lrwx'), true)
  assert.equal(found[5]?.attributes.permissions, 0o40755)
  assert.equal(await client.status({ kind: 'rmdir', path: 'd' }), STATUS.failure)
  assert.equal(await client.status({ kind: 'rmdir', path: 'new' }), STATUS.ok)
  assert.equal(await client.status({ kind: 'rmdir', path: 'new' }), STATUS.noSuchFile)
  assert.equal(await client.status({ kind: 'opendir', path: 'a' }), STATUS.noSuchFile)
})

test('a large folder comes in several answers, each name once', async () => {
  const files = Object.fromEntries(Array.from({ length: 1234 }, (_, index) => [`/d/file ${index}`, '']))
  const { client } = await start(files)
  const found = await names(client, 'd')
  assert.equal(new Set(found.map(({ name }) => name)).size, 1236)
})

test('paths are made absolute, and nothing is above the root', async () => {
  const { client } = await start({ '/d/e': '' })
  const real = async (path: string) => {
    const reply = await client.ask({ kind: 'realpath', path })
    return reply.kind === 'name' ? reply.files[0]?.name : reply.kind === 'status' && reply.code
  }
  assert.equal(await real('.'), '/')
  assert.equal(await real(''), '/')
  assert.equal(await real('../../d/./e'), '/d/e')
  assert.equal(await real('d/new'), '/d/new')
  assert.equal(await real('none/new'), STATUS.noSuchFile)
  const expand = async (path: string) => {
    const reply = await client.ask({ kind: 'expand-path', path })
    return reply.kind === 'name' ? reply.files[0]?.name : reply.kind === 'status' && reply.code
  }
  assert.equal(await expand('~'), '/')
  assert.equal(await expand('~/d'), '/d')
  assert.equal(await expand('~alice/d'), '/d')
  assert.equal(await expand('~bob/d'), STATUS.noSuchFile)
  assert.equal(await expand('d'), '/d')
})

test('names are moved, linked and removed', async () => {
  const { client, tree } = await start({ '/a': 'A', '/b': 'B' })
  assert.equal(await client.status({ kind: 'rename', from: 'a', to: 'b' }), STATUS.failure)
  assert.equal(await client.status({ kind: 'posix-rename', from: 'a', to: 'b' }), STATUS.ok)
  assert.equal(await content(tree, '/b'), 'A')
  assert.equal(await client.status({ kind: 'hardlink', from: 'b', to: 'c' }), STATUS.ok)
  assert.equal(await client.status({ kind: 'symlink', target: '../c', path: 'l' }), STATUS.ok)
  const target = await client.ask({ kind: 'readlink', path: 'l' })
  assert.equal(target.kind === 'name' && target.files[0]?.name, '../c')
  const [link, through] = [
    await client.ask({ kind: 'lstat', path: 'l' }),
    await client.ask({ kind: 'stat', path: 'l' }),
  ]
  assert.equal(link.kind === 'attrs' && (link.attributes.permissions ?? 0) >> 12, 0o12)
  assert.equal(through.kind === 'attrs' && (through.attributes.permissions ?? 0) >> 12, 0o10)
  assert.equal(await client.status({ kind: 'lsetstat', path: 'l', attributes: { permissions: 0 } }), STATUS.unsupported)
  assert.equal(await client.status({ kind: 'lsetstat', path: 'c', attributes: { permissions: 0o600 } }), STATUS.ok)
  assert.equal(await client.status({ kind: 'remove', path: 'l' }), STATUS.ok)
  assert.equal(await client.status({ kind: 'remove', path: 'l' }), STATUS.noSuchFile)
})

test('names that are no UTF-8 come through', async () => {
  const { client, tree } = await start()
  assert.equal(await put(client, 'x\udcff\udc80', 'odd'), STATUS.ok)
  assert.equal(await content(tree, '/x\udcff\udc80'), 'odd')
  assert.equal((await names(client, '/'))[2]?.name, 'x\udcff\udc80')
})

test('files are given to nobody else', async () => {
  const { client } = await start({ '/a': '' })
  const own = await client.ask({ kind: 'stat', path: 'a' })
  const owner = own.kind === 'attrs' ? own.attributes.owner : undefined
  assert.ok(owner)
  assert.equal(await client.status({ kind: 'setstat', path: 'a', attributes: { owner } }), STATUS.ok)
  const other = { owner: { uid: 0, gid: 0 } }
  assert.equal(await client.status({ kind: 'setstat', path: 'a', attributes: other }), STATUS.permissionDenied)
  const known = await client.ask({ kind: 'users-groups-by-id', uids: [owner.uid, 0], gids: [owner.gid] })
  assert.equal(
    known.kind === 'extended-reply' && Buffer.from(known.body).toString('latin1'),
    '\0\0\0\x0d\0\0\0\x05alice\0\0\0\0\0\0\0\x09\0\0\0\x05users',
  )
})

test('content is copied on the server, not over itself', async () => {
  const { client, tree } = await start({ '/a': 'hello' })
  const from = await client.handle({ kind: 'open', path: 'a', flags: READ, attributes: NOTHING })
  const to = await client.handle({ kind: 'open', path: 'b', flags: PUT, attributes: NOTHING })
  const copy = { kind: 'copy-data', from, fromOffset: 1, length: 0, to, toOffset: 2 } as const
  assert.equal(await client.status(copy), STATUS.ok)
  assert.equal(await client.status({ kind: 'close', handle: to }), STATUS.ok)
  assert.equal(await content(tree, '/b'), '\0\0ello')
  const both = await client.handle({ kind: 'open', path: 'a', flags: READ | OPEN.write, attributes: NOTHING })
  assert.equal(await client.status({ ...copy, from: both, to: both }), STATUS.failure)
  assert.equal(await client.status({ ...copy, from: both, fromOffset: 0, length: 2, to: both, toOffset: 3 }), STATUS.ok)
  assert.equal(await content(tree, '/a'), 'helhe')
})

test('limits and space are told', async () => {
  const { client } = await start({ '/a': 'x' }, { quota: { bytesMax: 8192, filesMax: 5 } })
  const limits = await client.ask({ kind: 'limits' })
  assert.ok(limits.kind === 'extended-reply')
  const numbers = Array.from({ length: 4 }, (_, index) => Number(Buffer.from(limits.body).readBigUInt64BE(index * 8)))
  assert.deepEqual(numbers, [262144, 261120, 261120, 1024])
  const space = await client.ask({ kind: 'statvfs', path: 'a' })
  assert.ok(space.kind === 'extended-reply')
  const [block, , blocks, free, , files] = Array.from({ length: 11 }, (_, index) =>
    Number(Buffer.from(space.body).readBigUInt64BE(index * 8)),
  )
  assert.deepEqual([block, blocks, free, files], [4096, 2, 1, 5])
  const handle = await client.handle({ kind: 'open', path: 'a', flags: READ, attributes: NOTHING })
  assert.equal(await client.status({ kind: 'fstatvfs', handle }), 'extended-reply')
  assert.equal(await client.status({ kind: 'statvfs', path: 'none' }), STATUS.noSuchFile)
})

test('handles say which they are, and no other will do', async () => {
  const { client } = await start({ '/a': 'x' })
  const handle = await client.handle({ kind: 'open', path: 'a', flags: READ, attributes: NOTHING })
  const guess = Buffer.from(handle)
  guess[7]! ^= 1
  for (const wrong of [guess, Buffer.alloc(0), Buffer.alloc(300), handle.subarray(0, 7)]) {
    assert.equal(await client.status({ kind: 'read', handle: wrong, offset: 0, length: 1 }), STATUS.failure)
    assert.equal(await client.status({ kind: 'readdir', handle: wrong }), STATUS.failure)
    assert.equal(await client.status({ kind: 'fstat', handle: wrong }), STATUS.failure)
  }
  assert.equal(await client.status({ kind: 'readdir', handle }), STATUS.failure)
  assert.equal(await client.status({ kind: 'write', handle, offset: 0, data: guess }), STATUS.noSuchFile)
  const folder = await client.handle({ kind: 'opendir', path: '/' })
  assert.equal(await client.status({ kind: 'read', handle: folder, offset: 0, length: 1 }), STATUS.failure)
  assert.equal(await client.status({ kind: 'fstat', handle: folder }), 'attrs')
})

test('as many handles as there may be, and again once they are closed', async () => {
  const { client, tree } = await start({ '/a': 'x' })
  const open = { kind: 'open', path: 'a', flags: READ, attributes: NOTHING } as const
  const handles: Uint8Array[] = []
  for (let i = 0; i < 1024; i++) handles.push(await client.handle(open))
  assert.equal(await client.status(open), STATUS.failure)
  assert.equal(await client.status({ kind: 'opendir', path: '/' }), STATUS.failure)
  await client.ask({ kind: 'close', handle: handles[5]! })
  assert.equal(await client.status(open), 'handle')
  client.channel.bring(null)
  await client.channel.rest()
  assert.equal(tree.openFiles, 0)
})

test('what it does not know is refused, and what it does not understand is told', async () => {
  const { client } = await start()
  client.write(Buffer.from([0, 0, 0, 5, 77, 0, 0, 0, 9]))
  assert.deepEqual(await client.next(), { kind: 'status', id: 9, code: 8, message: 'Operation unsupported' })
  client.write(Buffer.from([0, 0, 0, 6, 3, 0, 0, 0, 9, 1]))
  assert.deepEqual(await client.next(), { kind: 'status', id: 9, code: 5, message: 'Bad message' })
})

test('bad lengths, and requests before INIT, end the channel with one event', async () => {
  for (const bytes of [
    [0, 0, 0, 0],
    [0, 4, 0, 1],
    [255, 255, 255, 255, 1],
    [0, 0, 0, 2, 3, 0],
  ]) {
    const { client, abuses } = await start()
    client.write(Buffer.from(bytes))
    client.write(Buffer.from(bytes))
    assert.equal((await client.channel.rest()).length, 0)
    assert.equal(client.channel.exitStatus, 1)
    assert.equal(abuses.length, 1)
  }
})

test('a channel that is gone leaves nothing open', async () => {
  const { client, tree, stop } = await start({ '/a': 'x' })
  await client.handle({ kind: 'open', path: 'a', flags: READ, attributes: NOTHING })
  await client.handle({ kind: 'open', path: 'b', flags: PUT, attributes: NOTHING })
  client.send({ kind: 'stat', path: 'a' })
  stop()
  await new Promise((resolve) => setImmediate(resolve))
  assert.equal(tree.openFiles, 0)
  assert.equal(client.channel.exitStatus, undefined)
})

test('a client that takes nothing is not served on beyond 4 MiB, and all of it once it takes', async () => {
  const { client } = await start({ '/a': Buffer.alloc(300_000, 1) })
  const handle = await client.handle({ kind: 'open', path: 'a', flags: READ, attributes: NOTHING })
  client.channel.open = false
  const asked = 100
  for (let i = 0; i < asked; i++) client.send({ kind: 'read', handle, offset: 0, length: 255 * 1024 })
  await turns(50)
  const unsent = client.channel.writableLength
  assert.ok(unsent > 0 && unsent < 5 * 2 ** 20, `${unsent} bytes`)
  client.channel.widen()
  for (let i = 0; i < asked; i++) {
    const reply = await client.next()
    assert.equal(reply?.kind === 'data' && reply.data.length, 255 * 1024)
  }
})

test('a flood of requests waits in the channel, not in memory', async () => {
  const { client } = await start({ '/a': 'x' })
  const path = 'a name of some length '.repeat(10)
  client.channel.open = false
  for (let i = 0; i < 20_000; i++) client.send({ kind: 'realpath', path })
  await turns(200)
  assert.ok(client.channel.isPaused())
  assert.ok(client.channel.readableLength > 0)
  client.channel.widen()
  for (let i = 0; i < 20_000; i++) assert.equal((await client.next())?.kind, 'name')
})

async function turns(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await new Promise((resolve) => setImmediate(resolve))
}
