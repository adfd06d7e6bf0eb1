// What a tree may hold more: the less of what its quota and its disk leave.

import { statfsSync } from 'node:fs'
import type { Space } from '../../core/files.ts'
import type { Place } from './place.ts'
import type { Tally } from './tally.ts'

/** NAME_MAX of limits.h. */
const NAME_MAX_BYTES = 255

/** Throws what the system does. */
export function spaceOf(place: Place, tally: Tally): Space {
  const { bsize, blocks, bavail, files, ffree } = statfsSync(place.at('.'))
  const { quota } = tally
  return {
    blockBytes: bsize,
    bytesTotal: quota === undefined ? blocks * bsize : quota.bytesMax,
    bytesFree: Math.min(bavail * bsize, tally.bytesFree),
    filesTotal: quota === undefined ? files : quota.filesMax,
    filesFree: Math.min(ffree, tally.filesFree),
    nameMaxBytes: NAME_MAX_BYTES,
  }
}
