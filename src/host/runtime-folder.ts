// Where running worlds leave word of themselves: one folder a world below a folder that is this user's alone.

import { lstatSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { failure, failureFrom, type Failure } from '../core/failure.ts'

const OWNER_ONLY = 0o700

/** `$XDG_RUNTIME_DIR/portolan`, else a folder in the temporary directory that carries the uid. */
function runtimeFolder(uid: number): string {
  const given = process.env['XDG_RUNTIME_DIR']
  return given !== undefined && isOwn(given, uid) ? join(given, 'portolan') : join(tmpdir(), `portolan-${uid}`)
}

/** A new folder for one world, mode 0700; a `Failure` when somebody else owns the place. */
export function makeWorldFolder(uid: number, name: string): string | Failure {
  const parent = runtimeFolder(uid)
  try {
    mkdirSync(parent, { recursive: true, mode: OWNER_ONLY })
    if (!isOwn(parent, uid))
      return failure('EXPOSED', `${parent} belongs to somebody else; set XDG_RUNTIME_DIR to a folder of your own`)
    return mkdtempSync(join(parent, `${name}-`))
  } catch (thrown) {
    return failureFrom(thrown)
  }
}

/** Folders of worlds that run, or ran and could not tidy up. */
export function worldFolders(uid: number): string[] {
  const parent = runtimeFolder(uid)
  try {
    return isOwn(parent, uid) ? readdirSync(parent).map((name) => join(parent, name)) : []
  } catch {
    return []
  }
}

/** How long ago a folder was made or last changed; 0 for one that is gone. */
export function ageMs(folder: string): number {
  try {
    return Date.now() - lstatSync(folder).mtimeMs
  } catch {
    return 0
  }
}

export function removeWorldFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true })
}

/** Inside a user namespace the outer uid shows as 0, and so does `getuid`. */
function isOwn(path: string, uid: number): boolean {
  try {
    const stat = lstatSync(path)
    return stat.isDirectory() && (stat.uid === uid || stat.uid === process.getuid?.())
  } catch {
    return false
  }
}
