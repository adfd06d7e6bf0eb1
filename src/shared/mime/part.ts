// A message as a tree of parts over its bytes (RFC 2045, RFC 2046). Parts hold offsets and copy no content. Strings taken
// from headers are Latin-1: one character for each octet, as it stood there, unfolded.

/** Parts inside parts; what lies deeper is one opaque leaf. What Dovecot allows. */
export const PART_DEPTH_MAX = 100
/** Parts of one message; the last one takes the rest. What Dovecot allows. */
export const PARTS_MAX = 10_000

export interface Parameter {
  /** As written. `name*` where the value is percent-encoded with its charset (RFC 2231 §4). */
  readonly name: string
  readonly value: string
}

/** A value and its parameters, with continuations joined (RFC 2231 §3). */
export interface Parameterized {
  /** As written: `text/plain`, `attachment`. */
  readonly value: string
  readonly parameters: readonly Parameter[]
}

/** From `headerStart` to `bodyStart` is the header, the empty line after it included. */
export interface HeaderSpan {
  readonly headerStart: number
  readonly bodyStart: number
}

export interface Part extends HeaderSpan {
  readonly bodyEnd: number
  /** `message` has one child, the message inside; a `multipart` may have none. */
  readonly kind: 'leaf' | 'multipart' | 'message'
  /** In lower case; `text/plain` or, in a digest, `message/rfc822` where the header has no valid one. */
  readonly mediaType: string
  /** The Content-Type, if there is a valid one. */
  readonly contentType: Parameterized | undefined
  /** The Content-Transfer-Encoding as written; `undefined` means 7bit. */
  readonly encoding: string | undefined
  readonly disposition: Parameterized | undefined
  /** Content-ID with its brackets. */
  readonly id: string | undefined
  readonly description: string | undefined
  readonly md5: string | undefined
  readonly language: string | undefined
  readonly location: string | undefined
  readonly children: readonly Part[]
}
