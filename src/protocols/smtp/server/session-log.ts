// Events of an SMTP server: each mail that it took, what it refused, logins, and what looks like abuse. Refusals are told
// one by one while there are few, and as a sum when there are many.

import { EventBudget, type Io } from '../../../core/index.ts'
import { oneLine } from '../codec/reply.ts'
import type { Reply } from '../messages.ts'

/** Characters of what a peer wrote that an event shows. */
const TEXT_MAX_CHARS = 200
/** Characters of all recipients. */
const RECIPIENTS_MAX_CHARS = 1000

/** Where an event goes: the stream's own `Io`, so that it is known with its flow. */
export type Emitter = Pick<Io, 'emit' | 'now'>

export interface TakenNote {
  /** Message-ID without its brackets, or the queue's name where it has none. */
  readonly mail: string
  readonly from: string
  readonly to: readonly string[]
  readonly bytes: number
  readonly queue: string
  readonly user: string | undefined
}

/** What is known of a mail that is refused. */
export interface RefusedNote {
  readonly mail?: string | undefined
  readonly from?: string | undefined
  readonly to?: string | undefined
}

export class SessionLog {
  readonly #io: Io
  /** Of refusals. */
  readonly #budget: EventBudget

  /** `io`: the service's, for the sums. */
  constructor(io: Io) {
    this.#io = io
    this.#budget = new EventBudget(io, 'smtp-log', (refusals) => this.#tellSum(refusals))
  }

  taken(emitter: Emitter, { mail, from, to, bytes, queue, user }: TakenNote): void {
    const all = bounded(to.join(' '), RECIPIENTS_MAX_CHARS)
    emitter.emit({
      kind: 'smtp.accepted',
      summary: `<${bounded(from)}> to ${bounded(all)}, ${bytes} bytes, taken as ${queue}`,
      detail: { mail, from, to: all, bytes, queue, ...(user === undefined ? {} : { user }) },
    })
  }

  refused(emitter: Emitter, refusal: Reply, { mail, from, to }: RefusedNote): void {
    if (!this.#budget.takes(emitter.now)) return
    const said = bounded(oneLine(refusal))
    const whom = to === undefined ? '' : ` to ${bounded(to)}`
    const who = from === undefined ? '' : `<${bounded(from)}>${whom}: `
    emitter.emit({
      kind: 'smtp.refused',
      summary: `${who}${said}`,
      severity: 'warning',
      detail: {
        code: refusal.code,
        reply: said,
        ...(mail === undefined ? {} : { mail }),
        ...(from === undefined ? {} : { from: bounded(from) }),
        ...(to === undefined ? {} : { to: bounded(to) }),
      },
    })
  }

  loggedIn(emitter: Emitter, user: string, mechanism: string, tls: boolean): void {
    emitter.emit({
      kind: 'smtp.login',
      summary: `${user} logged in by ${mechanism}`,
      detail: { user, mechanism, tls },
    })
  }

  loginFailed(emitter: Emitter, name: string | undefined, reason: string): void {
    const user = bounded(name ?? '')
    emitter.emit({
      kind: 'smtp.login-failed',
      summary: user === '' ? `login refused: ${reason}` : `login as ${user} refused: ${reason}`,
      severity: 'warning',
      detail: { user, reason },
    })
  }

  abuse(emitter: Emitter, what: string): void {
    emitter.emit({ kind: 'smtp.abuse', summary: what, severity: 'warning' })
  }

  woke(timer: string): void {
    this.#budget.woke(timer)
  }

  #tellSum(refusals: number): void {
    const summary = `${refusals} further refusals within a second`
    this.#io.emit({ kind: 'smtp.refusals', summary, severity: 'warning', detail: { refusals } })
  }
}

/** On one line, and no longer than an event may be. */
function bounded(text: string, maxChars = TEXT_MAX_CHARS): string {
  const plain = text.replaceAll(/\p{Cc}/gu, '\u{fffd}')
  return plain.length > maxChars ? `${plain.slice(0, maxChars)}…` : plain
}
