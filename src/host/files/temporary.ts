// A folder of this process for files that nobody keeps, and an end for those of processes that could not tidy up.

import { chmodSync, lstatSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isAlive } from './alive.ts'

const PREFIX = 'portolan-files-'
const NAME = /^portolan-files-(\d+)-/
const OWNER_ONLY = 0o700
/** Folders in folders that are opened up for their removal. */
const DEPTH_MAX = 2048

/** A new one, mode 0700. Removes those of dead processes of this user. Throws when there can be none. */
export function temporaryFolder(below: string = tmpdir()): string {
  sweep(below)
  return mkdtempSync(join(below, `${PREFIX}${process.pid}-`))
}

/** Whatever its modes say. What stays is swept by a later start. */
export function removeTemporaryFolder(folder: string): void {
  if (removed(folder)) return
  openUp(folder, 0)
  removed(folder)
}

function sweep(below: string): void {
  for (const name of namesOf(below)) {
    const [, pid] = NAME.exec(name) ?? []
    const folder = join(below, name)
    if (pid !== undefined && isOwn(folder) && Number(pid) !== process.pid && !isAlive(Number(pid)))
      removeTemporaryFolder(folder)
  }
}

function removed(folder: string): boolean {
  try {
    rmSync(folder, { recursive: true, force: true })
    return true
  } catch {
    return false
  }
}

/** Folders whose owner took their own rights away. */
function openUp(folder: string, depth: number): void {
  try {
    if (depth > DEPTH_MAX || !lstatSync(folder).isDirectory()) return
    chmodSync(folder, OWNER_ONLY)
  } catch {
    return
  }
  for (const name of namesOf(folder)) openUp(join(folder, name), depth + 1)
}

function isOwn(folder: string): boolean {
  try {
    const stats = lstatSync(folder)
    return stats.isDirectory() && stats.uid === process.getuid?.()
  } catch {
    return false
  }
}

function namesOf(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}
