// Where a user's files are, by the settings of a service.

import { failure, isFailure, type Failure, type Tree, type TreeQuota, type WorldView } from '../../core/index.ts'
import { readOnly } from './read-only.ts'
import { HOME_QUOTA, type PlaceSettings } from './settings.ts'

/**
 * `who`: a word without `/`, such as the address of a user. Whose folder is the world's own gets the same one from every
 * service of the host; the named folder is the same for all.
 */
export function openPlace(world: WorldView, settings: PlaceSettings, who: string): Tree | Failure {
  const { folder, quota, files, write } = settings
  if (folder === undefined) {
    const home = world.home(who, { bytesMax: quota ?? HOME_QUOTA.bytesMax, filesMax: files ?? HOME_QUOTA.filesMax })
    return isFailure(home) || write !== false ? home : readOnly(home)
  }
  const bounds = namedQuota(quota, files)
  const tree = world.folder(folder, { writable: write === true, ...(bounds === undefined ? {} : { quota: bounds }) })
  return tree ?? failure('ENOENT', `the folder cannot be opened: ${folder}`)
}

function namedQuota(quota: number | undefined, files: number | undefined): TreeQuota | undefined {
  if (quota === undefined && files === undefined) return undefined
  return { bytesMax: quota ?? Infinity, filesMax: files ?? Infinity }
}
