// Nothing outside of a tree is ever read, written, made or removed, whatever paths say and others move.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import {
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { Worker } from 'node:worker_threads'
import { isFailure, type Failure } from '../../core/failure.ts'
import type { Tree } from '../../core/files.ts'
import { openTree } from './index.ts'

const LINUX = { skip: process.platform !== 'linux' }
const SECRET = 'secret of the outside'
const QUOTA = { bytesMax: 100_000_000, filesMax: 100_000 }

interface Place {
  readonly root: string
  readonly outside: string
  readonly tree: Tree
  /** Whatever lies outside, as text. */
  seen(): string
}

function place(t: TestContext): Place {
  const base = mkdtempSync(join(tmpdir(), 'escape-'))
  t.after(() => rmSync(base, { recursive: true, force: true }))
  const [root, outside] = [join(base, 'root'), join(base, 'outside')]
  mkdirSync(root)
  mkdirSync(join(base, 'root-beside'))
  mkdirSync(outside)
  mkdirSync(join(outside, 'empty'))
  for (const folder of [outside, join(base, 'root-beside')]) writeFileSync(join(folder, 'secret'), SECRET)
  const tree = openTree(root, { writable: true, quota: QUOTA })
  if (isFailure(tree)) assert.fail(tree.message)
  const seen = (): string =>
    [base, outside, join(outside, 'empty'), join(base, 'root-beside')]
      .flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)))
      .map((path) => {
        const stats = lstatSync(path)
        const text = stats.isFile() ? readFileSync(path, 'utf8') : ''
        return path === root ? path : `${path} ${stats.mode} ${stats.nlink} ${stats.mtimeMs} ${text}`
      })
      .join('\n')
  return { root, outside, tree, seen }
}

/** Everything that a tree can be asked of a path. Gives back whatever was read. */
async function everything(tree: Tree, path: string): Promise<string> {
  const told: unknown[] = []
  const tell = async (answer: Promise<unknown>): Promise<void> => void told.push(await answer)
  for (const from of [0, 'end'] as const) {
    const upload = await tree.upload(path, { from })
    if (isFailure(upload)) continue
    told.push(Buffer.from(await upload.read(0, 1000)).toString())
    await upload.write(upload.offset, Buffer.from('mine'))
    await upload.change({ mode: 0o600 })
    await (from === 0 ? upload.close() : upload.commit())
  }
  const edited = await tree.edit(path, { create: true })
  if (!isFailure(edited)) {
    told.push(Buffer.from(await edited.read(0, 1000)).toString())
    await edited.write(0, Buffer.from('fine'))
    await edited.change({ size: 4, mode: 0o644, modifiedMs: 5 })
    await edited.close()
  }
  const file = await tree.open(path)
  if (!isFailure(file)) {
    told.push(Buffer.from(await file.read(0, 1000)).toString())
    await file.close()
  }
  await tell(tree.list(path))
  await tell(tree.change(path, { size: 4, mode: 0o755, modifiedMs: 5 }))
  await tell(tree.makeFolder(`${path}-folder`))
  await tell(tree.removeFolder(`${path}-folder`))
  await tell(tree.link(path, `${path}-hard`))
  await tell(tree.rename(`${path}-hard`, `${path}-moved`, true))
  await tell(tree.removeFile(`${path}-moved`))
  return JSON.stringify(told)
}

test('links that lead out lead nowhere', async (t) => {
  const { root, outside, tree, seen } = place(t)
  symlinkSync('../outside', join(root, 'relative'))
  symlinkSync(outside, join(root, 'absolute'))
  symlinkSync('../root-beside', join(root, 'beside'))
  symlinkSync('../outside/secret', join(root, 'file'))
  symlinkSync('hop2', join(root, 'hop1'))
  symlinkSync('./hop3', join(root, 'hop2'))
  symlinkSync(`${root}/../outside`, join(root, 'hop3'))
  const before = seen()
  const paths = [
    '/relative/secret',
    '/absolute/secret',
    '/beside/secret',
    '/file',
    '/hop1/secret',
    '/../outside/secret',
  ]
  for (const path of [...paths, outside, `${outside}/secret`, '/%2e%2e/outside/secret', '/..\\outside\\secret']) {
    assert.equal((await everything(tree, path)).includes(SECRET), false, path)
    assert.equal(seen(), before, path)
  }
})

test('an absolute link starts at the root, by its name in the tree or on the machine', LINUX, async (t) => {
  const { root, tree } = place(t)
  mkdirSync(join(root, 'etc'))
  writeFileSync(join(root, 'etc/passwd'), 'inside')
  symlinkSync('/etc/passwd', join(root, 'a'))
  symlinkSync(join(root, 'etc'), join(root, 'b'))
  assert.equal(await tree.resolve('/a'), '/etc/passwd')
  assert.equal(await tree.resolve('/b/passwd'), '/etc/passwd')
  assert.equal(await tree.readLink('/b'), '/etc')
  assert.equal(await tree.symlink('/etc/passwd', '/c'), undefined)
  assert.equal(readlinkSync(join(root, 'c')), '/etc/passwd')
})

