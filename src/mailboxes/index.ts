// The mail of a world on one SQLite database: kept in a file, or gone with the process.

import { existsSync } from 'node:fs'
import { isFailure, type Failure } from '../core/failure.ts'
import type { Post } from '../core/post.ts'
import { Database } from './database.ts'
import { Groups } from './groups.ts'
import { MESSAGES_MAX, STORAGE_MAX_BYTES } from './limits.ts'
import { StoredPost } from './stored-post.ts'
import { Store, type QuotaLimits } from './store.ts'

export interface PostOptions {
  /** Addresses that have accounts. */
  readonly users: readonly string[]
  /** Any address has one. */
  readonly anyAddress: boolean
  /** The world's wall clock, milliseconds since 1970-01-01T00:00Z. */
  wallMs(): number
  /** The file that keeps the mail; only one process may have it. Absent: the mail goes with the process. */
  readonly file?: string
  /** What one account may hold. Default: 1 GiB in 1,000,000 messages. */
  readonly quota?: Partial<QuotaLimits>
  /** Octets that the database may grow to; beyond that, changes fail with `ENOSPC`. Default: what the disk holds. */
  readonly maxBytes?: number
  /** How to run what closes one turn of the event loop. Default: `setImmediate`. */
  readonly soon?: (run: () => void) => void
}

export interface KeptPost extends Post {
  /** Makes durable what was asked for, then lets go of the file. No change may be asked for afterwards. */
  close(): Promise<void>
}

/**
 * A file that exists is opened now, anything else when it is first needed: a world without mail never loads SQLite. Failures:
 * `EBUSY` another process has the file, `EVERSION` a later version made it, `ECORRUPT` it is damaged or another program's,
 * `EACCES`, `EROFS`, `ENOSPC`, `EIO`.
 */
export function openPost(options: PostOptions): KeptPost | Failure {
  const { file, maxBytes } = options
  const database = new Database({ ...(file !== undefined && { file }), ...(maxBytes !== undefined && { maxBytes }) })
  if (file !== undefined && existsSync(file)) {
    const refused = database.open()
    if (isFailure(refused)) return refused
  }
  const groups = new Groups(database, options.soon ?? setImmediate)
  const quota = { storageMaxBytes: STORAGE_MAX_BYTES, messagesMax: MESSAGES_MAX, ...options.quota }
  const store = new Store(database, groups, quota, () => Math.floor(options.wallMs()))
  return new StoredPost(store, options)
}

export type { QuotaLimits }
