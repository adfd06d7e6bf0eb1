// IMAP's vocabulary (RFC 9051, RFC 3501 and the extensions that README.md lists): commands, responses and limits. No
// parsing, no I/O.

import type { NumberSet, SearchKey } from './content/search-key.ts'

/** RFC 9051 §2.1, RFC 8314 §3.2. */
export const IMAP_PORT = 143
export const IMAPS_PORT = 993

/** RFC 9051 §3. */
export type SessionState = 'not-authenticated' | 'authenticated' | 'selected' | 'logout'

/** Numbers of messages, or `saved`: `$`, what the last SEARCH saved (RFC 9051 §6.4.4.1). */
export type MessageSet = NumberSet | 'saved'

/** Which part of a message BODY[..] names (RFC 9051 §6.4.5). `part` empty: the message itself. */
export interface Section {
  readonly part: readonly number[]
  readonly text: undefined | 'HEADER' | 'TEXT' | 'MIME' | { readonly fields: readonly string[]; readonly not: boolean }
}

/** `<from.count>` (RFC 9051 §6.4.5), octets. */
export interface Partial {
  readonly from: number
  readonly count: number
}

export type FetchAttribute =
  | 'BODY'
  | 'BODYSTRUCTURE'
  | 'EMAILID'
  | 'ENVELOPE'
  | 'FLAGS'
  | 'INTERNALDATE'
  | 'MODSEQ'
  | 'RFC822.SIZE'
  | 'SAVEDATE'
  | 'THREADID'
  | 'UID'

export type FetchItem =
  | { readonly kind: FetchAttribute }
  /** BODY[..] and the older RFC822 forms. `label`: what the response calls it. */
  | {
      readonly kind: 'section'
      readonly label: string
      readonly peek: boolean
      readonly section: Section
      readonly partial?: Partial
    }
  /** BINARY[..] and BINARY.SIZE[..] (RFC 9051 §6.4.5). */
  | {
      readonly kind: 'binary'
      readonly label: string
      readonly peek: boolean
      readonly part: readonly number[]
      readonly partial?: Partial
    }
  | { readonly kind: 'binary-size'; readonly label: string; readonly part: readonly number[] }

export const STATUS_ITEMS = [
  'MESSAGES',
  'RECENT',
  'UIDNEXT',
  'UIDVALIDITY',
  'UNSEEN',
  'DELETED',
  'DELETED-STORAGE',
  'SIZE',
  'HIGHESTMODSEQ',
  'MAILBOXID',
] as const
export type StatusItem = (typeof STATUS_ITEMS)[number]

/** RFC 5258 §3.1, RFC 6154 §5.1. */
export const LIST_SELECTIONS = ['SUBSCRIBED', 'REMOTE', 'RECURSIVEMATCH', 'SPECIAL-USE'] as const
export type ListSelection = (typeof LIST_SELECTIONS)[number]
/** RFC 5258 §3.2, RFC 5819, RFC 6154 §5.2. */
export const LIST_RETURNS = ['SUBSCRIBED', 'CHILDREN', 'SPECIAL-USE', 'STATUS'] as const
export type ListReturn = (typeof LIST_RETURNS)[number]

/** RFC 4731 §3.1, RFC 5182. */
export const SEARCH_RETURNS = ['MIN', 'MAX', 'ALL', 'COUNT', 'SAVE'] as const
export type SearchReturn = (typeof SEARCH_RETURNS)[number]

/** RFC 5256 §3, RFC 5957. */
export const SORT_KEYS = ['ARRIVAL', 'CC', 'DATE', 'FROM', 'SIZE', 'SUBJECT', 'TO', 'DISPLAYFROM', 'DISPLAYTO'] as const
export type SortKey = (typeof SORT_KEYS)[number]

export interface SortCriterion {
  readonly key: SortKey
  readonly reverse: boolean
}

export const THREAD_ALGORITHMS = ['ORDEREDSUBJECT', 'REFERENCES'] as const
export type ThreadAlgorithm = (typeof THREAD_ALGORITHMS)[number]

/** What a client knows of a mailbox from before (RFC 7162 §3.2.5). */
export interface KnownMailbox {
  readonly uidValidity: number
  readonly modSeq: number
  readonly uids?: NumberSet
}

/** One message of an APPEND. */
export interface AppendedMessage {
  readonly flags: readonly string[]
  /** Milliseconds since 1970-01-01T00:00Z. */
  readonly dateMs?: number
  readonly content: Uint8Array
}

