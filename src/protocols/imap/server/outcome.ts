// How a command ends: at once, when a promise has its answer, or after many small steps.

import { isFailure, type Failure, type Io } from '../../../core/index.ts'

/** The tagged response. */
export interface Tagged {
  readonly kind: 'tagged'
  readonly status: 'OK' | 'NO' | 'BAD'
  /** With its arguments, without the brackets. */
  readonly code?: string
  readonly text: string
  /** What follows once the response is on its way. */
  readonly after?: () => void
}

/** The answer is out: the session waits, and goes on with what follows from it. */
export interface Later {
  readonly kind: 'later'
  ask(io: Io, then: (outcome: Outcome) => void): void
}

/** Work in small steps, so that a slow client and all other sessions have their turn. */
export interface Task {
  readonly kind: 'task'
  /** Steps in one turn: some milliseconds of work. */
  readonly stepsPerTurn: number
  /** One step; the outcome with the last one. `enough`: it was work for a whole turn. */
  step(): Outcome | 'enough' | undefined
}

/** Lines of the client that are no commands: within IDLE and AUTHENTICATE. */
export interface Exchange {
  readonly kind: 'exchange'
  readonly lineMaxBytes: number
  /** One line without its end, one character an octet; the outcome with the last one. */
  line(text: string): Outcome | undefined
  /** IDLE: changes of the mailbox are told at once. */
  readonly tellsChanges?: true
}

/** An outcome that is told later only: a login that was refused. */
export interface Held {
  readonly kind: 'held'
  readonly delayMs: number
  readonly outcome: Tagged
}

export type Outcome = Tagged | Later | Task | Exchange | Held

export function ok(text: string, code?: string): Tagged {
  return code === undefined ? { kind: 'tagged', status: 'OK', text } : { kind: 'tagged', status: 'OK', code, text }
}

export function no(text: string, code?: string): Tagged {
  return code === undefined ? { kind: 'tagged', status: 'NO', text } : { kind: 'tagged', status: 'NO', code, text }
}

export function bad(text: string, code?: string): Tagged {
  return code === undefined ? { kind: 'tagged', status: 'BAD', text } : { kind: 'tagged', status: 'BAD', code, text }
}

function later<Value>(answer: Promise<Value>, then: (value: Value) => Outcome): Later {
  return { kind: 'later', ask: (io, done) => io.ask(answer, (value) => done(then(value))) }
}

/** A change of the store: what it failed by is told in the words of RFC 5530. */
export function change<Value>(
  answer: Promise<Value | Failure>,
  then: (value: Value) => Outcome,
  codes: Readonly<Record<string, string>> = CODES,
): Later {
  return later(answer, (value) => (isFailure(value) ? refused(value, codes) : then(value)))
}

/** Response codes for what the store says (RFC 5530 §3, RFC 9208 §4.1). */
const CODES: Readonly<Record<string, string>> = {
  EQUOTA: 'OVERQUOTA',
  ENOSPC: 'UNAVAILABLE',
  ENOENT: 'NONEXISTENT',
  ESTALE: 'EXPUNGEISSUED',
  EEXIST: 'ALREADYEXISTS',
  EINVAL: 'CANNOT',
  EPERM: 'CANNOT',
}

/** Where the mailbox that is missing is the one to put messages into (RFC 9051 §7.1). */
export const TARGET_CODES: Readonly<Record<string, string>> = { ...CODES, ENOENT: 'TRYCREATE' }

function refused({ code, message }: Failure, codes: Readonly<Record<string, string>> = CODES): Tagged {
  return no(printable(message), codes[code] ?? 'SERVERBUG')
}

/** Characters of a text for people (RFC 9051 §7.1). Ours: a line on a screen and some more. */
const TEXT_MAX_CHARS = 200

/** A name in it may hold anything, CR and LF included, and be as long as a command. */
function printable(text: string): string {
  return text.slice(0, TEXT_MAX_CHARS).replaceAll(/[^ -~]/g, '?')
}
