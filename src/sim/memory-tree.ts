// A tree in memory, for tests and worlds made in code. What is written by `put` may change while others use it.

import { byCodePoint } from '../core/code-point-order.ts'
import { failure, isFailure, type Failure } from '../core/failure.ts'
import type {
  Changes,
  EditedFile,
  EditOptions,
  Entry,
  FileStat,
  OpenFile,
  Space,
  Tree,
  TreeQuota,
  Upload,
  UploadOptions,
} from '../core/files.ts'
import { Walk, type Ground } from '../core/walk.ts'
import { change, MemoryFile, MemoryUpload } from './memory-files.ts'
import { Memory, sizeOf, statOf, type FileNode, type FolderNode, type MemoryNode } from './memory-node.ts'

const FILE_MODE = 0o644
const FOLDER_MODE = 0o755
/** A block, and a disk, of as many bytes as any. */
const BLOCK_BYTES = 4096
const DISK_BYTES = 2 ** 40
const DISK_FILES = 1_000_000
const NAME_MAX_BYTES = 255

export interface MemoryTreeOptions {
  /** When the files were made that are there from the start. Default: 0. */
  readonly modifiedMs?: number
  /** Default: true. */
  readonly writable?: boolean
  readonly quota?: TreeQuota
  /** Default: time stands at `modifiedMs`. */
  readonly wallMs?: () => number
}

const ground: Ground<FolderNode> = {
  enter(folder, name) {
    const node = folder.inside.get(name)
    if (node?.kind === 'folder') return { kind: 'folder', place: node }
    if (node?.kind === 'link') return { kind: 'link', target: node.target }
    return node === undefined ? absent(name) : failure('ENOTDIR', `no folder: ${name}`)
  },
  leave() {},
}

interface Found {
  readonly folder: FolderNode
  readonly name: string
  /** As the tree's. */
  readonly path: string
  readonly isRoot: boolean
  readonly node: MemoryNode | undefined
}

export class MemoryTree implements Tree {
  readonly writable: boolean
  readonly root = undefined
  /** Files opened and not yet closed. */
  openFiles = 0
  /** Looks at files, for tests of caches. */
  stats = 0
  readonly #memory: Memory
  readonly #top: FolderNode

  /** Paths start with `/`; the folders that files lie in are made. Text becomes UTF-8. */
  constructor(files: Readonly<Record<string, string | Uint8Array>> = {}, options: MemoryTreeOptions = {}) {
    const { modifiedMs = 0, writable = true, quota, wallMs = () => modifiedMs } = options
    this.writable = writable
    this.#memory = new Memory(quota, wallMs)
    this.#top = this.#memory.folder(FOLDER_MODE)
    for (const [path, content] of Object.entries(files)) this.put(path, content, modifiedMs)
  }

  /** As a program of the machine would: a file that stands there has another content. */
  put(path: string, content: string | Uint8Array, modifiedMs: number): void {
    const names = path.split('/').filter((name) => name !== '')
    const name = names.pop()
    if (name === undefined) throw new Error('the root is no file')
    let folder = this.#top
    for (const next of names) folder = this.#folderIn(folder, next)
    const node = folder.inside.get(name)
    const file = node?.kind === 'file' ? node : this.#memory.file(FILE_MODE)
    if (node === undefined) this.#memory.take(0, 1)
    folder.inside.set(name, file)
    const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : new Uint8Array(content)
    const refused = this.#memory.resize(file, bytes.length)
    if (refused !== undefined) throw new Error(refused.message)
    file.bytes = bytes
    file.modifiedMs = modifiedMs
    file.accessedMs = modifiedMs
  }

  /** As a program of the machine would. */
  drop(path: string): void {
    const found = this.#find(path, false)
    if (isFailure(found) || found.node === undefined) return
    found.folder.inside.delete(found.name)
    this.#memory.unlinked(found.node)
  }

  async stat(path: string): Promise<FileStat | Failure> {
    this.stats++
    return this.#existing(path, true, ({ node }) => statOf(node))
  }

  async lstat(path: string): Promise<FileStat | Failure> {
    return this.#existing(path, false, ({ node }) => statOf(node))
  }

  async open(path: string): Promise<OpenFile | Failure> {
    return this.#existing(path, true, ({ node }) => (node.kind === 'file' ? this.#opened(node) : isAFolder(path)))
  }

