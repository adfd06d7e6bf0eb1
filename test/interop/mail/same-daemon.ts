// Daemons of one's own for comparisons: started on free ports of loopback below a temporary folder, stopped with the test
// file. Knows no protocol.

import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { accessSync, chmodSync, constants, mkdtempSync, rmSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as after } from 'node:timers/promises'

const READY_MAX_MS = 15_000
/** Between two looks at whether a daemon answers. */
const LOOK_MS = 10
const STOP_MAX_MS = 3000

/** Why a comparison cannot be made here, or false. With CI set nothing is skipped: it fails. */
export function skipWithoutDaemon(program: string, lacking?: () => string | undefined): string | false {
  if (process.env['CI'] === 'true') return false
  try {
    accessSync(program, constants.X_OK)
  } catch {
    return `needs ${program}`
  }
  return lacking?.() ?? false
}

/** A folder that every uid can reach, and short: unix sockets lie below it. */
export function openFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'same-'))
  chmodSync(folder, 0o755)
  return folder
}

export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true })
}

/** A port of 127.0.0.1 that is free until somebody takes it. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return address !== null && typeof address === 'object' ? address.port : 0
}

/** Runs it until `stop`; resolves once all ports are open. Rejects with what it said when it ends before. */
export async function startDaemon(command: readonly string[], ports: readonly number[]): Promise<() => Promise<void>> {
  const [program = '', ...words] = command
  const child = spawn(program, words, { stdio: ['ignore', 'pipe', 'pipe'] })
  const said: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => said.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => said.push(chunk))
  child.on('error', (error) => said.push(Buffer.from(error.message)))
  process.once('exit', () => child.kill('SIGTERM'))
  const untilMs = performance.now() + READY_MAX_MS
  for (const port of ports) {
    while (!(await isOpen(port))) {
      if (hasEnded(child) || performance.now() > untilMs) {
        await stop(child)
        throw new Error(`${command.join(' ')} does not answer: ${Buffer.concat(said).toString()}`)
      }
      await after(LOOK_MS)
    }
  }
  return () => stop(child)
}

async function stop(child: ChildProcess): Promise<void> {
  if (hasEnded(child)) return
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MAX_MS)
  await ended
  clearTimeout(timer)
}

function hasEnded(child: ChildProcess): boolean {
  return child.pid === undefined || child.exitCode !== null || child.signalCode !== null
}

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port })
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })
}
