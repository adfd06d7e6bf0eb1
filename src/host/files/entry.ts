// What the system says of an entry, as services hear it; and the names that are ours.

import { hash } from 'node:crypto'
import type { Stats } from 'node:fs'
import type { FileStat } from '../../core/files.ts'
import { failure, type Failure } from '../../core/failure.ts'
import { pathBytes } from '../../wire/path-text.ts'

/** Neither setuid, setgid nor sticky. */
export const MODE_MASK = 0o777

const UPLOAD_PREFIX = '.portolan-upload-'
const PART_PREFIX = '.portolan-part-'
/** Characters of a hash in a name: 128 bits, against two names meeting. */
const HASH_LENGTH = 32

export function kindOf(stats: Stats): FileStat['kind'] | undefined {
  if (stats.isFile()) return 'file'
  if (stats.isDirectory()) return 'folder'
  return stats.isSymbolicLink() ? 'link' : undefined
}

/** `ENOENT` for what is neither file, folder nor link. */
export function statOf(stats: Stats, path: string): FileStat | Failure {
  const kind = kindOf(stats)
  return kind === undefined ? absent(path) : knownStat(kind, stats)
}

/** Of a file that is open. */
export function fileStat(stats: Stats): FileStat {
  return knownStat('file', stats)
}

export function idOf(stats: Stats): string {
  return `${stats.dev}:${stats.ino}`
}

export function absent(path: string): Failure {
  return failure('ENOENT', `no such file: ${path}`)
}

/** Where an interrupted upload to `name` waits, beside it. */
export function partName(name: string): string {
  return `${PART_PREFIX}${hash('sha256', pathBytes(name), 'hex').slice(0, HASH_LENGTH)}`
}

export function isPart(name: string): boolean {
  return name.startsWith(PART_PREFIX)
}

/** Where an upload of this process grows. `token` tells one process from another with its number, before or after. */
export function uploadName(token: string, count: number): string {
  return `${UPLOAD_PREFIX}${process.pid}-${token}-${count}`
}

/** The process that an upload of that name belongs to; `undefined`: it is none. */
export function uploadOwner(name: string): { readonly pid: number; readonly token: string } | undefined {
  const [, pid, token] = /^\.portolan-upload-(\d+)-([0-9a-f]+)-\d+$/.exec(name) ?? []
  return pid === undefined || token === undefined ? undefined : { pid: Number(pid), token }
}

function knownStat(kind: FileStat['kind'], stats: Stats): FileStat {
  return {
    kind,
    size: stats.size,
    modifiedMs: Math.floor(stats.mtimeMs),
    accessedMs: Math.floor(stats.atimeMs),
    mode: stats.mode & MODE_MASK,
    links: stats.nlink,
    id: idOf(stats),
  }
}
