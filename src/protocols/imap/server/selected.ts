// A selected mailbox as one session sees it: the messages that its client was told of, by their numbers, and what has
// changed since. It says nothing itself: tell.ts does.

import type { FlagSet, Mailbox, MailboxChange, Message } from '../../../core/index.ts'
import { STAR } from '../content/search-key.ts'
import type { MessageSet } from '../messages.ts'

/** Places in the view: `from` belongs to it, `to` does not. */
export interface Places {
  readonly from: number
  readonly to: number
}

/** Messages whose flags changed that are remembered one by one; with more, all are looked through. Ours. */
const CHANGED_MAX = 512

/** What has gone and come since the view was last the mailbox's own. */
export interface CaughtUp {
  /** Those that went, with their places in the old view, rising. */
  readonly gone: readonly { readonly message: Message; readonly place: number }[]
  readonly arrived: readonly Message[]
}

export class Selected {
  readonly mailbox: Mailbox
  readonly readOnly: boolean
  /** `\Recent` is told of (RFC 3501; RFC 9051 has none). */
  readonly tellsRecent: boolean
  view: readonly Message[]
  isRemoved = false
  /** Uids that `$` stands for, rising (RFC 9051 §6.4.4.1). */
  saved: readonly number[] = []
  readonly #unwatch: () => void
  /** What FLAGS told last, in lower case. */
  #toldKeywords: ReadonlySet<string>
  readonly #changed = new Set<Message>()
  /** More changed than are remembered: all messages with a higher mod-sequence than this one. */
  #changedSince: number | undefined
  #toldModSeq: number
  #hasArrived = false
  #hasExpunged = false
  #recent: { readonly from: number; readonly to: number }[] = []

