// One suite for the trees of this machine and those in memory.

import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { isFailure, type Failure } from '../../core/failure.ts'
import type { Tree, TreeOptions } from '../../core/files.ts'
import { MemoryTree } from '../../sim/memory-tree.ts'
import { openTree } from './index.ts'

const WRITABLE = { writable: true } as const

const makers: Record<string, (t: TestContext, options: TreeOptions) => Tree> = {
  machine(t, options) {
    const root = mkdtempSync(join(tmpdir(), 'tree-'))
    t.after(() => rmSync(root, { recursive: true }))
    return good(openTree(root, options))
  },
  memory: (_, options) => new MemoryTree({}, { ...options, wallMs: Date.now }),
}

function good<T>(value: T | Failure): T {
  if (isFailure(value)) assert.fail(`${value.code}: ${value.message}`)
  return value
}

function code(value: unknown): string {
  return isFailure(value) ? value.code : 'fine'
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

async function put(tree: Tree, path: string, text: string): Promise<string> {
  const upload = await tree.upload(path)
  if (isFailure(upload)) return upload.code
  const written = await upload.write(0, bytes(text))
  if (written !== undefined) {
    await upload.close()
    return written.code
  }
  return code(await upload.commit())
}

async function get(tree: Tree, path: string): Promise<string> {
  const file = await tree.open(path)
  if (isFailure(file)) return file.code
  const read = await file.read(0, 1000)
  await file.close()
  return Buffer.from(read).toString()
}

/** `skip`: not on this machine. */
function each(
  name: string,
  run: (tree: Tree, make: (options: TreeOptions) => Tree) => Promise<void>,
  skip: boolean = false,
): void {
  for (const [kind, make] of Object.entries(makers))
    test(`${name} (${kind})`, { skip: skip && kind === 'machine' }, (t) =>
      run(make(t, WRITABLE), (options) => make(t, options)),
    )
}

each('an upload stands under its name when it is whole', async (tree) => {
  const upload = good(await tree.upload('/a.txt'))
  assert.equal(upload.offset, 0)
  assert.equal(await upload.write(0, bytes('hello')), undefined)
  assert.equal(Buffer.from(await upload.read(1, 3)).toString(), 'ell')
  assert.deepEqual(await tree.list('/'), [])
  assert.equal(code(await tree.stat('/a.txt')), 'ENOENT')
  const stat = good(await upload.commit())
  assert.partialDeepStrictEqual(stat, { kind: 'file', size: 5, mode: 0o644, links: 1 })
  assert.deepEqual(good(await tree.stat('/a.txt')), stat)
  assert.equal(await get(tree, '/a.txt'), 'hello')
  assert.equal(code(await upload.commit()), 'EBADF')
  assert.equal(code(await upload.write(0, bytes('x'))), 'EBADF')
  await upload.close()
  assert.equal(await get(tree, '/a.txt'), 'hello')
})

each('an upload replaces what stands there, keeps its mode, and what is dropped leaves it', async (tree) => {
  await put(tree, '/a', 'old')
  assert.equal(await tree.change('/a', { mode: 0o6600 }), undefined)
  const dropped = good(await tree.upload('/a'))
  await dropped.write(0, bytes('dropped'))
  await dropped.close()
  assert.equal(await get(tree, '/a'), 'old')
  assert.equal(await put(tree, '/a', 'new'), 'fine')
  assert.equal(await get(tree, '/a'), 'new')
  assert.equal(good(await tree.stat('/a')).mode, 0o600)
  assert.deepEqual(await tree.list('/'), ['a'])
})

each('an exclusive upload fails at the start, and at the end', async (tree) => {
  const first = good(await tree.upload('/a', { exclusive: true, mode: 0o640 }))
  await put(tree, '/a', 'between')
  assert.equal(code(await first.commit()), 'EEXIST')
  assert.equal(code(await tree.upload('/a', { exclusive: true })), 'EEXIST')
  assert.equal(await get(tree, '/a'), 'between')
  const second = good(await tree.upload('/b', { exclusive: true, mode: 0o640 }))
  assert.equal(good(await second.commit()).mode, 0o640)
  assert.deepEqual(await tree.list('/'), ['a', 'b'])
})

each('an upload goes on after what stands there', async (tree) => {
  await put(tree, '/a', '0123456789')
  const middle = good(await tree.upload('/a', { from: 4 }))
  assert.equal(middle.offset, 4)
  await middle.write(4, bytes('x'))
  assert.equal(await get(tree, '/a'), '0123456789')
  await middle.commit()
  assert.equal(await get(tree, '/a'), '0123x')
  const end = good(await tree.upload('/a', { from: 'end' }))
  await end.write(end.offset, bytes('y'))
  await end.commit()
  assert.equal(await get(tree, '/a'), '0123xy')
  assert.equal(code(await tree.upload('/a', { from: 7 })), 'EINVAL')
  const fresh = good(await tree.upload('/none', { from: 'end' }))
  assert.equal(fresh.offset, 0)
  await fresh.close()
})

each('what was interrupted waits, in no list, for who goes on', async (tree) => {
  await tree.makeFolder('/d')
  const first = good(await tree.upload('/d/a'))
  await first.write(0, bytes('0123456789'))
  await first.interrupt()
  assert.deepEqual(await tree.list('/d'), [])
  assert.deepEqual(await tree.entries('/d'), [])
  assert.equal(code(await tree.stat('/d/a')), 'ENOENT')
  assert.equal(await tree.interrupted('/d/a'), 10)
  assert.equal(code(await tree.interrupted('/d/b')), 'ENOENT')
  assert.equal(code(await tree.upload('/d/a', { from: 11 })), 'EINVAL')
  const again = good(await tree.upload('/d/a', { from: 6 }))
  await again.write(6, bytes('x'))
  await again.interrupt()
  assert.equal(await tree.interrupted('/d/a'), 7)
  const last = good(await tree.upload('/d/a', { from: 'end' }))
  assert.equal(last.offset, 7)
  await last.write(7, bytes('y'))
  await last.commit()
  assert.equal(await get(tree, '/d/a'), '012345xy')
  assert.equal(code(await tree.interrupted('/d/a')), 'ENOENT')
})

each('an interrupted upload is forgotten once something else has its name, or its folder goes', async (tree) => {
  const interrupt = async (path: string): Promise<void> => {
    const upload = good(await tree.upload(path))
    await upload.write(0, bytes('part'))
    await upload.interrupt()
  }
  await interrupt('/a')
  await put(tree, '/a', 'whole')
  await tree.removeFile('/a')
  assert.equal(code(await tree.interrupted('/a')), 'ENOENT')
  await interrupt('/b')
  assert.equal(await tree.removeFile('/b'), undefined)
  assert.equal(code(await tree.removeFile('/b')), 'ENOENT')
  await tree.makeFolder('/d')
  await interrupt('/d/c')
  assert.equal(await tree.removeFolder('/d'), undefined)
  await put(tree, '/e', 'e')
  await interrupt('/f')
  await tree.rename('/e', '/f', false)
  await tree.removeFile('/f')
  assert.equal(code(await tree.interrupted('/f')), 'ENOENT')
  const over = good(await tree.upload('/g'))
  await over.interrupt()
  assert.equal(code(await tree.interrupted('/g')), 'ENOENT')
})

each('an edit writes in place', async (tree) => {
  assert.equal(code(await tree.edit('/a')), 'ENOENT')
  const file = good(await tree.edit('/a', { create: true, mode: 0o600 }))
  assert.equal(await file.write(0, bytes('0123456789')), undefined)
  assert.equal(await get(tree, '/a'), '0123456789')
  assert.equal(await file.write(12, bytes('x')), undefined)
  assert.equal(await get(tree, '/a'), '0123456789\0\0x')
  assert.equal(await file.change({ size: 3 }), undefined)
  assert.equal(await file.sync(), undefined)
  assert.partialDeepStrictEqual(good(await file.current()), { size: 3, mode: 0o600 })
  assert.equal(file.stat.size, 0)
  await file.close()
  await file.close()
  assert.equal(code(await file.write(0, bytes('x'))), 'EBADF')
  assert.equal(await get(tree, '/a'), '012')
  assert.equal(code(await tree.edit('/a', { create: true, exclusive: true })), 'EEXIST')
  assert.equal(code(await tree.edit('/')), 'EISDIR')
})

each('modes and times', async (tree) => {
  await put(tree, '/a', 'abc')
  await tree.makeFolder('/d', 0o750)
  assert.equal(good(await tree.stat('/d')).mode, 0o750)
  for (const path of ['/a', '/d']) {
    assert.equal(await tree.change(path, { modifiedMs: 1_700_000_000_123 }), undefined)
    assert.equal(await tree.change(path, { accessedMs: 1_600_000_000_001, mode: 0o7700 }), undefined)
    const expected = { modifiedMs: 1_700_000_000_123, accessedMs: 1_600_000_000_001, mode: 0o700 }
    assert.partialDeepStrictEqual(good(await tree.stat(path)), expected)
  }
  assert.equal(await tree.change('/a', { size: 1 }), undefined)
  assert.equal(await get(tree, '/a'), 'a')
  assert.equal(code(await tree.change('/d', { size: 1 })), 'EISDIR')
  assert.equal(code(await tree.change('/none', { mode: 0 })), 'ENOENT')
})

each('folders', async (tree) => {
  assert.equal(await tree.makeFolder('/d'), undefined)
  assert.equal(code(await tree.makeFolder('/d')), 'EEXIST')
  assert.equal(code(await tree.makeFolder('/')), 'EEXIST')
  assert.equal(code(await tree.makeFolder('/x/y')), 'ENOENT')
  await put(tree, '/d/f', 'f')
  assert.equal(code(await tree.makeFolder('/d/f/g')), 'ENOTDIR')
  assert.equal(code(await tree.removeFolder('/d')), 'ENOTEMPTY')
  assert.equal(code(await tree.removeFolder('/d/f')), 'ENOTDIR')
  assert.equal(code(await tree.removeFile('/d')), 'EISDIR')
  assert.equal(code(await tree.removeFolder('/')), 'EACCES')
  assert.equal(code(await tree.list('/d/f')), 'ENOTDIR')
  assert.equal(code(await tree.upload('/d')), 'EISDIR')
  assert.equal(code(await tree.open('/d')), 'EISDIR')
  assert.equal(await tree.removeFile('/d/f'), undefined)
  assert.equal(await tree.removeFolder('/d'), undefined)
  assert.equal(code(await tree.removeFolder('/d')), 'ENOENT')
})

each('renames', async (tree) => {
  await put(tree, '/a', 'a')
  await put(tree, '/b', 'b')
  await tree.makeFolder('/d')
  assert.equal(code(await tree.rename('/a', '/b', false)), 'EEXIST')
  assert.equal(await tree.rename('/a', '/b', true), undefined)
  assert.equal(await get(tree, '/b'), 'a')
  assert.equal(code(await tree.rename('/a', '/c', true)), 'ENOENT')
  assert.equal(await tree.rename('/b', '/d/b', false), undefined)
  assert.equal(code(await tree.rename('/d', '/d/e', false)), 'EINVAL')
  assert.equal(await tree.rename('/d', '/e', false), undefined)
  assert.deepEqual(await tree.list('/e'), ['b'])
  await put(tree, '/f', 'f')
  assert.equal(code(await tree.rename('/f', '/e', true)), 'EISDIR')
  assert.equal(code(await tree.rename('/', '/x', true)), 'EACCES')
  assert.equal(code(await tree.rename('/f', '/none/f', true)), 'ENOENT')
  assert.equal(await tree.rename('/f', '/f', true), undefined)
})

each(
  'links, hard and symbolic',
  async (tree) => {
    await put(tree, '/a', 'a')
    assert.equal(await tree.link('/a', '/b'), undefined)
    const [one, other] = [good(await tree.stat('/a')), good(await tree.stat('/b'))]
    assert.equal(one.id, other.id)
    assert.equal(one.links, 2)
    assert.equal(code(await tree.link('/a', '/b')), 'EEXIST')
    await tree.makeFolder('/d')
    assert.equal(code(await tree.link('/d', '/e')), 'EISDIR')
    assert.equal(await tree.symlink('../a', '/d/s'), undefined)
    assert.equal(await tree.symlink('/d/s', '/t'), undefined)
    assert.equal(await tree.symlink('nowhere', '/dangling'), undefined)
    assert.equal(await tree.readLink('/t'), '/d/s')
    assert.equal(code(await tree.readLink('/a')), 'EINVAL')
    assert.equal(await get(tree, '/t'), 'a')
    assert.partialDeepStrictEqual(good(await tree.lstat('/t')), { kind: 'link', size: 4 })
    assert.equal(await tree.resolve('/t'), '/a')
    assert.equal(await tree.resolve('/d/../d/none'), '/d/none')
    assert.equal(await put(tree, '/t', 'through'), 'fine')
    assert.equal(await get(tree, '/a'), 'through')
    assert.equal(await get(tree, '/b'), 'a')
    assert.equal(good(await tree.lstat('/t')).kind, 'link')
    assert.equal(await put(tree, '/dangling', 'made'), 'fine')
    assert.equal(await get(tree, '/nowhere'), 'made')
    assert.equal(await tree.removeFile('/t'), undefined)
    assert.equal(await get(tree, '/a'), 'through')
    const kinds = good(await tree.entries('/')).map(({ name, stat }) => `${name} ${stat.kind}`)
    assert.deepEqual(kinds, ['a file', 'b file', 'd folder', 'dangling link', 'nowhere file'])
  },
  process.platform !== 'linux',
)

each('names of any bytes, and none that is ours', async (tree) => {
  const names = [
    '-n',
    '..dots',
    'a\\b',
    'c:d',
    'e\nf',
    '\udc80\udcff',
    'e\u0301',
    '\u00e9',
    '\ufffd',
    '\uff5e',
    '\u{1f600}',
  ]
  for (const name of names) assert.equal(await put(tree, `/${name}`, name), 'fine', name)
  const sorted = [
    '-n',
    '..dots',
    'a\\b',
    'c:d',
    'e\nf',
    'e\u0301',
    '\u00e9',
    '\udc80\udcff',
    '\uff5e',
    '\ufffd',
    '\u{1f600}',
  ]
  assert.deepEqual(await tree.list('/'), sorted)
  assert.deepEqual(
    good(await tree.entries('/')).map(({ name }) => name),
    sorted,
  )
  assert.equal(await put(tree, `/${'n'.repeat(255)}`, ''), 'fine')
  assert.equal(await put(tree, `/${'n'.repeat(256)}`, ''), 'ENAMETOOLONG')
  for (const path of ['/.portolan-upload-1', '/.portolan-part-x', '/.portolan-']) {
    assert.equal(await put(tree, path, ''), 'ENOENT')
    assert.equal(code(await tree.makeFolder(path)), 'ENOENT')
    assert.equal(code(await tree.rename('/-n', path, true)), 'ENOENT')
    assert.equal(code(await tree.symlink('x', path)), 'ENOENT')
  }
})

each('a read-only tree says so', async (_, make) => {
  const tree = make({ writable: false })
  assert.equal(tree.writable, false)
  assert.equal(await put(tree, '/a', ''), 'EROFS')
  const answers = [
    await tree.edit('/a', { create: true }),
    await tree.change('/', { mode: 0o777 }),
    await tree.makeFolder('/d'),
    await tree.removeFolder('/d'),
    await tree.removeFile('/a'),
    await tree.rename('/a', '/b', true),
    await tree.link('/a', '/b'),
    await tree.symlink('a', '/b'),
  ]
  assert.deepEqual(
    answers.map(code),
    answers.map(() => 'EROFS'),
  )
  assert.deepEqual(await tree.list('/'), [])
})

each('a quota holds for bytes, and nothing changes when it is hit', async (_, make) => {
  const tree = make({ writable: true, quota: { bytesMax: 10, filesMax: 100 } })
  assert.equal(await put(tree, '/a', '012345'), 'fine')
  assert.partialDeepStrictEqual(good(await tree.space()), {
    bytesTotal: 10,
    bytesFree: 4,
    filesTotal: 100,
    filesFree: 99,
  })
  assert.equal(await put(tree, '/b', '01234'), 'EDQUOT')
  assert.equal(await put(tree, '/a', '01234'), 'EDQUOT', 'what is replaced counts until it is')
  assert.equal(await put(tree, '/b', '0123'), 'fine')
  const file = good(await tree.edit('/a'))
  assert.equal(await file.write(0, bytes('abcdef')), undefined)
  assert.equal(code(await file.write(4, bytes('xyz'))), 'EDQUOT')
  assert.equal(code(await file.change({ size: 7 })), 'EDQUOT')
  assert.equal(code(await tree.change('/b', { size: 5 })), 'EDQUOT')
  assert.equal(await get(tree, '/a'), 'abcdef')
  assert.equal(await file.change({ size: 2 }), undefined)
  assert.equal(await file.write(2, bytes('cdef')), undefined)
  await file.close()
  assert.equal(good(await tree.space()).bytesFree, 0)
  await tree.link('/a', '/c')
  await tree.removeFile('/a')
  assert.equal(good(await tree.space()).bytesFree, 0)
  await tree.rename('/b', '/c', true)
  assert.partialDeepStrictEqual(good(await tree.space()), { bytesFree: 6, filesFree: 99 })
  await tree.removeFile('/c')
  assert.partialDeepStrictEqual(good(await tree.space()), { bytesFree: 10, filesFree: 100 })
})

each('a quota holds for files', async (_, make) => {
  const tree = make({ writable: true, quota: { bytesMax: 1000, filesMax: 2 } })
  await put(tree, '/a', 'a')
  await tree.makeFolder('/d')
  const answers = [
    await tree.upload('/b'),
    await tree.edit('/b', { create: true }),
    await tree.makeFolder('/b'),
    await tree.link('/a', '/b'),
    await tree.symlink('a', '/b'),
  ]
  assert.deepEqual(
    answers.map(code),
    answers.map(() => 'EDQUOT'),
  )
  assert.deepEqual(await tree.list('/'), ['a', 'd'])
  assert.equal(await put(tree, '/a', 'b'), 'EDQUOT')
  const file = good(await tree.edit('/a'))
  await file.close()
  await tree.removeFolder('/d')
  assert.equal(await put(tree, '/a', 'b'), 'fine')
  assert.equal(good(await tree.space()).filesFree, 1)
})

each('interrupted uploads make room, the oldest first', async (_, make) => {
  const tree = make({ writable: true, quota: { bytesMax: 10, filesMax: 100 } })
  for (const path of ['/a', '/b']) {
    const upload = good(await tree.upload(path))
    await upload.write(0, bytes('0123'))
    await upload.change({ modifiedMs: path === '/a' ? Date.now() - 1000 : Date.now() })
    await upload.interrupt()
  }
  assert.equal(good(await tree.space()).bytesFree, 2)
  assert.equal(await put(tree, '/c', '01234'), 'fine')
  assert.equal(code(await tree.interrupted('/a')), 'ENOENT')
  assert.equal(await tree.interrupted('/b'), 4)
  assert.equal(await put(tree, '/d', '01234'), 'fine')
  assert.equal(code(await tree.interrupted('/b')), 'ENOENT')
  assert.equal(await put(tree, '/e', '0'), 'EDQUOT')
})

each('uploads side by side share what is left', async (_, make) => {
  const tree = make({ writable: true, quota: { bytesMax: 100_000, filesMax: 100 } })
  const block = new Uint8Array(20_000)
  const outcomes = await Promise.all(
    Array.from({ length: 20 }, async (_each, i) => {
      const upload = good(await tree.upload(`/f${i}`))
      const written = await upload.write(0, block)
      if (written === undefined) return code(await upload.commit())
      await upload.close()
      return written.code
    }),
  )
  assert.equal(outcomes.filter((outcome) => outcome === 'fine').length, 5)
  assert.equal(outcomes.filter((outcome) => outcome === 'EDQUOT').length, 15)
  assert.equal(good(await tree.list('/')).length, 5)
  assert.equal(good(await tree.space()).bytesFree, 0)
})

test('nothing is left beside what was put', async (t) => {
  const root = mkdtempSync(join(tmpdir(), 'tree-'))
  t.after(() => rmSync(root, { recursive: true }))
  const tree = good(openTree(root, { writable: true, quota: { bytesMax: 3, filesMax: 100 } }))
  await put(tree, '/a', 'a')
  await put(tree, '/b', 'too much')
  const dropped = good(await tree.upload('/c'))
  await dropped.close()
  const late = good(await tree.upload('/a', { from: 'end' }))
  await late.interrupt()
  assert.deepEqual(readdirSync(root), ['a'])
})
