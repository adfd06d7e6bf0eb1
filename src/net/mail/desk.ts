// The reader's desk: all mail of a world, listed, found, opened and waited for. It changes nothing.

import type { Account, Mailbox, Message, Post } from '../../core/post.ts'
import { decodeMail, readHead, type Attachment, type Head } from './decode.ts'
import { compileFilter, type Sought } from './filter.ts'
import type { AttachmentView, MailFilter, MailSummary, MailView, MailWait } from './mail.ts'

/** A mail where it lies. */
export interface Lying {
  /** As in `MailSummary`. */
  readonly number: number
  readonly account: Account
  readonly mailbox: Mailbox
  readonly message: Message
}

type Copy = Omit<Lying, 'number'>

const NOTHING = new Uint8Array(0)

export class MailDesk {
  readonly #post: Post
  readonly #users: ReadonlySet<string>
  readonly #heads = new WeakMap<Message, Head>()
  readonly #attachments = new WeakMap<Message, readonly AttachmentView[]>()

  /** `users`: addresses that have accounts, mail in them or not. */
  constructor(post: Post, users: readonly string[]) {
    this.#post = post
    this.#users = new Set(users.map((address) => address.toLowerCase()))
  }

  /** What fits, in the order of arrival. */
  list(filter: MailFilter): readonly Lying[] {
    const fits = this.#filter(filter)
    return this.#all().filter(fits)
  }

  /** By number, by Message-ID with or without brackets; the last one for ''. `undefined`: there is none. */
  find(which: string): Lying | undefined {
    const all = this.#all()
    if (which === '') return all.at(-1)
    if (/^\d+$/.test(which)) return all[Number(which) - 1]
    const id = which.replace(/^<|>$/g, '')
    return all.find((lying) => this.#head(lying).id === id)
  }

  summary({ number, account, mailbox, message }: Lying): MailSummary {
    const { id, from, to, subject } = this.#head({ account, mailbox, message })
    return {
      number,
      id,
      account: account.address,
      mailbox: mailbox.name,
      uid: message.uid,
      receivedMs: message.receivedMs,
      from: from[0] ?? '',
      to,
      subject,
      size: message.size,
      flags: message.flags.names,
      attachments: this.#attached(mailbox, message),
    }
  }

  view(lying: Lying): MailView {
    const { dateMs, headers, text, html } = decodeMail(this.raw(lying))
    return { ...this.summary(lying), dateMs, headers, text, html }
  }

  /** As it lies there; empty once it is gone. */
  raw({ mailbox, message }: Pick<Lying, 'mailbox' | 'message'>): Uint8Array {
    return mailbox.content(message) ?? NOTHING
  }

  attachments(lying: Pick<Lying, 'mailbox' | 'message'>): readonly Attachment[] {
    return decodeMail(this.raw(lying)).attachments
  }

  /**
   * Resolves with the first `count` that fit as soon as there are as many, or with those that there are when `timeoutMs` are
   * over or `signal` says so. What is there already counts unless `onlyNew`.
   */
  wait(wanted: MailWait, signal?: AbortSignal): Promise<readonly Lying[]> {
    const fits = this.#filter(wanted)
    const { count, timeoutMs, onlyNew } = wanted
    const found: Copy[] = onlyNew ? [] : this.#all().filter(fits)
    const { promise, resolve } = Promise.withResolvers<readonly Lying[]>()
    const end = (): void => {
      clearTimeout(timer)
      stop()
      signal?.removeEventListener('abort', end)
      resolve(this.#numbered(found.slice(0, count)))
    }
    const stop = this.#post.watch((arrived) => {
      if (found.length < count && fits(arrived)) found.push(arrived)
      if (found.length >= count) end()
    })
    const timer = setTimeout(end, Math.min(timeoutMs, TIMEOUT_MAX_MS))
    signal?.addEventListener('abort', end)
    if (found.length >= count || signal?.aborted === true) end()
    return promise
  }

  #filter(filter: MailFilter): (copy: Copy) => boolean {
    const fits = compileFilter(filter, (address) => this.#isAccount(address))
    return (copy) => fits(this.#sought(copy))
  }

  #isAccount(address: string): boolean {
    return this.#users.has(address) || this.#post.accounts().some((account) => account.address === address)
  }

  #sought({ account, mailbox, message }: Copy): Sought {
    const { from, recipients, subject } = this.#head({ account, mailbox, message })
    return {
      account: account.address.toLowerCase(),
      mailbox: mailbox.name,
      specialUse: mailbox.specialUse,
      from,
      recipients,
      subject,
    }
  }

  #all(): Lying[] {
    const copies = this.#post
      .accounts()
      .flatMap((account) =>
        account.mailboxes().flatMap((mailbox) => mailbox.messages.map((message) => ({ account, mailbox, message }))),
      )
    return copies.toSorted(byArrival).map((copy, index) => Object.assign(copy, { number: index + 1 }))
  }

  /** Copies that are still there. */
  #numbered(copies: readonly Copy[]): readonly Lying[] {
    const all = new Map(this.#all().map((lying) => [lying.message, lying]))
    return copies.flatMap(({ message }) => all.get(message) ?? [])
  }

  #head({ mailbox, message }: Copy): Head {
    const known = this.#heads.get(message)
    if (known !== undefined) return known
    const head = readHead(mailbox.head(message) ?? NOTHING)
    this.#heads.set(message, head)
    return head
  }

  #attached(mailbox: Mailbox, message: Message): readonly AttachmentView[] {
    const known = this.#attachments.get(message)
    if (known !== undefined) return known
    const views = this.attachments({ mailbox, message }).map(({ name, type, bytes }, index) => {
      return { number: index + 1, name, type, size: bytes.length }
    })
    this.#attachments.set(message, views)
    return views
  }
}

/** What a timer can hold (a signed 32-bit number of milliseconds): 24 days. */
const TIMEOUT_MAX_MS = 2 ** 31 - 1

function byArrival(one: Copy, other: Copy): number {
  return (
    one.message.savedMs - other.message.savedMs ||
    one.account.address.localeCompare(other.account.address) ||
    one.mailbox.id - other.mailbox.id ||
    one.message.uid - other.message.uid
  )
}
