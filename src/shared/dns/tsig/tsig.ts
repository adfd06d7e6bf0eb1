// Messages signed with a key that both ends have (RFC 8945): signing and verifying on raw bytes, one message or a stream of them over
// TCP. Keeps what is chained from one message to the next, knows no sockets, and is told the time.

import { timingSafeEqual } from 'node:crypto'
import type { TransactionKey } from '../../../core/zones.ts'
import { foldName } from '../codec/name.ts'
import type { DomainName } from '../messages.ts'
import { macBytes, macFloorBytes, macOf } from './mac.ts'
import { TSIG_ERROR, appendTsig, findTsig, timeBytes, withoutTsig, type PlacedTsig, type TsigRecord } from './record.ts'

/** By how much clocks may differ (RFC 8945 §10). */
const FUDGE_SECONDS = 300
/** Messages of a stream that may follow one another unsigned (RFC 8945 §5.3.1). */
export const UNSIGNED_MAX = 99

/** Keys by name; both folded. */
export type Keys = (name: DomainName) => TransactionKey | undefined

const NOTHING = new Uint8Array(0)

export interface Verified {
  readonly kind: 'verified'
  readonly key: TransactionKey
  /** What the answer is chained to. */
  readonly mac: Uint8Array
  /** The message without its TSIG. */
  readonly message: Uint8Array
  /** In an answer: what the server found wrong with the request. */
  readonly error: number
}

/** To be answered with NOTAUTH, by `refusalAnswer` (RFC 8945 §5.2). */
export interface Refused {
  readonly kind: 'refused'
  /** Of `TSIG_ERROR`. */
  readonly error: number
  readonly record: TsigRecord
  /** Set where the answer is to be signed: after BADTIME and BADTRUNC. */
  readonly key?: TransactionKey
}

/** `malformed`: FORMERR. */
export type Verdict = Verified | Refused | { readonly kind: 'unsigned' } | { readonly kind: 'malformed' }

/** Judges a request. `macMinBytes`: MACs cut shorter than that, or than whole, are BADTRUNC. */
export function verifyRequest(packet: Uint8Array, keys: Keys, nowSeconds: number, macMinBytes = Infinity): Verdict {
  const found = findTsig(packet)
  if (found === 'malformed') return { kind: 'malformed' }
  if (found === 'none') return { kind: 'unsigned' }
  const key = keys(found.record.name)
  if (key?.algorithm !== found.record.algorithm)
    return { kind: 'refused', error: TSIG_ERROR.BADKEY, record: found.record }
  return judge(packet, found, key, { prior: undefined, parts: [], timersOnly: false }, nowSeconds, macMinBytes)
}

interface Chain {
  readonly prior: Uint8Array | undefined
  /** Unsigned messages before this one. */
  readonly parts: readonly Uint8Array[]
  readonly timersOnly: boolean
}

/** Key, MAC, time and length of the MAC, in this order (RFC 8945 §5.2). */
function judge(
  packet: Uint8Array,
  { record, start }: PlacedTsig,
  key: TransactionKey,
  chain: Chain,
  nowSeconds: number,
  macMinBytes: number,
): Verdict {
  const whole = macBytes(key.algorithm)
  const { mac } = record
  if (mac.length > whole || (mac.length > 0 && mac.length < macFloorBytes(key.algorithm))) return { kind: 'malformed' }
  const signed = withoutTsig(packet, start, record.originalId)
  const expected = macOf(key, chain.prior, [...chain.parts, signed], record, chain.timersOnly)
  if (mac.length === 0 || !timingSafeEqual(mac, expected.subarray(0, mac.length)))
    return { kind: 'refused', error: TSIG_ERROR.BADSIG, record }
  if (Math.abs(nowSeconds - record.timeSeconds) > record.fudgeSeconds)
    return { kind: 'refused', error: TSIG_ERROR.BADTIME, record, key }
  if (mac.length < Math.min(whole, macMinBytes)) return { kind: 'refused', error: TSIG_ERROR.BADTRUNC, record, key }
  const message = withoutTsig(packet, start, (packet[0]! << 8) | packet[1]!)
  return { kind: 'verified', key, mac, message, error: record.error }
}

/** Signs what one end sends: a request, an answer to one, or all answers of a stream in their order. */
export class TsigSigner {
  readonly key: TransactionKey
  /** Of the last message that was signed: what the other end's answer is chained to. */
  mac: Uint8Array | undefined
  #pending: Uint8Array[] = []
  #first = true

  /** `requestMac`: of the request that is answered. */
  constructor(key: TransactionKey, requestMac?: Uint8Array) {
    this.key = key
    this.mac = requestMac
  }