  async list(path: string): Promise<readonly string[] | Failure> {
    return this.#existing(path, true, ({ node }) =>
      node.kind === 'folder' ? [...node.inside.keys()].toSorted(byCodePoint) : failure('ENOTDIR', `no folder: ${path}`),
    )
  }

  async entries(path: string): Promise<readonly Entry[] | Failure> {
    return this.#existing(path, true, ({ node }) =>
      node.kind === 'folder'
        ? [...node.inside]
            .toSorted(([one], [other]) => byCodePoint(one, other))
            .map(([name, inside]) => ({ name, stat: statOf(inside) }))
        : failure('ENOTDIR', `no folder: ${path}`),
    )
  }

  async resolve(path: string): Promise<string | Failure> {
    const found = this.#find(path, true)
    return isFailure(found) ? found : found.path
  }

  async readLink(path: string): Promise<string | Failure> {
    return this.#existing(path, false, ({ node }) =>
      node.kind === 'link' ? node.target : failure('EINVAL', `no link: ${path}`),
    )
  }

  async upload(path: string, options: UploadOptions = {}): Promise<Upload | Failure> {
    const found = this.#findToWrite(path, true)
    if (isFailure(found)) return found
    const { folder, name, node } = found
    const { from = 0, exclusive = false, mode = FILE_MODE } = options
    if (found.isRoot || node?.kind === 'folder') return isAFolder(path)
    if (node !== undefined && exclusive) return exists(path)
    const there = node === undefined ? (this.#memory.part(folder, name)?.bytes.length ?? 0) : sizeOf(node)
    const length = from === 'end' ? there : from
    if (length > there) return failure('EINVAL', `only ${there} bytes are there: ${path}`)
    const file = this.#begin(found, length, mode)
    if (isFailure(file)) return file
    this.openFiles++
    return new MemoryUpload(this.#memory, file, { folder, name, exclusive }, () => void this.openFiles--)
  }

  async interrupted(path: string): Promise<number | Failure> {
    const found = this.#find(path, true)
    if (isFailure(found)) return found
    const part = found.node === undefined ? this.#memory.part(found.folder, found.name) : undefined
    return part?.bytes.length ?? absent(path)
  }

  async edit(path: string, options: EditOptions = {}): Promise<EditedFile | Failure> {
    const found = this.#findToWrite(path, true)
    if (isFailure(found)) return found
    const { node } = found
    if (node !== undefined && options.exclusive === true) return exists(path)
    if (node !== undefined) return node.kind === 'file' ? this.#opened(node) : isAFolder(path)
    if (options.create !== true) return absent(path)
    const file = this.#memory.file(options.mode ?? FILE_MODE)
    return this.#add(found, file) ?? this.#opened(file)
  }

  async change(path: string, changes: Changes): Promise<Failure | undefined> {
    const found = this.#findToWrite(path, true)
    if (isFailure(found)) return found
    return found.node === undefined ? absent(path) : change(this.#memory, found.node, changes)
  }

  async makeFolder(path: string, mode: number = FOLDER_MODE): Promise<Failure | undefined> {
    const found = this.#findToWrite(path, false)
    return isFailure(found) ? found : this.#add(found, this.#memory.folder(mode))
  }

  async removeFolder(path: string): Promise<Failure | undefined> {
    const found = this.#findToWrite(path, false)
    if (isFailure(found)) return found
    const { node, folder, name } = found
    if (found.isRoot) return failure('EACCES', 'the root of a tree stays')
    if (node === undefined) return absent(path)
    if (node.kind !== 'folder') return failure('ENOTDIR', `no folder: ${path}`)
    if (node.inside.size > 0) return failure('ENOTEMPTY', `not empty: ${path}`)
    for (const part of node.parts.keys()) this.#memory.dropPart(node, part)
    folder.inside.delete(name)
    this.#memory.unlinked(node)
    return undefined
  }

  async removeFile(path: string): Promise<Failure | undefined> {
    const found = this.#findToWrite(path, false)
    if (isFailure(found)) return found
    const { node, folder, name } = found
    if (found.isRoot || node?.kind === 'folder') return isAFolder(path)
    const hadPart = this.#memory.dropPart(folder, name)
    if (node === undefined) return hadPart ? undefined : absent(path)
    folder.inside.delete(name)
    this.#memory.unlinked(node)
    return undefined
  }

  async rename(from: string, to: string, replace: boolean): Promise<Failure | undefined> {
    const source = this.#findToWrite(from, false)
    if (isFailure(source)) return source
    const target = this.#findToWrite(to, false)
    if (isFailure(target)) return target
    const { node } = source
    if (source.isRoot || target.isRoot) return failure('EACCES', 'the root of a tree stays')
    if (node === undefined) return absent(from)
    if (target.node !== undefined && !replace) return exists(to)
    if (target.node === node) return undefined
    if (target.path.startsWith(`${source.path}/`)) return failure('EINVAL', `a folder into itself: ${from}`)
    const refused = target.node === undefined ? undefined : this.#cannotReplace(target.node, node, to)
    if (refused !== undefined) return refused
    if (target.node !== undefined) this.#memory.unlinked(target.node)
    this.#memory.dropPart(target.folder, target.name)
    source.folder.inside.delete(source.name)
    target.folder.inside.set(target.name, node)
    return undefined
  }

  async link(existing: string, path: string): Promise<Failure | undefined> {
    const one = this.#find(existing, false)
    const other = this.#findToWrite(path, false)
    if (isFailure(one)) return one
    if (isFailure(other)) return other
    if (one.node === undefined) return absent(existing)
    if (one.node.kind === 'folder') return isAFolder(existing)
    const refused = this.#add(other, one.node)
    if (refused === undefined) one.node.links++
    return refused
  }

  async symlink(target: string, path: string): Promise<Failure | undefined> {
    if (target === '' || target.includes('\0')) return failure('ENOENT', 'a link to nothing')
    const found = this.#findToWrite(path, false)
    return isFailure(found) ? found : this.#add(found, this.#memory.symlink(target))
  }

  async space(): Promise<Space> {
    const { quota, bytesFree, filesFree } = this.#memory
    return {
      blockBytes: BLOCK_BYTES,
      bytesTotal: quota?.bytesMax ?? DISK_BYTES,
      bytesFree: Math.min(bytesFree, DISK_BYTES),
      filesTotal: quota?.filesMax ?? DISK_FILES,
      filesFree: Math.min(filesFree, DISK_FILES),
      nameMaxBytes: NAME_MAX_BYTES,
    }
  }

  recount(): void {}

  #find(path: string, follow: boolean): Found | Failure {
    const walk = new Walk(ground, this.#top)
    for (let blocked = walk.go(path); ;) {
      if (blocked !== undefined) return blocked
      const { place: folder, name = '.' } = walk
      const node = walk.name === undefined ? folder : folder.inside.get(name)
      if (Buffer.byteLength(name) > NAME_MAX_BYTES) return failure('ENAMETOOLONG', 'a name of more than 255 bytes')
      if (node?.kind !== 'link' || !follow)
        return { folder, name, path: walk.path, isRoot: walk.name === undefined, node }
      blocked = walk.follow(node.target)
    }
  }

  #findToWrite(path: string, follow: boolean): Found | Failure {
    return this.writable ? this.#find(path, follow) : failure('EROFS', 'this tree is read-only')
  }

  #existing<T>(path: string, follow: boolean, use: (found: Found & { readonly node: MemoryNode }) => T): T | Failure {
    const found = this.#find(path, follow)
    if (isFailure(found)) return found
    const { node } = found
    return node === undefined ? absent(path) : use({ ...found, node })
  }

  #add({ folder, name, node, path }: Found, added: MemoryNode): Failure | undefined {
    if (node !== undefined) return exists(path)
    const refused = this.#memory.take(0, 1)
    if (refused === undefined) folder.inside.set(name, added)
    return refused
  }

  #begin({ folder, name, node }: Found, length: number, mode: number): FileNode | Failure {
    const part = node === undefined && length > 0 ? this.#memory.takePart(folder, name) : undefined
    if (part !== undefined) return this.#memory.resize(part, length) ?? part
    const refused = this.#memory.take(length, 1)
    if (refused !== undefined) return refused
    const bytes = node?.kind === 'file' ? new Uint8Array(node.bytes.subarray(0, length)) : new Uint8Array(0)
    return this.#memory.file(node?.mode ?? mode, bytes)
  }

  #opened(node: FileNode): EditedFile {
    this.openFiles++
    return new MemoryFile(this.#memory, node, () => void this.openFiles--)
  }

  #folderIn(folder: FolderNode, name: string): FolderNode {
    const node = folder.inside.get(name)
    if (node?.kind === 'folder') return node
    const made = this.#memory.folder(FOLDER_MODE)
    this.#memory.take(0, 1)
    folder.inside.set(name, made)
    return made
  }

  #cannotReplace(there: MemoryNode, by: MemoryNode, path: string): Failure | undefined {
    if (there.kind !== 'folder') return by.kind === 'folder' ? failure('ENOTDIR', `no folder: ${path}`) : undefined
    if (by.kind !== 'folder') return isAFolder(path)
    return there.inside.size > 0 ? failure('ENOTEMPTY', `not empty: ${path}`) : undefined
  }
}

function absent(path: string): Failure {
  return failure('ENOENT', `no such file: ${path}`)
}

function exists(path: string): Failure {
  return failure('EEXIST', `there is one already: ${path}`)
}

function isAFolder(path: string): Failure {
  return failure('EISDIR', `a folder: ${path}`)
}
