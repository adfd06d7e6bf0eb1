// One mailbox: its row, its messages and all that changes them. Names and quotas of others are the account's.

import { failure, isFailure, type Failure } from '../core/failure.ts'
import type {
  Account,
  Copied,
  FlagChange,
  FlagsChanged,
  Mailbox,
  MailboxChange,
  Message,
  NewMessage,
  SpecialUse,
} from '../core/post.ts'
import { bytesOf, integer } from './database.ts'
import { bounded, expungedAfter, logExpunged } from './expunge-log.ts'
import type { Flags } from './flags.ts'
import type { Group, Saved } from './groups.ts'
import { UID_MAX } from './limits.ts'
import { Listing } from './listing.ts'
import { MailboxRow } from './mailbox-row.ts'
import { MESSAGE_COLUMNS, present, readMessage, StoredMessage } from './message.ts'
import type { Store } from './store.ts'

/** What a mailbox wants to know of its account. */
export interface MailboxOwner {
  readonly account: Account
  /** Why so many more octets in so many more messages do not fit, if they do not. */
  full(bytes: number, messages: number): Failure | undefined
}

/** A message that comes in, its content already stored. */
export interface Incoming {
  readonly contentId: number
  readonly head: Uint8Array | undefined
  /** Octets, the head included. */
  readonly size: number
  readonly flags: Flags
  readonly receivedMs: number
}

const ADD = `INSERT INTO message (mailbox, uid, content, size, received, saved, flags, mod_seq, head) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`
const COPY = `INSERT INTO message (mailbox, uid, content, size, received, saved, flags, mod_seq, head)
  SELECT ?, ?, content, size, received, ?, flags, ?, head FROM message WHERE mailbox = ? AND uid = ?`
const MOVE = 'UPDATE message SET mailbox = ?, uid = ?, saved = ?, mod_seq = ? WHERE mailbox = ? AND uid = ?'
const FLAG = 'UPDATE message SET flags = ?, mod_seq = ? WHERE mailbox = ? AND uid = ?'
const EXPUNGE = 'DELETE FROM message WHERE mailbox = ? AND uid = ?'
const CONTENT = `SELECT m.head, c.first, c.size FROM message m JOIN content c ON c.id = m.content WHERE m.mailbox = ? AND m.uid = ?`
const OLDER = `SELECT ${MESSAGE_COLUMNS} FROM message WHERE mailbox = ? AND uid < ? ORDER BY uid`

export class StoredMailbox implements Mailbox, Saved {
  readonly owner: MailboxOwner
  readonly #store: Store
  readonly #row: MailboxRow
  readonly #listing: Listing
  readonly #hearers = new Set<(change: MailboxChange) => void>()
  #gone = false
  /** The group in which its state of before was last noted. */
  #noted = 0
  #keywords: { readonly of: number; readonly names: readonly string[] } | undefined

  constructor(store: Store, owner: MailboxOwner, row: MailboxRow, isNew: boolean) {
    this.owner = owner
    this.#store = store
    this.#row = row
    this.#listing = new Listing(isNew, (beforeUid) => this.#older(beforeUid))
  }

  get name(): string {
    return this.#row.name
  }
  get id(): number {
    return this.#row.id
  }
  get uidValidity(): number {
    return this.#row.uidValidity
  }
  get uidNext(): number {
    return this.#row.uidNext
  }
  get highestModSeq(): number {
    return this.#row.modSeq
  }
  get specialUse(): SpecialUse | undefined {
    return this.#row.specialUse
  }
  get unseen(): number {
    return this.#row.unseen
  }
  get deleted(): number {
    return this.#row.deleted
  }
  get storageBytes(): number {
    return this.#row.bytes
  }
  /** How many messages, without loading them. */
  get count(): number {
    return this.#row.messages
  }
  get messages(): readonly Message[] {
    return this.#listing.all
  }
  get keywords(): readonly string[] {
    if (this.#keywords?.of !== this.#row.modSeq) {
      this.#keywords = { of: this.#row.modSeq, names: keywordsOf(this.#listing.glance) }
    }
    return this.#keywords.names
  }

