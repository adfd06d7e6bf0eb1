// A real program in a session (`exec: real`): its streams and the channel's become one, and its end is told.

import { isFailure, type Program, type ProgramOptions, type Programs, type Tree } from '../../../core/index.ts'
import type { Running, SessionSetting } from './session.ts'
import { breakFor, environmentOf, localName, placeFor, type Visit } from './visit.ts'

/** What a shell says of a command that cannot be run (POSIX.1-2024, XCU 2.8.2). */
const CANNOT_RUN = 126

/** `command`: left out for a login shell. `original`: what the client had asked for, where the key runs something else. */
export function runProgram(
  visit: Visit,
  programs: Programs,
  command: string | undefined,
  setting: SessionSetting,
  original: string | undefined,
): Running {
  const place = placeFor(visit, setting)
  const run = new ProgramRun(visit, command, setting, place)
  const home = place?.root
  if (home === undefined) run.fail('the files stand in no folder of this machine')
  else run.start(programs, { home, user: localName(visit), environment: environmentOf(visit, original) })
  return run
}

class ProgramRun implements Running {
  readonly #visit: Visit
  readonly #command: string | undefined
  readonly #setting: SessionSetting
  readonly #place: Tree | undefined
  #program: Program | undefined
  #hungUp = false

  constructor(visit: Visit, command: string | undefined, setting: SessionSetting, place: Tree | undefined) {
    this.#visit = visit
    this.#command = command
    this.#setting = setting
    this.#place = place
  }

  start(programs: Programs, options: Pick<ProgramOptions, 'home' | 'user' | 'environment'>): void {
    const { terminal, environment } = this.#setting
    const started = programs.start({
      ...options,
      environment: { ...environment, ...options.environment },
      ...(this.#command === undefined ? {} : { command: this.#command }),
      ...(terminal === undefined ? {} : { terminal }),
    })
    started
      .then((program) => (isFailure(program) ? this.fail(program.message) : this.#begin(program)))
      .catch(breakFor(this.#visit))
  }

  fail(message: string): void {
    const { channel } = this.#setting
    channel.stderr.write(`${message}\n`)
    channel.finish({ code: CANNOT_RUN })
  }

  resize(size: Parameters<Running['resize']>[0]): void {
    this.#program?.resize(size)
  }

  signal(name: string): void {
    this.#program?.signal(name)
  }

  hangUp(): void {
    this.#hungUp = true
    this.#program?.hangUp()
  }

  async #begin(program: Program): Promise<void> {
    this.#program = program
    if (this.#hungUp) program.hangUp()
    const { channel } = this.#setting
    program.stdin.on('error', () => channel.resume())
    channel.pipe(program.stdin)
    const outputs = [ended(program.stdout)]
    program.stdout.pipe(channel, { end: false })
    if (program.stderr !== undefined) {
      outputs.push(ended(program.stderr))
      program.stderr.pipe(channel.stderr, { end: false })
    }
    channel.once('unread', () => program.stdout.destroy())
    channel.once('hangup', () => {
      program.stdout.resume()
      program.stderr?.resume()
    })
    const end = await program.ended
    this.#place?.recount()
    await Promise.all(outputs)
    const { io, context, login } = this.#visit
    context.log.ended(io, login.user.address, this.#command, end)
    channel.finish(end)
  }
}

function ended(stream: NodeJS.ReadableStream): Promise<void> {
  return new Promise((resolve) => {
    for (const event of ['end', 'close', 'error']) stream.once(event, () => resolve())
  })
}
