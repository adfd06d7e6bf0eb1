// The scripted shell: a small POSIX shell and the commands that people look around with, over a tree of files. It runs
// no program of the machine.

export type { RunningShell, ShellContext, ShellEvent } from './context.ts'
export { SHELL_LIMITS, type ShellLimits } from './limits.ts'
export { runCommand, startShell } from './run-shell.ts'
export type { ByteSink, ByteSource } from './run/streams.ts'
