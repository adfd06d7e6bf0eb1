// Finds processes: those of one session (setsid(2)), and those that carry a mark in the environment they were started
// with, whatever sessions they have made since, and those that live in this one's network. Reads /proc only.

import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

/** Processes of the session, zombies left out. */
export function processesOfSession(session: number): number[] {
  return processes().filter((pid) => {
    const fields = statOf(pid)
    return fields !== undefined && fields.session === session && fields.state !== 'Z'
  })
}

/** Processes whose environment holds `NAME=VALUE`. */
export function processesMarked(name: string, value: string): number[] {
  const mark = Buffer.from(`${name}=${value}\0`)
  return processes().filter((pid) => pid !== process.pid && isMarked(pid, mark))
}

/**
 * Processes in the network namespace of this one that have a user namespace of their own, zombies left out. For a process
 * that has its network for itself: there they are what it has let in, and cannot hide it.
 */
export function processesLetIn(): number[] {
  const [network, user] = [namespaceOf('self', 'net'), namespaceOf('self', 'user')]
  if (network === undefined || user === undefined) return []
  return processes().filter((pid) => {
    const theirs = namespaceOf(pid, 'user')
    return theirs !== undefined && theirs !== user && namespaceOf(pid, 'net') === network && statOf(pid)?.state !== 'Z'
  })
}

function namespaceOf(pid: number | 'self', kind: 'net' | 'user'): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/ns/${kind}`)
  } catch {
    return undefined
  }
}

function isMarked(pid: number, mark: Buffer): boolean {
  try {
    return readFileSync(`/proc/${pid}/environ`).includes(mark)
  } catch {
    return false
  }
}

function processes(): number[] {
  try {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number)
  } catch {
    return []
  }
}

/** proc(5): the name stands in parentheses and may hold anything; fields are counted from behind it. */
function statOf(pid: number): { readonly state: string; readonly session: number } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    const [state = '', , , session = ''] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return { state, session: Number(session) }
  } catch {
    return undefined
  }
}

/** Whether there was anybody to send it to. Negative pids mean process groups. */
export function sendSignal(pid: number, signal: NodeJS.Signals): boolean {
  try {
    process.kill(pid, signal)
    return true
  } catch {
    return false
  }
}
