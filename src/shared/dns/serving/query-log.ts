// Which questions become events: every unknown name when it is first asked, and of all others a bounded
// number each second, the rest counted. Costs a comparison when it is over its bound.

import { EventBudget } from '../../../core/event-budget.ts'
import type { Io } from '../../../core/io.ts'
import type { CachedAnswer } from './answer-cache.ts'
import { decodeMessage } from '../codec/message.ts'
import { foldName } from '../codec/name.ts'
import { describe } from '../describe.ts'
import { isMalformed, typeName, type Message } from '../messages.ts'

/** The asker's own `Io`, so that the event is told of that peer, or what stands for it later. */
export type Voice = Pick<Io, 'now' | 'emit'>

export class QueryLog {
  readonly #service: Io
  readonly #queries: boolean
  /** Besides first questions for unknown names. */
  readonly #budget: EventBudget

  /** `service` holds the timer, and tells what belongs to no single peer; `queries`: tell of ordinary ones at all. */
  constructor(service: Io, queries: boolean) {
    this.#service = service
    this.#queries = queries
    this.#budget = new EventBudget(service, 'query-log', (count) => this.#tellSum(count))
  }

  answered(answer: CachedAnswer, io: Voice): void {
    if (answer.unknown === undefined) {
      if (this.#queries && this.#budget.takes(io.now)) emitQuery(answer, io)
    } else if (!answer.told || this.#budget.takes(io.now)) {
      answer.told = true
      emitUnknown(answer, answer.unknown, io)
    }
  }

  /** A packet that got a refusal of its own, or nothing. */
  refused(kind: 'dns.malformed' | 'dns.refused', summary: string, io: Voice): void {
    if (this.#budget.takes(io.now)) io.emit({ kind, severity: 'warning', summary })
  }

  woke(timer: string): void {
    this.#budget.woke(timer)
  }

  /** Tells what is untold so far. */
  flush(): void {
    this.#budget.flush()
  }

  #tellSum(count: number): void {
    this.#service.emit({
      kind: 'dns.queries',
      summary: `${count} more ${count === 1 ? 'question' : 'questions'} answered`,
      detail: { count },
    })
  }
}

function emitQuery(answer: CachedAnswer, io: Voice): void {
  answer.summary ??= summaryOf(messageOf(answer))
  io.emit({ kind: 'dns.query', summary: answer.summary })
}

function emitUnknown(answer: CachedAnswer, unknown: { name: string; answered: boolean }, io: Voice): void {
  const message = messageOf(answer)
  answer.summary ??= summaryOf(message)
  io.emit({
    kind: 'dns.unknown-name',
    severity: unknown.answered ? 'info' : 'warning',
    summary: answer.summary,
    detail: { name: unknown.name, type: typeName(message?.questions[0]?.type ?? 0), answered: unknown.answered },
  })
}

function summaryOf(message: Message | undefined): string {
  return message === undefined ? 'an answer that does not read back' : describe(message)
}

/** The answer with its question as it was before the last asker's case went over it. */
function messageOf(answer: CachedAnswer): Message | undefined {
  const message = decodeMessage(answer.bytes)
  if (isMalformed(message)) return undefined
  const questions = message.questions.map(({ name, ...rest }) => ({ name: foldName(name), ...rest }))
  return { ...message, questions }
}
