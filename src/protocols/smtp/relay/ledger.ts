// Writes into the queue what became of mail, and to its sender what has to be told: one durable step each. It sends nothing.

import { failure, isFailure, type Failure } from '../../../core/failure.ts'
import type { Io } from '../../../core/io.ts'
import type { Account, IncomingMail, QueuedMail, QueuedRecipient, RecipientChange } from '../../../core/post.ts'
import type { WorldView } from '../../../core/world-view.ts'
import { oneLine } from '../codec/reply.ts'
import type { Reply } from '../messages.ts'
import type { Fate, Job } from './jobs.ts'
import { formatReport, type ReportKind, type ReportedMail, type ReportedRecipient } from './report.ts'
import type { RelaySettings } from './settings.ts'
import { waitAfter } from './timetable.ts'

/** Before what could not be written (a full disk) is written again. Ours. */
const AGAIN_MS = 60_000
const TIMER = 'relay-settle'
const TOKEN_BYTES = 12

export interface LedgerOptions {
  readonly io: Io
  readonly world: WorldView
  readonly settings: RelaySettings
  /** Where other servers listen: told in events. */
  readonly port: number
  /** Whose mailbox an address of this host is. */
  accountFor(address: string): Account | undefined
  /** The job is off our hands: its recipients are gone, or due again at `nextMs` (world's wall clock). */
  settled(job: Job, nextMs: number | undefined): void
}

interface Settlement {
  readonly job: Job
  readonly changes: readonly RecipientChange[]
  readonly reports: readonly IncomingMail[]
  readonly nextMs: number | undefined
}

/** What follows from one fate. */
interface Consequence {
  readonly change: RecipientChange
  readonly event: 'smtp.relayed' | 'smtp.deferred' | 'smtp.bounced'
  readonly report?: ReportKind | undefined
  /** Status where it differs from the reply's. */
  readonly status?: string
}

export class Ledger {
  readonly #options: LedgerOptions
  readonly #unsettled: Settlement[] = []
  #stuckToldMs = -Infinity

  constructor(options: LedgerOptions) {
    this.#options = options
  }

  /** That an attempt has begun, durably; `then` hears whether that could be written. */
  mark(job: Job, then: (isMarked: boolean) => void): void {
    const changes = job.recipientIds.map((id) => ({ id, kind: 'under-way' }) as const)
    this.#options.io.ask(this.#queue.settle(job.mailId, changes), (result) => {
      job.isMarked = !isFailure(result)
      if (isFailure(result)) this.#stuck(result)
      if (isFailure(result)) this.#options.settled(job, this.#options.io.wallMs + AGAIN_MS)
      then(job.isMarked)
    })
  }

  conclude(job: Job, fates: readonly Fate[]): void {
    const mail = this.#queue.get(job.mailId)
    if (mail === undefined) return this.#options.settled(job, undefined)
    const recipients = new Map(mail.recipients.map((recipient) => [recipient.id, recipient]))
    const ends = fates.flatMap((fate) => {
      const recipient = recipients.get(fate.recipientId)
      return recipient === undefined ? [] : [{ fate, recipient, what: this.#consequence(mail, recipient, fate) }]
    })
    if (ends.length === 0) return this.#options.settled(job, undefined)
    for (const { fate, recipient, what } of ends) this.#tell(mail, recipient, fate, what)
    const waits = ends.flatMap(({ what }) => (what.change.kind === 'deferred' ? [what.change.nextMs] : []))
    this.#settle({
      job,
      changes: ends.map(({ what }) => what.change),
      reports: this.#reportsOf(mail, ends),
      nextMs: waits.length === 0 ? undefined : Math.min(...waits),
    })
  }

  woke(timer: string): void {
    if (timer === TIMER) for (const settlement of this.#unsettled.splice(0)) this.#settle(settlement)
  }

  get #queue() {
    const { world } = this.#options
    return world.post.queue(world.host.name)
  }

  #consequence(mail: QueuedMail, recipient: QueuedRecipient, { isDelivered, reply, reportsItself }: Fate): Consequence {
    const { id, notify } = recipient
    const done: RecipientChange = { id, kind: 'done' }
    if (isDelivered) {
      const isWanted = notify?.includes('SUCCESS') === true && reportsItself !== true
      return { change: done, event: 'smtp.relayed', report: isWanted ? 'relayed' : undefined }
    }
    const wantsFailure = notify === undefined || notify.includes('FAILURE')
    const report = wantsFailure ? 'failed' : undefined
    if (reply.code >= 500) return { change: done, event: 'smtp.bounced', report }
    const { settings, io } = this.#options
    const endMs = mail.queuedMs + settings['give-up']
    if (io.wallMs >= endMs) return { change: done, event: 'smtp.bounced', report, status: '5.4.7' }
    return this.#deferral(mail, recipient, reply)
  }

  #deferral(mail: QueuedMail, recipient: QueuedRecipient, reply: Reply): Consequence {
    const { settings, io } = this.#options
    const { id, tries, notify, reportedDelay } = recipient
    const lateMs = mail.queuedMs + settings['delay-report']
    const isLate = io.wallMs >= lateMs && !reportedDelay
    const isTold = isLate && (notify === undefined || notify.includes('DELAY'))
    const waitMs = waitAfter(tries + 1, settings, io.random(1)[0] ?? 0)
    // A try just when the mail becomes late, or too old, so that its sender is told in time.
    const bounds = [io.wallMs + waitMs, mail.queuedMs + settings['give-up'], ...(io.wallMs < lateMs ? [lateMs] : [])]
    const change: RecipientChange = {
      id,
      kind: 'deferred',
      nextMs: Math.min(...bounds),
      lastReply: oneLine(reply),
      reportedDelay: reportedDelay || isLate,
    }
    return { change, event: 'smtp.deferred', report: isTold ? 'delayed' : undefined }
  }

  #tell(mail: QueuedMail, { address }: QueuedRecipient, fate: Fate, { event }: Consequence): void {
    const { by, tls } = fate
    const said = oneLine(fate.reply)
    const where = by === undefined ? '' : ` by ${by.name}`
    this.#options.io.emit({
      kind: event,
      summary: `${mail.messageId} to ${address}${where}: ${said}`,
      ...(event === 'smtp.relayed' ? {} : { severity: 'warning' }),
      detail: {
        mail: mail.messageId,
        to: address,
        reply: said,
        ...(by === undefined ? {} : { host: by.name, ip: by.ip, port: this.#options.port, tls: tls ?? false }),
      },
    })
  }

  #reportsOf(
    mail: QueuedMail,
    ends: readonly { readonly fate: Fate; readonly recipient: QueuedRecipient; readonly what: Consequence }[],
  ): IncomingMail[] {
    const kinds = new Map<ReportKind, ReportedRecipient[]>()
    for (const { fate, recipient, what } of ends) {
      if (what.report === undefined) continue
      const reported = kinds.get(what.report) ?? []
      kinds.set(what.report, reported)
      reported.push(this.#reported(mail, recipient, fate, what))
    }
    if (kinds.size === 0) return []
    const content = this.#queue.content(mail.id) ?? new Uint8Array(0)
    const reportedMail = { ...mail, content, arrivedMs: mail.queuedMs }
    return [...kinds].flatMap(([kind, recipients]) => {
      const report = reportFor(this.#options, kind, reportedMail, recipients)
      return report === undefined ? [] : [report]
    })
  }

  #reported(mail: QueuedMail, recipient: QueuedRecipient, fate: Fate, what: Consequence): ReportedRecipient {
    const { reply, by } = fate
    const giveUpMs = mail.queuedMs + this.#options.settings['give-up']
    return {
      address: recipient.address,
      originalRecipient: recipient.originalRecipient,
      status: what.status ?? reply.enhanced ?? `${Math.floor(reply.code / 100)}.0.0`,
      diagnostic: { type: by === undefined ? 'x-portolan' : 'smtp', text: oneLine(reply) },
      remote: by?.name,
      retryUntilMs: what.report === 'delayed' ? giveUpMs : undefined,
    }
  }

  #settle(settlement: Settlement): void {
    const { io, world } = this.#options
    const { job, changes, reports, nextMs } = settlement
    const taken = reports.map((report) => world.post.take(report))
    io.ask(Promise.all([this.#queue.settle(job.mailId, changes), ...taken]), ([result, ...results]) => {
      const missing = reports.filter((_, at) => isFailure(results[at]))
      if (isFailure(result)) {
        this.#unsettled.push({ ...settlement, reports: missing })
        io.wakeAt(TIMER, io.now + AGAIN_MS)
        return this.#stuck(result)
      }
      for (const lost of results.filter(isFailure)) reportLost(io, lost)
      this.#options.settled(job, nextMs)
    })
  }

  /** Told once a while, however many changes it holds up. */
  #stuck({ code, message }: Failure): void {
    const { io } = this.#options
    if (io.now < this.#stuckToldMs + AGAIN_MS) return
    this.#stuckToldMs = io.now
    const summary = `the queue cannot be written: ${message}`
    io.emit({ kind: 'smtp.relay.stuck', summary, severity: 'warning', detail: { code } })
  }
}

