// Where the rows about files keep theirs: a folder in memory, so that no disk decides, with what is moved in it.

import { chmodSync, mkdirSync, openSync, closeSync, statfsSync, writeSync } from 'node:fs'
import { randomFillSync } from 'node:crypto'
import { tmpdir } from 'node:os'
import { removeAsRoot } from '../../test/interop/mail/rootless.ts'
import { TemporaryFolder } from '../peer.ts'

export const LARGE_BYTES = 2 ** 30
const CHUNK_BYTES = 2 ** 20
const MEMORY = '/dev/shm'
/** The large file, and copies of it on both sides. */
const ROOM_BYTES = 4 * LARGE_BYTES

/** A folder that daemons of many uids can reach, in memory where there is room. */
export function openPlace(stack: AsyncDisposableStack): string {
  const { path } = new TemporaryFolder(hasRoom(MEMORY) ? MEMORY : tmpdir())
  stack.defer(() => removeAsRoot(path))
  chmodSync(path, 0o755)
  return path
}

function hasRoom(folder: string): boolean {
  try {
    const { bavail, bsize } = statfsSync(folder)
    return bavail * bsize > ROOM_BYTES
  } catch {
    return false
  }
}

/** Bytes that nothing can make smaller. */
export function writeLarge(path: string): void {
  const chunk = randomFillSync(Buffer.alloc(CHUNK_BYTES))
  const file = openSync(path, 'w', 0o644)
  for (let written = 0; written < LARGE_BYTES; written += CHUNK_BYTES) writeSync(file, chunk)
  closeSync(file)
}

/** A folder that everybody may write to. */
export function openToAll(path: string): string {
  mkdirSync(path)
  chmodSync(path, 0o777)
  return path
}
