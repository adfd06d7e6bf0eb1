// Drives bin/portolan as a user types it: own runtime folder, bare environment, a bound in time, and nothing left behind.

import assert from 'node:assert/strict'
import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { accessSync, constants, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import { missing } from './namespaces.ts'

const ROOT = join(import.meta.dirname, '..', '..')
export const PORTOLAN = join(ROOT, 'bin', 'portolan')
/** The tools that Debian puts into sbin stay out, as they are for an ordinary user. */
const PATH = '/usr/local/bin:/usr/bin:/bin'
/** Far more than any of them takes: a run that hangs is broken. */
const RUN_MAX_MS = 40_000

/** This test file's own XDG_RUNTIME_DIR: worlds of the user's, and of other test files, are not in the way. */
export const RUNTIME = mkdtempSync(join(tmpdir(), 'portolan-interop-'))
const running = new Set<Started>()

after(() => {
  for (const one of running) one.kill()
  const left = worldsLeft()
  rmSync(RUNTIME, { recursive: true, force: true })
  assert.deepEqual(left, [], 'folders of worlds were left behind')
})

export function worldsLeft(): readonly string[] {
  const folder = join(RUNTIME, 'portolan')
  return existsSync(folder) ? readdirSync(folder) : []
}

export interface PortolanOptions {
  readonly input?: string | Uint8Array
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
  readonly timeoutMs?: number
}

export interface Ran {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
  readonly bytes: Buffer
  readonly tookMs: number
}

/** Runs `portolan` with these words to its end. */
export function portolan(words: readonly string[], options: PortolanOptions = {}): Promise<Ran> {
  const started = start(PORTOLAN, words, options)
  started.end(options.input ?? '')
  return started.done
}

/** Runs any program under the same conditions. */
export function runProgram(program: string, words: readonly string[], options: PortolanOptions = {}): Promise<Ran> {
  const started = start(program, words, options)
  started.end(options.input ?? '')
  return started.done
}

function bareEnvironment(): Record<string, string> {
  const kept = ['HOME', 'USER', 'LOGNAME', 'XDG_CACHE_HOME'].flatMap((name) => {
    const value = process.env[name]
    return value === undefined ? [] : [[name, value] as const]
  })
  return { ...Object.fromEntries(kept), PATH, LANG: 'C.UTF-8', TERM: 'dumb', XDG_RUNTIME_DIR: RUNTIME }
}

/** A program that runs on while a test does other things. */
export class Started {
  readonly done: Promise<Ran>
  readonly #child: ChildProcess
  readonly #out: Buffer[] = []
  readonly #errors: Buffer[] = []
  #heard = (): void => undefined

  constructor(program: string, words: readonly string[], options: PortolanOptions) {
    this.#child = spawn(program, words, {
      cwd: options.cwd ?? RUNTIME,
      env: { ...bareEnvironment(), ...options.env },
      stdio: ['pipe', 'pipe', 'pipe'],
      detached: true,
    })
    this.#child.stdin?.on('error', () => undefined)
    this.#keep(this.#child.stdout, this.#out)
    this.#keep(this.#child.stderr, this.#errors)
    this.done = this.#ran(words, options.timeoutMs ?? RUN_MAX_MS)
    running.add(this)
  }

  get pid(): number {
    return this.#child.pid ?? 0
  }

  get stdout(): string {
    return Buffer.concat(this.#out).toString()
  }

  write(input: string): void {
    this.#child.stdin?.write(input)
  }

  end(input: string | Uint8Array = ''): void {
    this.#child.stdin?.end(input)
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal)
  }

  /** Ends the whole process group. */
  kill(): void {
    try {
      process.kill(-this.pid, 'SIGKILL')
    } catch {
      return
    }
  }

  /** Resolves once standard output matches; rejects when the program ends first. */
  async says(pattern: RegExp): Promise<RegExpMatchArray> {
    const heard = new Promise<RegExpMatchArray>((resolve) => {
      const look = (): void => {
        const match = this.stdout.match(pattern)
        if (match !== null) resolve(match)
      }
      this.#heard = look
      look()
    })
    const ended = this.done.then((ran): never => {
      throw new Error(`ended without saying ${pattern}: ${ran.stdout}${ran.stderr}`)
    })
    return Promise.race([heard, ended])
  }

  #keep(stream: NodeJS.ReadableStream | null, chunks: Buffer[]): void {
    stream?.on('data', (chunk: Buffer) => {
      chunks.push(chunk)
      this.#heard()
    })
  }

  #ran(words: readonly string[], timeoutMs: number): Promise<Ran> {
    const begun = performance.now()
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.kill()
        reject(new Error(`${words.join(' ')} took more than ${timeoutMs} ms: ${this.stdout}${this.#said()}`))
      }, timeoutMs)
      this.#child.on('error', reject)
      this.#child.on('close', (code, signal) => {
        clearTimeout(timer)
        running.delete(this)
        const bytes = Buffer.concat(this.#out)
        const tookMs = performance.now() - begun
        resolve({ code, signal, bytes, stdout: bytes.toString(), stderr: this.#said(), tookMs })
      })
    })
  }

  #said(): string {
    return Buffer.concat(this.#errors).toString()
  }
}

/** Starts a program with the pipe to its standard input open. */
export function start(program: string, words: readonly string[], options: PortolanOptions = {}): Started {
  return new Started(program, words, options)
}

const why = missing()

/** For tests in the private plane: the reason to skip them here; never with CI set, where they fail instead. */
export function skipWithout(...tools: readonly string[]): string | false {
  if (process.env['CI'] === 'true') return false
  if (why !== undefined) return why
  const lacking = tools.filter((tool) => !isThere(tool))
  return lacking.length === 0 ? false : `needs ${lacking.join(', ')}`
}

function isThere(tool: string): boolean {
  return PATH.split(':').some((folder) => {
    try {
      accessSync(join(folder, tool), constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}

/** What tshark shows of a capture, line by line. */
export function tshark(file: string, ...words: readonly string[]): string[] {
  const result = spawnSync('tshark', ['-r', file, ...words], { encoding: 'utf8', env: { ...process.env, LANG: 'C' } })
  assert.equal(result.status, 0, result.stderr)
  return result.stdout.split('\n').filter((line) => line !== '')
}
