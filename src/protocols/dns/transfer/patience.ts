// How long to wait before something is tried again: at first hardly, since in a world all start at the same moment, then ever longer.

/** Long enough that a host has bound its ports meanwhile. */
const FIRST_MS = 4

/** `failures`: how often it has failed, 1 at least. */
export function retryMs(failures: number, mostMs: number): number {
  return Math.min(mostMs, FIRST_MS * 2 ** Math.min(failures - 1, 30))
}
