// Starts real programs, and ends all of them: a session each, with pipes or a terminal.

import { spawn, type ChildProcess } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { Readable, Writable } from 'node:stream'
import { failure, failureFrom, isFailure, type Failure } from '../../core/failure.ts'
import type { Program, ProgramEnd, ProgramOptions, Programs } from '../../core/programs.ts'
import { openTerminal, type PseudoTerminal } from './pseudo-terminal.ts'
import { processesMarked, processesOfSession, sendSignal } from './sessions.ts'
import { openStreams, type TerminalStreams } from './terminal-streams.ts'

export interface RealProgramsOptions {
  /** Of the user as whom they run: `/bin/bash`. */
  readonly shell: string
  /** Put in front of each command: what leads into further namespaces. Must become the command in the same process. Default: nothing. */
  readonly wrap?: readonly string[]
  /** Called once, before the first of them starts; a failure is that of every start. */
  readonly prepare?: () => Failure | undefined
  /** Variables for all of them, under those of each. */
  readonly environment?: Readonly<Record<string, string>>
  /**
   * Finds more of what was started here than carries the mark in its environment: a program can empty that. Default: nothing.
   */
  readonly others?: () => readonly number[]
}

export interface RealPrograms extends Programs {
  /** Ends all that was started here and whatever they have started; resolves when nothing of it runs any more. */
  stop(): Promise<void>
}

/** For those who are told to hang up to do what they do then. */
const HANG_UP_MS = 5000
/** Between two looks whether the last processes are gone. */
const LOOK_MS = 10
/** A world that stops waits no longer for processes that nothing ends (a disk that does not answer). */
const STOP_MAX_MS = 2000
const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'
const MARK = 'PORTOLAN_PROGRAMS'
/** Opens the terminal $0, which becomes the controlling one of a session that has none, and becomes the program. */
const ON_TERMINAL = 'exec "$@" <>"$0" >&0 2>&0'

export function startPrograms(options: RealProgramsOptions): RealPrograms {
  const mark = randomUUID()
  const running = new Set<RunningProgram>()
  let prepared: { readonly problem: Failure | undefined } | undefined
  return {
    async start(asked) {
      prepared ??= { problem: options.prepare?.() }
      if (prepared.problem !== undefined) return prepared.problem
      const program = await startOne(options, asked, mark)
      if (isFailure(program)) return program
      running.add(program)
      void program.ended.then(() => running.delete(program))
      return program
    },
    async stop() {
      for (const program of running) program.hangUp()
      await killAll(() => new Set([...processesMarked(MARK, mark), ...(options.others?.() ?? [])]))
      await Promise.all([...running].map((program) => program.ended))
    },
  }
}

async function killAll(find: () => ReadonlySet<number>): Promise<void> {
  const until = performance.now() + STOP_MAX_MS
  for (;;) {
    const left = find()
    if (left.size === 0 || performance.now() > until) return
    for (const pid of left) sendSignal(pid, 'SIGKILL')
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
  }
}

async function startOne(
  options: RealProgramsOptions,
  asked: ProgramOptions,
  mark: string,
): Promise<RunningProgram | Failure> {
  const terminal = asked.terminal === undefined ? undefined : await openTerminal(asked.terminal)
  if (isFailure(terminal)) return terminal
  try {
    const streams = terminal === undefined ? undefined : openStreams(terminal)
    const child = spawnProgram(options, asked, mark, terminal?.path)
    const started = await hasStarted(child)
    if (isFailure(started)) {
      terminal?.release()
      streams?.close()
      return started
    }
    return new RunningProgram(
      child,
      started,
      terminal === undefined || streams === undefined ? undefined : { terminal, streams },
    )
  } catch (error) {
    terminal?.release()
    return failureFrom(error)
  }
}

