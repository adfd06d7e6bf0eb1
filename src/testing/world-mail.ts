// The mail of a world for tests: what arrived for whom, and waiting for it.

import type { Post } from '../core/post.ts'
import { MailDesk, type Attachment, type Lying, type MailFilter } from '../net/mail/index.ts'

/** One mail as it lies in one mailbox. */
export interface WorldMail {
  /** The Message-ID without brackets; '' where it has none. */
  readonly id: string
  /** Address of the sender, '' where it has none. */
  readonly from: string
  /** Addresses of the To field. */
  readonly to: readonly string[]
  readonly subject: string
  /** What the sender says; undefined where that is no date. */
  readonly date: Date | undefined
  /** Every field, decoded, in the order of the mail. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  /** Its plain text, lines as they came; made from the HTML where it has no other. */
  readonly text: string
  readonly html: string | undefined
  /** `{ name, type, bytes }`, without their transfer encoding. */
  readonly attachments: readonly Attachment[]
  /** The whole mail as the server keeps it. */
  readonly raw: Uint8Array
  /** Whose it is: `alice@harbor.test`. */
  readonly account: string
  readonly mailbox: string
  readonly flags: readonly string[]
}

export interface MailWanted extends MailFilter {
  /** Default: 5,000. */
  readonly timeoutMs?: number
  /** Mail that is there already does not count. Default: false. */
  readonly onlyNew?: boolean
}

/** As for events: long for loopback, and shorter than the patience of test runners. */
const WAIT_MS = 5000
/** Mails that a disappointed wait shows. */
const SHOWN_MAX = 5

export class WorldMailbox {
  readonly #desk: MailDesk
  readonly #stopped = new AbortController()

  /** `users`: addresses that have accounts. */
  constructor(post: Post, users: readonly string[]) {
    this.#desk = new MailDesk(post, users)
  }

  /** What arrived, oldest first: all of it, or what fits. What was sent or is a draft is left out unless `mailbox` names it. */
  list(wanted: MailFilter = {}): readonly WorldMail[] {
    return this.#desk.list(wanted).map((lying) => this.#opened(lying))
  }

  /**
   * The first mail that fits; one that is there already counts, unless `onlyNew`. Rejects when none comes within
   * `timeoutMs`, naming the last ones that did, and when the world stops.
   */
  async wait(wanted: MailWanted = {}): Promise<WorldMail> {
    const { timeoutMs = WAIT_MS, onlyNew = false, ...filter } = wanted
    const [found] = await this.#desk.wait({ ...filter, timeoutMs, onlyNew, count: 1 }, this.#stopped.signal)
    if (found !== undefined) return this.#opened(found)
    if (this.#stopped.signal.aborted) throw new Error('the world was stopped before such a mail')
    throw new Error(`no such mail within ${timeoutMs} ms; ${this.#lastOnes()}`)
  }

  /** Whoever still waits waits in vain. */
  stop(): void {
    this.#stopped.abort()
  }

  #opened(lying: Lying): WorldMail {
    const { id, from, to, subject, account, mailbox, flags, dateMs, headers, text, html } = this.#desk.view(lying)
    return {
      id,
      from,
      to,
      subject,
      date: dateMs === null ? undefined : new Date(dateMs),
      headers,
      text,
      html: html ?? undefined,
      attachments: this.#desk.attachments(lying),
      raw: this.#desk.raw(lying),
      account,
      mailbox,
      flags,
    }
  }

  #lastOnes(): string {
    const all = this.#desk.list({ mailbox: '*' })
    if (all.length === 0) return 'no mail arrived'
    const shown = all.slice(-SHOWN_MAX).map((lying) => {
      const { account, mailbox, from, subject } = this.#desk.summary(lying)
      return `  ${account} ${mailbox}  from ${from}: ${subject}`
    })
    return `the last of ${all.length}:\n${shown.join('\n')}`
  }
}
