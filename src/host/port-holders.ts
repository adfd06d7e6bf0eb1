// Which processes of this machine hold a port now, from /proc (Linux only). Looks; opens and closes nothing.

import { readdir, readFile, readlink } from 'node:fs/promises'
import type { Transport } from '../core/address.ts'
import { formatIp } from '../wire/ip.ts'

export interface PortHolder {
  readonly transport: Transport
  /** Canonical text; `0.0.0.0` and `::` stand for every address. */
  readonly ip: string
  readonly port: number
  readonly uid: number
  /** Undefined for a process of another user, which only root can look into. */
  readonly process?: { readonly pid: number; readonly command: string }
}

export type PortHolders =
  | { readonly kind: 'holders'; readonly holders: readonly PortHolder[] }
  | { readonly kind: 'unavailable'; readonly reason: string }

export interface HolderOptions {
  readonly platform?: NodeJS.Platform
  /** Where the kernel shows processes. */
  readonly proc?: string
}

/** The listening TCP sockets and the bound UDP sockets on `port`, in this network namespace. */
export async function portHolders(port: number, options: HolderOptions = {}): Promise<PortHolders> {
  const { platform = process.platform, proc = '/proc' } = options
  if (platform !== 'linux') return { kind: 'unavailable', reason: `on ${platform} the holders of ports cannot be read` }
  const tables = await Promise.all(TABLES.map((table) => socketsIn(proc, table)))
  const sockets = tables.flat().filter((socket) => socket.port === port)
  if (sockets.length === 0) return { kind: 'holders', holders: [] }
  const processes = await processesWith(proc, new Set(sockets.map((socket) => socket.inode)))
  const holders = sockets.map(({ inode, ...holder }) => {
    const found = processes.get(inode)
    return found ? Object.assign(holder, { process: found }) : holder
  })
  return { kind: 'holders', holders: onePerProcess(holders) }
}

/** `sshd (pid 812) on 0.0.0.0`, or whose process it is when that cannot be read. */
export function formatHolder(holder: PortHolder): string {
  const who = holder.process
    ? `${holder.process.command} (pid ${holder.process.pid})`
    : `another user's process (uid ${holder.uid})`
  return `${who} on ${holder.ip.includes(':') ? `[${holder.ip}]` : holder.ip}, ${holder.transport}`
}

interface Table {
  readonly file: string
  readonly transport: Transport
  /** The state of a socket that waits for peers, as the kernel counts: TCP_LISTEN, and TCP_CLOSE for unconnected UDP. */
  readonly state: string
}

const TABLES: readonly Table[] = [
  { file: 'tcp', transport: 'tcp', state: '0A' },
  { file: 'tcp6', transport: 'tcp', state: '0A' },
  { file: 'udp', transport: 'udp', state: '07' },
  { file: 'udp6', transport: 'udp', state: '07' },
]

type Socket = PortHolder & { readonly inode: string }

/** Rows of proc(5): `sl local rem st tx:rx tr:when retrnsmt uid timeout inode`. A machine without IPv6 lacks two tables. */
async function socketsIn(proc: string, table: Table): Promise<Socket[]> {
  const text = await readFile(`${proc}/net/${table.file}`, 'utf8').catch(() => '')
  return text.split('\n').flatMap((line) => {
    const [, local = '', , state, , , , uid, , inode] = line.trim().split(/\s+/)
    const [hex = '', port = ''] = local.split(':')
    if (state !== table.state || inode === undefined) return []
    return [
      { transport: table.transport, ip: ipFromKernel(hex), port: Number.parseInt(port, 16), uid: Number(uid), inode },
    ]
  })
}

/** Words of 32 bits in the byte order of the machine, which for Node's platforms is little-endian. */
function ipFromKernel(hex: string): string {
  const bytes = Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
  for (let at = 0; at < bytes.length; at += 4) bytes.subarray(at, at + 4).reverse()
  const mapped = bytes.length === 16 && bytes.subarray(0, 12).every((byte, at) => byte === (at < 10 ? 0 : 0xff))
  return formatIp(mapped ? bytes.subarray(12) : bytes)
}

interface Process {
  readonly pid: number
  readonly command: string
}

/** The first process that has each socket open, by inode, as far as this user may look. */
async function processesWith(proc: string, inodes: ReadonlySet<string>): Promise<ReadonlyMap<string, Process>> {
  const found = new Map<string, Process>()
  const pids = (await readdir(proc)).filter((name) => /^\d+$/.test(name))
  for (const pid of pids) {
    if (found.size === inodes.size) break
    for (const inode of await socketsOf(`${proc}/${pid}/fd`)) {
      if (inodes.has(inode) && !found.has(inode))
        found.set(inode, { pid: Number(pid), command: await commandOf(`${proc}/${pid}`) })
    }
  }
  return found
}

/** Inodes of the sockets that a process has open; none when it is another user's, or gone. */
async function socketsOf(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => [])
  const links = await Promise.all(names.map((name) => readlink(`${folder}/${name}`).catch(() => '')))
  return links.flatMap((link) => /^socket:\[(\d+)\]$/.exec(link)?.[1] ?? [])
}

async function commandOf(folder: string): Promise<string> {
  return (await readFile(`${folder}/comm`, 'utf8').catch(() => 'unknown')).trim()
}

/** Workers share one address: each is told once. */
function onePerProcess(holders: readonly PortHolder[]): PortHolder[] {
  return [
    ...new Map(
      holders.map((holder) => [`${holder.process?.pid ?? holder.uid} ${formatHolder(holder)}`, holder]),
    ).values(),
  ]
}
