// The post of a world: its accounts, its queues, and the one step that takes a mail into both.

import { isFailure, type Failure } from '../core/failure.ts'
import type { Account, Arrived, IncomingMail, LocalDelivery, Post, TakenMail } from '../core/post.ts'
import { StoredAccount } from './account.ts'
import { textOf } from './database.ts'
import type { Flags } from './flags.ts'
import type { Group } from './groups.ts'
import { ACCOUNTS_MAX, ADDRESS_MAX_BYTES } from './limits.ts'
import { INBOX, parseName } from './names.ts'
import { StoredQueue } from './queue.ts'
import type { Store } from './store.ts'

export interface Known {
  readonly users: readonly string[]
  readonly anyAddress: boolean
}

/** A delivery whose names and flags were looked at. */
interface Addressed {
  readonly account: StoredAccount
  readonly head: Uint8Array
  readonly mailbox: string
  readonly flags: Flags
  readonly size: number
}

/** What an address must look like where any has an account. */
// oxlint-disable-next-line no-control-regex
const ADDRESS = /^[^\0-\x20\x7f]+@[^\0-\x20\x7f@]+$/

export class StoredPost implements Post {
  readonly #store: Store
  readonly #users: ReadonlySet<string>
  readonly #anyAddress: boolean
  readonly #accounts = new Map<string, StoredAccount>()
  readonly #queues = new Map<string, StoredQueue>()

  constructor(store: Store, known: Known) {
    this.#store = store
    this.#users = new Set(known.users.map((address) => address.toLowerCase()))
    this.#anyAddress = known.anyAddress
  }

  account(address: string): Account | undefined {
    const lower = address.toLowerCase()
    return this.#accounts.get(lower) ?? (this.#hasAccount(lower) ? this.#open(lower) : undefined)
  }

  accounts(): readonly Account[] {
    for (const address of this.#saved()) if (!this.#accounts.has(address)) this.#open(address)
    return [...this.#accounts.values()].toSorted((left, right) => (left.address < right.address ? -1 : 1))
  }

  take(mail: IncomingMail): Promise<TakenMail | Failure> {
    const addressed: Addressed[] = []
    for (const delivery of mail.deliver) {
      const one = this.#addressed(delivery, mail.content.length)
      if (isFailure(one)) return Promise.resolve(one)
      addressed.push(one)
    }
    return this.#store.groups.ask((group) => noRoom(addressed) ?? this.#take(group, mail, addressed))
  }

  queue(host: string): StoredQueue {
    const queue = this.#queues.get(host) ?? new StoredQueue(this.#store, host)
    this.#queues.set(host, queue)
    return queue
  }

  watch(hear: (arrived: Arrived) => void): () => void {
    return this.#store.arrivals.add(hear)
  }

  async close(): Promise<void> {
    await this.#store.groups.drained()
    this.#store.database.close()
  }

  #take(group: Group, mail: IncomingMail, addressed: readonly Addressed[]): TakenMail {
    const relay = mail.relay !== undefined && mail.relay.recipients.length > 0 ? mail.relay : undefined
    const uses = addressed.length + (relay === undefined ? 0 : 1)
    if (uses === 0) return { delivered: [] }
    const contentId = this.#store.contents.add(mail.content, uses)
    const delivered = addressed.map((one) => this.#deliver(group, one, contentId))
    if (relay === undefined) return { delivered }
    const queued = this.queue(relay.host).add(group, relay, contentId, mail.content.length)
    return { queued: queued.id, delivered }
  }

  #deliver(group: Group, to: Addressed, contentId: number): Arrived {
    const mailbox = to.account.make(group, to.mailbox)
    const { head, size, flags } = to
    const message = mailbox.deliver(group, { contentId, head, size, flags, receivedMs: this.#store.wallMs() })
    return { account: to.account, mailbox, message }
  }

  #addressed(delivery: LocalDelivery, contentBytes: number): Addressed | Failure {
    const { account, head } = delivery
    if (!(account instanceof StoredAccount) || this.#accounts.get(account.address) !== account) {
      throw new TypeError('an account of another store')
    }
    const mailbox = parseName(delivery.mailbox ?? INBOX)
    if (isFailure(mailbox)) return mailbox
    const flags = this.#store.flagSets.parse(delivery.flags ?? [])
    if (isFailure(flags)) return flags
    return { account, head, mailbox, flags, size: head.length + contentBytes }
  }

  #hasAccount(lower: string): boolean {
    if (this.#users.has(lower)) return true
    if (!this.#anyAddress || this.#accounts.size >= ACCOUNTS_MAX) return false
    return Buffer.byteLength(lower) <= ADDRESS_MAX_BYTES && ADDRESS.test(lower)
  }

  #open(address: string): StoredAccount {
    const account = new StoredAccount(this.#store, address)
    this.#accounts.set(address, account)
    return account
  }

  #saved(): readonly string[] {
    if (!this.#store.database.isOpen) return []
    return this.#store.database.rows('SELECT address FROM account').map((row) => textOf(row[0]))
  }
}

/** Why a mail does not go into all of its mailboxes: the first account that has no room. */
function noRoom(deliveries: readonly Addressed[]): Failure | undefined {
  const wanted = new Map<StoredAccount, { bytes: number; messages: number }>()
  for (const { account, size, mailbox } of deliveries) {
    const sum = wanted.get(account) ?? { bytes: 0, messages: 0 }
    sum.bytes += size
    sum.messages += 1
    wanted.set(account, sum)
    const crowded = account.mailbox(mailbox) === undefined ? account.crowded(mailbox) : undefined
    const full = crowded ?? account.full(sum.bytes, sum.messages)
    if (full !== undefined) return full
  }
  return undefined
}
