// The folders that a world names, on this machine.

import { resolve } from 'node:path'
import { isFailure } from '../core/failure.ts'
import type { Folder } from '../core/files.ts'
import { openFolder } from '../host/folder.ts'
import type { World } from './world/model.ts'

/** A folder that the world file names; relative paths start beside the file. */
export function openWorldFolder(world: World, path: string): Folder | undefined {
  const folder = openFolder(resolve(world.folder ?? '.', path))
  return isFailure(folder) ? undefined : folder
}

/** Whether a folder that a world names can be opened, when relative paths start in `beside`. */
export function foldersIn(beside: string): (path: string) => boolean {
  return (path) => !isFailure(openFolder(resolve(beside, path)))
}
