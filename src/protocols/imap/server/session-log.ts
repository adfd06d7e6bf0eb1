// Events of IMAP sessions: one for each login, selection and transfer while there are few, sums when there are many.

import { EventBudget, type Event, type Io, type Mailbox, type Message } from '../../../core/index.ts'
import { mailName } from '../../../shared/mime/index.ts'

/** Characters of a name, and of a Message-ID, that an event shows. */
const NAME_MAX_CHARS = 200
/** Messages of one command whose Message-IDs are told. */
const NAMED_MAX = 5

/** Where an event goes: the stream's own `Io`, so that it is known with its flow. */
export type Emitter = Pick<Io, 'emit' | 'now'>

export interface Transfer {
  readonly user: string
  readonly mailbox: Mailbox
  readonly messages: readonly Message[]
}

export class SessionLog {
  readonly #io: Io
  readonly #budget: EventBudget
  /** By kind. */
  readonly #untold = new Map<string, number>()

  /** `io`: the service's, for the sums. */
  constructor(io: Io) {
    this.#io = io
    this.#budget = new EventBudget(io, 'imap-log', () => this.#tellSums())
  }

  loggedIn(emitter: Emitter, user: string, mechanism: string, tls: boolean): void {
    this.#tell(emitter, 'imap.login', () => ({
      kind: 'imap.login',
      summary: `${user} logged in by ${mechanism}`,
      detail: { user, mechanism, tls },
    }))
  }

  loginFailed(emitter: Emitter, name: string | undefined, reason: string): void {
    const user = shortened(name ?? '')
    this.#tell(emitter, 'imap.login-failed', () => ({
      kind: 'imap.login-failed',
      summary: user === '' ? `login refused: ${reason}` : `login as ${user} refused: ${reason}`,
      severity: 'warning',
      detail: { user, reason },
    }))
  }

  selected(emitter: Emitter, user: string, mailbox: Mailbox, readOnly: boolean): void {
    const messages = mailbox.messages.length
    const name = mailbox.name
    this.#tell(emitter, 'imap.select', () => ({
      kind: 'imap.select',
      summary: `${user} ${readOnly ? 'examined' : 'selected'} ${shortened(name)}: ${counted(messages)}`,
      detail: { user, mailbox: name, messages, readOnly },
    }))
  }

  /** Bodies, or parts of them, were read. */
  fetched(emitter: Emitter, transfer: Transfer): void {
    this.#moved(emitter, 'imap.fetch', 'read', transfer)
  }

  appended(emitter: Emitter, transfer: Transfer): void {
    this.#moved(emitter, 'imap.append', 'added', transfer)
  }

  /** Into `transfer.mailbox`. */
  copied(emitter: Emitter, transfer: Transfer, kind: 'copy' | 'move'): void {
    this.#moved(emitter, kind === 'copy' ? 'imap.copy' : 'imap.move', kind === 'copy' ? 'copied' : 'moved', transfer)
  }

  expunged(emitter: Emitter, { user, mailbox, messages }: Transfer): void {
    const count = messages.length
    this.#tell(emitter, 'imap.expunge', () => ({
      kind: 'imap.expunge',
      summary: `${user} expunged ${counted(count)} from ${shortened(mailbox.name)}`,
      detail: { user, mailbox: mailbox.name, messages: count },
    }))
  }

  abuse(emitter: Emitter, what: string): void {
    emitter.emit({ kind: 'imap.abuse', summary: what, severity: 'warning' })
  }

  woke(timer: string): void {
    this.#budget.woke(timer)
  }

  #moved(emitter: Emitter, kind: string, verb: string, { user, mailbox, messages }: Transfer): void {
    if (messages.length === 0) return
    this.#tell(emitter, kind, () => {
      const mail = messages.length > NAMED_MAX ? '' : messageIds(mailbox, messages).join(' ')
      const bytes = messages.reduce((sum, message) => sum + message.size, 0)
      const named = messages.length === 1 && mail !== '' ? `<${mail}>` : counted(messages.length)
      return {
        kind,
        summary: `${user} ${verb} ${named} in ${shortened(mailbox.name)}, ${bytes} bytes`,
        detail: { user, mailbox: mailbox.name, messages: messages.length, bytes, ...(mail === '' ? {} : { mail }) },
      }
    })
  }

  #tell(emitter: Emitter, kind: string, event: () => Event): void {
    if (this.#budget.takes(emitter.now)) emitter.emit(event())
    else this.#untold.set(kind, (this.#untold.get(kind) ?? 0) + 1)
  }

  #tellSums(): void {
    for (const [kind, count] of this.#untold) {
      const summary = `${count} further events ${kind} within a second`
      this.#io.emit({ kind: 'imap.sum', summary, detail: { of: kind, count } })
    }
    this.#untold.clear()
  }
}

function messageIds(mailbox: Mailbox, messages: readonly Message[]): string[] {
  return messages.flatMap((message) => {
    const head = mailbox.head(message)
    return head === undefined ? [] : (mailName(head) ?? [])
  })
}

function shortened(text: string): string {
  return text.length > NAME_MAX_CHARS ? `${text.slice(0, NAME_MAX_CHARS)}…` : text
}

function counted(messages: number): string {
  return `${messages} message${messages === 1 ? '' : 's'}`
}
