// The shell of a user of this machine (passwd(5)).

import { readFileSync } from 'node:fs'
import { isExecutable } from '../executable.ts'

const FALLBACK = '/bin/sh'
/** What stands in passwd for users who may not log in. */
const NO_SHELLS = /\/(?:nologin|false)$/

/** `/bin/sh` where the user is unknown, has none, or may not log in. */
export function shellOf(uid: number, passwdPath = '/etc/passwd'): string {
  const fields = linesOf(passwdPath)
    .map((line) => line.split(':'))
    .find((one) => one[2] === String(uid))
  const shell = fields?.[6]?.trim() ?? ''
  return shell !== '' && !NO_SHELLS.test(shell) && isExecutable(shell) ? shell : FALLBACK
}

function linesOf(path: string): string[] {
  try {
    return readFileSync(path, 'utf8').split('\n')
  } catch {
    return []
  }
}
