// Runs scripts (Shell Command Language §2.9): lists, pipelines, compounds. Simple commands are in simple.ts; what a shell
// may use up is the job's affair.

import { failure, isFailure, type Failure } from '../../../../core/failure.ts'
import type { Tree } from '../../../../core/files.ts'
import { pathText } from '../../../../wire/path-text.ts'
import { expandFields, expandPattern, expandText } from '../expand/expand.ts'
import { compilePattern } from '../expand/pattern.ts'
import { isSyntaxProblem, parseScript } from '../syntax/parser.ts'
import type { AndOr, Command, Compound, Pipeline, Script, Word } from '../syntax/tree.ts'
import { Input } from './input.ts'
import { Output } from './output.ts'
import { closeEnds, redirect } from './redirect.ts'
import type { Session } from './session.ts'
import type { Ends, ScriptOptions, Shell } from './shell.ts'
import { kindOf, runSimple, runWords } from './simple.ts'
import { setOptions, type ShellState, type Unwinding } from './state.ts'
import { Pipe, type ByteSink } from './streams.ts'

/** Of a script that cannot be parsed or expanded (Shell Command Language §2.8.1). */
const STATUS_ERROR = 2
/** Bytes of a script weigh as one command each so many. */
const BYTES_PER_STEP = 16

export class Interpreter implements Shell {
  readonly session: Session
  readonly state: ShellState
  /** Descriptors that substitutions inherit: those of the command at work. */
  #ends: Ends = new Map()
  #substituted: number | undefined

  constructor(session: Session, state: ShellState) {
    this.session = session
    this.state = state
  }

  get tree(): Tree {
    return this.session.context.tree
  }
  get cwd(): string {
    return this.state.cwd
  }
  get home(): string {
    return this.state.get('HOME') ?? this.session.home
  }
  get user(): string {
    return this.session.context.user
  }
  get positional(): readonly string[] {
    return this.state.positional
  }
  get nounset(): boolean {
    return this.state.options.has('u')
  }
  get noglob(): boolean {
    return this.state.options.has('f')
  }
  get wordsMax(): number {
    return this.session.limits.wordsMax
  }
  get memoryMaxBytes(): number {
    return this.session.limits.memoryMaxBytes
  }

  get(name: string): string | undefined {
    return this.state.get(name)
  }

  set(name: string, value: string): boolean {
    const problem = this.state.set(name, value)
    if (problem === 'full') this.session.job.reach('memoryMaxBytes')
    return problem !== 'read-only'
  }

  special(name: string): string | undefined {
    if (name === '?') return String(this.state.status)
    if (name === '#') return String(this.state.positional.length)
    if (name === '$') return '2'
    if (name === '-') return [...this.state.options].join('')
    if (name === '0') return this.state.name
    return name === '!' ? undefined : this.state.positional[Number(name) - 1]
  }

  kindOf(name: string): ReturnType<Shell['kindOf']> {
    return kindOf(name, this.state)
  }

  /** The status of the last simple command's substitutions, for one that is assignments only (§2.9.1). */
  takeSubstituted(): number {
    const status = this.#substituted ?? 0
    this.#substituted = undefined
    return status
  }

  async run(script: Script, ends: Ends): Promise<number> {
    this.#ends = ends
    for (const list of script) {
      await this.#andOr(list, ends)
      if (this.ending) break
    }
    return this.session.job.stopped ?? this.state.status
  }

  /** Something is on its way out, or the job was stopped. */
  get ending(): boolean {
    return this.state.unwinding !== undefined || this.session.job.stopped !== undefined
  }

  async evaluate(text: string, ends: Ends): Promise<number> {
    const { limits, job } = this.session
    await job.step(Math.ceil(text.length / BYTES_PER_STEP))
    if (text.length > limits.scriptMaxBytes) job.reach('scriptMaxBytes')
    if (job.stopped !== undefined) return job.stopped
    const script = parseScript(text, limits.nestingMax)
    if (!isSyntaxProblem(script)) return this.run(script, ends)
    return this.abort(`Syntax error: ${script.message}`, ends)
  }

  async script(text: string, { name, args, options }: ScriptOptions, ends: Ends): Promise<number> {
    const inner = new Interpreter(this.session, this.state.fresh())
    inner.state.name = name
    inner.state.positional = args
    if (options !== undefined) setOptions(inner.state, options, true)
    return inner.#inside(() => inner.evaluate(text, ends), ends)
  }

  command(words: readonly string[], ends: Ends, functions = false): Promise<number> {
    return runWords(this, words, ends, functions)
  }

  async commandIn(environment: ReadonlyMap<string, string>, words: readonly string[], ends: Ends): Promise<number> {
    const inner = new Interpreter(this.session, this.state.fresh())
    for (const name of inner.state.environment().keys()) inner.state.unset(name)
    for (const [name, value] of environment) inner.state.set(name, value, true)
    return inner.#inside(async () => (inner.state.status = await inner.command(words, ends)), ends)
  }