  /** The message with its TSIG. Later messages of a stream are chained to the ones before. */
  sign(message: Uint8Array, nowSeconds: number, error = 0, other: Uint8Array = NOTHING): Uint8Array {
    return this.#sign(message, { timeSeconds: nowSeconds, error, other })
  }

  /** Counts a message of a stream that goes out unsigned; no more than `UNSIGNED_MAX` in a row. */
  pass(message: Uint8Array): void {
    if (this.#first || this.#pending.length >= UNSIGNED_MAX) throw new Error('this message of a stream must be signed')
    this.#pending.push(new Uint8Array(message))
  }

  /** The answer to a request whose time or MAC's length was wrong: signed, and after BADTIME with the request's time and ours. */
  signRefusal(message: Uint8Array, { error, record }: Refused, nowSeconds: number): Uint8Array {
    const late = error === TSIG_ERROR.BADTIME
    return this.#sign(message, {
      timeSeconds: late ? record.timeSeconds : nowSeconds,
      error,
      other: late ? timeBytes(nowSeconds) : NOTHING,
    })
  }

  #sign(message: Uint8Array, of: Pick<TsigRecord, 'timeSeconds' | 'error' | 'other'>): Uint8Array {
    const { name, algorithm } = this.key
    const originalId = (message[0]! << 8) | message[1]!
    const record = { name: foldName(name), algorithm, fudgeSeconds: FUDGE_SECONDS, originalId, ...of }
    const mac = macOf(this.key, this.mac, [...this.#pending, message], record, !this.#first)
    this.mac = mac
    this.#first = false
    this.#pending = []
    return appendTsig(message, { ...record, mac })
  }
}

/** The answer to a refused request: `message` (NOTAUTH) with a TSIG that says why, signed where that makes sense. */
export function refusalAnswer(message: Uint8Array, refused: Refused, nowSeconds: number): Uint8Array {
  if (refused.key !== undefined)
    return new TsigSigner(refused.key, refused.record.mac).signRefusal(message, refused, nowSeconds)
  return appendTsig(message, { ...refused.record, mac: NOTHING, error: refused.error, other: NOTHING })
}

/** What came back to a signed request. */
export type AnswerVerdict =
  | Verified
  /** In a stream, between two that are signed: trusted once the next signed one is verified. */
  | { readonly kind: 'between' }
  /** Not to be trusted; `error` is what the server says it found wrong with the request, 0 for none of that. */
  | { readonly kind: 'untrusted'; readonly reason: string; readonly error: number }

/** Verifies the answers to one request: a single one, or a stream in its order. */
export class TsigVerifier {
  readonly #key: TransactionKey
  #prior: Uint8Array
  #first = true
  #parts: Uint8Array[] = []

  /** `requestMac`: `TsigSigner.mac` after the request was signed. */
  constructor(key: TransactionKey, requestMac: Uint8Array) {
    this.#key = key
    this.#prior = requestMac
  }

  /** Whether the last message was signed, as the last of a stream must be (RFC 8945 §5.3.1). */
  get complete(): boolean {
    return !this.#first && this.#parts.length === 0
  }

  take(packet: Uint8Array, nowSeconds: number): AnswerVerdict {
    const found = findTsig(packet)
    if (found === 'malformed') return untrusted('a TSIG that is none')
    if (found === 'none') return this.#takeUnsigned(packet)
    const { name, algorithm, error, mac } = found.record
    if (mac.length === 0 && error !== 0) return untrusted('refused by the server', error)
    if (name !== foldName(this.#key.name) || algorithm !== this.#key.algorithm)
      return untrusted('signed with another key')
    const chain = { prior: this.#prior, parts: this.#parts, timersOnly: !this.#first }
    const verdict = judge(packet, found, this.#key, chain, nowSeconds, Infinity)
    if (verdict.kind === 'refused' && error === TSIG_ERROR.BADTIME && verdict.error === TSIG_ERROR.BADTIME)
      return untrusted('the clocks are apart', error)
    if (verdict.kind !== 'verified') return untrusted('a signature that does not hold')
    this.#prior = verdict.mac
    this.#first = false
    this.#parts = []
    return verdict
  }

  #takeUnsigned(packet: Uint8Array): AnswerVerdict {
    if (this.#first) return untrusted('not signed')
    if (this.#parts.length >= UNSIGNED_MAX) return untrusted('too many messages without a signature')
    this.#parts.push(new Uint8Array(packet))
    return { kind: 'between' }
  }
}

function untrusted(reason: string, error = 0): AnswerVerdict {
  return { kind: 'untrusted', reason, error }
}
