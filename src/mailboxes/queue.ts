// The mail of one host that is on its way: in memory by number, each step in the database.

import { failure, type Failure } from '../core/failure.ts'
import type {
  BodyKind,
  NewQueued,
  NewRecipient,
  Queue,
  QueuedMail,
  QueuedRecipient,
  RecipientChange,
} from '../core/post.ts'
import { integer, textOf, type Row } from './database.ts'
import type { Group } from './groups.ts'
import { Hearers } from './hearers.ts'
import type { Store } from './store.ts'

interface Kept {
  readonly mail: QueuedMail
  readonly contentId: number
}

type Notify = NonNullable<NewRecipient['notify']>[number]

const BODIES: readonly BodyKind[] = ['7BIT', '8BITMIME', 'BINARYMIME']
const NOTIFIES: readonly Notify[] = ['NEVER', 'SUCCESS', 'FAILURE', 'DELAY']

const MAIL_COLUMNS = 'id, content, size, queued, message_id, sender, body, smtp_utf8, envelope_id, returns'
const RECIPIENT_COLUMNS = 'id, address, original, notify, tries, next, last_reply, reported_delay, under_way'
const ADD_MAIL = `INSERT INTO queued (${MAIL_COLUMNS}, host) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
const ADD_RECIPIENT = `INSERT INTO recipient (${RECIPIENT_COLUMNS}, mail) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
const UPDATE = `UPDATE recipient SET tries = ?, next = ?, last_reply = ?, reported_delay = ?, under_way = ? WHERE mail = ? AND id = ?`

export class StoredQueue implements Queue {
  readonly host: string
  readonly #store: Store
  readonly #hearers: Hearers<QueuedMail>
  #kept: Map<number, Kept> | undefined
  #listed: readonly QueuedMail[] | undefined

  constructor(store: Store, host: string) {
    this.#store = store
    this.host = host
    this.#hearers = new Hearers(store.groups)
  }

  list(): readonly QueuedMail[] {
    this.#listed ??= [...this.#mails().values()].map(({ mail }) => mail)
    return this.#listed
  }

  get(id: number): QueuedMail | undefined {
    return this.#mails().get(id)?.mail
  }

  content(id: number): Uint8Array | undefined {
    const kept = this.#mails().get(id)
    return kept && this.#store.contents.read(kept.contentId)
  }

  settle(id: number, changes: readonly RecipientChange[]): Promise<void | Failure> {
    return this.#store.groups.ask((group) => this.#settle(group, id, changes))
  }

  watch(hear: (mail: QueuedMail) => void): () => void {
    return this.#hearers.add(hear)
  }