  recentFrom(claim: boolean): number {
    const from = this.#row.recentFrom
    if (claim && from !== this.#row.uidNext && !this.#gone) {
      this.#row.recentFrom = this.#row.uidNext
      this.#store.groups.touch(this)
    }
    return from
  }

  content(message: Message): Uint8Array | undefined {
    const row = this.#contentRow(message)
    if (row === undefined) return undefined
    const first = bytesOf(row[1])
    const whole = this.#store.contents.whole(message.contentId, first, integer(row[2]))
    return behind(bytesOf(row[0]), whole)
  }

  head(message: Message): Uint8Array | undefined {
    const row = this.#contentRow(message)
    return row === undefined ? undefined : behind(bytesOf(row[0]), bytesOf(row[1]))
  }

  append(messages: readonly NewMessage[]): Promise<readonly Message[] | Failure> {
    const flags: Flags[] = []
    for (const message of messages) {
      const parsed = this.#store.flagSets.parse(message.flags)
      if (isFailure(parsed)) return Promise.resolve(parsed)
      flags.push(parsed)
    }
    return this.#store.groups.ask((group) => this.#append(group, messages, flags))
  }

  copy(messages: readonly Message[], to: Mailbox): Promise<Copied | Failure> {
    const target = this.#own(to)
    return this.#store.groups.ask((group) => this.#transfer(group, messages, target, false))
  }

  move(messages: readonly Message[], to: Mailbox): Promise<Copied | Failure> {
    const target = this.#own(to)
    return this.#store.groups.ask((group) => this.#transfer(group, messages, target, true))
  }

  changeFlags(messages: readonly Message[], change: FlagChange, by?: unknown): Promise<FlagsChanged | Failure> {
    const flags = this.#store.flagSets.parse(change.flags)
    if (isFailure(flags)) return Promise.resolve(flags)
    return this.#store.groups.ask((group) => this.#changeFlags(group, messages, change, flags, by))
  }

  expunge(messages: readonly Message[]): Promise<readonly Message[] | Failure> {
    return this.#store.groups.ask((group) => {
      if (this.#gone) return noMailbox(this.name)
      const leaving = present(this.#listing.glance, messages)
      for (const message of leaving) this.#drop(message)
      this.#left(group, leaving)
      return leaving
    })
  }