/** Who reports, and to whom. */
export interface Reporter {
  readonly io: Io
  readonly world: WorldView
  accountFor(address: string): Account | undefined
}

/**
 * A report on its way: into the sender's mailbox where that is here, else onto the queue, with the null return path. `undefined`,
 * and an event for a failure, where nobody can be told (RFC 5321 §4.5.5).
 */
export function reportFor(
  { io, world, accountFor }: Reporter,
  kind: ReportKind,
  mail: ReportedMail,
  recipients: readonly ReportedRecipient[],
): IncomingMail | undefined {
  const { sender } = mail
  const domain = sender.slice(sender.lastIndexOf('@') + 1)
  const isLocal = world.takesMailFor(domain)
  const account = isLocal ? accountFor(sender) : undefined
  if (sender === '' || (isLocal && account === undefined)) {
    if (kind === 'failed') untold(io, mail)
    return undefined
  }
  const host = world.host.name
  const token = Buffer.from(io.random(TOKEN_BYTES)).toString('hex')
  const message = formatReport({ kind, host, wallMs: io.wallMs, token, mail, recipients })
  const { content, messageId, body, smtpUtf8 } = message
  if (account !== undefined) {
    const head = Buffer.from(`Return-Path: <>\r\nDelivered-To: ${account.address}\r\n`)
    return { content, deliver: [{ account, head }] }
  }
  const to = [{ address: sender, notify: ['NEVER'] as const }]
  return { content, deliver: [], relay: { host, sender: '', body, smtpUtf8, messageId, recipients: to } }
}

function untold(io: Io, { messageId, sender }: ReportedMail): void {
  const why = sender === '' ? 'it has no return path' : `there is no ${sender}`
  const summary = `${messageId} failed and nobody is told: ${why}`
  io.emit({ kind: 'smtp.report-dropped', summary, severity: 'warning', detail: { mail: messageId } })
}

function reportLost(io: Io, why: Failure = failure('UNKNOWN', 'unknown')): void {
  const summary = `a report could not be put into the mailbox of its reader: ${why.message}`
  io.emit({ kind: 'smtp.report-dropped', summary, severity: 'warning', detail: { code: why.code } })
}
