// Files of a tree in memory that are open.

import { failure, type Failure } from '../core/failure.ts'
import type { Changes, EditedFile, FileStat, Upload } from '../core/files.ts'
import { MODE_MASK, statOf, type FileNode, type FolderNode, type Memory, type MemoryNode } from './memory-node.ts'

/** What may be changed of any node; the size is a file's. */
export function change(memory: Memory, node: MemoryNode, changes: Changes): Failure | undefined {
  const { size } = changes
  if (size !== undefined && node.kind !== 'file') return failure('EISDIR', 'a folder has no size')
  const refused = size !== undefined && node.kind === 'file' ? memory.resize(node, size) : undefined
  if (refused !== undefined) return refused
  if (size !== undefined) node.modifiedMs = memory.wallMs()
  node.mode = (changes.mode ?? node.mode) & MODE_MASK
  node.modifiedMs = changes.modifiedMs ?? node.modifiedMs
  node.accessedMs = changes.accessedMs ?? node.accessedMs
  return undefined
}

export class MemoryFile implements EditedFile {
  readonly stat: FileStat
  protected readonly memory: Memory
  protected readonly node: FileNode
  readonly #closed: () => void
  #isOpen = true

  constructor(memory: Memory, node: FileNode, closed: () => void) {
    this.memory = memory
    this.node = node
    this.stat = statOf(node)
    this.#closed = closed
  }

  async read(offset: number, length: number): Promise<Uint8Array> {
    return new Uint8Array(this.node.bytes.subarray(offset, offset + length))
  }

  async write(offset: number, bytes: Uint8Array): Promise<Failure | undefined> {
    if (!this.#isOpen) return closed()
    const end = offset + bytes.length
    const refused = end > this.node.bytes.length ? this.memory.resize(this.node, end) : undefined
    if (refused !== undefined) return refused
    this.node.bytes.set(bytes, offset)
    this.node.modifiedMs = this.memory.wallMs()
    return undefined
  }

  async change(changes: Changes): Promise<Failure | undefined> {
    return this.#isOpen ? change(this.memory, this.node, changes) : closed()
  }

  async sync(): Promise<Failure | undefined> {
    return this.#isOpen ? undefined : closed()
  }

  async current(): Promise<FileStat | Failure> {
    return this.#isOpen ? statOf(this.node) : closed()
  }

  async close(): Promise<void> {
    this.finish()
  }

  /** Whether it was open. */
  protected finish(): boolean {
    if (!this.#isOpen) return false
    this.#isOpen = false
    this.#closed()
    return true
  }
}

export interface Destination {
  readonly folder: FolderNode
  readonly name: string
  readonly exclusive: boolean
}

export class MemoryUpload extends MemoryFile implements Upload {
  readonly offset: number
  readonly #to: Destination

  constructor(memory: Memory, node: FileNode, to: Destination, closed: () => void) {
    super(memory, node, closed)
    this.offset = node.bytes.length
    this.#to = to
  }

  async commit(): Promise<FileStat | Failure> {
    if (!this.finish()) return closed()
    const { folder, name, exclusive } = this.#to
    const before = folder.inside.get(name)
    const refused =
      before !== undefined && exclusive
        ? failure('EEXIST', `there is one already: ${name}`)
        : before?.kind === 'folder'
          ? failure('EISDIR', `a folder: ${name}`)
          : undefined
    if (refused !== undefined) {
      this.memory.unlinked(this.node)
      return refused
    }
    if (before?.kind === 'file') this.node.mode = before.mode
    if (before !== undefined) this.memory.unlinked(before)
    this.memory.dropPart(folder, name)
    folder.inside.set(name, this.node)
    return statOf(this.node)
  }

  async interrupt(): Promise<void> {
    if (!this.finish()) return
    const { folder, name } = this.#to
    if (this.node.bytes.length === 0 || folder.inside.has(name)) this.memory.unlinked(this.node)
    else this.memory.keepPart(folder, name, this.node)
  }

  override async close(): Promise<void> {
    if (this.finish()) this.memory.unlinked(this.node)
  }
}

function closed(): Failure {
  return failure('EBADF', 'the file is closed')
}
