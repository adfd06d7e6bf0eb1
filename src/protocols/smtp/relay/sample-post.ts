// The mail of a world in memory, for tests: a queue, and mailboxes that only receive. It outlives the relay that uses it, as a
// disk does.

import { failure, type Failure } from '../../../core/failure.ts'
import type {
  Account,
  Arrived,
  IncomingMail,
  NewQueued,
  Post,
  QueuedMail,
  QueuedRecipient,
  RecipientChange,
  TakenMail,
} from '../../../core/post.ts'

interface Kept {
  mail: QueuedMail
  readonly content: Uint8Array
}

export class SamplePost implements Post {
  /** What came into mailboxes, by address. */
  readonly boxes = new Map<string, string[]>()
  /** Every change of the queue, in order: `1 under-way`, and those of one turn in one list. */
  readonly changes: string[][] = []
  /** Given, nothing can be written. */
  full: Failure | undefined
  readonly #kept = new Map<number, Kept>()
  readonly #accounts = new Map<string, Account>()
  readonly #watchers = new Set<(mail: QueuedMail) => void>()
  readonly #wallMs: () => number
  #turn: string[] | undefined
  #lastId = 0

  constructor(addresses: readonly string[], wallMs: () => number) {
    this.#wallMs = wallMs
    for (const address of addresses) this.#accounts.set(address, sampleAccount(address))
  }

  readonly account = (address: string): Account | undefined => this.#accounts.get(address.toLowerCase())

  accounts(): readonly Account[] {
    return [...this.#accounts.values()]
  }

  watch(_hear: (arrived: Arrived) => void): () => void {
    return () => {}
  }

  async take({ content, deliver, relay }: IncomingMail): Promise<TakenMail | Failure> {
    this.#write('take')
    await Promise.resolve()
    if (this.full !== undefined) return this.full
    for (const { account, head } of deliver) {
      const box = this.boxes.get(account.address) ?? []
      this.boxes.set(account.address, box)
      box.push(Buffer.concat([head, content]).toString())
    }
    if (relay === undefined) return { delivered: [] }
    const mail = this.#queued(relay, content)
    for (const hear of this.#watchers) hear(mail)
    return { delivered: [], queued: mail.id }
  }

  queue(): ReturnType<Post['queue']> {
    return {
      list: () => [...this.#kept.values()].map(({ mail }) => mail),
      get: (id) => this.#kept.get(id)?.mail,
      content: (id) => this.#kept.get(id)?.content,
      settle: (id, changes) => this.#settle(id, changes),
      watch: (hear) => {
        this.#watchers.add(hear)
        return () => void this.#watchers.delete(hear)
      },
    }
  }

  /** One turn's changes stand together, as they become durable together. */
  #write(what: string): void {
    if (this.#turn === undefined) {
      this.#turn = []
      this.changes.push(this.#turn)
      queueMicrotask(() => (this.#turn = undefined))
    }
    this.#turn.push(what)
  }

  async #settle(id: number, changes: readonly RecipientChange[]): Promise<void | Failure> {
    for (const change of changes) this.#write(`${change.id} ${change.kind}`)
    await Promise.resolve()
    if (this.full !== undefined) return this.full
    const kept = this.#kept.get(id)
    if (kept === undefined) return failure('ENOENT', `no mail ${id}`)
    const byId = new Map(changes.map((change) => [change.id, change]))
    const recipients = kept.mail.recipients.flatMap((recipient) => changed(recipient, byId.get(recipient.id)))
    kept.mail = { ...kept.mail, recipients }
    if (recipients.length === 0) this.#kept.delete(id)
  }

  #queued(relay: NewQueued, content: Uint8Array): QueuedMail {
    const id = ++this.#lastId
    const state = { tries: 0, nextMs: 0, reportedDelay: false, underWay: false }
    const recipients = relay.recipients.map((recipient, at) => ({ ...recipient, ...state, id: id * 1000 + at }))
    const mail = { ...relay, id, size: content.length, queuedMs: this.#wallMs(), recipients }
    this.#kept.set(id, { mail, content })
    return mail
  }
}

function changed(recipient: QueuedRecipient, change: RecipientChange | undefined): QueuedRecipient[] {
  if (change === undefined) return [recipient]
  if (change.kind === 'done') return []
  if (change.kind === 'under-way') return [{ ...recipient, underWay: true }]
  const { nextMs, lastReply, reportedDelay } = change
  return [{ ...recipient, nextMs, lastReply, reportedDelay, tries: recipient.tries + 1, underWay: false }]
}

async function no(): Promise<Failure> {
  return failure('ENOENT', 'a sample has no mailboxes')
}

/** Only its address is of use. */
function sampleAccount(address: string): Account {
  return {
    address,
    quota: { storageMaxBytes: Infinity, messagesMax: Infinity, storageBytes: 0, messages: 0 },
    mailboxes: () => [],
    mailbox: () => undefined,
    create: no,
    rename: no,
    remove: no,
    subscriptions: () => [],
    subscribe: no,
    lockMaildrop: () => undefined,
  }
}
