// Folders of this machine as rooted trees.

import { randomBytes } from 'node:crypto'
import type { Failure } from '../../core/failure.ts'
import type { Tree, TreeOptions } from '../../core/files.ts'
import { Finder } from './finder.ts'
import { Root, systemFailure } from './place.ts'
import { TreeScan } from './scan.ts'
import { Tally } from './tally.ts'
import { RootedTree } from './tree.ts'

export { removeTemporaryFolder, temporaryFolder } from './temporary.ts'

/** Tells this process from one before it that had its number. */
const TOKEN = randomBytes(6).toString('hex')

/**
 * Fails when `root` is no folder. What nobody has any more is closed by itself. A folder has one tree that is writable in
 * a process: two would not know of each other's quota.
 */
export function openTree(root: string, { writable, quota, wallMs }: TreeOptions): Tree | Failure {
  try {
    const finder = new Finder(new Root(root))
    const scan = new TreeScan(() => finder.root.place(), finder.ground, TOKEN)
    const tally = new Tally(writable ? quota : undefined, scan)
    scan.tally = tally
    if (wallMs !== undefined) tally.wallMs = wallMs
    return new RootedTree({ finder, tally, writable, token: TOKEN })
  } catch (thrown) {
    return systemFailure(thrown, root)
  }
}
