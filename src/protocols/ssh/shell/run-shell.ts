// A shell for one login: one command (exec), lines from a pipe, or lines typed at a terminal.

import { BUILTINS, SPECIAL_BUILTINS } from './builtins/index.ts'
import { COMMANDS } from './commands/index.ts'
import type { RunningShell, ShellContext } from './context.ts'
import { Input } from './run/input.ts'
import { Interpreter } from './run/interpreter.ts'
import { Output } from './run/output.ts'
import { Session } from './run/session.ts'
import type { Ends } from './run/shell.ts'
import { ShellState, type Unwinding } from './run/state.ts'
import { isSyntaxProblem, parseScript } from './syntax/parser.ts'
import { TerminalLines } from './terminal/terminal-lines.ts'

const PATH = '/usr/local/bin:/usr/bin:/bin'
/** As a shell says it of a signal: 128 and its number (signal(7)). */
const SIGNAL_STATUS: Readonly<Record<string, number>> = { HUP: 129, INT: 130, QUIT: 131, KILL: 137, TERM: 143 }
const NAMES = [...new Set([SPECIAL_BUILTINS, BUILTINS, COMMANDS].flatMap((table) => Object.keys(table)))].toSorted()

/** Runs one command line, as `sh -c` would. */
export function runCommand(line: string, context: ShellContext): RunningShell {
  const shell = new Login(context)
  return shell.running(() => shell.command(line))
}

/** Reads lines and runs them: with a terminal under a prompt, without one as they come. */
export function startShell(context: ShellContext): RunningShell {
  const shell = new Login(context)
  return shell.running(() => (context.terminal === undefined ? shell.piped() : shell.typed()))
}

class Login {
  readonly #context: ShellContext
  readonly #session: Session
  readonly #state: ShellState
  readonly #interpreter: Interpreter
  readonly #ends: Ends
  readonly #stdin: Input
  readonly #terminal: TerminalLines | undefined
  #gone = false