  /** The content is stored already. */
  add(group: Group, queued: NewQueued, contentId: number, size: number): QueuedMail {
    const mails = this.#mails()
    const id = this.#store.numbers.next()
    const recipients = queued.recipients.map((recipient) => this.#recipient(recipient))
    const mail: QueuedMail = { ...queued, id, size, queuedMs: this.#store.wallMs(), recipients }
    this.#insert(mail, contentId)
    this.#put(mails, id, { mail, contentId })
    group.undo(() => this.#put(mails, id, undefined))
    this.#hearers.later(group, mail)
    return mail
  }

  #recipient(recipient: NewRecipient): QueuedRecipient {
    return { ...recipient, id: this.#store.numbers.next(), tries: 0, nextMs: 0, reportedDelay: false, underWay: false }
  }

  #insert(mail: QueuedMail, contentId: number): void {
    const { database } = this.#store
    const { id, size, queuedMs, messageId, sender, body, smtpUtf8, envelopeId, returns } = mail
    database.run(
      ADD_MAIL,
      id,
      contentId,
      size,
      queuedMs,
      messageId,
      sender,
      body,
      Number(smtpUtf8),
      envelopeId ?? null,
      returns ?? null,
      this.host,
    )
    for (const { id: recipient, address, originalRecipient, notify } of mail.recipients) {
      const words = notify?.join(' ') ?? null
      database.run(ADD_RECIPIENT, recipient, address, originalRecipient ?? null, words, 0, 0, null, 0, 0, id)
    }
  }

  #settle(group: Group, id: number, changes: readonly RecipientChange[]): Failure | undefined {
    const mails = this.#mails()
    const kept = mails.get(id)
    if (kept === undefined) return failure('ENOENT', `there is no mail ${id} in the queue of ${this.host}`)
    let recipients = kept.mail.recipients
    for (const change of changes) recipients = this.#applied(id, recipients, change)
    const next = recipients.length === 0 ? undefined : { ...kept, mail: { ...kept.mail, recipients } }
    if (next === undefined) this.#leave(id, kept.contentId)
    this.#put(mails, id, next)
    // The order of the queue is the order of the numbers: a mail that comes back must not stand at the end.
    group.undo(() => this.#restore(mails, id, kept))
    return undefined
  }

  #applied(mail: number, recipients: readonly QueuedRecipient[], change: RecipientChange): readonly QueuedRecipient[] {
    if (change.kind === 'done') {
      this.#store.database.run('DELETE FROM recipient WHERE mail = ? AND id = ?', mail, change.id)
      return recipients.filter(({ id }) => id !== change.id)
    }
    return recipients.map((recipient) => {
      if (recipient.id !== change.id) return recipient
      const next = after(recipient, change)
      this.#update(mail, next)
      return next
    })
  }

  #update(mail: number, recipient: QueuedRecipient): void {
    const { id, tries, nextMs, lastReply, reportedDelay, underWay } = recipient
    this.#store.database.run(
      UPDATE,
      tries,
      nextMs,
      lastReply ?? null,
      Number(reportedDelay),
      Number(underWay),
      mail,
      id,
    )
  }

  #leave(id: number, contentId: number): void {
    this.#store.database.run('DELETE FROM queued WHERE id = ?', id)
    this.#store.contents.release(contentId)
  }

  #restore(mails: Map<number, Kept>, id: number, kept: Kept): void {
    const missing = !mails.has(id)
    this.#put(mails, id, kept)
    if (!missing) return
    const ordered = [...mails].toSorted(([left], [right]) => left - right)
    mails.clear()
    for (const [number, one] of ordered) mails.set(number, one)
  }

  #put(mails: Map<number, Kept>, id: number, kept: Kept | undefined): void {
    if (kept === undefined) mails.delete(id)
    else mails.set(id, kept)
    this.#listed = undefined
  }

  #mails(): Map<number, Kept> {
    this.#kept ??= this.#read()
    return this.#kept
  }

  #read(): Map<number, Kept> {
    const { database } = this.#store
    const recipientsOf = `SELECT ${RECIPIENT_COLUMNS} FROM recipient WHERE mail = ? ORDER BY id`
    const rows = database.rows(`SELECT ${MAIL_COLUMNS} FROM queued WHERE host = ? ORDER BY id`, this.host)
    return new Map(
      rows.map((row) => {
        const id = integer(row[0])
        const recipients = database.rows(recipientsOf, id).map(readRecipient)
        return [id, { mail: readMail(row, this.host, recipients), contentId: integer(row[1]) }]
      }),
    )
  }
}

function after(recipient: QueuedRecipient, change: Exclude<RecipientChange, { kind: 'done' }>): QueuedRecipient {
  if (change.kind === 'under-way') return { ...recipient, underWay: true }
  const { nextMs, lastReply, reportedDelay } = change
  return { ...recipient, tries: recipient.tries + 1, nextMs, lastReply, reportedDelay, underWay: false }
}

function readMail(row: Row, host: string, recipients: readonly QueuedRecipient[]): QueuedMail {
  return {
    id: integer(row[0]),
    host,
    size: integer(row[2]),
    queuedMs: integer(row[3]),
    messageId: textOf(row[4]),
    sender: textOf(row[5]),
    body: BODIES.find((kind) => kind === row[6]) ?? '8BITMIME',
    smtpUtf8: row[7] === 1,
    ...(row[8] !== null && { envelopeId: textOf(row[8]) }),
    ...(row[9] !== null && { returns: row[9] === 'FULL' ? 'FULL' : 'HDRS' }),
    recipients,
  }
}

function readRecipient(row: Row): QueuedRecipient {
  return {
    id: integer(row[0]),
    address: textOf(row[1]),
    ...(row[2] !== null && { originalRecipient: textOf(row[2]) }),
    ...(row[3] !== null && { notify: readNotify(textOf(row[3])) }),
    tries: integer(row[4]),
    nextMs: integer(row[5]),
    ...(row[6] !== null && { lastReply: textOf(row[6]) }),
    reportedDelay: row[7] === 1,
    underWay: row[8] === 1,
  }
}

function readNotify(text: string): readonly Notify[] {
  return NOTIFIES.filter((word) => text.split(' ').includes(word))
}
