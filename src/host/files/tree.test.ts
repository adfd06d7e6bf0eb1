import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { isFailure, type Folder } from '../../core/index.ts'
import { openTree } from './index.ts'

/** Elsewhere no link is followed. */
const LINUX = { skip: process.platform !== 'linux' }

const base = mkdtempSync(join(tmpdir(), 'folder-'))
const root = join(base, 'root')
after(() => rmSync(base, { recursive: true }))

mkdirSync(join(root, 'sub'), { recursive: true })
mkdirSync(join(base, 'outside'))
mkdirSync(join(base, 'root-beside'))
writeFileSync(join(base, 'outside', 'secret'), 'secret')
writeFileSync(join(base, 'root-beside', 'secret'), 'secret')
writeFileSync(join(root, 'a.txt'), '0123456789')
writeFileSync(join(root, 'sub', 'b.txt'), 'b')
writeFileSync(join(root, '..dots'), 'dots')
utimesSync(join(root, 'a.txt'), 1_700_000_000, 1_700_000_000)
symlinkSync('a.txt', join(root, 'link-in'))
symlinkSync('sub', join(root, 'folder-in'))
symlinkSync('../outside/secret', join(root, 'link-out'))
symlinkSync('../outside', join(root, 'folder-out'))
symlinkSync('../root-beside', join(root, 'folder-beside'))
symlinkSync('loop', join(root, 'loop'))

function folder(): Folder {
  const opened = openTree(root, { writable: false })
  assert.ok(!isFailure(opened))
  return opened
}

async function content(from: Folder, path: string): Promise<string> {
  const file = await from.open(path)
  if (isFailure(file)) return file.code
  const bytes = await file.read(0, 1000)
  await file.close()
  return Buffer.from(bytes).toString()
}

test('files and folders, through links that stay inside', LINUX, async () => {
  const inside = folder()
  const found = await inside.stat('/a.txt')
  assert.partialDeepStrictEqual(found, { kind: 'file', size: 10, modifiedMs: 1_700_000_000_000, mode: 0o644, links: 1 })
  assert.equal(await content(inside, '/a.txt'), '0123456789')
  assert.equal(await content(inside, '//sub//b.txt'), 'b')
  assert.equal(await content(inside, '/link-in'), '0123456789')
  assert.equal(await content(inside, '/folder-in/b.txt'), 'b')
  assert.equal(await content(inside, '/..dots'), 'dots')
  assert.equal(await content(inside, '/sub'), 'EISDIR')
  const stat = await inside.stat('/')
  assert.equal('kind' in stat ? stat.kind : '', 'folder')
})

test('reads stop at the end of the file', async () => {
  const file = await folder().open('/a.txt')
  assert.ok(!isFailure(file))
  assert.equal(Buffer.from(await file.read(8, 100)).toString(), '89')
  assert.equal((await file.read(10, 100)).length, 0)
  await file.close()
})

test('a list is sorted by code point', async () => {
  writeFileSync(join(root, 'sub', '\u{1F600}'), '')
  writeFileSync(join(root, 'sub', '\uFF5E'), '')
  assert.deepEqual(await folder().list('/sub'), ['b.txt', '\uFF5E', '\u{1F600}'])
  assert.equal(isFailure(await folder().list('/a.txt')), true)
  assert.equal(isFailure(await folder().list('/none')), true)
})

test('no path leads out', LINUX, async () => {
  const inside = folder()
  const paths = [
    '/../outside/secret',
    '/sub/../../outside/secret',
    '/link-out',
    '/folder-out/secret',
    '/folder-beside/secret',
    '/a.txt\0.png',
    'a.txt',
    '',
    `${base}/outside/secret`,
  ]
  for (const path of paths) {
    for (const answer of [await inside.stat(path), await inside.open(path), await inside.list(path)]) {
      assert.equal(isFailure(answer) ? answer.code : 'reached', 'ENOENT', path)
    }
  }
  assert.equal(isFailure(await inside.stat('/loop')), true)
  assert.equal(isFailure(await inside.stat(`/${'x'.repeat(5000)}`)), true)
})

test('a FIFO is no file, and nobody waits for its other end', { skip: process.platform === 'win32' }, async () => {
  execFileSync('mkfifo', [join(root, 'fifo')])
  assert.equal(isFailure(await folder().open('/fifo')), true)
  assert.equal(isFailure(await folder().stat('/fifo')), true)
})

test('a folder swapped for a link outside while it is read never shows what lies there', async () => {
  const inside = folder()
  const [door, good, bad] = [join(root, 'door'), join(root, 'good'), join(root, 'bad')]
  mkdirSync(good)
  writeFileSync(join(good, 'secret'), 'fine')
  symlinkSync('../outside', bad)
  const seen = new Set<string>()
  for (let i = 0; i < 150; i++) {
    const [from, aside] = i % 2 === 0 ? [good, bad] : [bad, good]
    renameSync(from, door)
    const reads = Array.from({ length: 4 }, () => content(inside, '/door/secret'))
    renameSync(door, from)
    renameSync(aside, door)
    for (const text of await Promise.all(reads)) seen.add(text)
    renameSync(door, aside)
  }
  assert.equal(seen.has('secret'), false)
})

test('what is no folder cannot be opened', () => {
  assert.equal(isFailure(openTree(join(root, 'a.txt'), { writable: false })), true)
  assert.equal(isFailure(openTree(join(root, 'none'), { writable: false })), true)
})
