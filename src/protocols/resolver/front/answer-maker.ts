// From an outcome to the encoded answer that it is for those who ask alike.

import { foldName } from '../../../shared/dns/codec/name.ts'
import { RCODE, TYPE, type DomainName, type EdnsOption, type Question } from '../../../shared/dns/messages.ts'
import { layOutAnswer, type OwnedSet } from '../../../shared/dns/serving/answer-writer.ts'
import type { QueryScan } from '../../../shared/dns/serving/query-scan.ts'
import type { Link } from '../cache/links.ts'
import { secondsLeft } from '../cache/links.ts'
import { STALE_TTL_SECONDS } from '../limits.ts'
import type { Outcome } from '../outcome.ts'
import type { SignedSet } from '../records.ts'
import { ttlsIn, type ServedAnswer } from './served.ts'

/** IANA "DNS EDNS0 Option Codes (OPT)" (RFC 8914 §2). */
const EXTENDED_ERROR = 15
/** RFC 8914 §4.4, §4.20. */
const STALE_ANSWER = 3
const STALE_NXDOMAIN = 19
/** Bytes of text in an extended error. Ours: an answer is no place for more. */
const ERROR_TEXT_MAX_BYTES = 120
/** Share of its time after which an answer that is asked for is made anew. Unbound's `prefetch`. */
const REFRESH_AFTER = 0.9
/** Seconds below which that is not worth it. Ours. */
const REFRESH_TTL_MIN_SECONDS = 10

export interface MakerSettings {
  readonly udpSizeMaxBytes: number
  readonly prefetch: boolean
  /** Whether the world made this name up. */
  isMadeUp(name: DomainName): boolean
}

/** What of a question decides on the form of its answer. */
export type AskedForm = Pick<QueryScan, 'variant' | 'hash'>

export class AnswerMaker {
  readonly #settings: MakerSettings

  constructor(settings: MakerSettings) {
    this.#settings = settings
  }

  make(question: Question, asked: AskedForm, outcome: Outcome, wallMs: number): ServedAnswer {
    const dnssecOk = asked.variant === 3
    const ttl = (link: Link) => (outcome.stale ? STALE_TTL_SECONDS : secondsLeft(link, wallMs))
    const parts = {
      question: { ...question, name: foldName(question.name) },
      authoritative: false,
      glue: [],
      extras: [],
    }
    const layout = layOutAnswer({
      ...parts,
      rcode: outcome.rcode,
      answers: outcome.links.flatMap((link) => owned(link.sets, ttl(link), dnssecOk)),
      authorities: outcome.links.flatMap((link) => owned(authorities(link, question, dnssecOk), ttl(link), dnssecOk)),
      edns: asked.variant === 0 ? undefined : this.#edns(dnssecOk, outcome),
    })
    const lasting = outcome.stale || outcome.rcode === RCODE.SERVFAIL ? 0 : outcome.expiresMs - wallMs
    return {
      ...layout,
      ...ttlsIn(layout.bytes, layout.questionEnd),
      hash: asked.hash,
      variant: asked.variant,
      untilMs: Infinity,
      unknown: this.#unknown(outcome),
      told: false,
      summary: undefined,
      storedMs: wallMs,
      expiresMs: wallMs + lasting,
      refreshMs: this.#refreshMs(wallMs, lasting),
      agedSeconds: 0,
      secure: outcome.secure,
    }
  }

  #refreshMs(wallMs: number, lastingMs: number): number {
    const worth = this.#settings.prefetch && lastingMs >= REFRESH_TTL_MIN_SECONDS * 1000
    return worth ? wallMs + lastingMs * REFRESH_AFTER : Infinity
  }

  #edns(dnssecOk: boolean, outcome: Outcome): { udpSizeBytes: number; dnssecOk: boolean; options: EdnsOption[] } {
    return { udpSizeBytes: this.#settings.udpSizeMaxBytes, dnssecOk, options: errorOptions(outcome) }
  }

  #unknown(outcome: Outcome): ServedAnswer['unknown'] {
    const name = outcome.lastName
    if (outcome.rcode === RCODE.NXDOMAIN) return { name, answered: false }
    const fromRoot = outcome.links.at(-1)?.zone === ''
    return fromRoot && name !== '' && this.#settings.isMadeUp(name) ? { name, answered: true } : undefined
  }
}

/** Proofs are for those who can use them (RFC 4035 §3.2.1). */
function authorities(link: Link, question: Question, dnssecOk: boolean): readonly SignedSet[] {
  return dnssecOk ? link.authorities : link.authorities.filter((set) => !isProof(set) || set.type === question.type)
}

function isProof({ type }: SignedSet): boolean {
  return type === TYPE.NSEC || type === TYPE.NSEC3
}

function owned(sets: readonly SignedSet[], ttlSeconds: number, signed: boolean): OwnedSet[] {
  return sets.flatMap(({ name, type, data, signatures }) => {
    const set = { owner: name, set: { type, ttlSeconds, data } }
    if (!signed || signatures.length === 0) return [set]
    return [set, { owner: name, set: { type: TYPE.RRSIG, ttlSeconds, data: signatures } }]
  })
}

function errorOptions({ error, stale, rcode }: Outcome): EdnsOption[] {
  const options = error === undefined ? [] : [errorOption(error.code, error.text)]
  if (stale) options.push(errorOption(rcode === RCODE.NXDOMAIN ? STALE_NXDOMAIN : STALE_ANSWER, ''))
  return options
}

export function errorOption(code: number, text: string): EdnsOption {
  const data = Buffer.from(text).subarray(0, ERROR_TEXT_MAX_BYTES)
  return { code: EXTENDED_ERROR, data: Uint8Array.from([code >> 8, code, ...data]) }
}

/** Types that ask for no record, and what they get (RFC 5936 §2, RFC 6895 §3.1, RFC 8482 §4.1: signatures come with what they sign). */
export const REFUSED_TYPES: ReadonlyMap<number, number> = new Map([
  [0, RCODE.FORMERR],
  [TYPE.OPT, RCODE.FORMERR],
  [TYPE.RRSIG, RCODE.REFUSED],
  [TYPE.TKEY, RCODE.NOTIMP],
  [TYPE.TSIG, RCODE.FORMERR],
  [TYPE.MAILB, RCODE.NOTIMP],
  [TYPE.MAILA, RCODE.NOTIMP],
  [TYPE.AXFR, RCODE.REFUSED],
  [TYPE.IXFR, RCODE.REFUSED],
])
