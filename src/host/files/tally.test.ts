// What a tree counts, what it clears away, and what it leaves to others.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import {
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { isFailure, type Failure } from '../../core/failure.ts'
import type { Tree } from '../../core/files.ts'
import { partName } from './entry.ts'
import { openTree } from './index.ts'

const QUOTA = { bytesMax: 1_000_000, filesMax: 1000 }
const DAY_S = 24 * 60 * 60

function good<T>(value: T | Failure): T {
  if (isFailure(value)) assert.fail(`${value.code}: ${value.message}`)
  return value
}

function folder(t: TestContext): (name: string) => string {
  const root = mkdtempSync(join(tmpdir(), 'tally-'))
  t.after(() => rmSync(root, { recursive: true }))
  return (name) => join(root, name)
}

/** Bytes and entries that a tree holds, by what it says is free. */
async function held(tree: Tree): Promise<readonly [bytes: number, files: number]> {
  const { bytesFree, filesFree } = good(await tree.space())
  return [QUOTA.bytesMax - bytesFree, QUOTA.filesMax - filesFree]
}

test('what is there counts: a content once, and folders and links as entries', async (t) => {
  const at = folder(t)
  mkdirSync(at('d/e'), { recursive: true })
  writeFileSync(at('a'), 'x'.repeat(1000))
  writeFileSync(at('d/e/b'), 'x'.repeat(50))
  linkSync(at('a'), at('d/again'))
  symlinkSync('/nowhere', at('link'))
  symlinkSync('d', at('folder-link'))
  const tree = good(openTree(at('.'), { writable: true, quota: QUOTA }))
  assert.deepEqual(await held(tree), [1050, 7])
  await tree.removeFile('/a')
  assert.deepEqual(await held(tree), [1050, 6])
  await tree.removeFile('/d/again')
  assert.deepEqual(await held(tree), [50, 5])
})

test('what others did is seen at a recount, and never makes less than nothing', async (t) => {
  const at = folder(t)
  const tree = good(openTree(at('.'), { writable: true, quota: QUOTA }))
  assert.deepEqual(await held(tree), [0, 0])
  writeFileSync(at('a'), 'x'.repeat(1000))
  writeFileSync(at('b'), 'x'.repeat(10))
  assert.deepEqual(await held(tree), [0, 0])
  await tree.removeFile('/b')
  assert.deepEqual(await held(tree), [0, 0])
  tree.recount()
  assert.deepEqual(await held(tree), [1000, 1])
  const open = good(await tree.edit('/a'))
  unlinkSync(at('a'))
  tree.recount()
  assert.deepEqual(await held(tree), [1000, 1], 'not while a file is open for writing')
  await open.close()
  assert.deepEqual(await held(tree), [0, 0])
})

test('a file without a name counts until it is closed', async (t) => {
  const at = folder(t)
  const tree = good(openTree(at('.'), { writable: true, quota: QUOTA }))
  const [one, other] = [good(await tree.edit('/a', { create: true })), good(await tree.edit('/a'))]
  await one.write(0, new Uint8Array(100))
  await other.write(100, new Uint8Array(100))
  assert.deepEqual(await held(tree), [200, 1])
  await tree.removeFile('/a')
  await one.write(200, new Uint8Array(100))
  assert.deepEqual(await held(tree), [300, 0])
  await one.close()
  assert.deepEqual(await held(tree), [300, 0])
  await other.close()
  assert.deepEqual(await held(tree), [0, 0])
})

