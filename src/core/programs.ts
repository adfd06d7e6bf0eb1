// Real programs of this machine, for services that are told to run them (`exec: real`). host/ starts them.

import type { Readable, Writable } from 'node:stream'
import type { Failure } from './failure.ts'

/** What a program's terminal looks like (RFC 4254 §6.2). */
export interface WindowSize {
  readonly columns: number
  readonly rows: number
  /** Pixels; 0: unknown. */
  readonly widthPixels: number
  readonly heightPixels: number
}

export interface Terminal extends WindowSize {
  /** `xterm-256color`. */
  readonly type: string
  /** Encoded terminal modes by opcode (RFC 4254 §8). */
  readonly modes: ReadonlyMap<number, number>
}

export interface ProgramOptions {
  /** Given to a shell with `-c`; left out: a login shell. */
  readonly command?: string
  /** A folder of this machine: where it starts, and its HOME. */
  readonly home: string
  /** USER and LOGNAME. */
  readonly user: string
  /** Further variables. */
  readonly environment: Readonly<Record<string, string>>
  /** Left out: pipes. */
  readonly terminal?: Terminal
}

/** How a program ended: its exit code, or the signal's name without SIG. */
export type ProgramEnd = { readonly code: number } | { readonly signal: string; readonly coreDumped: boolean }

export interface Program {
  readonly stdin: Writable
  /** With a terminal: all that it prints. */
  readonly stdout: Readable
  /** Undefined with a terminal. */
  readonly stderr: Readable | undefined
  resize(size: WindowSize): void
  /** `name` without SIG (RFC 4254 §6.9), to the program and its children. Unknown names are ignored. */
  signal(name: string): void
  /** The peer is gone: hangs up, and kills what then still lives. */
  hangUp(): void
  /** Once it has ended; its output may still be read. */
  readonly ended: Promise<ProgramEnd>
}

export interface Programs {
  start(options: ProgramOptions): Promise<Program | Failure>
}
