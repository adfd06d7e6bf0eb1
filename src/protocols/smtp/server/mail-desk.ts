// The mail that one connection has under way (RFC 5321 §3.3): its envelope, then its message. It says what a command
// comes to and which state follows; the connection speaks.

import type { StreamIo, UserView } from '../../../core/index.ts'
import type { Inbox } from '../../../wire/inbox.ts'
import { isAscii } from '../codec/address.ts'
import { ChunkReader, Gathered } from '../codec/data.ts'
import { reply, type MailCommand, type RcptCommand, type Reply } from '../messages.ts'
import type { Role } from '../policy.ts'
import type { SmtpContext } from './context.ts'
import { Delivery } from './delivery.ts'
import { Envelope } from './envelope.ts'
import type { State } from './legality.ts'
import * as say from './replies.ts'
import type { Origin } from './trace-fields.ts'

/** `refused`: counts as a mistake. `ended`: the whole message is there. */
export type DeskStep =
  | { readonly kind: 'said' | 'refused'; readonly state: State; readonly reply: Reply }
  | { readonly kind: 'ended'; readonly state: State }

/** Who the mail comes from. */
export interface Bringer {
  readonly origin: Origin
  readonly user: UserView | undefined
}

/** A chunk that nobody wants, and what is to be said behind it. */
interface Unwanted {
  readonly reader: ChunkReader
  readonly reply: Reply
}

export class MailDesk {
  readonly #io: StreamIo
  readonly #context: SmtpContext
  readonly #role: Role
  #envelope: Envelope | undefined
  #delivery: Delivery | undefined
  #unwanted: Unwanted | undefined
  #chunk = { bytes: 0, isLast: false }
  #sinceMs = 0

  constructor(io: StreamIo, context: SmtpContext, role: Role) {
    this.#io = io
    this.#context = context
    this.#role = role
  }

  get envelope(): Envelope | undefined {
    return this.#envelope
  }

  get delivery(): Delivery | undefined {
    return this.#delivery
  }

  /** When the message, or a chunk that nobody wants, began. */
  get sinceMs(): number {
    return this.#sinceMs
  }

  /** Drops the mail, and what is still to come of a chunk stays unwanted. */
  reset(): void {
    this.#delivery?.abandon()
    this.#delivery = undefined
    this.#envelope = undefined
  }

  mail(command: MailCommand, user: UserView | undefined): Reply {
    const refusal = this.#mailRefusal(command, user)
    if (refusal !== undefined) {
      this.#context.log.refused(this.#io, refusal, { from: command.sender?.address ?? '' })
      return refusal
    }
    this.#envelope = new Envelope(command)
    return say.SENDER_OK
  }

  rcpt(command: RcptCommand): Reply {
    const envelope = this.#envelope
    if (envelope === undefined) return say.MAIL_FIRST
    const { policy, limits, log } = this.#context
    if (envelope.recipients.length >= limits.recipientsMax) return say.TOO_MANY_RECIPIENTS
    const { recipient } = command
    const destination =
      !envelope.mail.smtpUtf8 && !isAscii(recipient.address)
        ? say.NEEDS_SMTPUTF8
        : policy.recipient(recipient, this.#role, envelope.mail.size ?? 0)
    if ('accounts' in destination) {
      envelope.recipients.push({ command, destination })
      return say.RECIPIENT_OK
    }
    const refusal = 'reply' in destination ? destination.reply : destination
    log.refused(this.#io, refusal, { from: envelope.sender, to: recipient.address })
    return refusal
  }

  data(bringer: Bringer): Reply {
    if (this.#envelope?.mail.body === 'BINARYMIME') return say.BINARY_NEEDS_BDAT
    this.#begin(bringer, 'DATA')
    return say.GO_AHEAD
  }

  /** `bytes` follow. `undefined`: they are to be taken; otherwise there are none, and that is what it comes to. */
  chunk(bringer: Bringer, bytes: number, isLast: boolean): DeskStep | undefined {
    const delivery = this.#delivery ?? this.#begin(bringer, 'BDAT')
    if (!(delivery?.reader instanceof ChunkReader)) return { kind: 'refused', state: 'ready', reply: say.MAIL_FIRST }
    delivery.reader.expect(bytes)
    this.#chunk = { bytes, isLast }
    return bytes === 0 ? this.#chunkEnded(delivery) : undefined
  }

  /** A chunk that is refused comes nevertheless (RFC 3030 §2). `refusal` is said behind it. */
  discard(bytes: number, refusal: Reply): void {
    this.reset()
    const reader = new ChunkReader(new Gathered(0, () => false), true)
    reader.expect(bytes)
    this.#unwanted = { reader, reply: refusal }
    this.#sinceMs = this.#io.now
  }

  /** Takes what is there of a message or a chunk. */
  take(inbox: Inbox): 'more' | DeskStep {
    const unwanted = this.#unwanted
    if (unwanted !== undefined) return this.#drop(unwanted, inbox)
    const delivery = this.#delivery
    if (delivery === undefined) return { kind: 'refused', state: 'ready', reply: say.MAIL_FIRST }
    if (delivery.reader.take(inbox) === 'more') return 'more'
    return delivery.reader instanceof ChunkReader ? this.#chunkEnded(delivery) : { kind: 'ended', state: 'held' }
  }

  /** The message is whole: `then` hears what became of it. */
  finish(then: (reply: Reply) => void): void {
    this.#delivery?.finish((outcome) => {
      this.#delivery = undefined
      this.reset()
      then(outcome)
    })
  }

  #mailRefusal({ sender, size = 0, smtpUtf8 }: MailCommand, user: UserView | undefined): Reply | undefined {
    const { limits, flight, policy } = this.#context
    if (size > limits.messageMaxBytes) return say.TOO_BIG
    if (flight.bytes + size > limits.inFlightMaxBytes) return say.NO_ROOM
    if (sender !== undefined && !smtpUtf8 && !isAscii(sender.address)) return say.NEEDS_SMTPUTF8
    return user === undefined ? undefined : policy.sender(sender, user)
  }

  #begin({ origin, user }: Bringer, by: 'DATA' | 'BDAT'): Delivery | undefined {
    const envelope = this.#envelope
    if (envelope === undefined) return undefined
    const { io, context, role } = { io: this.#io, context: this.#context, role: this.#role }
    this.#sinceMs = io.now
    this.#delivery = new Delivery({ io, context, role, envelope, origin, user }, by)
    return this.#delivery
  }

  #chunkEnded(delivery: Delivery): DeskStep {
    if (this.#chunk.isLast || delivery.fault !== undefined) return { kind: 'ended', state: 'held' }
    return { kind: 'said', state: 'chunks', reply: reply(250, '2.0.0', `${this.#chunk.bytes} octets`) }
  }

  #drop({ reader, reply: refusal }: Unwanted, inbox: Inbox): 'more' | DeskStep {
    if (reader.take(inbox) === 'more') return 'more'
    this.#unwanted = undefined
    return { kind: 'refused', state: 'ready', reply: refusal }
  }
}
