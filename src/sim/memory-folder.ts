// A Folder in memory, for tests and worlds made in code. Files may change while it is used.

import { failure, type Failure, type FileStat, type Folder, type OpenFile } from '../core/index.ts'

export interface MemoryFile {
  readonly bytes: Uint8Array
  /** Milliseconds since 1970-01-01T00:00Z. */
  readonly modifiedMs: number
}

export class MemoryFolder implements Folder {
  readonly #files = new Map<string, MemoryFile>()
  /** Files opened and not yet closed. */
  openFiles = 0
  /** Looks at files, for tests of caches. */
  stats = 0

  /** Paths start with `/`; folders are those that files lie in. Text becomes UTF-8. */
  constructor(files: Readonly<Record<string, string | Uint8Array>> = {}, modifiedMs = 0) {
    for (const [path, content] of Object.entries(files)) this.write(path, content, modifiedMs)
  }

  write(path: string, content: string | Uint8Array, modifiedMs: number): void {
    const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content
    this.#files.set(path, { bytes, modifiedMs })
  }

  remove(path: string): void {
    this.#files.delete(path)
  }

  async stat(path: string): Promise<FileStat | Failure> {
    this.stats++
    return this.#stat(path)
  }

  async open(path: string): Promise<OpenFile | Failure> {
    const file = this.#files.get(path)
    if (file === undefined) return absent(path)
    this.openFiles++
    let isOpen = true
    return {
      stat: statOf(file),
      read: async (offset, length) =>
        new Uint8Array(this.#files.get(path)?.bytes.subarray(offset, offset + length) ?? []),
      close: async () => {
        if (isOpen) this.openFiles--
        isOpen = false
      },
    }
  }

  async list(path: string): Promise<readonly string[] | Failure> {
    const inside = path.endsWith('/') ? path : `${path}/`
    const names = new Set<string>()
    for (const file of this.#files.keys()) {
      if (file.startsWith(inside)) names.add(file.slice(inside.length).split('/', 1)[0] ?? '')
    }
    return names.size === 0 ? absent(path) : [...names].toSorted()
  }

  #stat(path: string): FileStat | Failure {
    const file = this.#files.get(path)
    if (file !== undefined) return statOf(file)
    const inside = path.endsWith('/') ? path : `${path}/`
    for (const name of this.#files.keys()) {
      if (name.startsWith(inside)) return { kind: 'folder', size: 0, modifiedMs: 0 }
    }
    return absent(path)
  }
}

function statOf(file: MemoryFile): FileStat {
  return { kind: 'file', size: file.bytes.length, modifiedMs: file.modifiedMs }
}

function absent(path: string): Failure {
  return failure('ENOENT', `no such file: ${path}`)
}
