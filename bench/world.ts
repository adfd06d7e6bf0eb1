// Portolan as its users run it: `portolan up` with a world file, and what it says of its ports.

import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import * as v from 'valibot'

export const ROOT = join(import.meta.dirname, '..')
/** The launcher becomes Node itself, so its pid is the world's. */
export const PORTOLAN = join(ROOT, 'bin/portolan')

export const NODE = join(ROOT, 'node_modules/.bin/node')

const UP_MAX_MS = 20_000

const place = v.object({ ip: v.string(), port: v.number() })
const status = v.object({
  pid: v.number(),
  ports: v.array(
    v.object({
      host: v.string(),
      port: v.number(),
      transport: v.string(),
      service: v.string(),
      bound: v.optional(place),
    }),
  ),
})

export interface Place {
  readonly ip: string
  readonly port: number
}

export interface WorldOptions {
  /** Without one, the default world. */
  readonly file?: string
  readonly words?: readonly string[]
  /** Flags for Node, as NODE_OPTIONS takes them. */
  readonly nodeOptions?: string
  readonly command?: readonly string[]
}

/** A world on loopback, until it is disposed of. */
export class RunningWorld {
  readonly pid: number
  readonly #child: ChildProcess
  readonly #ports: v.InferOutput<typeof status>['ports']

  private constructor(child: ChildProcess, { pid, ports }: v.InferOutput<typeof status>) {
    this.#child = child
    this.pid = pid
    this.#ports = ports
  }

  /** Starts it, and waits for the line that says where everything stands. What it says from then on is not kept. */
  static async up(options: WorldOptions): Promise<RunningWorld> {
    const { file, words = [], nodeOptions = '', command = [PORTOLAN] } = options
    const [program = '', ...args] = [
      ...command,
      'up',
      '--json',
      ...(file === undefined ? [] : ['--world', file]),
      ...words,
    ]
    const child = spawn(program, args, {
      stdio: ['ignore', 'pipe', 'inherit'],
      // No portolan.yaml of the caller's folder comes in between.
      cwd: import.meta.dirname,
      env: { ...process.env, NODE_OPTIONS: nodeOptions },
    })
    const line = await firstLine(child)
    if (line !== undefined) return new RunningWorld(child, v.parse(status, JSON.parse(line)))
    child.kill('SIGKILL')
    throw new Error(`${program} up did not say where it stands`)
  }

  /** A world of that text, which is laid into the folder and keeps its state there. */
  static upIn(folder: string, text: string): Promise<RunningWorld> {
    const file = join(folder, 'world.yaml')
    writeFileSync(file, text)
    return RunningWorld.up({ file, words: ['--state', join(folder, 'state')] })
  }

  /** Where a port of a host stands on this machine. */
  at(host: string, port: number, transport: 'tcp' | 'udp'): Place {
    const found = this.#ports.find((one) => one.host === host && one.port === port && one.transport === transport)
    if (found?.bound === undefined) throw new Error(`${host}:${port}/${transport} is not bound`)
    return found.bound
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const ended = once(this.#child, 'exit')
    this.#child.kill('SIGINT')
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), 3000)
    await ended
    clearTimeout(timer)
  }
}

async function firstLine(child: ChildProcess): Promise<string | undefined> {
  if (child.stdout === null) return undefined
  const lines = createInterface({ input: child.stdout })
  const timer = setTimeout(() => child.kill('SIGKILL'), UP_MAX_MS)
  const line = await new Promise<string | undefined>((resolve) => {
    lines.once('line', resolve)
    lines.once('close', () => resolve(undefined))
  })
  clearTimeout(timer)
  return line
}
