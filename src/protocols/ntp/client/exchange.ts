// The on-wire protocol of a client (RFC 5905 §8, RFC 9769 §2): which request an answer belongs to, and what the four times
// say. It tells the server nothing but how often it will ask: the timestamps of a request are random.

import { msBetween, timestampOf } from '../codec/timestamp.ts'
import { LEAPS, MODES, STRATUM_UNSPECIFIED, STRATUM_UNSYNCHRONISED, type Header, type Timestamp } from '../messages.ts'
import { textOfReferenceId } from '../codec/packet.ts'
import { DISPERSION_MAX_MS } from './parameters.ts'

const VERSION = 4 // RFC 5905 §7.3
/** Of randomness that a request takes: transmit and receive timestamp. */
export const REQUEST_RANDOM_BYTES = 16

/** Kiss codes that ask something of a client (RFC 5905 §7.4). */
const KISSES: ReadonlySet<string> = new Set(['DENY', 'RSTR', 'RATE'])

interface Outstanding {
  readonly transmit: Timestamp
  readonly receive: Timestamp
  /** By this host's clock; undefined until it has left. */
  departedMs: number | undefined
}

/** An exchange that an interleaved answer may still measure better. */
interface Completed {
  readonly departedMs: number
  readonly arrivedMs: number
  /** The server's, of the request. */
  readonly receive: Timestamp
}

export interface Measured {
  readonly kind: 'measured'
  readonly offsetMs: number
  /** As measured; it may be 0 or less where clocks are coarse. */
  readonly delayMs: number
  /** From request to answer, by this host's clock. */
  readonly elapsedMs: number
  readonly isInterleaved: boolean
}

export type Answer =
  | Measured
  | { readonly kind: 'kiss'; readonly code: string }
  /** The server says of itself that it is not to be followed now. */
  | { readonly kind: 'unfit'; readonly why: string }
  | { readonly kind: 'bogus'; readonly why: string }

export class Exchange {
  #out: Outstanding | undefined
  #completed: Completed | undefined

  /** A new request; the one before is not answered any more. `interleaved`: asks for the better transmit timestamp of the last answer. */
  request(random: Uint8Array, poll: number, interleaved: boolean): Header {
    const view = new DataView(random.buffer, random.byteOffset, REQUEST_RANDOM_BYTES)
    const lost = this.#out !== undefined
    const before = interleaved && !lost ? this.#completed : undefined
    const transmit = view.getBigUint64(0)
    const receive = before === undefined ? 0n : distinct(view.getBigUint64(8), transmit)
    this.#out = { transmit, receive, departedMs: undefined }
    if (before === undefined) this.#completed = undefined
    return {
      leap: LEAPS.none,
      version: VERSION,
      mode: MODES.client,
      stratum: STRATUM_UNSPECIFIED,
      poll,
      precision: 0,
      rootDelayMs: 0,
      rootDispersionMs: 0,
      referenceId: 0,
      reference: 0n,
      origin: before?.receive ?? 0n,
      receive,
      transmit,
    }
  }

  /** The request of that transmit timestamp has left, by this host's clock. Said twice, the second is nearer to the wire. */
  departed(transmit: Timestamp, timeMs: number): void {
    if (this.#out?.transmit === transmit) this.#out.departedMs = timeMs
  }

  /** Whether the header answers the request that is out, and that for the first time; if not, why not. */
  refusal(header: Header): string | undefined {
    if (header.mode !== MODES.server) return `mode ${header.mode}`
    if (this.#out === undefined) return 'nobody asked, or it was answered already'
    return this.#answers(header, this.#out) ? undefined : 'its origin timestamp is not that of the request'
  }

  /** Takes an answer that is not refused and that has proven where it comes from. */
  take(header: Header, arrivedMs: number): Answer {
    const out = this.#out
    if (out?.departedMs === undefined) return { kind: 'bogus', why: 'the request has not left' }
    const before = this.#completed
    const isInterleaved = header.origin !== out.transmit
    this.#out = undefined
    this.#completed = undefined
    if (header.stratum === STRATUM_UNSPECIFIED) return kissOf(header)
    if (header.transmit === 0n || header.receive === 0n) return { kind: 'bogus', why: 'it has no timestamps' }
    const now = { departedMs: out.departedMs, arrivedMs, receive: header.receive }
    this.#completed = now
    const why = unfitness(header, isInterleaved)
    if (why !== undefined) return { kind: 'unfit', why }
    const measured = isInterleaved ? before : now
    if (measured === undefined) return { kind: 'bogus', why: 'interleaved without being asked' }
    return measure(measured, header.transmit, isInterleaved)
  }

  clear(): void {
    this.#out = undefined
    this.#completed = undefined
  }

  #answers(header: Header, out: Outstanding): boolean {
    if (header.origin === out.transmit) return true
    return this.#completed !== undefined && out.receive !== 0n && header.origin === out.receive
  }
}

/** A server tells an interleaved request by these two being different (RFC 9769 §2). */
function distinct(receive: Timestamp, transmit: Timestamp): Timestamp {
  return receive === transmit || receive === 0n ? BigInt.asUintN(64, transmit ^ 1n) : receive
}

function measure({ departedMs, arrivedMs, receive }: Completed, transmit: Timestamp, isInterleaved: boolean): Measured {
  const out = msBetween(receive, timestampOf(departedMs))
  const back = msBetween(transmit, timestampOf(arrivedMs))
  return {
    kind: 'measured',
    offsetMs: (out + back) / 2,
    delayMs: out - back,
    elapsedMs: arrivedMs - departedMs,
    isInterleaved,
  }
}

/** RFC 5905 §7.4: stratum 0 with a code. Codes that ask for nothing mean that there is no time to be had yet. */
function kissOf({ referenceId }: Header): Answer {
  const code = textOfReferenceId(referenceId)
  if (KISSES.has(code)) return { kind: 'kiss', code }
  return { kind: 'unfit', why: `it is not synchronised${/^[A-Z]{1,4}$/.test(code) ? ` (${code})` : ''}` }
}

/** RFC 5905 A.5.1.1. The transmit timestamp of an interleaved answer is older than the rest of it. */
function unfitness(header: Header, isInterleaved: boolean): string | undefined {
  const { leap, stratum, rootDelayMs, rootDispersionMs, reference } = header
  if (leap === LEAPS.unsynchronised || stratum >= STRATUM_UNSYNCHRONISED) return 'it is not synchronised'
  if (rootDelayMs / 2 + rootDispersionMs >= DISPERSION_MAX_MS) return 'it is too far from its reference'
  const told = isInterleaved ? header.receive : header.transmit
  if (reference !== 0n && msBetween(reference, told) > 0) return 'it was set in its own future'
  return undefined
}
