// Waits for what the program left running in its namespaces: forks, daemons, and what `exec` put there.

import type { ProcessName } from '../host/private/processes.ts'
import { styledError, tell } from './output.ts'

const LOOK_FIRST_MS = 5 // a child that is about to end mostly has by then
const LOOK_MAX_MS = 250 // how late the end of a daemon may be noticed
const SAY_AFTER_MS = 1000

/** Resolves when `programs` finds nobody any more. SIGINT and SIGTERM end those who are left. */
export async function awaitStragglers(programs: () => readonly ProcessName[]): Promise<void> {
  let left = programs()
  if (left.length === 0) return
  const signal = (name: NodeJS.Signals): void =>
    left.forEach((process) => kill(process.pid, name === 'SIGINT' ? 'SIGTERM' : name))
  process.on('SIGINT', signal)
  process.on('SIGTERM', signal)
  const begun = performance.now()
  let said = false
  for (let pauseMs = LOOK_FIRST_MS; left.length > 0; pauseMs = Math.min(pauseMs * 2, LOOK_MAX_MS)) {
    await pause(pauseMs)
    left = programs()
    if (!said && left.length > 0 && performance.now() - begun > SAY_AFTER_MS) said = sayWho(left)
  }
  process.off('SIGINT', signal)
  process.off('SIGTERM', signal)
}

function sayWho(left: readonly ProcessName[]): true {
  const names = left.map(({ name, pid }) => `${name} (pid ${pid})`).join(', ')
  tell(`${styledError('dim', `portolan: waiting for ${names}; Ctrl-C ends what is left`)}\n`)
  return true
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch {
    return
  }
}
