// The scripted shell: a small POSIX shell and the commands that people look around with, over a tree of files. It runs
// no program of the machine.

export type { RunningShell, ShellContext } from './context.ts'
export { runCommand, startShell } from './run-shell.ts'