  /** `stale` is called after each change by others. */
  constructor(
    mailbox: Mailbox,
    options: { readonly readOnly: boolean; readonly tellsRecent: boolean },
    stale: () => void,
  ) {
    this.mailbox = mailbox
    this.readOnly = options.readOnly
    this.tellsRecent = options.tellsRecent
    this.view = mailbox.messages
    this.#toldKeywords = new Set(mailbox.keywords.map((name) => name.toLowerCase()))
    this.#toldModSeq = mailbox.highestModSeq
    this.#claimRecent(0)
    this.#unwatch = mailbox.watch((change) => {
      this.#heard(change)
      stale()
    })
  }

  /** Whether there is anything to tell. */
  get isStale(): boolean {
    return (
      this.#hasArrived ||
      this.#hasExpunged ||
      this.#changed.size > 0 ||
      this.#changedSince !== undefined ||
      this.isRemoved
    )
  }

  get lastUid(): number {
    return this.view.at(-1)?.uid ?? 0
  }

  get recents(): number {
    return this.#recent.reduce((sum, { from, to }) => sum + this.#placeOf(to + 1) - this.#placeOf(from), 0)
  }

  isRecent(message: Message): boolean {
    return this.#recent.length > 0 && this.#recent.some(({ from, to }) => message.uid >= from && message.uid <= to)
  }

  /** What FETCH FLAGS shows, without the parentheses. */
  flagsText(message: Message): string {
    const { text } = message.flags
    if (!this.isRecent(message)) return text
    return text === '' ? '\\Recent' : `\\Recent ${text}`
  }

  /** Where a message stands, from 0; -1 if the client does not know of it. */
  placeOf(message: Message): number {
    const place = this.#placeOf(message.uid)
    return this.view[place]?.uid === message.uid ? place : -1
  }

  /** `undefined`: a number that no message has, `*` in an empty mailbox too (RFC 9051 §9 seq-number). Uids that no message has are no mistake (RFC 9051 §6.4.9). */
  resolve(set: MessageSet, uid: boolean): readonly Places[] | undefined {
    if (set === 'saved') return joined(this.#savedPlaces())
    const places: Places[] = []
    const last = uid ? this.lastUid : this.view.length
    for (const range of set) {
      const [one, other] = [range.from === STAR ? last : range.from, range.to === STAR ? last : range.to]
      const [low, high] = [Math.min(one, other), Math.max(one, other)]
      if (!uid && (high > last || last === 0)) return undefined
      if (uid) places.push({ from: this.#placeOf(low), to: this.#placeOf(high + 1) })
      else places.push({ from: low - 1, to: high })
    }
    return joined(places)
  }

  /** Those of them that nobody has expunged meanwhile. */
  present(messages: readonly Message[]): readonly Message[] {
    if (!this.#hasExpunged) return messages
    const there = new Set(this.mailbox.messages)
    return messages.filter((message) => there.has(message))
  }

  messagesAt(places: readonly Places[]): readonly Message[] {
    if (places.length === 1 && places[0]?.from === 0 && places[0].to === this.view.length) return this.view
    return places.flatMap(({ from, to }) => this.view.slice(from, to))
  }

  /** Flags that this session told of itself need not be told again. */
  told(messages: readonly Message[]): void {
    for (const message of messages) this.#changed.delete(message)
  }

  /** Messages in the view whose flags are to be told, in their order. They count as told then. */
  takeChanged(): readonly Message[] {
    const since = this.#changedSince
    const changed = since === undefined ? [...this.#changed] : this.view.filter((message) => message.modSeq > since)
    this.#changed.clear()
    this.#changedSince = undefined
    return changed.toSorted((one, other) => one.uid - other.uid)
  }

  /** Whether these messages have keywords that FLAGS did not tell; they count as told then. */
  takeKeywords(messages: readonly Message[]): boolean {
    let known: FlagSet | undefined
    for (const { flags } of messages) {
      if (flags !== known && flags.names.some((name) => this.#isUntold(name))) {
        this.#toldKeywords = new Set(this.mailbox.keywords.map((name) => name.toLowerCase()))
        return true
      }
      known = flags
    }
    return false
  }

  /** The view becomes the mailbox's own again. */
  catchUp(): CaughtUp {
    const { messages } = this.mailbox
    const arrived = this.#arrive()
    const gone = this.#isWhole(arrived) ? [] : missingFrom(this.view, messages)
    this.view = messages
    this.#hasExpunged = false
    this.#toldModSeq = this.mailbox.highestModSeq
    return { gone, arrived }
  }

  /** What came is taken into the view; what went stays in it until its going may be told. */
  takeArrived(): CaughtUp {
    const arrived = this.#arrive()
    if (this.#isWhole(arrived)) {
      this.view = this.mailbox.messages
      this.#toldModSeq = this.mailbox.highestModSeq
    } else {
      this.#hasExpunged = true
      if (arrived.length > 0) this.view = [...this.view, ...arrived]
    }
    return { gone: [], arrived }
  }

  close(): void {
    this.#unwatch()
    this.view = []
  }

  #isUntold(name: string): boolean {
    return !name.startsWith('\\') && !this.#toldKeywords.has(name.toLowerCase())
  }

  /**
   * Whether the view, with those that `arrived`, has all that the mailbox has and nothing else. One that heard of an arrival
   * may see already what it is told of next: what went with the same change of the post or the one after.
   */
  #isWhole(arrived: readonly Message[]): boolean {
    return this.view.length + arrived.length === this.mailbox.messages.length
  }

  /** Those that the view does not have yet. */
  #arrive(): readonly Message[] {
    this.#hasArrived = false
    const { messages } = this.mailbox
    const before = this.lastUid
    let at = messages.length
    while (at > 0 && (messages[at - 1]?.uid ?? 0) > before) at--
    const arrived = messages.slice(at)
    if (arrived.length > 0) this.#claimRecent(before + 1)
    return arrived
  }

  #claimRecent(fromUid: number): void {
    if (!this.tellsRecent) return
    const from = Math.max(fromUid, this.mailbox.recentFrom(!this.readOnly))
    const to = this.mailbox.uidNext - 1
    const last = this.#recent.at(-1)
    if (from > to) return
    if (last !== undefined && last.to === from - 1) this.#recent[this.#recent.length - 1] = { from: last.from, to }
    else this.#recent.push({ from, to })
  }

  #heard(change: MailboxChange): void {
    switch (change.kind) {
      case 'arrived':
        this.#hasArrived = true
        return
      case 'expunged':
        this.#hasExpunged = true
        return
      case 'removed':
        this.isRemoved = true
        return
      case 'flags':
        if (change.by !== this) this.#note(change.messages)
    }
  }

  #note(messages: readonly Message[]): void {
    if (this.#changedSince !== undefined) return
    if (this.#changed.size + messages.length <= CHANGED_MAX) {
      for (const message of messages) this.#changed.add(message)
      return
    }
    this.#changed.clear()
    this.#changedSince = this.#toldModSeq
  }

  *#savedPlaces(): Iterable<Places> {
    for (const uid of this.saved) {
      const place = this.#placeOf(uid)
      if (this.view[place]?.uid === uid) yield { from: place, to: place + 1 }
    }
  }

  /** Where the first message with this uid or a higher one stands. */
  #placeOf(uid: number): number {
    let [low, high] = [0, this.view.length]
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.view[middle]?.uid ?? 0) < uid) low = middle + 1
      else high = middle
    }
    return low
  }
}

/** Rising, without empty ones, those that touch as one. */
function joined(places: Iterable<Places>): readonly Places[] {
  const whole: Places[] = []
  for (const next of [...places].filter(({ from, to }) => from < to).toSorted((one, other) => one.from - other.from)) {
    const last = whole.at(-1)
    if (last === undefined || next.from > last.to) whole.push(next)
    else whole[whole.length - 1] = { from: last.from, to: Math.max(last.to, next.to) }
  }
  return whole
}

function missingFrom(old: readonly Message[], now: readonly Message[]): CaughtUp['gone'] {
  const gone: { message: Message; place: number }[] = []
  let at = 0
  for (let place = 0; place < old.length; place++) {
    const message = old[place]
    while ((now[at]?.uid ?? Infinity) < (message?.uid ?? 0)) at++
    if (message !== undefined && now[at]?.uid !== message.uid) gone.push({ message, place })
  }
  return gone
}
