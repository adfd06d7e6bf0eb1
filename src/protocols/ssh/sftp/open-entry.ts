// What a handle stands for: a file that is read, changed in place or uploaded, or a folder that is listed.

import { failure, isFailure, type Failure } from '../../../core/failure.ts'
import type { Changes, EditedFile, FileStat, OpenFile, Tree, Upload } from '../../../core/files.ts'
import type { FileOperation } from './file-operation.ts'
import type { NamedFile } from './messages.ts'

export interface OpenFolder {
  readonly kind: 'folder'
  readonly path: string
  readonly files: readonly NamedFile[]
  /** The next one to tell. */
  next: number
}

export interface FileUse {
  readonly reads: OpenFile | undefined
  readonly writes: EditedFile | undefined
  /** Set while `writes` is on its way. */
  readonly upload: Upload | undefined
  /** What is written goes to the end, wherever the client says. */
  readonly appends: boolean
}

export class OpenedFile {
  readonly kind = 'file'
  readonly path: string
  #use: FileUse
  /** The first write that failed: what arrived is not whole. */
  #broken: Failure | undefined
  /** What the client has set it to. */
  #mode: number | undefined
  #bytesRead = 0
  #bytesWritten = 0
  #appended: Promise<Failure | undefined> = Promise.resolve(undefined)

  constructor(path: string, use: FileUse) {
    this.path = path
    this.#use = use
  }

  get isUpload(): boolean {
    return this.#use.upload !== undefined
  }

  get isWritten(): boolean {
    return this.#use.writes !== undefined
  }

  async read(offset: number, length: number): Promise<Uint8Array | Failure> {
    const { reads } = this.#use
    if (reads === undefined) return failure('EBADF', 'not open for reading')
    const bytes = await reads.read(offset, length)
    this.#bytesRead += bytes.length
    return bytes
  }

  async write(offset: number, data: Uint8Array): Promise<Failure | undefined> {
    const { writes, appends } = this.#use
    if (writes === undefined) return failure('EBADF', 'not open for writing')
    const outcome = await (appends ? this.#append(writes, data) : writes.write(offset, data))
    if (outcome === undefined) this.#bytesWritten += data.length
    else this.#broken ??= outcome
    return outcome
  }

  /** One after the other, so that each finds the end where the one before left it. */
  #append(file: EditedFile, data: Uint8Array): Promise<Failure | undefined> {
    this.#appended = this.#appended.then(() => appendTo(file, data))
    return this.#appended
  }

  async current(): Promise<FileStat | Failure> {
    const { writes, reads } = this.#use
    return writes?.current() ?? reads?.stat ?? failure('EBADF', 'not open')
  }

  /** As a tree's, whatever stands under the path by now. */
  async change(_path: string, changes: Changes): Promise<Failure | undefined> {
    const { writes } = this.#use
    if (writes === undefined) return failure('EBADF', 'not open for writing')
    const outcome = await writes.change(changes)
    if (outcome === undefined) this.#mode = changes.mode ?? this.#mode
    return outcome
  }

  async sync(): Promise<Failure | undefined> {
    return this.#use.writes?.sync()
  }

  /** Puts an upload under its name as far as it has come; what follows is written in place. */
  async settle(tree: Tree): Promise<Failure | undefined> {
    const { upload } = this.#use
    if (upload === undefined) return undefined
    const edited = (await this.#commit(upload, tree)) ?? (await tree.edit(this.path))
    const writes = isFailure(edited) ? undefined : edited
    this.#use = { reads: undefined, writes, upload: undefined, appends: false }
    if (!isFailure(edited)) return undefined
    this.#broken ??= edited
    return edited
  }

  /** An upload that is whole appears under its name; one of which a part was refused does not. */
  async close(tree: Tree): Promise<Failure | undefined> {
    const { upload, reads, writes } = this.#use
    if (upload === undefined) {
      await (writes ?? reads)?.close()
      return this.#broken
    }
    if (this.#broken !== undefined) {
      await upload.close()
      return this.#broken
    }
    return this.#commit(upload, tree)
  }

  /** A file that is replaced hands its mode on, unless the client has said what it should be. */
  async #commit(upload: Upload, tree: Tree): Promise<Failure | undefined> {
    const committed = await upload.commit()
    if (isFailure(committed)) return committed
    const wanted = this.#mode ?? committed.mode
    return wanted === committed.mode ? undefined : tree.change(this.path, { mode: wanted })
  }

  /** The peer is gone. An upload that has something is kept for later. */
  async abandon(): Promise<void> {
    const { upload, reads, writes } = this.#use
    if (upload === undefined) await (writes ?? reads)?.close()
    else if (this.#broken === undefined && this.#bytesWritten > 0) await upload.interrupt()
    else await upload.close()
  }

  operation(outcome: string): FileOperation {
    const isWrite = this.isWritten && (this.#bytesWritten > 0 || this.#bytesRead === 0)
    const bytes = isWrite ? this.#bytesWritten : this.#bytesRead
    return { kind: isWrite ? 'write' : 'read', path: this.path, bytes, outcome }
  }
}

async function appendTo(file: EditedFile, data: Uint8Array): Promise<Failure | undefined> {
  const stat = await file.current()
  return isFailure(stat) ? stat : file.write(stat.size, data)
}