  /** Says what is wrong with the script itself, and ends it. */
  async abort(message: string, ends: Ends, status = STATUS_ERROR): Promise<number> {
    await this.complain(message, ends)
    this.unwind({ kind: 'abort', status })
    return status
  }

  async complain(message: string, ends: Ends): Promise<void> {
    const stderr = ends.get(2)?.output
    stderr?.print(`${this.state.name}: ${message}\n`)
    await stderr?.flush()
  }

  unwind(unwinding: Unwinding): void {
    this.state.unwinding = unwinding
    if ('status' in unwinding) this.state.status = unwinding.status
  }

  async substitute(script: Script): Promise<string | Failure> {
    const chunks: Uint8Array[] = []
    let size = 0
    const sink: ByteSink = {
      write: (bytes) => {
        size += bytes.length
        if (size > this.memoryMaxBytes) this.session.job.reach('memoryMaxBytes')
        else chunks.push(new Uint8Array(bytes))
        return Promise.resolve(undefined)
      },
    }
    const ends = new Map(this.#ends)
    const before = this.#ends
    this.#substituted = await this.#subshell(script, ends.set(1, { output: new Output(sink) }))
    this.#ends = before
    const { stopped } = this.session.job
    return stopped === undefined ? pathText(Buffer.concat(chunks)).replace(/\n+$/, '') : failure('ESTOPPED', '')
  }

  /** Runs with a copy of all that the shell knows. */
  #subshell(script: Script, ends: Ends): Promise<number> {
    const inner = new Interpreter(this.session, this.state.copy())
    return inner.#inside(() => inner.run(script, ends), ends)
  }

