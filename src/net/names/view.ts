// How the names of a world are shown to programs over the control socket: plain values, records as lines of a zone file.

/** One zone as its holder has it. */
export interface ZoneSummary {
  /** `.` for the root. */
  readonly zone: string
  /** null: it has no contents (yet), or they cannot be read. */
  readonly serial: number | null
  readonly records: number
  /** Hosts, the one that holds it first. */
  readonly servers: readonly string[]
  readonly signed: boolean
}

/** One record: absolute names with their trailing dot. */
export interface RecordView {
  readonly name: string
  readonly ttl: number
  readonly type: string
  readonly data: string
}

/** What `edit` is asked. `replace`: in place of what there is of its name and type. */
export interface NameEdit {
  readonly add: readonly string[]
  readonly remove: readonly { readonly name: string; readonly type?: string; readonly data?: string }[]
  readonly replace: boolean
}

export interface EditOutcome {
  readonly zone: string
  readonly serial: number
  readonly added: readonly RecordView[]
  readonly removed: readonly RecordView[]
}

export interface FailureView {
  readonly id: number
  readonly do: string
  /** In words: `A of www.harbor.test, from laptop, 3 times`. */
  readonly when: string
  readonly done: number
}

/** For resolvers of others: where to begin, and what to trust. */
export interface AnchorView {
  /** A file of root hints (RFC 9609 says what it holds). */
  readonly hints: string
  /** DS records; Unbound's `trust-anchor-file`. Empty where the root is not signed. */
  readonly ds: string
  /** BIND's `trust-anchors`. */
  readonly bind: string
}

export interface KeyView {
  readonly name: string
  readonly algorithm: string
  /** In base64. */
  readonly secret: string
}