  expungedSince(modSeq: number): readonly number[] | undefined {
    if (modSeq < this.#row.logFloor) return undefined
    return modSeq >= this.#row.modSeq ? [] : expungedAfter(this.#store.database, this.id, modSeq)
  }

  watch(hear: (change: MailboxChange) => void): () => void {
    this.#hearers.add(hear)
    return () => void this.#hearers.delete(hear)
  }

  save(): void {
    if (!this.#gone) this.#row.save(this.#store.database)
  }

  /** One mail that a server took. The content is stored already. */
  deliver(group: Group, incoming: Incoming): StoredMessage {
    const message = this.#place(group, incoming, this.#step(group))
    this.#arrived(group, [message])
    return message
  }

  /** All messages of this one into an empty one (INBOX under another name, RFC 9051 §6.3.6). */
  moveAll(group: Group, to: StoredMailbox): void {
    this.#transferTo(group, this.#listing.glance, to, true)
  }

  rename(group: Group, name: string, uidValidity: number): void {
    this.#note(group)
    this.#row.name = name
    this.#row.uidValidity = uidValidity
  }

  /** It takes its messages with it. */
  remove(group: Group): void {
    this.#note(group)
    const database = this.#store.database
    for (const message of this.#listing.glance) this.#store.contents.release(message.contentId)
    database.run('DELETE FROM message WHERE mailbox = ?', this.id)
    database.run('DELETE FROM expunged WHERE mailbox = ?', this.id)
    database.run('DELETE FROM mailbox WHERE id = ?', this.id)
    this.#listing.clear()
    this.#row.empty()
    this.#gone = true
    group.after(() => this.#tell({ kind: 'removed' }))
  }

  /** It was made in this group, which failed. */
  unmade(): void {
    this.#gone = true
    this.#listing.clear()
    this.#row.empty()
  }

  /** A mailbox of this store, whoever it belongs to. Anything else is the caller's mistake. */
  #own(mailbox: Mailbox): StoredMailbox {
    if (mailbox instanceof StoredMailbox && mailbox.#store === this.#store) return mailbox
    throw new TypeError('a mailbox of another store')
  }

  #append(group: Group, messages: readonly NewMessage[], flags: readonly Flags[]): readonly Message[] | Failure {
    if (this.#gone) return noMailbox(this.name)
    const bytes = messages.reduce((sum, message) => sum + message.content.length, 0)
    const full = this.#full(bytes, messages.length)
    if (full !== undefined) return full
    if (messages.length === 0) return []
    const modSeq = this.#step(group)
    const now = this.#store.wallMs()
    const arrived = messages.map((message, at) =>
      this.#place(
        group,
        {
          contentId: this.#store.contents.add(message.content, 1),
          head: undefined,
          size: message.content.length,
          flags: flags[at] ?? this.#store.flagSets.none,
          receivedMs: message.receivedMs ?? now,
        },
        modSeq,
      ),
    )
    this.#arrived(group, arrived)
    return arrived
  }

  #transfer(group: Group, messages: readonly Message[], to: StoredMailbox, leave: boolean): Copied | Failure {
    if (this.#gone) return noMailbox(this.name)
    if (to.#gone) return noMailbox(to.name)
    const sources = present(this.#listing.glance, messages)
    if (sources.length === 0 && messages.length > 0) return failure('ENOENT', 'these messages are no longer there')
    const within = leave && to.owner === this.owner
    const full = within ? undefined : to.#full(bytesIn(sources), sources.length)
    if (full !== undefined) return full
    return { to, sources, copies: this.#transferTo(group, sources, to, leave) }
  }

  #transferTo(
    group: Group,
    sources: readonly StoredMessage[],
    to: StoredMailbox,
    leave: boolean,
  ): readonly StoredMessage[] {
    if (sources.length === 0) return []
    const modSeq = to.#step(group)
    const savedMs = this.#store.wallMs()
    const copies = sources.map((source) => this.#send(source, to, savedMs, modSeq, leave))
    if (leave) this.#left(group, sources)
    to.#arrived(group, copies)
    return copies
  }

  #send(source: StoredMessage, to: StoredMailbox, savedMs: number, modSeq: number, leave: boolean): StoredMessage {
    const { uid, size, receivedMs, contentId, flags } = source
    const copy = new StoredMessage(to.#row.uidNext, size, receivedMs, savedMs, contentId, flags, modSeq)
    this.#store.database.run(leave ? MOVE : COPY, to.id, copy.uid, savedMs, modSeq, this.id, uid)
    if (!leave) this.#store.contents.share(contentId, 1)
    to.#row.count(copy, 1)
    to.#row.uidNext += 1
    to.#listing.add(copy)
    return copy
  }

  #changeFlags(
    group: Group,
    messages: readonly Message[],
    change: FlagChange,
    flags: Flags,
    by: unknown,
  ): FlagsChanged | Failure {
    if (this.#gone) return noMailbox(this.name)
    const known = new Map<Flags, Flags | Failure>()
    const changed: StoredMessage[] = []
    const modified: StoredMessage[] = []
    const became: Flags[] = []
    for (const message of present(this.#listing.glance, messages)) {
      if (message.modSeq > (change.unchangedSince ?? Infinity)) {
        modified.push(message)
        continue
      }
      const next = known.get(message.flags) ?? this.#store.flagSets.changed(message.flags, change.kind, flags)
      known.set(message.flags, next)
      if (isFailure(next)) return next
      if (next === message.flags) continue
      changed.push(message)
      became.push(next)
    }
    if (changed.length > 0) this.#flag(group, changed, became, by)
    return { changed, modified }
  }

  #flag(group: Group, messages: readonly StoredMessage[], flags: readonly Flags[], by: unknown): void {
    const modSeq = this.#step(group)
    const before = messages.map((message) => ({ flags: message.flags, modSeq: message.modSeq }))
    group.undo(() => messages.forEach((message, at) => Object.assign(message, before[at])))
    for (let at = 0; at < messages.length; at++) {
      const message = messages[at]
      const next = flags[at]
      if (message === undefined || next === undefined) continue
      this.#row.reflag(message.flags, next)
      message.flags = next
      message.modSeq = modSeq
      this.#store.database.run(FLAG, next.text, modSeq, this.id, message.uid)
    }
    group.after(() => this.#tell({ kind: 'flags', messages, by }))
  }

  #place(group: Group, incoming: Incoming, modSeq: number): StoredMessage {
    const { contentId, head, size, flags, receivedMs } = incoming
    const uid = this.#row.uidNext
    const savedMs = this.#store.wallMs()
    const message = new StoredMessage(uid, size, receivedMs, savedMs, contentId, flags, modSeq)
    this.#store.database.run(
      ADD,
      this.id,
      uid,
      contentId,
      size,
      receivedMs,
      savedMs,
      flags.text,
      modSeq,
      head === undefined || head.length === 0 ? null : head,
    )
    this.#row.uidNext += 1
    this.#row.count(message, 1)
    this.#listing.add(message)
    return message
  }

  #drop(message: StoredMessage): void {
    this.#store.database.run(EXPUNGE, this.id, message.uid)
    this.#store.contents.release(message.contentId)
  }

  /** They are out of the database already. */
  #left(group: Group, messages: readonly StoredMessage[]): void {
    if (messages.length === 0) return
    const modSeq = this.#step(group)
    for (const message of messages) this.#row.count(message, -1)
    this.#listing.remove(messages)
    const uids = messages.map((message) => message.uid)
    logExpunged(this.#store.database, this.id, modSeq, uids)
    const { floor, steps } = bounded(this.#store.database, this.id, {
      floor: this.#row.logFloor,
      steps: this.#row.logSteps,
    })
    this.#row.logFloor = floor
    this.#row.logSteps = steps
    group.after(() => this.#tell({ kind: 'expunged', messages, modSeq }))
  }

  #arrived(group: Group, messages: readonly StoredMessage[]): void {
    group.after(() => {
      this.#tell({ kind: 'arrived', messages })
      for (const message of messages) this.#announce(message)
    })
  }

  #announce(message: StoredMessage): void {
    for (const hear of this.#store.arrivals) hear({ account: this.owner.account, mailbox: this, message })
  }

  #tell(change: MailboxChange): void {
    for (const hear of this.#hearers) hear(change)
  }

  #full(bytes: number, messages: number): Failure | undefined {
    if (this.#row.uidNext + messages > UID_MAX) return failure('EQUOTA', 'this mailbox has no uids left')
    return this.owner.full(bytes, messages)
  }

  /** The mod-sequence of one change. */
  #step(group: Group): number {
    this.#note(group)
    this.#row.modSeq += 1
    return this.#row.modSeq
  }

  /** Before the first change in a group: what to go back to. */
  #note(group: Group): void {
    if (this.#noted === group.number) return
    this.#noted = group.number
    const row = { ...this.#row }
    const list = this.#listing.mark()
    const gone = this.#gone
    group.touch(this)
    group.undo(() => {
      Object.assign(this.#row, row)
      this.#listing.goBack(list)
      this.#gone = gone
    })
  }

  #contentRow(message: Message): ReturnType<Store['database']['row']> {
    return this.#listing.has(message) ? this.#store.database.row(CONTENT, this.id, message.uid) : undefined
  }

  #older(beforeUid: number): StoredMessage[] {
    const rows = this.#store.database.rows(OLDER, this.id, Math.min(beforeUid, UID_MAX + 1))
    return rows.map((row) => readMessage(row, this.#store.flagSets))
  }
}

function noMailbox(name: string): Failure {
  return failure('ENOENT', `there is no mailbox ${name} any more`)
}

function bytesIn(messages: readonly Message[]): number {
  return messages.reduce((sum, message) => sum + message.size, 0)
}

/** `head` and what stands behind it. */
function behind(head: Uint8Array, content: Uint8Array): Uint8Array {
  if (head.length === 0) return content
  const whole = new Uint8Array(head.length + content.length)
  whole.set(head)
  whole.set(content, head.length)
  return whole
}

function keywordsOf(messages: readonly StoredMessage[]): readonly string[] {
  const sets = new Set(messages.map((message) => message.flags))
  const byLower = new Map<string, string>()
  for (const { names } of sets) {
    for (const name of names) if (!name.startsWith('\\')) byLower.set(name.toLowerCase(), name)
  }
  return [...byLower.values()].toSorted()
}
