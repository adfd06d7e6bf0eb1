// One mail on an open session (RFC 5321 §3.3): MAIL, RCPT and DATA or BDAT, at the pace that the server allows, and what became
// of each recipient.

import { reply as replyOf, type Reply } from '../messages.ts'
import { dataPieces } from './content.ts'
import type { Conversation } from './conversation.ts'
import type { Outcome, Outcomes, OutgoingMail, Phase, SessionEnd } from './outgoing.ts'
import type { Plan } from './plan.ts'

const START_MAIL_INPUT = 354
/** No content and the end of it: for a server that wants some though it took no recipient (RFC 2920 §3.1). */
const NO_CONTENT = [Buffer.from('.\r\n')]

export class Transaction {
  readonly #talk: Conversation
  readonly #mail: OutgoingMail
  readonly #plan: Plan
  readonly #done: (outcomes: Outcomes, needsReset: boolean) => void
  readonly #refused: (Outcome | undefined)[]
  #answers = 0
  #mailRefusal: Reply | undefined
  #hasLeft = false

  /** `done` hears once; `needsReset`: the server may still hold the envelope. */
  constructor(
    talk: Conversation,
    mail: OutgoingMail,
    plan: Plan,
    done: (outcomes: Outcomes, needsReset: boolean) => void,
  ) {
    this.#talk = talk
    this.#mail = mail
    this.#plan = plan
    this.#done = done
    this.#refused = mail.recipients.map(() => undefined)
  }

  begin(): void {
    this.#talk.say('mail', this.#plan.mail, (reply) => this.#mailAnswered(reply))
    if (this.#plan.pace === 'step') return
    for (const [at] of this.#plan.recipients.entries()) this.#sayRecipient(at)
    if (this.#plan.pace === 'eager') this.#sayChunk()
    else if (this.#plan.verb === 'DATA') this.#sayData()
  }

  /** The session is over before the end of this. */
  lost(why: SessionEnd): void {
    const uncertain = this.#hasLeft && why.reply === undefined
    this.#done(this.#outcomes({ kind: 'lost', why, uncertain }), false)
  }

  #mailAnswered(reply: Reply): void {
    if (reply.code >= 300) this.#mailRefusal = reply
    if (this.#plan.pace !== 'step') return
    if (this.#mailRefusal === undefined) this.#sayRecipient(0)
    else this.#finish(reply, 'mail', false)
  }

  #sayRecipient(at: number): void {
    const line = this.#plan.recipients[at] ?? ''
    this.#talk.say('recipient', line, (reply) => this.#recipientAnswered(at, reply))
  }

  #recipientAnswered(at: number, reply: Reply): void {
    if (this.#mailRefusal !== undefined) this.#refused[at] = refused('mail', this.#mailRefusal)
    else if (reply.code >= 300) this.#refused[at] = refused('recipient', reply)
    this.#answers++
    if (this.#answers < this.#plan.recipients.length) {
      if (this.#plan.pace === 'step') this.#sayRecipient(this.#answers)
    } else if (this.#plan.pace === 'step' || (this.#plan.pace === 'pipelined' && this.#plan.verb === 'BDAT')) {
      if (!this.#hasTakers) this.#finish(reply, 'recipient', this.#mailRefusal === undefined)
      else if (this.#plan.verb === 'BDAT') this.#sayChunk()
      else this.#sayData()
    }
  }

  get #hasTakers(): boolean {
    return this.#refused.includes(undefined)
  }

  #sayData(): void {
    this.#talk.say('data', 'DATA\r\n', (reply) => this.#dataAnswered(reply))
  }

  #dataAnswered(reply: Reply): void {
    if (reply.code !== START_MAIL_INPUT) return this.#finish(reply, 'data', true)
    this.#talk.expect('content', (end) => this.#finish(end, 'content', false))
    this.#hasLeft = this.#hasTakers
    this.#talk.sendContent(this.#hasTakers ? dataPieces(this.#mail.content) : NO_CONTENT)
  }

  /** RFC 3030 §2: all of it in one chunk. */
  #sayChunk(): void {
    const { content } = this.#mail
    this.#talk.say('content', `BDAT ${content.length} LAST\r\n`, (end) => {
      this.#finish(end, 'content', end.code >= 300)
    })
    this.#hasLeft = true
    this.#talk.sendContent([content])
  }

  #finish(end: Reply, phase: Phase, needsReset: boolean): void {
    const isAccepted = phase === 'content' && end.code < 300
    // Only an error of the server can be meant by 3yz here.
    const why = end.code >= 400 || isAccepted ? end : replyOf(451, '4.5.0', `not expected: ${end.code}`)
    this.#done(this.#outcomes(isAccepted ? { kind: 'accepted', reply: end } : refused(phase, why)), needsReset)
  }

  /** Those that were refused by themselves, and `others` for the rest. */
  #outcomes(others: Outcome): Outcomes {
    return this.#refused.map((outcome) => outcome ?? others)
  }
}

function refused(phase: Phase, reply: Reply): Outcome {
  return { kind: 'refused', by: 'server', phase, reply }
}
