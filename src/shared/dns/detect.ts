// Whether first bytes are a DNS query: over TCP behind a length, or a whole datagram.

import { HEADER_BYTES, LABEL_MAX_BYTES, NAME_MAX_BYTES, OPCODE } from './messages.ts'

const LENGTH_BYTES = 2
/** A root name, a type and a class. */
const QUESTION_MIN_BYTES = 5
/** Additional records of a query: OPT, TSIG or SIG(0). */
const ADDITIONALS_MAX = 2
const OPCODES: ReadonlySet<number> = new Set([OPCODE.QUERY, OPCODE.NOTIFY, OPCODE.UPDATE])

type Verdict = 'yes' | 'no' | 'more'

/** Stricter than the server: one question, no answers, a known opcode, no response code. */
export function detect(head: Uint8Array): Verdict {
  const stream = detectStream(head)
  return stream === 'no' && looksLikeQuery(head, 0) === 'yes' ? 'yes' : stream
}

function detectStream(head: Uint8Array): Verdict {
  if (head.length < LENGTH_BYTES) return 'more'
  const length = (head[0]! << 8) | head[1]!
  if (length < HEADER_BYTES + QUESTION_MIN_BYTES) return 'no'
  return looksLikeQuery(head.subarray(0, LENGTH_BYTES + length), LENGTH_BYTES)
}

function looksLikeQuery(head: Uint8Array, start: number): Verdict {
  for (const [offset, plausible] of PLAUSIBLE) {
    const byte = head[start + offset]
    if (byte === undefined) return 'more'
    if (!plausible(byte)) return 'no'
  }
  return looksLikeQuestion(head, start + HEADER_BYTES)
}

/** Bytes of the header that a query leaves little choice in. */
const PLAUSIBLE: readonly (readonly [number, (byte: number) => boolean])[] = [
  [2, (byte) => OPCODES.has(byte >> 3) && (byte & 0x06) === 0],
  [3, (byte) => (byte & 0xcf) === 0],
  [4, (byte) => byte === 0],
  [5, (byte) => byte === 1],
  [6, (byte) => byte === 0],
  [8, (byte) => byte === 0],
  [10, (byte) => byte === 0],
  [11, (byte) => byte <= ADDITIONALS_MAX],
]

function looksLikeQuestion(head: Uint8Array, start: number): Verdict {
  let at = start
  while (at < head.length && head[at] !== 0) {
    if (head[at]! > LABEL_MAX_BYTES || at - start >= NAME_MAX_BYTES) return 'no'
    at += head[at]! + 1
  }
  return at + QUESTION_MIN_BYTES <= head.length ? 'yes' : 'more'
}
