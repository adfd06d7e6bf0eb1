// An SMTP client on one connection: opens the session, then sends one mail after the other and tells what became of each.
// It finds no servers and tries nothing twice: that is the relay's.

import { failure, type Failure } from '../../../core/failure.ts'
import type { CloseReason, StreamIo, StreamMachine } from '../../../core/io.ts'
import type { Inbox } from '../../../wire/inbox.ts'
import { Conversation } from './conversation.ts'
import type { Outcomes, SessionEnd, SessionInfo, SmtpExchange } from './outgoing.ts'
import { planFor, type Plan } from './plan.ts'
import { Session, type SessionOptions } from './session.ts'
import { Transaction } from './transaction.ts'

export interface SmtpClientOptions extends SessionOptions {
  /** How long the session stays open with nothing to send, milliseconds. Default: it closes with the last mail. */
  readonly keepOpenMs?: number
  /** No reply may take longer, milliseconds. Default: as RFC 5321 §4.5.3.2 has it, minutes. */
  readonly waitMaxMs?: number
  /** Hears each line of the session, without what belongs to a password. */
  readonly told?: (from: 'client' | 'server', line: string) => void
  /** The session is open. */
  readonly ready?: (info: SessionInfo) => void
  /** The session is over, once: `undefined` when the client itself had nothing more to send. */
  readonly over?: (end: SessionEnd | undefined) => void
}

const IDLE_TIMER = 'idle'

export class SmtpClient implements StreamMachine {
  readonly #io: StreamIo
  readonly #options: SmtpClientOptions
  readonly #talk: Conversation
  readonly #session: Session
  readonly #waiting: SmtpExchange[]
  #state: 'opening' | 'ready' | 'quitting' | 'over' = 'opening'
  #current: Transaction | undefined
  #needsReset = false
  #end: SessionEnd | undefined

  constructor(io: StreamIo, options: SmtpClientOptions, exchanges: readonly SmtpExchange[] = []) {
    this.#io = io
    this.#options = options
    this.#waiting = [...exchanges]
    const broken = (end: SessionEnd): void => this.#over(end)
    this.#talk = new Conversation(io, { waitMaxMs: options.waitMaxMs, told: options.told, broken })
    this.#session = new Session(io, this.#talk, options, () => this.#ready(), broken)
  }

  /** Takes mail: now, or when the session is open. */
  get isUsable(): boolean {
    return this.#state === 'opening' || this.#state === 'ready'
  }

  /** Sends a mail after those before it. `lost` at once where the session is over. */
  send(exchange: SmtpExchange): void {
    if (!this.isUsable) return exchange.answered(this.#lost(exchange, this.#end ?? gone('quit', 'ended')))
    this.#waiting.push(exchange)
    if (this.#state === 'ready' && this.#current === undefined) this.#next()
  }

  /** Says QUIT once nothing is being sent; what waits is lost. */
  quit(): void {
    if (!this.isUsable) return
    if (this.#state === 'opening' || this.#current !== undefined) return this.#over(gone('quit', 'given up'))
    this.#quit()
  }

  opened(): void {
    this.#session.begin()
  }

  received(inbox: Inbox): boolean {
    if (this.#state === 'over') {
      inbox.clear()
      return false
    }
    return this.#talk.received(inbox)
  }

  drained(): void {
    this.#talk.drained()
  }

  woke(timer: string): void {
    if (timer === IDLE_TIMER) this.quit()
    else this.#talk.woke(timer)
  }

  ended(): void {
    this.#over(gone(this.#talk.phase ?? 'quit', 'the server closed the connection'))
  }

  closed(reason: CloseReason): void {
    const phase = this.#talk.phase ?? (this.#state === 'opening' ? 'connect' : 'quit')
    this.#over(gone(phase, `the connection ended: ${reason.detail ?? reason.kind}`, closeCode(reason)))
  }

  #ready(): void {
    this.#state = 'ready'
    this.#options.ready?.({ offered: this.#session.offered, tls: this.#io.tls })
    if (this.#current === undefined) this.#next()
  }

  #next(): void {
    this.#io.cancel(IDLE_TIMER)
    for (;;) {
      const exchange = this.#waiting.shift()
      if (exchange === undefined) return this.#idle()
      const plan = planFor(exchange.mail, this.#session.offered)
      if (!('code' in plan)) return this.#begin(exchange, plan)
      const outcome = { kind: 'refused', by: 'client', phase: 'mail', reply: plan } as const
      exchange.answered(exchange.mail.recipients.map(() => outcome))
      if (this.#state !== 'ready' || this.#current !== undefined) return
    }
  }

  #begin(exchange: SmtpExchange, plan: Plan): void {
    if (this.#needsReset) this.#talk.say('reset', 'RSET\r\n', () => {})
    this.#needsReset = false
    const done = (outcomes: Outcomes, needsReset: boolean): void => this.#done(exchange, outcomes, needsReset)
    this.#current = new Transaction(this.#talk, exchange.mail, plan, done)
    this.#current.begin()
  }

  #done(exchange: SmtpExchange, outcomes: Outcomes, needsReset: boolean): void {
    this.#current = undefined
    this.#needsReset = needsReset
    const wasSending = this.#talk.isSending
    exchange.answered(outcomes)
    if (this.#state !== 'ready') return
    // A reply before the end of the content: what is left of it would be taken for commands.
    if (wasSending) this.#over(gone('content', 'the server answered before the end of the content'))
    else if (this.#current === undefined) this.#next()
  }

  #idle(): void {
    const { keepOpenMs = 0 } = this.#options
    if (keepOpenMs === 0) this.#quit()
    else this.#io.wakeAt(IDLE_TIMER, this.#io.now + keepOpenMs)
  }

  #quit(): void {
    this.#state = 'quitting'
    this.#io.cancel(IDLE_TIMER)
    this.#talk.say('quit', 'QUIT\r\n', () => this.#over(undefined))
  }

  /** Tells all that still wait, and closes. */
  #over(end: SessionEnd | undefined): void {
    if (this.#state === 'over') return
    const wasQuitting = this.#state === 'quitting'
    const why = end ?? gone('quit', 'ended')
    this.#state = 'over'
    this.#end = why
    this.#talk.stop()
    this.#io.cancel(IDLE_TIMER)
    this.#current?.lost(why)
    for (const exchange of this.#waiting.splice(0)) exchange.answered(this.#lost(exchange, why))
    this.#options.over?.(wasQuitting ? undefined : end)
    if (!wasQuitting && end?.phase !== 'connect') this.#sayGoodbye(why)
    this.#io.end()
  }

  /** Whoever refused us still hears QUIT (RFC 5321 §4.1.1.10); whoever is gone or confused does not. */
  #sayGoodbye({ reply }: SessionEnd): void {
    if (reply !== undefined) this.#io.send(Buffer.from('QUIT\r\n'))
  }

  #lost(exchange: SmtpExchange, why: SessionEnd): Outcomes {
    return exchange.mail.recipients.map(() => ({ kind: 'lost', why, uncertain: false }))
  }
}

function gone(phase: SessionEnd['phase'], message: string, code = 'ECONNRESET'): SessionEnd {
  const why: Failure = failure(code, message)
  return { phase, failure: why }
}

function closeCode({ kind, detail }: CloseReason): string {
  return kind === 'failed' && detail !== undefined && /^E[A-Z]+$/.test(detail) ? detail : 'ECONNRESET'
}