  /** The life of a subshell: its end is its own, and so is what it traps. */
  async #inside(run: () => Promise<number>, ends: Ends): Promise<number> {
    if (this.state.calls > this.session.limits.nestingMax) {
      this.session.job.reach('nestingMax')
      return this.session.job.stopped ?? STATUS_ERROR
    }
    await run()
    return this.finish(ends)
  }

  /** Runs what `trap` left for the end; the exit status of the whole. */
  async finish(ends: Ends): Promise<number> {
    const status = this.session.job.stopped ?? this.state.status
    this.state.unwinding = undefined
    const last = this.state.traps.get('EXIT')
    this.state.traps.delete('EXIT')
    if (last !== undefined && this.session.job.stopped === undefined) {
      await this.evaluate(last, ends)
      const exit = exitOf(this.state)
      if (exit !== undefined) return exit
    }
    for (const { output } of ends.values()) await output?.flush()
    return status
  }

  async #andOr({ first, rest }: AndOr, ends: Ends): Promise<void> {
    await this.#looking(rest.length > 0, () => this.#pipeline(first, ends))
    for (const [index, { when, pipeline }] of rest.entries()) {
      if (this.ending) return
      if ((this.state.status === 0) !== (when === '&&')) continue
      await this.#looking(index < rest.length - 1, () => this.#pipeline(pipeline, ends))
    }
  }

  /** Runs something; with `looked`, its status is somebody's to look at, and `set -e` does not end the shell by it. */
  async #looking<T>(looked: boolean, run: () => Promise<T>): Promise<T> {
    this.state.looked += looked ? 1 : 0
    const value = await run()
    this.state.looked -= looked ? 1 : 0
    return value
  }

  async #pipeline({ negated, commands }: Pipeline, ends: Ends): Promise<void> {
    const [only] = commands
    if (only === undefined) return
    const run = () => (commands.length === 1 ? this.#command(only, ends) : this.#piped(commands, ends))
    this.state.status = await this.#looking(negated, run)
    if (this.ending) return
    if (negated) this.state.status = this.state.status === 0 ? 1 : 0
    else this.#checkStatus(only)
  }

  /** `set -e` (§2.14, set): not for compounds, whose own commands were looked at already. */
  #checkStatus(command: Command): void {
    const { status, options, looked } = this.state
    if (status === 0 || looked > 0 || !options.has('e')) return
    if (command.kind !== 'compound' || command.body.kind === 'subshell') this.unwind({ kind: 'exit', status })
  }

  async #piped(commands: readonly Command[], ends: Ends): Promise<number> {
    const { job, limits } = this.session
    if (commands.length > limits.pipelineMax) job.reach('pipelineMax')
    if (job.stopped !== undefined) return job.stopped
    const pipes = commands.slice(1).map(() => new Pipe())
    const off = job.onStop(() => pipes.forEach((pipe) => pipe.break()))
    const statuses = await Promise.all(
      commands.map((command, index) => this.#stage(command, ends, pipes[index - 1], pipes[index])),
    )
    off()
    return statuses.at(-1) ?? 0
  }

  async #stage(command: Command, ends: Ends, from: Pipe | undefined, to: Pipe | undefined): Promise<number> {
    const own = new Map(ends)
    if (from !== undefined) own.set(0, { input: new Input(from) })
    if (to !== undefined) own.set(1, { output: new Output(to) })
    const inner = new Interpreter(this.session, this.state.copy())
    const status = await inner.#inside(async () => (inner.state.status = await inner.#command(command, own)), own)
    from?.break()
    to?.end()
    return status
  }

  async #command(command: Command, ends: Ends): Promise<number> {
    await this.session.job.step()
    if (this.session.job.stopped !== undefined) return this.session.job.stopped
    this.#ends = ends
    if (command.kind === 'simple') return runSimple(this, command, ends)
    if (command.kind === 'compound') return this.compound(command.body, command.redirections, ends)
    this.state.functions.set(command.name, command.body)
    return 0
  }

  async compound(body: Compound, redirections: Parameters<typeof redirect>[0], ends: Ends): Promise<number> {
    const opened = await redirect(redirections, ends, this)
    if (isFailure(opened)) {
      await this.complain(opened.message, ends)
      return STATUS_ERROR
    }
    const status = await this.#compound(body, opened.ends)
    await closeEnds(opened.opened)
    return status
  }

  async #compound(body: Compound, ends: Ends): Promise<number> {
    switch (body.kind) {
      case 'group':
        return this.run(body.script, ends)
      case 'subshell':
        return this.#subshell(body.script, ends)
      case 'if':
        return this.#if(body, ends)
      case 'loop':
        return this.#loop(body, ends)
      case 'for':
        return this.#for(body, ends)
      case 'case':
        return this.#case(body, ends)
    }
  }

  async #if({ branches, otherwise }: Compound & { kind: 'if' }, ends: Ends): Promise<number> {
    for (const { condition, body } of branches) {
      const status = await this.#looking(true, () => this.run(condition, ends))
      if (this.ending) return this.state.status
      if (status === 0) return this.run(body, ends)
    }
    return otherwise === undefined ? 0 : this.run(otherwise, ends)
  }

  async #loop({ until, condition, body }: Compound & { kind: 'loop' }, ends: Ends): Promise<number> {
    let status = 0
    await this.#inLoop(async () => {
      const met = await this.#looking(true, () => this.run(condition, ends))
      if (this.ending) return this.#continues()
      if ((met === 0) === until) return false
      status = await this.run(body, ends)
      return this.#continues()
    })
    return this.session.job.stopped ?? status
  }

  async #for({ name, words, body }: Compound & { kind: 'for' }, ends: Ends): Promise<number> {
    const values = words === undefined ? this.positional : await this.fields(words, ends)
    if (values === undefined) return this.state.status
    let index = 0
    let status = 0
    await this.#inLoop(async () => {
      const value = values[index++]
      if (value === undefined) return false
      if (!this.set(name, value)) {
        await this.abort(`${name}: is read only`, ends)
        return false
      }
      status = await this.run(body, ends)
      return this.#continues()
    })
    return this.state.unwinding === undefined ? status : this.state.status
  }

  /** Rounds of a loop until `round` says that there is none more. */
  async #inLoop(round: () => Promise<boolean>): Promise<void> {
    this.state.loops++
    do await this.session.job.step()
    while (this.session.job.stopped === undefined && (await round()))
    this.state.loops--
  }

  /** Takes `break` and `continue` that mean this loop; whether it goes on. */
  #continues(): boolean {
    const { unwinding } = this.state
    if (unwinding === undefined) return this.session.job.stopped === undefined
    if (unwinding.kind !== 'break' && unwinding.kind !== 'continue') return false
    const { kind, levels } = unwinding
    this.state.unwinding = levels > 1 ? { kind, levels: levels - 1 } : undefined
    return kind === 'continue' && levels === 1
  }

  async #case({ word, items }: Compound & { kind: 'case' }, ends: Ends): Promise<number> {
    const text = await expandText(word, this)
    if (isFailure(text)) return this.abort(text.message, ends)
    for (const { patterns, body } of items) {
      for (const pattern of patterns) {
        const compiled = await expandPattern(pattern, this)
        if (isFailure(compiled)) return this.abort(compiled.message, ends)
        if (!compilePattern(compiled).matches(text)) continue
        this.state.status = 0
        return this.run(body, ends)
      }
    }
    return 0
  }

  /** All words expanded; undefined: it failed, was told, and the script is over. */
  async fields(words: readonly Word[], ends: Ends): Promise<string[] | undefined> {
    const fields: string[] = []
    for (const word of words) {
      const found = await expandFields(word, this)
      if (isFailure(found)) {
        if (this.session.job.stopped === undefined) await this.abort(found.message, ends)
        return undefined
      }
      for (const field of found) fields.push(field)
      if (fields.length > this.wordsMax) this.session.job.reach('wordsMax')
      if (this.session.job.stopped !== undefined) return undefined
    }
    return fields
  }
}

/** The status of an `exit` that is on its way. */
function exitOf({ unwinding }: ShellState): number | undefined {
  return unwinding?.kind === 'exit' ? unwinding.status : undefined
}
