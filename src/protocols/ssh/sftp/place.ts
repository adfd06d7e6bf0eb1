// What the operations of one session work on.

import type { Tree } from '../../../core/files.ts'
import type { LogOperation } from './file-operation.ts'
import type { Handles } from './handles.ts'

export interface Place {
  readonly tree: Tree
  /** Who owns everything in it: the name of a login, without `@`. */
  readonly user: string
  readonly handles: Handles
  readonly log: LogOperation
  /** The world's wall clock, milliseconds since 1970-01-01T00:00Z. */
  wallMs(): number
}