/** Mailbox names are Unicode, whatever the session writes them in. */
export type Command =
  | { readonly kind: 'CAPABILITY' | 'NOOP' | 'LOGOUT' | 'STARTTLS' | 'NAMESPACE' | 'IDLE' }
  | { readonly kind: 'CHECK' | 'CLOSE' | 'UNSELECT' }
  | { readonly kind: 'ID'; readonly fields: readonly (readonly [string, string | undefined])[] }
  /** `initial`: base64, `=` for an empty one (RFC 9051 §6.2.2). */
  | { readonly kind: 'AUTHENTICATE'; readonly mechanism: string; readonly initial?: string }
  | { readonly kind: 'LOGIN'; readonly user: string; readonly password: string }
  | { readonly kind: 'ENABLE'; readonly capabilities: readonly string[] }
  | { readonly kind: 'COMPRESS'; readonly mechanism: string }
  | {
      readonly kind: 'SELECT' | 'EXAMINE'
      readonly mailbox: string
      readonly condstore: boolean
      readonly known?: KnownMailbox
    }
  | { readonly kind: 'CREATE'; readonly mailbox: string; readonly uses: readonly string[] }
  | { readonly kind: 'DELETE' | 'SUBSCRIBE' | 'UNSUBSCRIBE'; readonly mailbox: string }
  | { readonly kind: 'RENAME'; readonly from: string; readonly to: string }
  | {
      readonly kind: 'LIST'
      readonly reference: string
      readonly patterns: readonly string[]
      readonly selections: readonly ListSelection[]
      readonly returns: readonly ListReturn[]
      readonly status: readonly StatusItem[]
    }
  | { readonly kind: 'LSUB'; readonly reference: string; readonly pattern: string }
  | { readonly kind: 'STATUS'; readonly mailbox: string; readonly items: readonly StatusItem[] }
  | { readonly kind: 'APPEND'; readonly mailbox: string; readonly messages: readonly AppendedMessage[] }
  | { readonly kind: 'GETQUOTA'; readonly root: string }
  | { readonly kind: 'GETQUOTAROOT'; readonly mailbox: string }
  /** With `uids`: UID EXPUNGE (RFC 4315 §2.1). */
  | { readonly kind: 'EXPUNGE'; readonly uids?: MessageSet }
  | {
      readonly kind: 'SEARCH'
      readonly uid: boolean
      /** Absent: no RETURN was said. */
      readonly returns?: readonly SearchReturn[]
      readonly key: SearchKey
    }
  | {
      readonly kind: 'SORT'
      readonly uid: boolean
      readonly criteria: readonly SortCriterion[]
      readonly key: SearchKey
    }
  | { readonly kind: 'THREAD'; readonly uid: boolean; readonly algorithm: ThreadAlgorithm; readonly key: SearchKey }
  | {
      readonly kind: 'FETCH'
      readonly uid: boolean
      readonly set: MessageSet
      readonly items: readonly FetchItem[]
      readonly changedSince?: number
      readonly vanished: boolean
    }
  | {
      readonly kind: 'STORE'
      readonly uid: boolean
      readonly set: MessageSet
      readonly change: 'add' | 'remove' | 'replace'
      readonly silent: boolean
      readonly flags: readonly string[]
      readonly unchangedSince?: number
    }
  | { readonly kind: 'COPY' | 'MOVE'; readonly uid: boolean; readonly set: MessageSet; readonly mailbox: string }

export type CommandKind = Command['kind']
export type CommandOf<Kind extends CommandKind> = Extract<Command, { readonly kind: Kind }>

/** What came instead of a command. `status` is what it gets, and `code` its response code. */
export interface BadCommand {
  readonly kind: 'bad'
  readonly status: 'BAD' | 'NO'
  readonly code?: string
  readonly reason: string
  /** `$` stands for nothing from here on (RFC 9051 §6.4.4.2). */
  readonly unsaves?: boolean
}

/** How a command ends, or what the server says on its own (RFC 9051 §7.1). */
export type Status = 'OK' | 'NO' | 'BAD' | 'BYE' | 'PREAUTH'

export interface StatusResponse {
  readonly kind: 'status'
  /** Absent: untagged. */
  readonly tag?: string
  readonly status: Status
  /** In upper case, with what follows it in the brackets. */
  readonly code?: string
  readonly codeText?: string
  readonly text: string
}

/** A value of untagged data: `null` is NIL, text an atom or a number, bytes a quoted string or a literal. */
export type Value = null | string | Uint8Array | readonly Value[]

export interface DataResponse {
  readonly kind: 'data'
  /** In upper case: `LIST`, `FETCH`. */
  readonly name: string
  /** The number before the name. */
  readonly number?: number
  readonly values: readonly Value[]
}

/** The server waits for the rest of a command. */
export interface ContinueResponse {
  readonly kind: 'continue'
  readonly text: string
}

export type Response = StatusResponse | DataResponse | ContinueResponse

/** Mailbox levels stand apart by it. */
export const SEPARATOR = '/'

/** Octets of one line of a command; Dovecot's imap_max_line_length. RFC 7162 §4 asks for 8,192 at least. */
export const LINE_MAX_BYTES = 65_536
/** Octets of one literal that is no message, once somebody has logged in. As for a line. */
export const LITERAL_MAX_BYTES = 65_536
/** Octets of one literal before: what a name or a password may have. Ours. */
export const EARLY_LITERAL_MAX_BYTES = 1024
/** Literals in one command that is no APPEND: two strings for each search key of a full line. Ours. */
export const LITERALS_MAX = 1000
/** Octets of all literals of a command that is no APPEND. Ours. */
export const LITERALS_MAX_BYTES = 262_144
/** Octets of a literal that the server need not be asked for (RFC 7888 §5, LITERAL-). */
export const UNASKED_LITERAL_MAX_BYTES = 4096
/** Octets of a literal that nobody asked for and that is dropped as it comes; above, the connection ends. Ours. */
export const SKIP_MAX_BYTES = 33_554_432
/** Parentheses within each other in a search, and NOT and OR as well. Ours. */
export const DEPTH_MAX = 64
/** Keys of a search. Ours: what fits into a line. */
export const KEYS_MAX = 10_000
/** Of these, TEXT and BODY: each goes through whole messages. Ours: three for each of ten words. */
export const TEXT_KEYS_MAX = 32
/** Commands in a row that are none; then the connection closes. Dovecot's CLIENT_MAX_BAD_COMMANDS. */
export const BAD_COMMANDS_MAX = 20
/** Commands before a login without getting there; then the connection closes. Ours. */
export const EARLY_COMMANDS_MAX = 100
/** Largest number of a message, a uid or a uidvalidity (RFC 9051 §9 nz-number). */
export const NUMBER_MAX = 4_294_967_295