function spawnProgram(
  { shell, wrap = [], environment }: RealProgramsOptions,
  asked: ProgramOptions,
  mark: string,
  terminalPath: string | undefined,
): ChildProcess {
  const program = asked.command === undefined ? [shell, '-l'] : [shell, '-c', asked.command]
  const onTerminal = terminalPath === undefined ? [] : ['/bin/sh', '-c', ON_TERMINAL, terminalPath]
  const [file = shell, ...args] = [...wrap, ...onTerminal, ...program]
  return spawn(file, args, {
    cwd: asked.home,
    detached: true,
    stdio: terminalPath === undefined ? 'pipe' : 'ignore',
    env: {
      PATH,
      LANG: 'C.UTF-8',
      ...environment,
      ...asked.environment,
      USER: asked.user,
      LOGNAME: asked.user,
      HOME: asked.home,
      SHELL: shell,
      ...(asked.terminal === undefined ? {} : { TERM: asked.terminal.type }),
      [MARK]: mark,
    },
  })
}

/** Its pid; a failure when there is no such folder or program. */
async function hasStarted(child: ChildProcess): Promise<number | Failure> {
  try {
    await once(child, 'spawn')
    return child.pid ?? failure('ESPAWN', 'the program could not be started')
  } catch (error) {
    return failureFrom(error)
  }
}

interface OnTerminal {
  readonly terminal: PseudoTerminal
  readonly streams: TerminalStreams
}

class RunningProgram implements Program {
  readonly stdin: Writable
  readonly stdout: Readable
  readonly stderr: Readable | undefined
  readonly ended: Promise<ProgramEnd>
  readonly #pid: number
  readonly #on: OnTerminal | undefined
  #over = false

  constructor(child: ChildProcess, pid: number, on: OnTerminal | undefined) {
    this.#pid = pid
    this.#on = on
    this.stdin = on?.streams.stdin ?? child.stdin ?? new Writable()
    this.stdout = on?.streams.stdout ?? child.stdout ?? new Readable()
    this.stderr = on === undefined ? (child.stderr ?? undefined) : undefined
    this.stdin.on('error', () => undefined)
    this.stdout.on('error', () => undefined)
    this.stderr?.on('error', () => undefined)
    this.ended = new Promise((resolve) => {
      child.once('exit', (code, signal) => {
        this.#over = true
        on?.streams.ended()
        resolve(endOf(code, signal))
      })
    })
  }

  resize(size: Parameters<Program['resize']>[0]): void {
    if (!this.#over) this.#on?.terminal.resize(size)
  }

  signal(name: string): void {
    const signal = signalOf(name)
    if (signal === undefined || this.#over) return
    const group = this.#on?.terminal.foreground() ?? this.#pid
    if (!sendSignal(-group, signal)) sendSignal(this.#pid, signal)
  }

  hangUp(): void {
    this.#on?.streams.close()
    this.#on?.terminal.release()
    this.stdin.destroy()
    for (const pid of processesOfSession(this.#pid)) {
      sendSignal(pid, 'SIGHUP')
      sendSignal(pid, 'SIGCONT')
    }
    const killing = setTimeout(() => this.#kill(), HANG_UP_MS)
    killing.unref()
  }

  /** Whoever is left of its session. */
  #kill(): void {
    for (const pid of processesOfSession(this.#pid)) sendSignal(pid, 'SIGKILL')
  }
}

function endOf(code: number | null, signal: NodeJS.Signals | null): ProgramEnd {
  return signal === null ? { code: code ?? 255 } : { signal: signal.slice('SIG'.length), coreDumped: false }
}

/** A name of RFC 4254 §6.9, and any other that this system has. */
function signalOf(name: string): NodeJS.Signals | undefined {
  return SIGNALS.find((signal) => signal === `SIG${name}`)
}

const SIGNALS: readonly NodeJS.Signals[] = [
  'SIGABRT',
  'SIGALRM',
  'SIGFPE',
  'SIGHUP',
  'SIGILL',
  'SIGINT',
  'SIGKILL',
  'SIGPIPE',
  'SIGQUIT',
  'SIGSEGV',
  'SIGTERM',
  'SIGUSR1',
  'SIGUSR2',
  'SIGWINCH',
  'SIGTSTP',
  'SIGCONT',
]
