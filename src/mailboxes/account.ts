// One account: its mailboxes by name, what it subscribes to and how much it may hold. Nothing is read before somebody asks.

import { failure, isFailure, type Failure } from '../core/failure.ts'
import type { Account, Mailbox, Quota, SpecialUse } from '../core/post.ts'
import { AccountRow } from './account-row.ts'
import type { Group } from './groups.ts'
import { MAILBOXES_MAX, SUBSCRIPTIONS_MAX } from './limits.ts'
import { MailboxRow, readMailboxes } from './mailbox-row.ts'
import { StoredMailbox, type MailboxOwner } from './mailbox.ts'
import { byName, INBOX, isBelow, levelsAbove, parseName, spelling } from './names.ts'
import type { Store } from './store.ts'

/** What a new account has besides INBOX (RFC 6154 §2). */
const FIRST_MAILBOXES: readonly (readonly [string, SpecialUse])[] = [
  ['Drafts', '\\Drafts'],
  ['Sent', '\\Sent'],
  ['Junk', '\\Junk'],
  ['Trash', '\\Trash'],
  ['Archive', '\\Archive'],
]

interface Opened {
  readonly row: AccountRow
  readonly mailboxes: Map<string, StoredMailbox>
  readonly subscribed: Set<string>
}

export class StoredAccount implements Account, MailboxOwner {
  readonly address: string
  readonly account = this
  readonly #store: Store
  #opened: Opened | undefined
  #sorted: readonly StoredMailbox[] | undefined
  #locked = false

  constructor(store: Store, address: string) {
    this.#store = store
    this.address = address
  }

  get quota(): Quota {
    let storageBytes = 0
    let messages = 0
    for (const mailbox of this.#open().mailboxes.values()) {
      storageBytes += mailbox.storageBytes
      messages += mailbox.count
    }
    return { ...this.#store.quota, storageBytes, messages }
  }

  full(bytes: number, messages: number): Failure | undefined {
    const now = this.quota
    if (now.storageBytes + bytes > now.storageMaxBytes) {
      return failure('EQUOTA', `${this.address} may hold ${now.storageMaxBytes} octets`)
    }
    const many = now.messages + messages > now.messagesMax
    return many ? failure('EQUOTA', `${this.address} may hold ${now.messagesMax} messages`) : undefined
  }

  mailboxes(): readonly StoredMailbox[] {
    this.#sorted ??= [...this.#open().mailboxes.values()].toSorted((left, right) => byName(left.name, right.name))
    return this.#sorted
  }

  mailbox(name: string): StoredMailbox | undefined {
    const { mailboxes } = this.#open()
    return mailboxes.get(name) ?? mailboxes.get(spelling(name))
  }

  create(name: string, specialUse?: SpecialUse): Promise<Mailbox | Failure> {
    const parsed = parseName(name)
    if (isFailure(parsed)) return Promise.resolve(parsed)
    return this.#store.groups.ask((group) => {
      if (this.#open().mailboxes.has(parsed)) return failure('EEXIST', `there is a mailbox ${parsed} already`)
      const crowded = this.crowded(parsed)
      return crowded ?? this.make(group, parsed, specialUse)
    })
  }

  rename(from: string, to: string): Promise<void | Failure> {
    const source = spelling(from)
    const target = parseName(to)
    if (isFailure(target)) return Promise.resolve(target)
    return this.#store.groups.ask((group) => this.#rename(group, source, target))
  }