  constructor(context: ShellContext) {
    this.#context = context
    this.#session = new Session(context, NAMES)
    this.#state = new ShellState(this.#session.limits.memoryMaxBytes)
    this.#interpreter = new Interpreter(this.#session, this.#state)
    this.#terminal = context.terminal === undefined ? undefined : this.#openTerminal()
    const stdout = new Output(this.#session.sink(this.#terminal?.sink ?? context.stdout))
    const stderr = this.#terminal === undefined ? new Output(this.#session.sink(context.stderr)) : stdout
    if (this.#terminal !== undefined) this.#session.markTerminal(stdout)
    this.#stdin = new Input(this.#session.source(this.#terminal?.source ?? context.stdin))
    this.#ends = new Map([
      [0, { input: this.#stdin }],
      [1, { output: stdout }],
      [2, { output: stderr }],
    ])
    this.#setVariables()
  }

  running(run: () => Promise<number>): RunningShell {
    const ended = this.#start().then(run)
    return {
      ended,
      signal: (name) => this.#signal(name),
      resize: (columns, rows) => this.#resize(columns, rows),
      hangUp: () => this.#hangUp(),
    }
  }

  async command(line: string): Promise<number> {
    this.#session.begin(line)
    if (this.#gone) this.#session.job.stop(SIGNAL_STATUS['HUP'] ?? 1)
    await this.#interpreter.evaluate(line, this.#ends)
    const status = await this.#interpreter.finish(this.#ends)
    this.#session.finish(status)
    this.#terminal?.close()
    return status
  }

  /** Lines of a pipe: as many as a command needs are taken, and what it reads itself comes from behind them. */
  async piped(): Promise<number> {
    for (;;) {
      const text = await this.#wholeCommand(async () => {
        const line = await this.#stdin.line()
        return line?.text
      })
      if (text === undefined || !(await this.#runLine(text))) return this.#finish()
    }
  }

  async typed(): Promise<number> {
    const terminal = this.#terminal
    if (terminal === undefined) return this.piped()
    for (;;) {
      let first = true
      const text = await this.#wholeCommand(() => {
        const prompt = first ? this.#prompt() : '> '
        first = false
        return terminal.read(prompt, this.#state.cwd)
      })
      if (text === undefined) break
      terminal.remember(text)
      if (!(await this.#runLine(text))) break
    }
    const status = await this.#finish()
    terminal.close()
    return status
  }

  async #start(): Promise<void> {
    const { tree } = this.#context
    const home = await tree.stat(this.#session.home)
    this.#state.cwd = 'kind' in home && home.kind === 'folder' ? this.#session.home : '/'
    this.#state.set('PWD', this.#state.cwd)
  }

  async #finish(): Promise<number> {
    return this.#interpreter.finish(this.#ends)
  }

  /** Lines until they make a whole; undefined at the end. */
  async #wholeCommand(read: () => Promise<string | undefined>): Promise<string | undefined> {
    let text: string | undefined
    for (;;) {
      const line = await read()
      if (line === undefined || this.#gone) return text
      text = text === undefined ? line : `${text}\n${line}`
      if (text.length > this.#session.limits.scriptMaxBytes) return text
      const script = parseScript(`${text}\n`, this.#session.limits.nestingMax)
      if (!isSyntaxProblem(script) || !script.incomplete) return text
    }
  }

  /** False: the shell is over. */
  async #runLine(text: string): Promise<boolean> {
    if (text.trim() === '') return true
    this.#session.begin(text)
    this.#terminal?.began()
    await this.#interpreter.evaluate(`${text}\n`, this.#ends)
    const { stopped } = this.#session.job
    if (stopped !== undefined) this.#state.status = stopped
    for (const { output } of this.#ends.values()) await output?.flush()
    this.#terminal?.ended()
    this.#session.finish(this.#state.status)
    const unwinding: Unwinding | undefined = this.#state.unwinding
    this.#state.unwinding = undefined
    this.#state.looked = 0
    this.#state.loops = 0
    return !this.#gone && unwinding?.kind !== 'exit' && (this.#terminal !== undefined || unwinding?.kind !== 'abort')
  }

  #prompt(): string {
    const { user, hostName } = this.#context
    const { home } = this.#interpreter
    const { cwd } = this.#state
    const inside = home === '/' ? cwd.slice(1) : cwd.startsWith(`${home}/`) ? cwd.slice(home.length + 1) : ''
    const shown = cwd === home ? '~' : inside === '' ? cwd : home === '/' ? cwd : `~/${inside}`
    return `${user}@${hostName.split('.', 1)[0] ?? ''}:${shown}$ `
  }

  #setVariables(): void {
    const { user, environment, terminal } = this.#context
    for (const [name, value] of Object.entries(environment)) this.#state.set(name, value, true)
    const own = { HOME: this.#session.home, USER: user, LOGNAME: user, SHELL: '/bin/sh', PATH }
    for (const [name, value] of Object.entries(own)) this.#state.set(name, value, true)
    if (terminal !== undefined) this.#state.set('TERM', terminal.type, true)
    this.#state.set('PWD', this.#session.home, true)
    this.#state.set('IFS', ' \t\n')
    this.#state.set('OPTIND', '1')
    this.#state.set('PS1', '$ ')
    this.#state.set('PS2', '> ')
  }

  #openTerminal(): TerminalLines {
    const { stdin, stdout, tree } = this.#context
    return new TerminalLines({
      source: stdin,
      sink: stdout,
      columns: this.#session.columns,
      historyMax: this.#session.limits.historyMax,
      names: NAMES,
      tree,
      home: this.#session.home,
      interrupt: (name) => this.#signal(name),
    })
  }

  #signal(name: string): void {
    const status = SIGNAL_STATUS[name]
    if (status === undefined) return
    this.#session.job.stop(status)
    if (this.#terminal !== undefined && (name === 'INT' || name === 'QUIT')) return
    if (this.#context.terminal !== undefined) this.#hangUp()
  }

  #resize(columns: number, _rows: number): void {
    this.#session.columns = columns
    if (this.#terminal !== undefined) this.#terminal.columns = columns
  }

  #hangUp(): void {
    this.#gone = true
    this.#session.job.stop(SIGNAL_STATUS['HUP'] ?? 1)
    this.#terminal?.close()
  }
}
