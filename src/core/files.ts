// Files as services see them: a rooted tree, answers as values. host/ gives real folders, sim/ and tests give trees in
// memory.
//
// Paths are absolute within the tree, `/` between segments. They are text; a byte that is no UTF-8 stands as U+DC80 to
// U+DCFF, so that every name comes through unchanged (wire/path-text.ts). No path leads out: `..` above the root is the
// root, links are followed within the tree alone (an absolute one starts at the root), NUL fails with `ENOENT`.
// Failures carry the codes of errno(3): `ENOENT`, `EACCES`, `EEXIST`, `EISDIR`, `ENOTDIR`, `ENOTEMPTY`, `ELOOP`, `EROFS`
// (the tree is not writable), `EDQUOT` (the quota), `ENOSPC` (the disk).

import type { Failure } from './failure.ts'

export interface FileStat {
  readonly kind: 'file' | 'folder' | 'link'
  /** Bytes; of a link, of its target's text. */
  readonly size: number
  /** Milliseconds since 1970-01-01T00:00Z. */
  readonly modifiedMs: number
  readonly accessedMs: number
  /** Permission bits: 0o644. */
  readonly mode: number
  /** Hard links. */
  readonly links: number
  /** Tells one file from another within its tree; the same for all names of one file. */
  readonly id: string
}

export interface OpenFile {
  /** As it was when the file was opened. */
  readonly stat: FileStat
  /** The system's number for it, by which its bytes can be sent without being read here; undefined in memory, and once it is closed. */
  readonly descriptor?: number | undefined
  /** Up to `length` bytes from `offset`; fewer only at the end of the file. */
  read(offset: number, length: number): Promise<Uint8Array>
  close(): Promise<void>
}

/** The half of a tree that only looks. */
export interface Folder {
  /** Follows links. */
  stat(path: string): Promise<FileStat | Failure>
  open(path: string): Promise<OpenFile | Failure>
  /** Names in a folder, sorted by code point. */
  list(path: string): Promise<readonly string[] | Failure>
}

export interface Entry {
  readonly name: string
  /** Of the entry itself: a link is a link. */
  readonly stat: FileStat
}

/** What may be changed of an entry; what is left out stays. */
export interface Changes {
  readonly mode?: number
  readonly modifiedMs?: number
  readonly accessedMs?: number
  /** Cuts off, or fills with zeros. */
  readonly size?: number
}

/** A file open for writing. One call at a time for bytes that overlap; others may run side by side. */
export interface EditedFile extends OpenFile {
  /** All of `bytes`, or a failure; what the quota or the disk refuses leaves the file as it was before this call. */
  write(offset: number, bytes: Uint8Array): Promise<Failure | undefined>
  /**
   * Has `move` bring bytes from elsewhere to `offset` of the file by its descriptor, at once: as many as it can of `room`, which is `length`
   * or what the quota leaves. Says how many it brought. 0: not now, or none. Left out: not here.
   */
  fill?(offset: number, length: number, move: (descriptor: number, room: number) => number): number
  change(changes: Changes): Promise<Failure | undefined>
  /** On the disk when it resolves. */
  sync(): Promise<Failure | undefined>
  /** Now, not as it was opened. */
  current(): Promise<FileStat | Failure>
}

/**
 * A file on its way: nothing stands under its name, or what stood there before, until `commit`. Ends with one of `commit`,
 * `interrupt` and `close`; the last drops it.
 */
export interface Upload extends EditedFile {
  /** Where the next byte of the content goes: the bytes that were there already. */
  readonly offset: number
  /** Puts it under its name at once, over what stands there. */
  commit(): Promise<FileStat | Failure>
  /**
   * The peer is gone: what has arrived is kept for `upload` with `from: 'interrupted'`, and stands in no list. One for each
   * name, the latest, for a day; it counts against the quota, and makes room when that is full.
   */
  interrupt(): Promise<void>
}

export interface UploadOptions {
  /**
   * Where the content starts. A number: after as many bytes of what stands under the name, or of what was interrupted
   * where nothing stands there (`EINVAL` if there are fewer). `end`: after all of that; nothing yet is 0 bytes. Default: 0.
   */
  readonly from?: number | 'end'
  /** Fail with `EEXIST` if something stands under the name, also at `commit`. Default: false. */
  readonly exclusive?: boolean
  /** Permission bits of a new file. Default: 0o644; one that is replaced keeps its own. */
  readonly mode?: number
}

export interface EditOptions {
  /** Make the file if there is none. Default: false. */
  readonly create?: boolean
  readonly exclusive?: boolean
  readonly mode?: number
}

/** Bytes and files that a tree may hold more, and in all. `undefined` totals: as much as the disk holds. */
export interface Space {
  readonly blockBytes: number
  readonly bytesTotal: number
  readonly bytesFree: number
  readonly filesTotal: number
  readonly filesFree: number
  /** Longest name of one entry, bytes. */
  readonly nameMaxBytes: number
}

export interface Tree extends Folder {
  readonly writable: boolean
  /** Where it stands on this machine, for programs that are run over it; undefined in memory, and once it is closed. */
  readonly root: string | undefined
  /** Does not follow a link in the last place. */
  lstat(path: string): Promise<FileStat | Failure>
  /** The entries of a folder, without `.` and `..`, sorted by name; what vanishes meanwhile is left out. */
  entries(path: string): Promise<readonly Entry[] | Failure>
  /** The path with every link followed and every `..` gone. */
  resolve(path: string): Promise<string | Failure>
  readLink(path: string): Promise<string | Failure>
  /** Follows a link in the last place, and replaces what it leads to. */
  upload(path: string, options?: UploadOptions): Promise<Upload | Failure>
  /** Bytes of an interrupted upload to a name under which nothing stands; `ENOENT`: none. */
  interrupted(path: string): Promise<number | Failure>
  /** Writes in place, as a program on the machine would. */
  edit(path: string, options?: EditOptions): Promise<EditedFile | Failure>
  change(path: string, changes: Changes): Promise<Failure | undefined>
  makeFolder(path: string, mode?: number): Promise<Failure | undefined>
  removeFolder(path: string): Promise<Failure | undefined>
  /** A file or a link. */
  removeFile(path: string): Promise<Failure | undefined>
  /** `replace`: over a file that stands there, at once; else `EEXIST`. */
  rename(from: string, to: string, replace: boolean): Promise<Failure | undefined>
  /** A second name of one file. */
  link(existing: string, path: string): Promise<Failure | undefined>
  symlink(target: string, path: string): Promise<Failure | undefined>
  space(): Promise<Space | Failure>
  /** Programs of this machine have changed it: what it holds is counted anew, before the next change if that can be. */
  recount(): void
}

/** What one tree may hold. */
export interface TreeQuota {
  readonly bytesMax: number
  /** Files, folders and links. */
  readonly filesMax: number
}

export interface TreeOptions {
  readonly writable: boolean
  /** Left out: as much as the disk takes. */
  readonly quota?: TreeQuota
  /** The time that what is written gets, milliseconds since 1970-01-01T00:00Z; `undefined`, and left out: the machine's. */
  readonly wallMs?: () => number | undefined
}
