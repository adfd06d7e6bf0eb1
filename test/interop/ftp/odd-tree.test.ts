// A tree of 20,000 files with odd names and sizes, mirrored up and down again by lftp: every byte of it compares equal.

import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { inside } from '../inside.ts'
import { layOddTree, treeDifferences, treeDigest, treeOf } from '../odd-tree.ts'
import { ftpWorld, layFolders, lftp, skipFtp } from './world.ts'

const FILES = 20_000
/** Each way takes a minute on a machine that is very busy. */
const RUN_MAX_MS = 115_000
/** Names are bytes on both sides; rights are not compared. */
const BYTES = 'set file:charset UTF-8; set ftp:charset UTF-8; set ftp:use-mlsd yes; set net:connection-limit 4'

function lay(folder: string): void {
  layFolders(folder)
  layOddTree(join(folder, 'tree'), { files: FILES })
}

test(`${FILES} files by lftp`, { skip: skipFtp('lftp') }, async (t) => {
  const steps = {
    up: lftp(`${BYTES}; mirror -R -p -P 4 tree up`),
    down: lftp(`${BYTES}; mirror -p -P 4 up down`),
  }
  const world = await inside(steps, { world: ftpWorld(), site: lay, timeoutMs: RUN_MAX_MS, words: ['--report', 'none'] })
  const tree = treeOf(join(world.folder, 'tree'))

  await t.test('up', () => {
    world.output('up')
    assert.deepEqual(treeDifferences(tree, treeOf(join(world.folder, 'site', 'up'))), [])
  })
  await t.test('and down again', () => {
    world.output('down')
    const back = treeOf(join(world.folder, 'down'))
    assert.deepEqual(treeDifferences(tree, back), [])
    assert.equal(treeDigest(back), treeDigest(tree))
  })
})