  remove(name: string): Promise<void | Failure> {
    const there = spelling(name)
    if (there === INBOX) return Promise.resolve(failure('EPERM', 'INBOX stays'))
    return this.#store.groups.ask((group) => {
      const mailbox = this.#open().mailboxes.get(there)
      if (mailbox === undefined) return noMailbox(there)
      this.#forget(group, mailbox)
      mailbox.remove(group)
      return undefined
    })
  }

  subscriptions(): readonly string[] {
    return [...this.#open().subscribed].toSorted(byName)
  }

  subscribe(name: string, subscribed: boolean): Promise<void | Failure> {
    const parsed = parseName(name)
    if (isFailure(parsed)) return Promise.resolve(parsed)
    return this.#store.groups.ask((group) => this.#subscribe(group, parsed, subscribed))
  }

  lockMaildrop(): (() => void) | undefined {
    if (this.#locked) return undefined
    this.#locked = true
    let held = true
    return () => {
      if (held) this.#locked = false
      held = false
    }
  }

  /** Why there is no room for a mailbox of this name and the levels above it, if there is none. */
  crowded(name: string): Failure | undefined {
    const { mailboxes } = this.#open()
    const making = [...levelsAbove(name), name].filter((level) => !mailboxes.has(level)).length
    return mailboxes.size + making > MAILBOXES_MAX
      ? failure('EQUOTA', `${this.address} may have ${MAILBOXES_MAX} mailboxes`)
      : undefined
  }

  /** The mailbox of a name in its spelling, made together with the levels above it where it is missing. */
  make(group: Group, name: string, specialUse?: SpecialUse): StoredMailbox {
    for (const level of levelsAbove(name)) if (!this.#open().mailboxes.has(level)) this.#make(group, level)
    return this.#open().mailboxes.get(name) ?? this.#make(group, name, specialUse)
  }

  #make(group: Group, name: string, specialUse?: SpecialUse): StoredMailbox {
    const opened = this.#open()
    const mailbox = this.#fresh(opened.row, name, specialUse)
    group.touch(mailbox)
    group.touch(opened.row)
    this.#list(opened, name, mailbox)
    group.undo(() => {
      this.#list(opened, name, undefined)
      mailbox.unmade()
    })
    return mailbox
  }

  #rename(group: Group, from: string, to: string): Failure | undefined {
    const { mailboxes } = this.#open()
    const mailbox = mailboxes.get(from)
    if (mailbox === undefined) return noMailbox(from)
    if (mailboxes.has(to)) return failure('EEXIST', `there is a mailbox ${to} already`)
    const crowded = this.crowded(to)
    if (crowded !== undefined) return crowded
    if (from === INBOX) {
      mailbox.moveAll(group, this.make(group, to))
      return undefined
    }
    if (isBelow(to, from)) return failure('EINVAL', `${to} would lie in itself`)
    return this.#renameTree(group, from, to)
  }

  #renameTree(group: Group, from: string, to: string): Failure | undefined {
    const { mailboxes } = this.#open()
    const moving = this.mailboxes().filter(({ name }) => name === from || isBelow(name, from))
    const names = moving.map((mailbox) => parseName(to + mailbox.name.slice(from.length)))
    const wrong = names.find(isFailure)
    if (wrong !== undefined) return wrong
    const taken = names.find((name) => !isFailure(name) && mailboxes.has(name))
    if (taken !== undefined) return failure('EEXIST', `there is a mailbox ${String(taken)} already`)
    for (const level of levelsAbove(to)) this.make(group, level)
    moving.forEach((mailbox, at) => this.#renameOne(group, mailbox, String(names[at])))
    return undefined
  }

  #renameOne(group: Group, mailbox: StoredMailbox, name: string): void {
    const opened = this.#open()
    this.#forget(group, mailbox)
    const fresh = opened.row.validityAfterGone(name, mailbox.uidValidity, this.#store.wallMs())
    group.touch(opened.row)
    mailbox.rename(group, name, fresh)
    this.#list(opened, name, mailbox)
    group.undo(() => this.#list(opened, name, undefined))
  }

  /** Its name is free from now on. */
  #forget(group: Group, mailbox: StoredMailbox): void {
    const opened = this.#open()
    const { name } = mailbox
    opened.row.gone(name, mailbox.uidValidity)
    this.#list(opened, name, undefined)
    group.undo(() => this.#list(opened, name, mailbox))
  }

  #subscribe(group: Group, name: string, subscribed: boolean): Failure | undefined {
    const { row, subscribed: names } = this.#open()
    if (names.has(name) === subscribed) return undefined
    if (subscribed && names.size >= SUBSCRIPTIONS_MAX) {
      return failure('EQUOTA', `${this.address} may subscribe to ${SUBSCRIPTIONS_MAX} mailboxes`)
    }
    row.subscribe(name, subscribed)
    toggle(names, name, subscribed)
    group.undo(() => toggle(names, name, !subscribed))
    return undefined
  }

  #list(opened: Opened, name: string, mailbox: StoredMailbox | undefined): void {
    if (mailbox === undefined) opened.mailboxes.delete(name)
    else opened.mailboxes.set(name, mailbox)
    this.#sorted = undefined
  }

  #open(): Opened {
    this.#opened ??= this.#read() ?? this.#begin()
    return this.#opened
  }

  #read(): Opened | undefined {
    const { database } = this.#store
    const row = AccountRow.read(database, this.address)
    if (row === undefined) return undefined
    const mailboxes = readMailboxes(database, row.id).map((one) => new StoredMailbox(this.#store, this, one, false))
    return { row, mailboxes: byNames(mailboxes), subscribed: new Set(row.subscriptions()) }
  }

  /** A new account is the same whether or not it could be saved: if not, it is saved with the next change. */
  #begin(): Opened {
    const row = new AccountRow(this.#store.database, this.#store.numbers.next(), this.address, 0)
    const first: readonly (readonly [string, SpecialUse?])[] = [[INBOX], ...FIRST_MAILBOXES]
    const mailboxes = first.map(([name, use]) => this.#fresh(row, name, use))
    const subscribed = new Set(first.map(([name]) => name))
    row.unsavedSubscriptions = subscribed
    for (const one of [row, ...mailboxes]) this.#store.groups.keep(one)
    return { row, mailboxes: byNames(mailboxes), subscribed }
  }

  #fresh(row: AccountRow, name: string, specialUse: SpecialUse | undefined): StoredMailbox {
    const uidValidity = row.nextValidity(this.#store.wallMs())
    const id = this.#store.numbers.next()
    const mailbox = new MailboxRow({ id, account: row.id, name, specialUse, uidValidity })
    return new StoredMailbox(this.#store, this, mailbox, true)
  }
}

function byNames(mailboxes: readonly StoredMailbox[]): Map<string, StoredMailbox> {
  return new Map(mailboxes.map((mailbox) => [mailbox.name, mailbox]))
}

function toggle(names: Set<string>, name: string, on: boolean): void {
  if (on) names.add(name)
  else names.delete(name)
}

function noMailbox(name: string): Failure {
  return failure('ENOENT', `there is no mailbox ${name}`)
}
