// What a scripted shell is given: a tree, somebody's name, streams and a clock. Whoever serves it makes this; the shell
// itself touches nothing of the machine.

import type { Tree } from '../../../core/files.ts'
import type { ShellLimits } from './limits.ts'
import type { ByteSink, ByteSource } from './run/streams.ts'

export interface ShellContext {
  readonly tree: Tree
  /** `alice`: who is logged in, and the name of the one group. */
  readonly user: string
  /** `files.harbor.test`; the prompt and `hostname` say its first label. */
  readonly hostName: string
  /** Within the tree. Default: `/`. */
  readonly home?: string
  /** Variables of the client and of the service (SSH_CLIENT); HOME, USER, PATH and the like are the shell's. */
  readonly environment: Readonly<Record<string, string>>
  /** The world's wall clock, milliseconds since 1970-01-01T00:00Z. */
  wallMs(): number
  /** Calls `run` once `ms` have passed; what it returns takes that back. */
  after(ms: number, run: () => void): () => void
  /** With a terminal: what is typed, as it comes. */
  readonly stdin: ByteSource
  readonly stdout: ByteSink
  /** With a terminal: the same as `stdout`. */
  readonly stderr: ByteSink
  /** Left out: pipes. */
  readonly terminal?: { readonly type: string; readonly columns: number; readonly rows: number }
  readonly limits?: ShellLimits
  readonly report?: (event: ShellEvent) => void
}

export type ShellEvent =
  /** A line of an interactive shell, or the command of an exec, has run. */
  | { readonly kind: 'line'; readonly line: string; readonly status: number }
  /** A limit ended what ran. */
  | { readonly kind: 'limit'; readonly limit: keyof ShellLimits; readonly line: string }

export interface RunningShell {
  /** The exit status, once all output is written. */
  readonly ended: Promise<number>
  /** `INT`, `TERM` and their like (RFC 4254 §6.9) end what runs; INT leaves an interactive shell its prompt. */
  signal(name: string): void
  /** The window has another size now; columns and rows. */
  resize(columns: number, rows: number): void
  /** The peer is gone. */
  hangUp(): void
}