test('uploads of dead processes and parts of yesterday are cleared away; those of others who live are not', async (t) => {
  const at = folder(t)
  const dead = spawnSync(process.execPath, ['-e', '']).pid
  const stale = `.portolan-upload-${dead}-0123456789ab-1`
  const earlier = `.portolan-upload-${process.pid}-0123456789ab-1`
  const living = `.portolan-upload-${process.ppid}-0123456789ab-1`
  mkdirSync(at('d'))
  for (const name of [stale, `d/${stale}`, earlier, living, partName('old'), partName('new')])
    writeFileSync(at(name), 'x'.repeat(10))
  const then = statSync(at(partName('old'))).mtimeMs / 1000 - DAY_S - 5
  utimesSync(at(partName('old')), then, then)
  const reading = good(openTree(at('.'), { writable: false }))
  await reading.list('/')
  assert.ok(existsSync(at(stale)))
  const tree = good(openTree(at('.'), { writable: true, quota: QUOTA }))
  assert.deepEqual(await held(tree), [20, 3])
  const there = [stale, `d/${stale}`, earlier, living, partName('old'), partName('new')].map((name) =>
    existsSync(at(name)),
  )
  assert.deepEqual(there, [false, false, false, true, false, true])
  assert.equal(await tree.interrupted('/new'), 10)
})

test('a part of yesterday is no part', async (t) => {
  const at = folder(t)
  const tree = good(openTree(at('.'), { writable: true, quota: QUOTA }))
  const upload = good(await tree.upload('/a'))
  await upload.write(0, new Uint8Array(10))
  await upload.change({ modifiedMs: Date.now() - (DAY_S + 5) * 1000 })
  await upload.interrupt()
  assert.equal(isFailure(await tree.interrupted('/a')), true)
  const again = good(await tree.upload('/a', { from: 'end' }))
  assert.equal(again.offset, 0)
  await again.commit()
  assert.deepEqual(await held(tree), [0, 1])
})

test('an upload that goes on counts what it copies, and gives it back', async (t) => {
  const at = folder(t)
  writeFileSync(at('a'), 'x'.repeat(600_000))
  const tree = good(openTree(at('.'), { writable: true, quota: QUOTA }))
  const refused = await tree.upload('/a', { from: 'end' })
  assert.equal(isFailure(refused) ? refused.code : '', 'EDQUOT')
  assert.deepEqual(await held(tree), [600_000, 1])
  const half = good(await tree.upload('/a', { from: 300_000 }))
  assert.deepEqual(await held(tree), [900_000, 2])
  await half.commit()
  assert.deepEqual(await held(tree), [300_000, 1])
  const again = good(await tree.upload('/a', { from: 'end' }))
  await again.close()
  assert.deepEqual(await held(tree), [300_000, 1])
  truncateSync(at('a'), 5)
  assert.equal(isFailure(await tree.upload('/a', { from: 300_000 })), true)
  assert.deepEqual(await held(tree), [300_000, 1])
})

test('without a quota nobody waits, and what was left is cleared away all the same', async (t) => {
  const at = folder(t)
  const stale = `.portolan-upload-${spawnSync(process.execPath, ['-e', '']).pid}-0123456789ab-1`
  writeFileSync(at(stale), '')
  const tree = good(openTree(at('.'), { writable: true }))
  await tree.makeFolder('/d')
  for (let turn = 0; turn < 100 && existsSync(at(stale)); turn++) await new Promise(setImmediate)
  assert.equal(existsSync(at(stale)), false)
})

test('what is moved in counts, and no more than there is room for', async (t) => {
  const at = folder(t)
  const tree = good(openTree(at('.'), { writable: true, quota: QUOTA }))
  const upload = good(await tree.upload('/a'))
  const rooms: number[] = []
  const move = (moved: number) => (descriptor: number, room: number) => {
    rooms.push(room)
    return writeSync(descriptor, Buffer.alloc(moved), 0, moved, moved)
  }
  assert.equal(upload.fill?.(600_000, 300_000, move(300_000)), 300_000)
  assert.deepEqual(await held(tree), [900_000, 1])
  assert.equal(upload.fill?.(900_000, 300_000, move(10)), 10)
  assert.deepEqual(await held(tree), [900_010, 1])
  assert.equal(upload.fill?.(900_010, 1, move(0)), 0)
  assert.equal(upload.fill?.(1_000_000, 1, move(1)), 0)
  assert.deepEqual(rooms, [300_000, 100_000, 1])
  await upload.close()
  assert.deepEqual(await held(tree), [0, 0])
  assert.equal(upload.fill?.(0, 1, move(1)), 0)
})
