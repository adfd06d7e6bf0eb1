// Exit codes, as README lists them. `run` and `exec` keep the program's own code, so Portolan's own stand
// where env(1), timeout(1) and shells put theirs.

export const EXIT = {
  ok: 0,
  /** The answer is no: an invalid world file, a need that is not met. */
  no: 1,
  usage: 2,
  /** `run` and `exec`: Portolan itself could not; the program was not started. */
  notRun: 125,
} as const
