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
import { behind } from './contents.ts'
import { bytesOf, integer, type Row } from './database.ts'
import { bounded, expungedAfter, logExpunged } from './expunge-log.ts'
import { keywordsOf, planFlagChange } from './flag-change.ts'
import type { Flags } from './flags.ts'
import type { Group, Saved } from './groups.ts'
import { Hearers } from './hearers.ts'
import { UID_MAX } from './limits.ts'
import { Listing } from './listing.ts'
import { MailboxRow } from './mailbox-row.ts'
import { present, readMessage, StoredMessage } from './message.ts'
import {
  addMessage,
  contentRow,
  copyMessage,
  dropMailbox,
  dropMessage,
  flagMessage,
  messagesBelow,
} from './message-table.ts'
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

export class StoredMailbox implements Mailbox, Saved {
  readonly owner: MailboxOwner
  readonly #store: Store
  readonly #row: MailboxRow
  readonly #listing: Listing
  readonly #hearers: Hearers<MailboxChange>
  #gone = false
  /** The group in which its state of before was last noted. */
  #noted = 0
  #keywords: { readonly of: number; readonly names: readonly string[] } | undefined

  constructor(store: Store, owner: MailboxOwner, row: MailboxRow, isNew: boolean) {
    this.owner = owner
    this.#store = store
    this.#row = row
    this.#hearers = new Hearers(store.groups)
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
    return this.#hearers.add(hear)
  }

  save(): void {
    if (!this.#gone) this.#row.save(this.#store.database)
  }

  /** One mail that a server took. The content is stored already. */
  deliver(group: Group, incoming: Incoming): StoredMessage {
    const message = this.#place(incoming, this.#step(group))
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
    for (const message of this.#listing.glance) this.#store.contents.release(message.contentId)
    dropMailbox(this.#store.database, this.id)
    this.#vanish()
    this.#hearers.later(group, { kind: 'removed' })
  }

  /** It was made in this group, which failed. */
  unmade(): void {
    this.#vanish()
  }

  #vanish(): void {
    this.#listing.clear()
    this.#row.empty()
    this.#gone = true
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
    const arrived = messages.map(({ content, receivedMs = now }, at) => {
      const contentId = this.#store.contents.add(content, 1)
      const set = flags[at] ?? this.#store.flagSets.none
      return this.#place({ contentId, head: undefined, size: content.length, flags: set, receivedMs }, modSeq)
    })
    this.#arrived(group, arrived)
    return arrived
  }

  #transfer(group: Group, messages: readonly Message[], to: StoredMailbox, leave: boolean): Copied | Failure {
    if (this.#gone) return noMailbox(this.name)
    if (to.#gone) return noMailbox(to.name)
    const sources = present(this.#listing.glance, messages)
    if (sources.length < messages.length) return failure('ESTALE', 'some of these messages are no longer there')
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
    copyMessage(this.#store.database, { mailbox: this.id, uid }, to.id, copy, leave)
    if (!leave) this.#store.contents.share(contentId, 1)
    to.#add(copy)
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
    const plan = planFlagChange(this.#store.flagSets, present(this.#listing.glance, messages), change, flags)
    if (isFailure(plan)) return plan
    const { changed, modified } = plan
    if (changed.length > 0) this.#flag(group, changed, plan.flags, by)
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
      flagMessage(this.#store.database, this.id, message)
    }
    this.#hearers.later(group, { kind: 'flags', messages, by })
  }

  #place(incoming: Incoming, modSeq: number): StoredMessage {
    const { contentId, head, size, flags, receivedMs } = incoming
    const savedMs = this.#store.wallMs()
    const message = new StoredMessage(this.#row.uidNext, size, receivedMs, savedMs, contentId, flags, modSeq)
    addMessage(this.#store.database, this.id, message, head)
    this.#add(message)
    return message
  }

  #add(message: StoredMessage): void {
    this.#row.uidNext += 1
    this.#row.count(message, 1)
    this.#listing.add(message)
  }

  #drop(message: StoredMessage): void {
    dropMessage(this.#store.database, this.id, message.uid)
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
    const log = { floor: this.#row.logFloor, steps: this.#row.logSteps }
    const { floor, steps } = bounded(this.#store.database, this.id, log)
    this.#row.logFloor = floor
    this.#row.logSteps = steps
    this.#hearers.later(group, { kind: 'expunged', messages, modSeq })
  }

  #arrived(group: Group, messages: readonly StoredMessage[]): void {
    this.#hearers.later(group, { kind: 'arrived', messages })
    const { account } = this.owner
    for (const message of messages) this.#store.arrivals.later(group, { account, mailbox: this, message })
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

  #contentRow(message: Message): Row | undefined {
    return this.#listing.has(message) ? contentRow(this.#store.database, this.id, message.uid) : undefined
  }

  #older(beforeUid: number): StoredMessage[] {
    const rows = messagesBelow(this.#store.database, this.id, beforeUid)
    return rows.map((row) => readMessage(row, this.#store.flagSets))
  }
}

function noMailbox(name: string): Failure {
  return failure('ENOENT', `there is no mailbox ${name} any more`)
}

function bytesIn(messages: readonly Message[]): number {
  return messages.reduce((sum, message) => sum + message.size, 0)
}
