// Small files in a world's state folder, some of them secret. Knows nothing of what they hold.

import { randomBytes } from 'node:crypto'
import {
  closeSync,
  constants,
  fstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { failure, failureFrom, type Failure } from '../../core/failure.ts'

const FOLDER_MODE = 0o700
const SECRET_MODE = 0o600
const PUBLIC_MODE = 0o644
const OTHERS_MODE = 0o077

export type Secrecy = 'secret' | 'public'

/**
 * The text of a file. A `secret` one that others may read or write, that is not our own, or that is a link, fails with
 * `EXPOSED`: whoever could reach it may hold a copy.
 */
export function readState(folder: string, name: string, secrecy: Secrecy): string | Failure {
  try {
    const file = openSync(join(folder, name), constants.O_RDONLY | constants.O_NOFOLLOW)
    try {
      const { mode, uid } = fstatSync(file)
      const own = process.getuid === undefined || (uid === process.getuid() && (mode & OTHERS_MODE) === 0)
      if (secrecy === 'secret' && !own) return failure('EXPOSED', `${join(folder, name)} is open to other users`)
      return readFileSync(file, 'utf8')
    } finally {
      closeSync(file)
    }
  } catch (thrown) {
    return failureFrom(thrown)
  }
}

/** Writes a file whole or not at all, and makes the folder (mode 0700) if it is not there. */
export function writeState(
  folder: string,
  name: string,
  text: string | Uint8Array,
  secrecy: Secrecy,
): Failure | undefined {
  const temporary = join(folder, `.${name}.${randomBytes(6).toString('hex')}`)
  try {
    mkdirSync(folder, { recursive: true, mode: FOLDER_MODE })
    writeFileSync(temporary, text, { mode: secrecy === 'secret' ? SECRET_MODE : PUBLIC_MODE, flag: 'wx' })
    renameSync(temporary, join(folder, name))
    return undefined
  } catch (thrown) {
    discard(temporary)
    return failureFrom(thrown)
  }
}

function discard(path: string): void {
  try {
    rmSync(path, { force: true })
  } catch {
    // The folder is a file or cannot be reached: nothing was written there.
  }
}
