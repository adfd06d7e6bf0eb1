// What a world file says of the place that a service gives to each of its users.

import * as v from 'valibot'
import { size, type NamedFolder } from '../../core/index.ts'

/** Entries that a quota can be set to: as many as a scan of a few seconds counts. */
const FILES_MAX = 10_000_000

/** Of a folder of each user's own; a named one has none unless it is set. */
export const HOME_QUOTA = { bytesMax: 1024 * 1024 * 1024, filesMax: 100_000 } as const

export interface PlaceSettings {
  /** A folder that is there, the same for all. Left out: each user has one of the world's own. */
  readonly folder?: string | undefined
  readonly write?: boolean | undefined
  /** Bytes. */
  readonly quota?: number | undefined
  readonly files?: number | undefined
}

/**
 * To spread into the settings of a service: `folder`, `write`, `quota` and `files`. `write`: what holds for folders of the
 * world's own where the file does not say; a named folder is read-only then.
 */
export function placeSettings({ write }: { readonly write: boolean }) {
  const usually = write ? 'Default: true; false for a named folder.' : 'Default: false.'
  return {
    folder: v.pipe(
      v.optional(v.string()),
      v.description('A folder that all users share. Default: each has one of their own.'),
    ),
    write: v.pipe(
      v.optional(v.boolean(), write ? undefined : false),
      v.description(`Whether files can be changed. ${usually}`),
    ),
    quota: v.pipe(
      v.optional(v.pipe(size, v.minValue(1, 'expected at least 1B'))),
      v.description('Bytes that a place may hold. Default: 1GiB; for a named folder what the disk takes.'),
    ),
    files: v.pipe(
      v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(FILES_MAX))),
      v.description(
        'Files, folders and links that a place may hold. Default: 100000; for a named folder what the disk takes.',
      ),
    ),
  }
}

/** For `Service.folders`. `at`: where in the configuration the settings stand. */
export function placeFolders({ folder }: PlaceSettings, at: readonly (string | number)[]): readonly NamedFolder[] {
  return folder === undefined ? [] : [{ path: [...at, 'folder'], folder }]
}