test('a hard link to what lies outside is a file like others', async (t) => {
  const { root, outside, tree } = place(t)
  linkSync(join(outside, 'secret'), join(root, 'hard'))
  const stat = await tree.stat('/hard')
  assert.partialDeepStrictEqual(stat, { kind: 'file', links: 2 })
  assert.equal(await tree.removeFile('/hard'), undefined)
  assert.equal(readFileSync(join(outside, 'secret'), 'utf8'), SECRET)
})

test('what is neither file, folder nor link is not there, and nobody waits for it', LINUX, async (t) => {
  const { root, tree } = place(t)
  execFileSync('mkfifo', [join(root, 'fifo')])
  for (const answer of [
    await tree.stat('/fifo'),
    await tree.lstat('/fifo'),
    await tree.open('/fifo'),
    await tree.edit('/fifo'),
    await tree.upload('/fifo'),
    await tree.change('/fifo', { mode: 0o777 }),
    await tree.removeFile('/fifo'),
    await tree.link('/fifo', '/x'),
    await tree.rename('/fifo', '/x', true),
  ])
    assert.equal(isFailure(answer) ? answer.code : 'reached', 'ENOENT')
  assert.deepEqual(await tree.list('/'), [])
  assert.deepEqual(await tree.entries('/'), [])
})

test('devices, and the doors that /proc has to elsewhere', LINUX, async () => {
  const devices = openTree('/dev', { writable: false })
  const doors = openTree('/proc/self', { writable: false })
  assert.ok(!isFailure(devices) && !isFailure(doors))
  assert.equal(code(await devices.open('/null')), 'ENOENT')
  assert.equal(code(await devices.stat('/zero')), 'ENOENT')
  for (const path of ['/cwd/package.json', '/root/etc/passwd', '/exe', '/fd/0'])
    assert.notEqual(code(await doors.open(path)), 'fine', path)
})

test('a tree whose root becomes a link is empty, and one that is made again is found', async (t) => {
  const { root, outside, tree } = place(t)
  renameSync(root, `${root}-old`)
  symlinkSync(outside, root)
  assert.equal(code(await tree.open('/secret')), 'ENOTDIR')
  rmSync(root)
  assert.equal(code(await tree.list('/')), 'ENOENT')
  mkdirSync(root)
  writeFileSync(join(root, 'new'), '')
  assert.deepEqual(await tree.list('/'), ['new'])
})

test('a folder above the root that becomes a link leads nowhere', LINUX, async (t) => {
  const { root, outside } = place(t)
  mkdirSync(join(root, 'a/sub'), { recursive: true })
  mkdirSync(join(outside, 'sub'))
  writeFileSync(join(outside, 'sub/secret'), SECRET)
  const inner = openTree(join(root, 'a/sub'), { writable: false })
  assert.ok(!isFailure(inner))
  renameSync(join(root, 'a'), join(root, 'b'))
  symlinkSync(outside, join(root, 'a'))
  assert.notEqual(code(await inner.open('/secret')), 'fine')
})

test('folders and files swapped for links outside, under every operation', LINUX, async (t) => {
  const { root, outside, tree, seen } = place(t)
  const before = seen()
  const worker = new Worker(new URL('flipper.ts', import.meta.url), { workerData: { root, outside } })
  t.after(() => worker.terminate())
  await once(worker, 'message')
  let through = 0
  for (let turn = 0; turn < 120; turn++) {
    for (let again = 0; again < 50; again++) assert.notEqual(await content(tree, '/file'), SECRET)
    for (const path of ['/door/secret', '/file', '/door/new', '/new', '/link/secret']) {
      const told = await everything(tree, path)
      assert.equal(told.includes(SECRET), false, path)
      if (told.includes('fine')) through++
    }
    if (turn % 20 === 0) assert.equal(seen(), before)
  }
  await worker.terminate()
  assert.equal(seen(), before)
  assert.ok(through > 0, 'nothing was reached at all')
})

test('nothing stays open', LINUX, async (t) => {
  const { root, outside, tree } = place(t)
  symlinkSync(outside, join(root, 'out'))
  symlinkSync('/d/e', join(root, 'in'))
  symlinkSync('loop', join(root, 'loop'))
  mkdirSync(join(root, 'd/e'), { recursive: true })
  execFileSync('mkfifo', [join(root, 'd/fifo')])
  await everything(tree, '/first')
  const before = readdirSync('/proc/self/fd').length
  const paths = [
    '/a',
    '/d/a',
    '/d/e/a',
    '/in/a',
    '/d/e/../a',
    '/out/secret',
    '/loop',
    '/loop/a',
    '/a/b',
    '/d/fifo',
    '/',
    '/d',
  ]
  for (const path of paths) await everything(tree, path)
  const interrupted = await tree.upload('/d/part')
  assert.ok(!isFailure(interrupted))
  await interrupted.write(0, Buffer.from('part'))
  await interrupted.interrupt()
  for (const path of paths) await tree.entries(path)
  await tree.rename('/d', '/moved/to', true)
  await tree.rename('/d', '/moved', true)
  await tree.space()
  assert.equal(readdirSync('/proc/self/fd').length, before)
})

async function content(tree: Tree, path: string): Promise<string> {
  const file = await tree.open(path)
  if (isFailure(file)) return file.code
  const bytes = await file.read(0, 1000)
  await file.close()
  return Buffer.from(bytes).toString()
}

function code(value: unknown): Failure['code'] {
  return isFailure(value) ? value.code : 'fine'
}
