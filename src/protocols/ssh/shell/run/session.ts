// One login's shell, whatever subshells it has: the context, the limits, the job at work and the streams outside.

import { failure } from '../../../../core/failure.ts'
import type { ShellContext } from '../context.ts'
import { SHELL_LIMITS, type ShellLimits } from '../limits.ts'
import { Job } from './job.ts'
import type { ByteSink, ByteSource } from './streams.ts'

const STOPPED = failure('EPIPE', 'stopped')

export class Session {
  readonly context: ShellContext
  readonly limits: ShellLimits
  readonly home: string
  readonly startedMs: number
  job: Job
  /** The line at work, for events. */
  line = ''
  columns: number
  /** What is there to be called, for `help` and for completion. */
  readonly names: readonly string[]
  /** The outputs that lead to a terminal. */
  readonly #terminals = new WeakSet<object>()
  #endTime: (() => void) | undefined

  constructor(context: ShellContext, names: readonly string[]) {
    this.context = context
    this.limits = context.limits ?? SHELL_LIMITS
    this.home = context.home ?? '/'
    this.names = names
    this.startedMs = context.wallMs()
    this.columns = context.terminal?.columns ?? 80
    this.job = this.#newJob()
  }

  /** A job for the next line, bounded in time. */
  begin(line: string): Job {
    this.line = line
    this.job = this.#newJob()
    this.#endTime = this.context.after(this.limits.timeMaxMs, () => this.job.reach('timeMaxMs'))
    return this.job
  }

  finish(status: number): void {
    this.#endTime?.()
    this.#endTime = undefined
    this.context.report?.({ kind: 'line', line: this.line, status })
  }

  /** `output` leads to the client's terminal. */
  markTerminal(output: object): void {
    this.#terminals.add(output)
  }

  isTerminal(output: object): boolean {
    return this.#terminals.has(output)
  }

  /** `ms` on the world's clock; less if the job is stopped. */
  async sleep(ms: number): Promise<void> {
    if (ms <= 0) return
    const { promise, resolve } = Promise.withResolvers<void>()
    const cancel = this.context.after(ms, resolve)
    await this.job.orStopped(promise, undefined)
    cancel()
  }

  /** A stream of the context whose reads end with the job; what comes after that is kept for the next reader. */
  source(source: ByteSource): ByteSource {
    let pending: ReturnType<ByteSource['read']> | undefined
    return {
      read: () => {
        const { job } = this
        const asked = (pending ??= source.read())
        const bytes = asked.then((value) => {
          if (job.stopped === undefined && pending === asked) pending = undefined
          return value
        })
        return job.orStopped(bytes, undefined)
      },
    }
  }

  /** Counts what is written, and waits no longer than the job. */
  sink(sink: ByteSink): ByteSink {
    return {
      write: (bytes) => {
        this.job.wrote(bytes.length)
        return this.job.orStopped(sink.write(bytes), STOPPED)
      },
    }
  }

  #newJob(): Job {
    return new Job(this.limits, (limit) => this.context.report?.({ kind: 'limit', limit, line: this.line }))
  }
}
