// Events of a POP3 server: logins, and one for each message that was read while there are few, sums when there are many.

import { EventBudget, type Io, type Message, type UserView } from '../../../core/index.ts'
import { mailName } from '../../../shared/mime/index.ts'
import type { Maildrop } from './maildrop.ts'

/** Characters of a name, and of a Message-ID, that an event shows. */
const NAME_MAX_CHARS = 200

/** Where an event goes: the stream's own `Io`, so that it is known with its flow. */
export type Emitter = Pick<Io, 'emit' | 'now'>

export interface Login {
  readonly user: string
  /** `USER`, or the SASL mechanism. */
  readonly mechanism: string
  readonly tls: boolean
}

export class SessionLog {
  readonly #io: Io
  /** Of messages that are read. */
  readonly #budget: EventBudget

  /** `io`: the service's, for the sums. */
  constructor(io: Io) {
    this.#io = io
    this.#budget = new EventBudget(io, 'pop3-log', (messages, bytes) => this.#tellSum(messages, bytes))
  }

  loggedIn(emitter: Emitter, { user, mechanism, tls }: Login, maildrop: Maildrop): void {
    const messages = maildrop.last
    emitter.emit({
      kind: 'pop3.login',
      summary: `${user} logged in by ${mechanism}: ${counted(messages, 'message')}`,
      detail: { user, mechanism, tls, messages, bytes: maildrop.octets },
    })
  }

  loginFailed(emitter: Emitter, name: string | undefined, reason: string): void {
    const user = shortened(name ?? '')
    emitter.emit({
      kind: 'pop3.login-failed',
      summary: user === '' ? `login refused: ${reason}` : `login as ${user} refused: ${reason}`,
      severity: 'warning',
      detail: { user, reason },
    })
  }

  retrieved(emitter: Emitter, user: UserView['address'], message: Message, content: Uint8Array): void {
    if (!this.#budget.takes(emitter.now, message.size)) return
    const mail = mailName(content)
    const named = mail === undefined ? `message ${message.uid}` : `<${mail}>`
    emitter.emit({
      kind: 'pop3.retr',
      summary: `${user} read ${named}, ${message.size} bytes`,
      detail: { user, uid: message.uid, bytes: message.size, ...(mail === undefined ? {} : { mail }) },
    })
  }

  quit(emitter: Emitter, user: string, maildrop: Maildrop, failure: string | undefined): void {
    const { retrieved, deleted } = maildrop
    const did = `${counted(retrieved, 'message')} read, ${deleted} deleted`
    emitter.emit({
      kind: 'pop3.quit',
      summary: failure === undefined ? `${user} quit: ${did}` : `${user} quit, and nothing was removed: ${failure}`,
      detail: { user, retrieved, deleted },
      ...(failure === undefined ? {} : { severity: 'warning' as const }),
    })
  }

  /** A session that ended otherwise than by QUIT, with messages marked for removal. */
  leftBehind(emitter: Emitter, user: string, deleted: number): void {
    const summary = `${user} left without QUIT: ${counted(deleted, 'message')} marked as deleted stay`
    emitter.emit({ kind: 'pop3.abandoned', summary, severity: 'warning', detail: { user, deleted } })
  }

  refused(emitter: Emitter, what: string): void {
    emitter.emit({ kind: 'pop3.abuse', summary: what, severity: 'warning' })
  }

  woke(timer: string): void {
    this.#budget.woke(timer)
  }

  #tellSum(messages: number, bytes: number): void {
    const summary = `${messages} further messages read within a second, ${bytes} bytes`
    this.#io.emit({ kind: 'pop3.retrs', summary, detail: { messages, bytes } })
  }
}

/** Of a message's header, without the brackets (RFC 5322 §3.6.4). */
function shortened(text: string): string {
  return text.length > NAME_MAX_CHARS ? `${text.slice(0, NAME_MAX_CHARS)}…` : text
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}
