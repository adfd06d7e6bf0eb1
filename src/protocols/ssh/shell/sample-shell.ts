// For tests: a shell over a tree in memory, with its outputs gathered and a clock that is turned by hand.

import type { Tree } from '../../../core/files.ts'
import type { RunningShell, ShellContext, ShellEvent } from './context.ts'
import { SHELL_LIMITS, type ShellLimits } from './limits.ts'
import { runCommand, startShell } from './run-shell.ts'
import type { ByteSink, ByteSource } from './run/streams.ts'

export interface SampleOptions {
  readonly tree: Tree
  readonly user?: string
  readonly environment?: Readonly<Record<string, string>>
  readonly limits?: Partial<ShellLimits>
  readonly terminal?: ShellContext['terminal']
}

/** Milliseconds of the sample's clock: 2026-01-02T03:04:05Z. */
export const SAMPLE_TIME_MS = Date.UTC(2026, 0, 2, 3, 4, 5)

export class SampleShell {
  readonly events: ShellEvent[] = []
  readonly running: RunningShell
  stdout = ''
  stderr = ''
  /** False: what is written waits. */
  taking = true
  readonly #input: Uint8Array[] = []
  readonly #timers = new Set<{ readonly atMs: number; readonly run: () => void }>()
  #inputEnded = false
  #wake: (() => void) | undefined
  #heard: (() => void) | undefined
  #nowMs = 0

  /** `command`: as exec runs it; left out: a login shell. */
  constructor(options: SampleOptions, command?: string) {
    const context = this.#context(options)
    this.running = command === undefined ? startShell(context) : runCommand(command, context)
  }

  type(text: string | Uint8Array): void {
    this.#input.push(Buffer.from(text))
    this.#wake?.()
  }

  end(): void {
    this.#inputEnded = true
    this.#wake?.()
  }

  /** Resolves once `wanted` stands in what was written to stdout. */
  async until(wanted: string | RegExp): Promise<string> {
    const has = () => (typeof wanted === 'string' ? this.stdout.includes(wanted) : wanted.test(this.stdout))
    while (!has()) await new Promise<void>((resolve) => (this.#heard = resolve))
    return this.stdout
  }

  turn(ms: number): void {
    this.#nowMs += ms
    for (const timer of this.#timers) {
      if (timer.atMs > this.#nowMs) continue
      this.#timers.delete(timer)
      timer.run()
    }
  }

  #context(options: SampleOptions): ShellContext {
    const { tree, user = 'alice', environment = {}, limits, terminal } = options
    return {
      tree,
      user,
      hostName: 'files.harbor.test',
      environment,
      wallMs: () => SAMPLE_TIME_MS + this.#nowMs,
      after: (ms, run) => {
        const timer = { atMs: this.#nowMs + ms, run }
        this.#timers.add(timer)
        return () => void this.#timers.delete(timer)
      },
      stdin: this.#source(),
      stdout: this.#sink((text) => (this.stdout += text)),
      stderr: this.#sink((text) => (this.stderr += text)),
      limits: { ...SHELL_LIMITS, ...limits },
      report: (event) => void this.events.push(event),
      ...(terminal === undefined ? {} : { terminal }),
    }
  }

  #source(): ByteSource {
    return {
      read: async () => {
        while (this.#input.length === 0 && !this.#inputEnded)
          await new Promise<void>((resolve) => (this.#wake = resolve))
        return this.#input.shift()
      },
    }
  }

  #sink(add: (text: string) => void): ByteSink {
    return {
      write: (bytes) => {
        add(Buffer.from(bytes).toString())
        this.#heard?.()
        return this.taking ? Promise.resolve(undefined) : new Promise(() => undefined)
      },
    }
  }
}

export interface Ran {
  readonly stdout: string
  readonly stderr: string
  readonly status: number
}

/** One command to its end. */
export async function ranCommand(
  options: SampleOptions,
  command: string,
  input = '',
): Promise<Ran & { events: readonly ShellEvent[] }> {
  const shell = new SampleShell(options, command)
  shell.type(input)
  shell.end()
  const status = await shell.running.ended
  return { stdout: shell.stdout, stderr: shell.stderr, status, events: shell.events }
}
