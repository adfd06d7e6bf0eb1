// A tree of 20,000 files with odd names and sizes, mirrored up and down by lftp: every byte of it compares equal.

import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { inside } from '../inside.ts'
import { layOddTree, treeDifferences, treeDigest, treeOf } from '../odd-tree.ts'
import { ftpWorld, layFolders, lftp, skipFtp } from './world.ts'

const FILES = 20_000
/** Both ways at once take half a minute, and more on a machine that is very busy. */
const RUN_MAX_MS = 110_000
/**
 * Names are bytes on both sides; rights are not compared. Active, which costs half of passive: no port is opened for a file of
 * some bytes.
 */
const BYTES = 'set file:charset UTF-8; set ftp:charset UTF-8; set ftp:use-mlsd yes; set ftp:passive-mode no'

function lay(folder: string): void {
  layFolders(folder)
  for (const name of ['tree', 'site/there']) layOddTree(join(folder, name), { files: FILES })
}

test(`${FILES} files by lftp`, { skip: skipFtp('lftp') }, async (t) => {
  const steps = { up: lftp(`${BYTES}; mirror -R -p tree up`), down: lftp(`${BYTES}; mirror -p there down`) }
  const world = await inside(steps, { world: ftpWorld(), site: lay, together: true, timeoutMs: RUN_MAX_MS })
  const tree = treeOf(join(world.folder, 'tree'))
  assert.equal([...tree.values()].filter((what) => what.startsWith('file')).length, FILES)

  for (const [way, place] of [
    ['up', 'site/up'],
    ['down', 'down'],
  ] as const) {
    await t.test(way, () => {
      world.output(way)
      const found = treeOf(join(world.folder, place))
      assert.deepEqual(treeDifferences(tree, found), [])
      assert.equal(treeDigest(found), treeDigest(tree))
    })
  }
})
