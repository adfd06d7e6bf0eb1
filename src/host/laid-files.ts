// Files that programs inside see in place of the machine's own, written as a tree under a folder of the run.

import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { failureFrom, type Failure } from '../core/failure.ts'

/** `path` is the place where programs look for it. */
export interface LaidFile {
  readonly path: string
  readonly contents: string | Uint8Array
}

/** Writes each file under `root`, at its own path. The tree serves as one lower folder of an overlay mount. */
export function writeLaidFiles(files: readonly LaidFile[], root: string): Failure | undefined {
  try {
    const folders = new Set(files.map((file) => dirname(join(root, file.path))))
    for (const folder of folders) mkdirSync(folder, { recursive: true, mode: 0o755 })
    for (const file of files) writeFileSync(join(root, file.path), file.contents, { mode: 0o644 })
    return undefined
  } catch (thrown) {
    return failureFrom(thrown)
  }
}
