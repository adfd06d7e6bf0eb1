// What processes hold in memory, as Linux counts it.

import { readdirSync, readFileSync } from 'node:fs'

/** Resident pages of one process, shared ones included. */
export function residentKib(pid: number): number {
  return figure(`/proc/${pid}/status`, /^VmRSS:\s+(\d+) kB/m)
}

/** Pages of a process and all its descendants, those that several share divided among them. */
export function proportionalKib(pid: number): number {
  const pids = descendants(pid)
  return pids.reduce((sum, one) => sum + shareOf(one, one === pid), 0)
}

/** A descendant may have ended meanwhile. */
function shareOf(pid: number, mustBe: boolean): number {
  try {
    return figure(`/proc/${pid}/smaps_rollup`, /^Pss:\s+(\d+) kB/m)
  } catch (thrown) {
    if (mustBe) throw thrown
    return 0
  }
}

function descendants(pid: number): readonly number[] {
  const parents = new Map(readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? [parentOf(Number(name))] : [])))
  const isBelow = (one: number): boolean => one === pid || (parents.has(one) && isBelow(parents.get(one) ?? 0))
  return [...parents.keys()].filter(isBelow)
}

function parentOf(pid: number): readonly [number, number] {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'latin1')
    return [pid, Number(/\) \S (\d+)/.exec(fields)?.[1] ?? 0)]
  } catch {
    return [pid, 0]
  }
}

function figure(file: string, pattern: RegExp): number {
  const text = readFileSync(file, 'latin1')
  return Number(pattern.exec(text)?.[1] ?? Number.NaN)
}
