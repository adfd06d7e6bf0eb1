// What SEARCH, SORT and THREAD ask for (RFC 9051 §6.4.4, RFC 3501 §6.4.4), as a tree. Keys that say the same thing
// differently are one kind here. Strings are decoded from the charset of the command already.

export type SearchKey =
  | { readonly kind: 'all' }
  /** Flags and keywords: SEEN is `\seen` set, UNKEYWORD x is `x` not set. `flag` is in lower case. */
  | { readonly kind: 'flag'; readonly flag: string; readonly set: boolean }
  /** RECENT is set, OLD is not. NEW is both `recent` and not `\seen`: `NEW_KEY`. */
  | { readonly kind: 'recent'; readonly set: boolean }
  /** HEADER, and BCC CC FROM SUBJECT TO for the field of that name. `name` is in lower case; an empty `text` asks whether the field is there. */
  | { readonly kind: 'header'; readonly name: string; readonly text: string }
  | { readonly kind: 'body'; readonly text: string }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'size'; readonly is: 'larger' | 'smaller'; readonly octets: number }
  /**
   * BEFORE ON SINCE for `received`, SENTBEFORE SENTON SENTSINCE for `sent`, SAVEDBEFORE SAVEDON SAVEDSINCE (RFC 8514) for
   * `saved`. `day`: days since 1970-01-01, as `dayNumber` counts them.
   */
  | {
      readonly kind: 'date'
      readonly of: 'received' | 'sent' | 'saved'
      readonly is: 'before' | 'on' | 'since'
      readonly day: number
    }
  /** OLDER and YOUNGER (RFC 5032 §2). */
  | { readonly kind: 'within'; readonly is: 'older' | 'younger'; readonly seconds: number }
  /** RFC 7162 §3.1.5: this mod-sequence or a higher one. */
  | { readonly kind: 'modseq'; readonly from: number }
  | { readonly kind: 'sequence'; readonly set: NumberSet }
  | { readonly kind: 'uid'; readonly set: NumberSet }
  /** `$`, or `UID $` (RFC 9051 §6.4.4.1): what the last SEARCH saved. */
  | { readonly kind: 'saved' }
  /** SAVEDATESUPPORTED (RFC 8514 §4.3). */
  | { readonly kind: 'save-date-supported' }
  /** EMAILID (RFC 8474 §6). */
  | { readonly kind: 'email-id'; readonly id: string }
  /** THREADID (RFC 8474 §6). */
  | { readonly kind: 'thread-id'; readonly id: string }
  | { readonly kind: 'not'; readonly key: SearchKey }
  | { readonly kind: 'or'; readonly left: SearchKey; readonly right: SearchKey }
  /** Keys one after the other, and those in parentheses. */
  | { readonly kind: 'and'; readonly keys: readonly SearchKey[] }

/** `*`: the largest number in use. */
export const STAR = Number.POSITIVE_INFINITY

/** Both ends belong to it, in either order (RFC 9051 §9 seq-range). */
export interface NumberRange {
  readonly from: number
  readonly to: number
}

export type NumberSet = readonly NumberRange[]

/** NEW (RFC 3501 §6.4.4). */
export const NEW_KEY: SearchKey = {
  kind: 'and',
  keys: [
    { kind: 'recent', set: true },
    { kind: 'flag', flag: '\\seen', set: false },
  ],
}

/** Days since 1970-01-01 of a date as it stands in SEARCH: `dayNumber(1994, 2, 1)` for 1-Feb-1994. */
export function dayNumber(year: number, month: number, day: number): number {
  return Date.UTC(year, month - 1, day) / 86_400_000
}

/** What a search knows of one message. What costs something is a function, called only where a key needs it. */
export interface SearchedMessage {
  readonly uid: number
  readonly sequence: number
  /** In lower case, `\recent` not among them. */
  readonly flags: ReadonlySet<string>
  readonly recent: boolean
  readonly receivedMs: number
  readonly savedMs: number
  /** Octets. */
  readonly size: number
  readonly modSeq: number
  readonly emailId: string
  /** The first octets, with the whole header where it is not longer than 64 KiB; `undefined` once it is expunged. */
  head(): Uint8Array | undefined
  content(): Uint8Array | undefined
}

/** What a search knows of the mailbox and the session. */
export interface SearchedMailbox {
  /** The world's wall clock, milliseconds. */
  readonly wallMs: number
  /** What `*` is for sequence numbers and for uids; 0 in an empty mailbox. */
  readonly lastSequence: number
  readonly lastUid: number
  /** Uids that `$` stands for. */
  readonly saved: ReadonlySet<number>
}
