// Takes a whole message: looks at its header, has its sender checked, puts trace fields before it and hands it to mailboxes
// and queue in one durable step. Nothing is told to the client before that.

import { isFailure, type NewQueued, type NewRecipient, type Post, type PostFailure } from '../../../core/index.ts'
import type { IncomingMail, TakenMail, UserView } from '../../../core/index.ts'
import { withoutForgedResults, type Verdict } from '../authentication/index.ts'
import { reply, HOPS_MAX, type Reply } from '../messages.ts'
import type { ReportedMail, ReportedRecipient } from '../relay/index.ts'
import type { Envelope } from './envelope.ts'
import { scanHeader, type HeaderFacts } from './header-scan.ts'
import * as say from './replies.ts'
import { copyHead, DateText, QueueIds, receivedFrom, receivedRest, type Origin } from './trace-fields.ts'

/** The DKIM-Signature field of a user's mail; `undefined`: nobody signs for that domain here. */
export type Sign = (content: Uint8Array, authorDomain: string, wallMs: number) => Uint8Array | undefined

/** What tells a sender that mail lies in mailboxes (RFC 3461 §4.1); `undefined`: there is nobody to tell. */
export type Report = (mail: ReportedMail, recipients: readonly ReportedRecipient[]) => IncomingMail | undefined

export interface IntakeOptions {
  readonly host: string
  readonly post: Post
  readonly sign: Sign | undefined
  readonly report: Report | undefined
}

/** A message that was read to its end. */
export interface Read {
  readonly envelope: Envelope
  readonly content: Uint8Array
  readonly facts: HeaderFacts
  readonly origin: Origin
  /** Who handed it in, on a submission port. */
  readonly user: UserView | undefined
  readonly queueId: string
  /** What to call it in events. */
  readonly name: string
}

const CRLF = Buffer.from('\r\n')

export class Intake {
  readonly #options: IntakeOptions
  readonly #ids = new QueueIds()
  readonly #date = new DateText()
  /** The beginning of Received for the connection that sent last: most send several. */
  #lastOrigin: Origin | undefined
  #lastUtf8 = false
  #lastReceived = ''

  constructor(options: IntakeOptions) {
    this.#options = options
  }

  /** `pieces`: the message as it came. What is wrong with its header is a reply. */
  read(
    envelope: Envelope,
    pieces: readonly Uint8Array[],
    origin: Origin,
    user: UserView | undefined,
    wallMs: number,
  ): Read | Reply {
    const content = joined(pieces)
    const facts = scanHeader(content)
    if (facts.hops > HOPS_MAX || loopsHere(envelope, facts)) return say.LOOPS
    const queueId = this.#ids.next(wallMs)
    const given = facts.messageId ?? (facts.hasMessageId ? queueId : undefined)
    const name = given ?? (user === undefined ? queueId : this.#messageIdFor(queueId))
    return { envelope, content, facts, origin, user, queueId, name }
  }

  /** `verdict`: `undefined` where the mail was not checked. A report to its sender becomes durable with the mail. */
  take(read: Read, verdict: Verdict | undefined, wallMs: number): Promise<TakenMail | PostFailure> {
    const { post } = this.#options
    const incoming = this.#incoming(read, verdict, wallMs)
    const taken = post.take(incoming)
    const report = this.#report(read, incoming.content, wallMs)
    return report === undefined ? taken : Promise.all([taken, post.take(report)]).then(([first]) => first)
  }

  /** What the client hears. */
  replyFor(taken: TakenMail | PostFailure, read: Read): Reply {
    if (!isFailure(taken)) return reply(250, '2.0.0', `ok: queued as ${read.queueId}`)
    if (taken.code === 'ENOSPC') return say.NO_ROOM
    if (taken.code !== 'EQUOTA') return say.NOT_KEPT
    const tooSmall = read.envelope.accounts.some(({ quota }) => quota.storageMaxBytes < read.content.length)
    return tooSmall ? say.MAILBOX_TOO_SMALL : say.MAILBOX_FULL
  }

  #incoming(read: Read, verdict: Verdict | undefined, wallMs: number): IncomingMail {
    const { envelope } = read
    const content = this.#withFields(read, verdict, wallMs)
    const deliver = envelope.accounts.map((account) => ({
      account,
      head: copyHead(envelope.sender, account.address),
    }))
    const recipients = envelope.recipients.flatMap(queuedRecipients)
    if (recipients.length === 0) return { content, deliver }
    return { content, deliver, relay: this.#queued(read, recipients) }
  }

  #report({ envelope, name }: Read, content: Uint8Array, wallMs: number): IncomingMail | undefined {
    const wanted = envelope.recipients.filter(wantsReport)
    if (wanted.length === 0) return undefined
    const { envelopeId, returns } = envelope.mail
    const mail = { sender: envelope.sender, content, envelopeId, returns, arrivedMs: wallMs, messageId: name }
    const recipients = wanted.map(({ command: { recipient, originalRecipient } }) => ({
      address: recipient.address,
      originalRecipient,
      status: '2.1.5',
    }))
    return this.#options.report?.(mail, recipients)
  }

