// The secret of a world, from which its services derive keys: made for each world, kept in its state folder if it has one.

import { randomBytes } from 'node:crypto'
import { isFailure } from '../core/failure.ts'
import { readState, writeState } from '../host/trust/state-folder.ts'

const SECRET_BYTES = 32 // as much as the strongest key made from it
const SECRET_FILE = 'secret'

/** The kept secret; a fresh one where none is kept, or where it can be neither read nor written. */
export function worldSecret(stateFolder: string | undefined): Uint8Array {
  const kept = stateFolder === undefined ? undefined : readState(stateFolder, SECRET_FILE, 'secret')
  if (kept !== undefined && !isFailure(kept)) {
    const bytes = Buffer.from(kept.trim(), 'hex')
    if (bytes.length === SECRET_BYTES) return bytes
  }
  const fresh = randomBytes(SECRET_BYTES)
  if (stateFolder !== undefined) writeState(stateFolder, SECRET_FILE, `${fresh.toString('hex')}\n`, 'secret')
  return fresh
}
