// What reaches Portolan's process is meant for the program that it runs: signals go in, the end comes out.

import { constants } from 'node:os'
import { isatty } from 'node:tty'
import type { Client, ClientExit } from '../host/private/client-side.ts'

const FORWARDED = ['SIGTERM', 'SIGHUP', 'SIGUSR1', 'SIGUSR2', 'SIGCONT'] as const
/** A terminal sends these to the program itself, as it is in the same process group. */
const FROM_TERMINAL = ['SIGINT', 'SIGQUIT'] as const

/** The terminal has told the program already. */
function leave(): void {}

/** Asked by number: to touch `process.stdin` would make the pipe that the program reads non-blocking. */
const STANDARD_STREAMS = [0, 1, 2] as const

/** Hands signals on until the returned function is called. */
export function forwardSignals(client: Client): () => void {
  const atTerminal = STANDARD_STREAMS.some((fd) => isatty(fd))
  const forward = (signal: NodeJS.Signals): void => client.kill(signal)
  for (const signal of FORWARDED) process.on(signal, forward)
  for (const signal of FROM_TERMINAL) process.on(signal, atTerminal ? leave : forward)
  return () => {
    for (const signal of FORWARDED) process.off(signal, forward)
    for (const signal of FROM_TERMINAL) process.off(signal, atTerminal ? leave : forward)
  }
}

/** Ends this process as the program ended: by its code, or by the same signal. */
export function endAs(end: ClientExit): never {
  if (end.signal !== undefined) {
    process.kill(process.pid, end.signal)
    process.exit(128 + (constants.signals[end.signal] ?? 0))
  }
  process.exit(end.code)
}