  #queued({ envelope: { mail, sender }, name }: Read, recipients: readonly NewRecipient[]): NewQueued {
    return {
      host: this.#options.host,
      sender,
      body: mail.body ?? '8BITMIME',
      smtpUtf8: mail.smtpUtf8 ?? false,
      messageId: name,
      recipients,
      ...(mail.envelopeId === undefined ? {} : { envelopeId: mail.envelopeId }),
      ...(mail.returns === undefined ? {} : { returns: mail.returns }),
    }
  }

  #withFields(read: Read, verdict: Verdict | undefined, wallMs: number): Uint8Array {
    const { envelope, origin, queueId, user, facts } = read
    const { host } = this.#options
    const only = envelope.recipients.length === 1 ? envelope.recipients[0]?.command.recipient.address : undefined
    const date = this.#date.at(wallMs)
    const received = this.#receivedFrom(origin, envelope.mail.smtpUtf8 ?? false) + receivedRest(queueId, only, date)
    const own = user === undefined ? '' : missingFields(read, date)
    const body = user === undefined ? withoutForgedResults(read.content, host) : read.content
    const message = own === '' && facts.startsWell ? [body] : [Buffer.from(own), separated(body, facts)]
    const signature = user === undefined ? undefined : this.#signature(message, facts, wallMs)
    const trace = Buffer.from(`${verdict?.field ?? ''}${received}`)
    return Buffer.concat(signature === undefined ? [trace, ...message] : [trace, signature, ...message])
  }

  #signature(message: readonly Uint8Array[], { authorDomain }: HeaderFacts, wallMs: number): Uint8Array | undefined {
    const { sign } = this.#options
    return sign === undefined || authorDomain === undefined ? undefined : sign(joined(message), authorDomain, wallMs)
  }

  #receivedFrom(origin: Origin, utf8: boolean): string {
    if (origin !== this.#lastOrigin || utf8 !== this.#lastUtf8) {
      this.#lastOrigin = origin
      this.#lastUtf8 = utf8
      this.#lastReceived = receivedFrom(origin, this.#options.host, utf8)
    }
    return this.#lastReceived
  }

  #messageIdFor(queueId: string): string {
    return `${queueId}@${this.#options.host}`
  }
}

/** RFC 6409 §8.1, §8.2, §8.3. */
function missingFields({ facts, name }: Read, date: string): string {
  return `${facts.hasDate ? '' : `Date: ${date}\r\n`}${facts.hasMessageId ? '' : `Message-ID: <${name}>\r\n`}`
}

/** A message without a header begins with its body: an empty line keeps our fields apart from it. */
function separated(body: Uint8Array, { startsWell }: HeaderFacts): Uint8Array {
  return startsWell ? body : Buffer.concat([CRLF, body])
}

/** Whoever is elsewhere gets the request along with the mail. */
function wantsReport({ command, destination }: Envelope['recipients'][number]): boolean {
  return command.notify?.includes('SUCCESS') === true && destination.elsewhere.length === 0
}

function queuedRecipients({ command, destination }: Envelope['recipients'][number]): NewRecipient[] {
  const { notify, originalRecipient } = command
  return destination.elsewhere.map((address) => ({
    address,
    ...(notify === undefined ? {} : { notify }),
    ...(originalRecipient === undefined ? {} : { originalRecipient }),
  }))
}

/** It came to that mailbox before (RFC 5321 §6.3 leaves the means open; Delivered-To is everybody's). */
function loopsHere(envelope: Envelope, { deliveredTo }: HeaderFacts): boolean {
  return deliveredTo.length > 0 && envelope.accounts.some(({ address }) => deliveredTo.includes(address))
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  return pieces.length === 1 && pieces[0] !== undefined ? pieces[0] : Buffer.concat(pieces)
}
