// The server's side of SFTP (draft-ietf-secsh-filexfer-02, version 3, with OpenSSH's extensions) over one channel of SSH.

import type { Tree } from '../../../core/files.ts'
import type { LogOperation } from './file-operation.ts'
import { Handles } from './handles.ts'
import { Session, type ServerChannel, type SessionEvents } from './session.ts'

export interface SftpOptions extends SessionEvents {
  readonly tree: Tree
  /** Who owns everything in it, in listings and as `~`: the name of a login, without `@`. */
  readonly user: string
  /** `size` bytes that cannot be guessed. */
  random(size: number): Uint8Array
  /** The world's wall clock, milliseconds since 1970-01-01T00:00Z. */
  wallMs(): number
  readonly log: LogOperation
}

/**
 * Serves a channel that has become the subsystem `sftp`, until it ends: then the exit status is told and the channel ended.
 * `stop` must be called once the channel or its connection is closed, since a channel that waits unread says nothing of it.
 */
export function serveSftp(channel: ServerChannel, options: SftpOptions): { stop(): void } {
  const handles = new Handles((size) => options.random(size))
  const { tree, user, log } = options
  const place = { tree, user, handles, log, wallMs: () => options.wallMs() }
  return new Session(channel, place, options)
}
