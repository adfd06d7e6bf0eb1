// Which processes live in a client's network namespace, and which of them owns a port. Reads /proc only.

import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { basename } from 'node:path'
import type { Transport } from '../../core/address.ts'

export interface ProcessName {
  readonly pid: number
  readonly name: string
}

/** Processes whose network namespace is `netns`, zombies left out. */
export function processesIn(netns: string): ProcessName[] {
  return pids()
    .filter((pid) => link(`/proc/${pid}/ns/net`) === netns)
    .map((pid) => ({ pid, name: commandOf(pid) }))
    .filter((process) => process.name !== '')
}

/** The process in `netns` that holds the socket bound to `port`, if it still does. */
export function ownerOfPort(netns: string, transport: Transport, port: number): ProcessName | undefined {
  const inside = processesIn(netns)
  const inodes = new Set(inside.slice(0, 1).flatMap((process) => socketInodes(process.pid, transport, port)))
  if (inodes.size === 0) return undefined
  return inside.find((process) => holdsSocket(process.pid, inodes))
}

function socketInodes(pid: number, transport: Transport, port: number): string[] {
  const wanted = `:${port.toString(16).toUpperCase().padStart(4, '0')}`
  return [transport, `${transport}6`].flatMap((table) =>
    read(`/proc/${pid}/net/${table}`)
      .split('\n')
      .slice(1)
      .map((line) => line.trim().split(/\s+/))
      .filter((fields) => fields[1]?.endsWith(wanted) === true && fields[9] !== undefined && fields[9] !== '0')
      .map((fields) => `socket:[${fields[9]}]`),
  )
}

function holdsSocket(pid: number, inodes: ReadonlySet<string>): boolean {
  return entries(`/proc/${pid}/fd`).some((fd) => inodes.has(link(`/proc/${pid}/fd/${fd}`)))
}

function pids(): number[] {
  return entries('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
}

/** What it was started as, since runtimes rename their threads; empty for a process that has ended. */
function commandOf(pid: number): string {
  const stat = read(`/proc/${pid}/stat`)
  const end = stat.lastIndexOf(')')
  if (end === -1 || stat.slice(end + 2, end + 3) === 'Z') return ''
  const [started = ''] = read(`/proc/${pid}/cmdline`).split('\0', 1)
  return basename(started) || stat.slice(stat.indexOf('(') + 1, end)
}

function entries(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

function link(path: string): string {
  try {
    return readlinkSync(path)
  } catch {
    return ''
  }
}
