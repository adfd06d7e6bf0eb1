// The folders that a world names, and its own, on this machine.

import { mkdirSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { failure, failureFrom, isFailure, type Failure } from '../core/failure.ts'
import type { Tree, TreeOptions, TreeQuota } from '../core/files.ts'
import { isHidden } from '../core/walk.ts'
import { openTree, removeTemporaryFolder, temporaryFolder } from '../host/files/index.ts'
import type { World } from './world/model.ts'

const OWNER_ONLY = 0o700
/** Below a state folder. */
const FILES_FOLDER = 'files'
/** Homes of a world that are open: in a catch-all world every name has one. Ours: each holds a descriptor. */
const HOMES_MAX = 4096

/** Trees that are writable, by their real path: all services have the same one, whose quota is that of who asked first. */
const written = new WeakMap<World, Map<string, Tree>>()

/** A folder that the world file names; relative paths start beside the file. */
export function openWorldFolder(world: World, path: string, options?: TreeOptions): Tree | undefined {
  const folder = resolve(world.folder ?? '.', path)
  if (options?.writable !== true) return opened(folder, { writable: false })
  const trees = written.get(world) ?? new Map<string, Tree>()
  written.set(world, trees)
  const real = realPath(folder)
  const tree = trees.get(real) ?? opened(real, options)
  if (tree !== undefined) trees.set(real, tree)
  return tree
}

/** Octets of a zone file: four times what a million records take. Ours. */
const ZONE_FILE_MAX_BYTES = 1 << 28

/** A zone file that the world file names, or one that another includes; relative paths start beside the world file. */
export function readZoneFile(folder: string | undefined, path: string): Uint8Array | Failure {
  const where = resolve(folder ?? '.', path)
  try {
    const { size } = statSync(where)
    if (size > ZONE_FILE_MAX_BYTES) return failure('EFBIG', `${path} has ${size} bytes; at most ${ZONE_FILE_MAX_BYTES}`)
    return readFileSync(where)
  } catch (thrown) {
    return failureFrom(thrown)
  }
}

/** Whether a folder that a world names can be opened, when relative paths start in `beside`. */
export function foldersIn(beside: string): (path: string) => boolean {
  return (path) => statSync(resolve(beside, path), { throwIfNoEntry: false })?.isDirectory() === true
}

/** Writable folders of a world's own. */
export interface Homes {
  /** The same tree for the same host and name. */
  open(host: string, name: string, quota: TreeQuota): Tree | Failure
  /** Where it stands on this machine, made if need be. Throws when it cannot be made. */
  pathOf(host: string, name: string): string
  /** Removes what is not kept. */
  close(): void
}

/** `wallMs`: as in `TreeOptions`. `<state>/files/<host>/<name>`; without a state folder below a temporary one, which goes with the world. */
export function openHomes(stateFolder: string | undefined, wallMs?: TreeOptions['wallMs']): Homes {
  const trees = new Map<string, Tree>()
  let temporary: string | undefined
  const top = () =>
    stateFolder === undefined ? (temporary ??= temporaryFolder()) : join(resolve(stateFolder), FILES_FOLDER)
  const pathOf = (host: string, name: string): string => {
    for (const word of [host, name]) if (!isWord(word)) throw new Error(`no name of a folder: ${word}`)
    const path = join(top(), host, name)
    mkdirSync(path, { recursive: true, mode: OWNER_ONLY })
    return path
  }
  const open = (host: string, name: string, quota: TreeQuota): Tree | Failure => {
    const key = `${host}/${name}`
    const known = trees.get(key)
    if (known !== undefined) return known
    if (trees.size >= HOMES_MAX) return failure('EDQUOT', `${HOMES_MAX} users have files in this world; no more do`)
    try {
      const tree = openTree(pathOf(host, name), { writable: true, quota, ...(wallMs === undefined ? {} : { wallMs }) })
      if (!isFailure(tree)) trees.set(key, tree)
      return tree
    } catch (thrown) {
      return failureFrom(thrown)
    }
  }
  const close = () => {
    trees.clear()
    if (temporary !== undefined) removeTemporaryFolder(temporary)
    temporary = undefined
  }
  return { open, pathOf, close }
}

function opened(folder: string, options: TreeOptions): Tree | undefined {
  const tree = openTree(folder, options)
  return isFailure(tree) ? undefined : tree
}

function realPath(folder: string): string {
  try {
    return realpathSync(folder)
  } catch {
    return folder
  }
}

/** One name, of a host or of somebody on it. */
function isWord(word: string): boolean {
  return word !== '' && word !== '.' && word !== '..' && !/[/\\\0]/.test(word) && !isHidden(word)
}
