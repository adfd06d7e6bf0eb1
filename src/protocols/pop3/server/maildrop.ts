// The maildrop of one session: the messages of INBOX as they were at the login, numbered from 1, locked for others. Nothing
// is removed before `update` (RFC 1939 §6).

import { isFailure, type Account, type Mailbox, type Message, type PostFailure } from '../../../core/index.ts'

const SEEN = '\\Seen'

export class Maildrop {
  readonly account: Account
  readonly #messages: readonly Message[]
  readonly #mailbox: Mailbox | undefined
  readonly #release: () => void
  readonly #deleted = new Set<number>()
  readonly #read = new Set<number>()
  #octets: number

  /** `release` gives up the lock that the account gave. */
  constructor(account: Account, release: () => void) {
    this.account = account
    this.#release = release
    this.#mailbox = account.mailbox('INBOX')
    this.#messages = this.#mailbox?.messages ?? []
    this.#octets = this.#messages.reduce((sum, message) => sum + message.size, 0)
  }

  /** The highest number, deleted messages counted. */
  get last(): number {
    return this.#messages.length
  }

  /** Messages that are not deleted, and their octets. */
  get count(): number {
    return this.#messages.length - this.#deleted.size
  }

  get octets(): number {
    return this.#octets
  }

  get deleted(): number {
    return this.#deleted.size
  }

  /** Messages that were asked for, whole. */
  get retrieved(): number {
    return this.#read.size
  }

  /** `undefined`: there is none with this number, or it is deleted. */
  message(number: number): Message | undefined {
    return this.#deleted.has(number) ? undefined : this.#messages[number - 1]
  }

  /** RFC 1939 §7: the same in every session, and of no other message ever. */
  uniqueId(message: Message): string {
    return `${this.#mailbox?.uidValidity ?? 0}.${message.uid}`
  }

  /** The whole message. `undefined`: somebody removed it otherwise. */
  content(message: Message): Uint8Array | undefined {
    return this.#mailbox?.content(message)
  }

  /** Its beginning, the header up to 64 KiB at least. */
  head(message: Message): Uint8Array | undefined {
    return this.#mailbox?.head(message)
  }

  /** It counts as read once the session ends, however it ends. */
  markRead(number: number): void {
    this.#read.add(number)
  }

  /** `message(number)` must be there. */
  delete(number: number): void {
    this.#deleted.add(number)
    this.#octets -= this.#messages[number - 1]?.size ?? 0
  }

  undelete(): void {
    for (const number of this.#deleted) this.#octets += this.#messages[number - 1]?.size ?? 0
    this.#deleted.clear()
  }

  /**
   * The UPDATE state: resolves once what was deleted is gone and what was read is marked, durably, both in one step. The
   * lock is then given up.
   */
  async update(): Promise<PostFailure | undefined> {
    const gone = this.#numbered([...this.#deleted].toSorted((a, b) => a - b))
    try {
      const changes = await Promise.all([this.#markSeen(), gone.length > 0 ? this.#mailbox?.expunge(gone) : undefined])
      return changes.find(isFailure)
    } finally {
      this.#release()
    }
  }

  /** The session ends without QUIT: nothing is removed. Gives up the lock. */
  abandon(): void {
    this.#deleted.clear()
    void this.#markSeen()
    this.#release()
  }

  #markSeen(): Promise<unknown> | undefined {
    const read = [...this.#read].filter((number) => !this.#deleted.has(number))
    const unseen = this.#numbered(read).filter((message) => !message.flags.lower.has('\\seen'))
    if (unseen.length === 0) return undefined
    return this.#mailbox?.changeFlags(unseen, { kind: 'add', flags: [SEEN] }, this)
  }

  #numbered(numbers: readonly number[]): Message[] {
    return numbers.flatMap((number) => this.#messages[number - 1] ?? [])
  }
}
