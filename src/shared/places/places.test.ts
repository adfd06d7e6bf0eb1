import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as v from 'valibot'
import { isFailure, type Failure, type TreeOptions, type TreeQuota } from '../../core/index.ts'
import { lonelyWorld, MemoryTree } from '../../sim/index.ts'
import { openPlace, placeFolders, placeSettings, readOnly } from './index.ts'

function settings(given: object, write = true) {
  return v.parse(v.strictObject(placeSettings({ write })), given)
}

function code(value: unknown): string {
  return isFailure(value) ? value.code : 'fine'
}

function good<T>(value: T | Failure): T {
  if (isFailure(value)) assert.fail(value.message)
  return value
}

function world() {
  const asked: (readonly [string, TreeOptions | TreeQuota | undefined])[] = []
  const view = {
    ...lonelyWorld(['198.51.100.1'], 'ftp'),
    home: (name: string, quota: TreeQuota) => (asked.push([name, quota]), new MemoryTree()),
    folder: (path: string, options?: TreeOptions) => {
      asked.push([path, options])
      return path === './pub' ? new MemoryTree({}, { writable: options?.writable === true }) : undefined
    },
  }
  return { view, asked }
}

test('a user has a folder of the world, which can be written unless the file says otherwise', () => {
  const { view, asked } = world()
  assert.equal(good(openPlace(view, settings({}), 'alice@harbor.test')).writable, true)
  assert.equal(good(openPlace(view, settings({ quota: '1KiB', files: 5, write: false }), 'bob')).writable, false)
  assert.equal(good(openPlace(view, settings({}, false), 'anonymous')).writable, false)
  assert.equal(good(openPlace(view, settings({ write: true }, false), 'anonymous')).writable, true)
  assert.deepEqual(asked.slice(0, 2), [
    ['alice@harbor.test', { bytesMax: 1_073_741_824, filesMax: 100_000 }],
    ['bob', { bytesMax: 1024, filesMax: 5 }],
  ])
})

test('a named folder is the same for all, and read-only unless the file says otherwise', () => {
  const { view, asked } = world()
  assert.equal(good(openPlace(view, settings({ folder: './pub' }), 'alice')).writable, false)
  assert.equal(good(openPlace(view, settings({ folder: './pub', write: true, quota: '1KiB' }), 'alice')).writable, true)
  assert.equal(code(openPlace(view, settings({ folder: './none' }), 'alice')), 'ENOENT')
  assert.deepEqual(asked, [
    ['./pub', { writable: false }],
    ['./pub', { writable: true, quota: { bytesMax: 1024, filesMax: Infinity } }],
    ['./none', { writable: false }],
  ])
})

test('a named folder is told of, with where it stands in the configuration', () => {
  assert.deepEqual(placeFolders(settings({}), []), [])
  assert.deepEqual(placeFolders(settings({ folder: './a' }), ['anonymous']), [
    { path: ['anonymous', 'folder'], folder: './a' },
  ])
})

test('what is wrong in the settings', () => {
  for (const wrong of [{ quota: '0B' }, { quota: 5 }, { files: 0 }, { files: 1.5 }, { write: 'yes' }, { folder: 1 }])
    assert.throws(() => settings(wrong), JSON.stringify(wrong))
})

test('a read-only tree shows what others write, and takes nothing', async () => {
  const tree = new MemoryTree({ '/a': 'a' })
  const view = readOnly(tree)
  assert.equal(readOnly(view), view)
  const answers = [
    await view.upload('/b'),
    await view.edit('/a'),
    await view.change('/a', { size: 0 }),
    await view.makeFolder('/d'),
    await view.removeFolder('/d'),
    await view.removeFile('/a'),
    await view.rename('/a', '/b', true),
    await view.link('/a', '/b'),
    await view.symlink('/a', '/b'),
  ]
  assert.deepEqual(
    answers.map(code),
    answers.map(() => 'EROFS'),
  )
  assert.deepEqual(await view.list('/'), ['a'])
  await tree.makeFolder('/d')
  assert.deepEqual(await view.list('/'), ['a', 'd'])
  assert.partialDeepStrictEqual(await view.space(), { bytesFree: 0, filesFree: 0 })
})
