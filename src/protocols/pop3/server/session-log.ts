// Events of a POP3 server: logins, and one for each message that was read while there are few, sums when there are many.

import type { Event, Io, Message, UserView } from '../../../core/index.ts'
import { headerOf, headerValue, parseMessageId } from '../../../shared/mime/index.ts'
import type { Maildrop } from './maildrop.ts'

/** Events of messages a second, before sums take over: what a person could still read through afterwards. */
const RETRIEVALS_PER_SECOND = 100
const WINDOW_MS = 1000
const TIMER = 'pop3-log'
/** Characters of a name, and of a Message-ID, that an event shows. */
const NAME_MAX_CHARS = 200
/** Octets of a header in which the Message-ID is looked for: what the store's `head` gives at least. */
const HEADER_MAX_BYTES = 65_536

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
  #windowEndsMs = 0
  #told = 0
  #untold = 0
  #untoldBytes = 0

  /** `io`: the service's, for the sums. */
  constructor(io: Io) {
    this.#io = io
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
    if (this.#counted(emitter.now, message.size)) return
    const mail = messageIdOf(content)
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
    if (timer === TIMER) this.#tellSum()
  }

  /** True when the window's share is used up: the message then goes into the sum. */
  #counted(nowMs: number, bytes: number): boolean {
    if (nowMs >= this.#windowEndsMs) {
      this.#tellSum()
      this.#windowEndsMs = nowMs + WINDOW_MS
      this.#told = 0
    }
    if (this.#told < RETRIEVALS_PER_SECOND) {
      this.#told++
      return false
    }
    if (this.#untold === 0) this.#io.wakeAt(TIMER, this.#windowEndsMs)
    this.#untold++
    this.#untoldBytes += bytes
    return true
  }

  #tellSum(): void {
    if (this.#untold === 0) return
    const [messages, bytes] = [this.#untold, this.#untoldBytes]
    this.#untold = 0
    this.#untoldBytes = 0
    const summary = `${messages} further messages read within a second, ${bytes} bytes`
    const event: Event = { kind: 'pop3.retrs', summary, detail: { messages, bytes } }
    this.#io.emit(event)
  }
}

/** Of a message's header, without the brackets (RFC 5322 §3.6.4). */
function messageIdOf(content: Uint8Array): string | undefined {
  const head = content.subarray(0, HEADER_MAX_BYTES)
  const id = parseMessageId(headerValue(head, headerOf(head), 'message-id') ?? '')
  return id === undefined ? undefined : shortened(id)
}

function shortened(text: string): string {
  return text.length > NAME_MAX_CHARS ? `${text.slice(0, NAME_MAX_CHARS)}…` : text
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}
