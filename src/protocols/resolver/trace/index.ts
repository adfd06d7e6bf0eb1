// A resolution told step by step, from the root and without anything known before: what `dig +trace` shows, as a resolver does it.

import type { Io } from '../../../core/io.ts'
import type { WorldView } from '../../../core/world-view.ts'
import { describe } from '../../../shared/dns/describe.ts'
import type { DomainName, Message, Question } from '../../../shared/dns/messages.ts'
import type { ExtendedError, Security } from '../cache/links.ts'
import type { Round } from '../iterate/context.ts'
import type { RecursorOptions } from '../options.ts'
import type { Outcome } from '../outcome.ts'
import { Recursor } from '../recursor.ts'

/** One question to one server, and what became of it. */
export interface TraceStep {
  /** For which zone the server was asked; empty: the root. */
  readonly zone: DomainName
  /** The server's name, its address, and over what it was asked. */
  readonly server: DomainName
  readonly ip: string
  readonly over: 'udp' | 'tcp' | 'tls'
  readonly question: Question
  /** 0 where there was no answer. */
  readonly rttMs: number
  /**
   * `data`, `alias`, `no-data`, `no-name`, `referral`: answers; `lame`, `unhelpful`, `too-long`: answers that do not help; `truncated`,
   * `without-edns`: asked again at once in another way; `silence`, `closed`, `caseless`, `strays`, `busy`: none.
   */
  readonly outcome: Round['outcome']
  /** One line for people: the answer, or why there is none. */
  readonly summary: string
  /** The answer as it came. */
  readonly message: Message | undefined
}

export interface TraceResult {
  /** RFC 1035 §4.1.1. */
  readonly rcode: number
  /** The chain of aliases, the answer or the denial at its end: one each, with whether its signatures hold. */
  readonly links: readonly { readonly name: DomainName; readonly type: number; readonly security: Security }[]
  /** Whether all of it is secure (RFC 4035 §3.2.3). */
  readonly secure: boolean
  readonly error: ExtendedError | undefined
  readonly outcome: Outcome
}

export interface Trace {
  /** For the timers of the `io` that was given. */
  woke(timer: string): void
  /** Gives up. */
  stop(): void
}

/**
 * `step` hears every question as it is answered, those for keys and for addresses of servers among them; `done` once, the end. `io`
 * is the caller's own: its timers `resolver` and `resolver-log` are handed on by `woke`.
 */
export function trace(
  io: Io,
  world: WorldView,
  question: Question,
  options: RecursorOptions,
  step: (step: TraceStep) => void,
  done: (result: TraceResult) => void,
): Trace {
  const recursor = new Recursor(io, world, options, (round) => step(stepOf(round)))
  recursor.resolve(question, { checkingDisabled: false }, (outcome) => {
    recursor.stop()
    done(resultOf(outcome))
  })
  return { woke: (timer) => recursor.woke(timer), stop: () => recursor.stop() }
}

function stepOf(round: Round): TraceStep {
  const { message, why, ...rest } = round
  return { ...rest, message, summary: why === '' && message !== undefined ? describe(message) : why }
}

function resultOf(outcome: Outcome): TraceResult {
  const { rcode, secure, error } = outcome
  const links = outcome.links.map(({ name, type, security }) => ({ name, type, security }))
  return { rcode, links, secure, error, outcome }
}
