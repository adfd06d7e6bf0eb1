// Files as services see them: a rooted tree, answers as values. host/ gives real folders, sim/ and
// tests give trees in memory.

import type { Failure } from './failure.ts'

export interface FileStat {
  readonly kind: 'file' | 'folder'
  readonly size: number
  /** Milliseconds since 1970-01-01T00:00Z. */
  readonly modifiedMs: number
}

export interface OpenFile {
  readonly stat: FileStat
  /** Up to `length` bytes from `offset`; fewer only at the end of the file. */
  read(offset: number, length: number): Promise<Uint8Array>
  close(): Promise<void>
}

export interface Folder {
  /**
   * `path` is absolute within the folder, `/` between segments, decoded. No path leads out: `..`, links
   * that point outside and NUL fail with `ENOENT`.
   */
  stat(path: string): Promise<FileStat | Failure>
  open(path: string): Promise<OpenFile | Failure>
  /** Names in a folder, sorted by code point. */
  list(path: string): Promise<readonly string[] | Failure>
}
