// What a tree in memory is made of, and what it may hold.

import { failure, type Failure } from '../core/failure.ts'
import type { FileStat, TreeQuota } from '../core/files.ts'

export const MODE_MASK = 0o777
/** As an interrupted upload on a disk. */
const PART_MAX_MS = 24 * 60 * 60 * 1000

interface Times {
  readonly id: string
  mode: number
  modifiedMs: number
  accessedMs: number
  /** Names in the tree. */
  links: number
}

export interface FileNode extends Times {
  readonly kind: 'file'
  bytes: Uint8Array
}

export interface FolderNode extends Times {
  readonly kind: 'folder'
  readonly inside: Map<string, MemoryNode>
  /** Interrupted uploads by the name that they go to. */
  readonly parts: Map<string, FileNode>
}

interface LinkNode extends Times {
  readonly kind: 'link'
  readonly target: string
}

export type MemoryNode = FileNode | FolderNode | LinkNode

export function statOf(node: MemoryNode): FileStat {
  const { kind, modifiedMs, accessedMs, mode, links, id } = node
  return { kind, size: sizeOf(node), modifiedMs, accessedMs, mode, links, id }
}

export function sizeOf(node: MemoryNode): number {
  if (node.kind === 'file') return node.bytes.length
  return node.kind === 'link' ? Buffer.byteLength(node.target) : 0
}

/** Makes nodes, and counts what they hold. */
export class Memory {
  readonly quota: TreeQuota | undefined
  readonly wallMs: () => number
  /** Folders that have interrupted uploads, in the order in which those came. */
  readonly #parts = new Map<FileNode, { readonly folder: FolderNode; readonly name: string }>()
  #ids = 0
  #bytes = 0
  #files = 0

  constructor(quota: TreeQuota | undefined, wallMs: () => number) {
    this.quota = quota
    this.wallMs = wallMs
  }

  get bytesFree(): number {
    return Math.max(0, (this.quota?.bytesMax ?? Infinity) - this.#bytes)
  }

  get filesFree(): number {
    return Math.max(0, (this.quota?.filesMax ?? Infinity) - this.#files)
  }

  file(mode: number, bytes: Uint8Array = new Uint8Array(0)): FileNode {
    return { kind: 'file', bytes, ...this.#times(mode) }
  }

  folder(mode: number): FolderNode {
    return { kind: 'folder', inside: new Map(), parts: new Map(), ...this.#times(mode) }
  }

  symlink(target: string): LinkNode {
    return { kind: 'link', target, ...this.#times(MODE_MASK) }
  }

  /** Takes room, at the cost of interrupted uploads, the oldest first. */
  take(bytes: number, files: number): Failure | undefined {
    const isFull = () => (bytes > 0 && bytes > this.bytesFree) || (files > 0 && files > this.filesFree)
    for (const [, { folder, name }] of this.#parts) if (isFull()) this.dropPart(folder, name)
    if (isFull()) return failure('EDQUOT', 'the quota of this tree is used up')
    this.#bytes += bytes
    this.#files += files
    return undefined
  }

  give(bytes: number, files: number): void {
    this.#bytes -= bytes
    this.#files -= files
  }

  /** Makes the file `length` bytes long, if there is room; one without a name counts no more. */
  resize(node: FileNode, length: number): Failure | undefined {
    const more = length - node.bytes.length
    const counts = node.links > 0
    const refused = counts && more > 0 ? this.take(more, 0) : undefined
    if (refused !== undefined) return refused
    if (counts && more < 0) this.give(-more, 0)
    const bytes = new Uint8Array(length)
    bytes.set(node.bytes.subarray(0, length))
    node.bytes = bytes
    return undefined
  }

  /** One name of it is gone. */
  unlinked(node: MemoryNode): void {
    node.links--
    this.give(node.kind === 'file' && node.links === 0 ? node.bytes.length : 0, 1)
  }

  keepPart(folder: FolderNode, name: string, node: FileNode): void {
    this.dropPart(folder, name)
    folder.parts.set(name, node)
    this.#parts.set(node, { folder, name })
  }

  /** It still counts; `undefined`: there is none, or it is too old. */
  takePart(folder: FolderNode, name: string): FileNode | undefined {
    const node = this.part(folder, name)
    if (node === undefined) return undefined
    folder.parts.delete(name)
    this.#parts.delete(node)
    return node
  }

  part(folder: FolderNode, name: string): FileNode | undefined {
    const node = folder.parts.get(name)
    if (node !== undefined && this.wallMs() - node.modifiedMs > PART_MAX_MS) this.dropPart(folder, name)
    return folder.parts.get(name)
  }

  dropPart(folder: FolderNode, name: string): boolean {
    const node = folder.parts.get(name)
    if (node === undefined) return false
    folder.parts.delete(name)
    this.#parts.delete(node)
    this.give(node.bytes.length, 1)
    return true
  }

  #times(mode: number): Times {
    const now = this.wallMs()
    return { id: String(++this.#ids), mode: mode & MODE_MASK, modifiedMs: now, accessedMs: now, links: 1 }
  }
}
