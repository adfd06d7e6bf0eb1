// A tree of 20,000 files with odd names and sizes, mirrored up and down by lftp: every byte of it compares equal.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { inside } from '../inside.ts'
import { layOddTree, treeDifferences, treeDigest, treeOf } from '../odd-tree.ts'
import { ftpWorld, layFolders, lftp, skipFtp } from './world.ts'

const FILES = 20_000
/** Both ways at once take half a minute, and more on a machine that is very busy. */
const RUN_MAX_MS = 110_000
/** Four times the tree, and a block for each file. */
const ROOM_BYTES = 2 ** 30
const MEMORY = '/dev/shm'
/**
 * Names are bytes on both sides; rights are not compared. Active, which costs half of passive: no port is opened for a file of
 * some bytes.
 */
const BYTES = 'set file:charset UTF-8; set ftp:charset UTF-8; set ftp:use-mlsd yes; set ftp:passive-mode no'

test(`${FILES} files by lftp`, { skip: skipFtp('lftp') }, async (t) => {
  const folder = mkdtempSync(join(roomy(), 'portolan-odd-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const [tree, site, down] = [join(folder, 'tree'), join(folder, 'site'), join(folder, 'down')]
  layFolders(folder)
  for (const place of [tree, join(site, 'there')]) layOddTree(place, { files: FILES })
  const wanted = treeOf(tree)
  assert.equal([...wanted.values()].filter((what) => what.startsWith('file')).length, FILES)

  const steps = { up: lftp(`${BYTES}; mirror -R -p ${tree} up`), down: lftp(`${BYTES}; mirror -p there ${down}`) }
  const world = ftpWorld({ folder: site })
  const ran = await inside(steps, { world, site: layFolders, together: true, timeoutMs: RUN_MAX_MS })
  for (const [way, place] of [
    ['up', join(site, 'up')],
    ['down', down],
  ] as const) {
    await t.test(way, () => {
      ran.output(way)
      const found = treeOf(place)
      assert.deepEqual(treeDifferences(wanted, found), [])
      assert.equal(treeDigest(found), treeDigest(wanted))
    })
  }
})

/** In memory where there is room: a disk takes longer for so many files than what is tested. */
function roomy(): string {
  try {
    const { bavail, bsize, ffree } = statfsSync(MEMORY)
    return bavail * bsize > ROOM_BYTES && ffree > FILES * 5 ? MEMORY : tmpdir()
  } catch {
    return tmpdir()
  }
}
