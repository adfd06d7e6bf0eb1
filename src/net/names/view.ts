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

export interface NameQuery {
  readonly name: string
  readonly type: string
  /** From the root, with nothing remembered, step by step. */
  readonly traced: boolean
}

/** One question to one server on the way. */
export interface QueryStep {
  /** For which zone the server was asked. */
  readonly zone: string
  readonly server: string
  readonly ip: string
  readonly over: string
  /** `www.harbor.test A`. */
  readonly asked: string
  readonly rttMs: number
  /** `referral`, `data`, `silence` and the like. */
  readonly outcome: string
  readonly summary: string
}

export interface QueryView {
  readonly rcode: string
  /** Whether all of it was validated. */
  readonly secure: boolean
  readonly answers: readonly RecordView[]
  /** Empty where it was not traced. */
  readonly steps: readonly QueryStep[]
  /** Traced: `www.harbor.test. A: secure` for each link of the chain. */
  readonly judged?: readonly string[]
  /** Why it failed. */
  readonly error?: string
}
