// What the bench measures against, and with: programs found, run to their end, or kept as daemons in a temporary
// folder until they are stopped. Knows no row.

import { spawn, type ChildProcess } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { accessSync, constants, mkdtempSync, rmSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as after } from 'node:timers/promises'

const READY_MAX_MS = 15_000
/** Between two looks at whether a daemon answers. */
const LOOK_MS = 10
const STOP_MAX_MS = 3000
const OUTPUT_KEPT_CHARACTERS = 2000

/** Where Debian keeps daemons, on the path of an ordinary user or not. */
const FOLDERS = [...(process.env['PATH'] ?? '').split(':'), '/usr/sbin', '/sbin']

export function findProgram(name: string): string | undefined {
  return FOLDERS.map((folder) => join(folder, name)).find((path) => {
    try {
      accessSync(path, constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}

/** Each program, and the Debian package that brings it. */
export type Needs = Readonly<Record<string, string>>

/** Why a row cannot be measured, and how to get what it needs; undefined where nothing is missing. */
export function missing(needs: Needs): string | undefined {
  const absent = Object.entries(needs).filter(([program]) => findProgram(program) === undefined)
  if (absent.length === 0) return undefined
  const programs = absent.map(([program]) => program).join(', ')
  return `${programs} is missing (apt install ${[...new Set(absent.map(([, name]) => name))].join(' ')})`
}

export class TemporaryFolder {
  readonly path: string

  constructor(within = tmpdir()) {
    this.path = mkdtempSync(join(within, 'portolan-bench-'))
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true })
  }
}

/** A port of 127.0.0.1 that is free for TCP and UDP alike, until somebody takes it. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = address !== null && typeof address === 'object' ? address.port : 0
  const socket = createSocket('udp4')
  const free = await new Promise<boolean>((resolve) => {
    socket.once('error', () => resolve(false))
    socket.bind(port, '127.0.0.1', () => resolve(true))
  })
  if (free) socket.close()
  server.close()
  await once(server, 'close')
  return free ? port : freePort()
}

export interface Finished {
  readonly output: string
  readonly tookMs: number
}

/** Runs a program to its end. Throws when it fails or takes longer than `maxMs`. */
export async function runProgram(command: readonly string[], maxMs: number, cwd?: string): Promise<Finished> {
  const [program = '', ...args] = command
  const begun = performance.now()
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], timeout: maxMs, killSignal: 'SIGKILL', cwd })
  const chunks: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk))
  const exited = once(child, 'exit').then(([code]) => ({ code: Number(code ?? -1), tookMs: performance.now() - begun }))
  await once(child, 'close')
  const { code, tookMs } = await exited
  const output = Buffer.concat(chunks).toString()
  if (code !== 0) throw new Error(`${command.join(' ')} ended with ${code}: ${output.slice(-OUTPUT_KEPT_CHARACTERS)}`)
  return { output, tookMs }
}

export interface DaemonOptions {
  readonly command: readonly string[]
  readonly environment?: NodeJS.ProcessEnv
  /** Looked at until it is true. */
  ready(): Promise<boolean>
}

/** A program that runs until it is disposed of. */
export class Daemon {
  readonly #child: ChildProcess
  #said = ''

  private constructor(command: readonly string[], environment: NodeJS.ProcessEnv) {
    const [program = '', ...args] = command
    this.#child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...environment } })
    const hear = (chunk: Buffer): void => {
      this.#said = (this.#said + chunk.toString()).slice(-OUTPUT_KEPT_CHARACTERS)
    }
    this.#child.stdout?.on('data', hear)
    this.#child.stderr?.on('data', hear)
    this.#child.on('error', (error) => hear(Buffer.from(error.message)))
  }

  /** Starts it, and waits until it answers. */
  static async start({ command, environment, ready }: DaemonOptions): Promise<Daemon> {
    const daemon = new Daemon(command, environment ?? {})
    const untilMs = performance.now() + READY_MAX_MS
    while (!(await ready())) {
      if (daemon.#hasEnded() || performance.now() > untilMs) {
        await daemon[Symbol.asyncDispose]()
        throw new Error(`${command.join(' ')} does not answer: ${daemon.#said}`)
      }
      await after(LOOK_MS)
    }
    return daemon
  }

  get pid(): number {
    return this.#child.pid ?? 0
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#hasEnded()) return
    const ended = once(this.#child, 'exit')
    this.#child.kill('SIGTERM')
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), STOP_MAX_MS)
    await ended
    clearTimeout(timer)
  }

  #hasEnded(): boolean {
    return this.#child.pid === undefined || this.#child.exitCode !== null || this.#child.signalCode !== null
  }
}

/** Whether something accepts connections there. */
export function answersTcp(ip: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: ip, port })
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}
