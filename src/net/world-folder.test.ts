import assert from 'node:assert/strict'
import { existsSync, lstatSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { isFailure, type Failure } from '../core/failure.ts'
import { services } from '../services.ts'
import { defaultWorld } from './world/index.ts'
import { foldersIn, openHomes, openWorldFolder } from './world-folder.ts'

const QUOTA = { bytesMax: 1000, filesMax: 10 }
const ALICE = 'alice@harbor.test'

function folder(t: TestContext): string {
  const made = mkdtempSync(join(tmpdir(), 'homes-'))
  t.after(() => rmSync(made, { recursive: true, force: true }))
  return made
}

function good<T>(value: T | Failure): T {
  if (isFailure(value)) assert.fail(value.message)
  return value
}

const QUOTA_OF_MANY = { bytesMax: 1000, filesMax: 10 }

test('homes are kept in the state folder, one for each host and name, for their owner alone', async (t) => {
  const state = folder(t)
  const homes = openHomes(state)
  const tree = good(homes.open('ftp.harbor.test', ALICE, QUOTA))
  const path = join(state, 'files/ftp.harbor.test', ALICE)
  assert.equal(homes.pathOf('ftp.harbor.test', ALICE), path)
  for (const made of [path, join(state, 'files'), join(state, 'files/ftp.harbor.test')])
    assert.equal(lstatSync(made).mode & 0o777, 0o700)
  assert.equal(homes.open('ftp.harbor.test', ALICE, { bytesMax: 1, filesMax: 1 }), tree)
  assert.notEqual(good(homes.open('www.harbor.test', ALICE, QUOTA)), tree)
  assert.equal(await tree.makeFolder('/d'), undefined)
  homes.close()
  assert.deepEqual(await good(openHomes(state).open('ftp.harbor.test', ALICE, QUOTA)).list('/'), ['d'])
})

test('names that are no word are refused', (t) => {
  const homes = openHomes(folder(t))
  for (const name of ['', '.', '..', 'a/b', '../a', 'a\0b', '.portolan-x'])
    assert.ok(isFailure(homes.open('ftp.harbor.test', name, QUOTA)), name)
})

test('a world has so many homes, and those that it has go on', () => {
  const homes = openHomes(undefined)
  try {
    let opened = 0
    while (!isFailure(homes.open('h.test', `user${opened}`, QUOTA_OF_MANY))) opened++
    assert.equal(opened, 4096)
    assert.ok(!isFailure(homes.open('h.test', 'user0', QUOTA_OF_MANY)))
  } finally {
    homes.close()
  }
})

test('homes that nobody keeps go with the world, whatever their modes', async () => {
  const homes = openHomes(undefined)
  const tree = good(homes.open('ftp.harbor.test', ALICE, QUOTA))
  await tree.makeFolder('/shut')
  await tree.makeFolder('/shut/in')
  await tree.change('/shut', { mode: 0 })
  const path = homes.pathOf('ftp.harbor.test', ALICE)
  assert.ok(existsSync(path))
  homes.close()
  assert.equal(existsSync(path), false)
})

test('a folder that the world names is read-only unless asked, and written through one tree', async (t) => {
  const beside = folder(t)
  mkdirSync(join(beside, 'pub'))
  writeFileSync(join(beside, 'file'), '')
  const world = { ...defaultWorld(services), folder: beside }
  assert.equal(openWorldFolder(world, './pub')?.writable, false)
  assert.equal(openWorldFolder(world, './none'), undefined)
  assert.equal(openWorldFolder(world, './file'), undefined)
  const one = openWorldFolder(world, './pub', { writable: true, quota: QUOTA })
  const other = openWorldFolder(world, join(beside, 'pub'), { writable: true })
  assert.equal(one, other)
  const space = await one?.space()
  assert.partialDeepStrictEqual(space, { bytesTotal: 1000 })
  const exists = foldersIn(beside)
  assert.deepEqual(['./pub', './none', './file'].map(exists), [true, false, false])
})
