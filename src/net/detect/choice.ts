// Which service a conversation's first bytes are for. Pure: looks at bytes, opens nothing.

/** The event that tells which service a flow was for, in its detail `service`. */
export const CHOSE = 'detect.chose'

/** The part of a service that detection needs. Entries are asked in the order in which they are listed. */
export interface Recognizer {
  readonly service: string
  detect?(head: Uint8Array): 'yes' | 'no' | 'more'
}

/** Among whom a conversation on a shared port is decided. */
export interface Candidates<Entry extends Recognizer> {
  /** In the order of detection. */
  readonly entries: readonly Entry[]
  /** Takes what nobody recognises. */
  readonly sink: Entry
}

/** `undecided`: some entry needs more bytes, and none before it is sure. */
export type Choice<Entry> = Entry | 'undecided' | 'nobody'

/**
 * The first entry that says `yes`, unless one listed earlier asks for more. With `last`, no more will come, and asking
 * for more counts as `no`.
 */
export function choose<Entry extends Recognizer>(
  entries: readonly Entry[],
  head: Uint8Array,
  last: boolean,
): Choice<Entry> {
  for (const entry of entries) {
    const answer = entry.detect?.(head) ?? 'no'
    if (answer === 'yes') return entry
    if (answer === 'more' && !last) return 'undecided'
  }
  return 'nobody'
}

const HANDSHAKE = 0x16
const TLS_MAJOR = 0x03
const CLIENT_HELLO = 0x01

/** A TLS record that begins a ClientHello: type and version (RFC 8446 §5.1), then the message's type (§4). */
export function looksLikeTls(head: Uint8Array): 'yes' | 'no' | 'more' {
  if (head[0] !== HANDSHAKE) return head.length === 0 ? 'more' : 'no'
  if (head.length > 1 && head[1] !== TLS_MAJOR) return 'no'
  if (head.length < 6) return 'more'
  return head[5] === CLIENT_HELLO ? 'yes' : 'no'
}
