// From a plain query to an encoded answer that can be kept: resolve, sign, encode.

import type { ClockView } from '../../core/clock.ts'
import type { Io } from '../../core/io.ts'
import { foldName, readName } from '../../shared/dns/codec/name.ts'
import { encodeExtendedError } from '../../shared/dns/edns/extended-errors.ts'
import { HEADER_BYTES, RCODE, type EdnsOption, type Question } from '../../shared/dns/messages.ts'
import type { CachedAnswer } from '../../shared/dns/serving/answer-cache.ts'
import { layOutAnswer, type AnswerLayout } from '../../shared/dns/serving/answer-writer.ts'
import type { QueryScan } from '../../shared/dns/serving/query-scan.ts'
import type { RateKind } from '../../shared/dns/serving/rate-limit.ts'
import { Reader } from '../../wire/reader.ts'
import { UNKNOWN_TTL_SECONDS, type DnsPolicy } from './policy.ts'
import { refusal, type Resolution } from './resolution.ts'
import { resolve } from './resolve.ts'
import { signAnswer, unsignedAnswer } from './sign-answer.ts'
import type { SigningTime } from './signing.ts'

export interface ServedAnswer extends CachedAnswer {
  /** What rate limits count it as, and with which others: all negatives of a zone are one. */
  readonly rateKind: RateKind
  readonly rateHash: number
}

/** EDNS and DNSSEC OK, as `QueryScan.variant` has them. */
const DNSSEC_VARIANT = 3

export class AnswerMaker {
  readonly #policy: DnsPolicy
  readonly #udpSizeMaxBytes: number
  readonly #clock: ClockView

  constructor(policy: DnsPolicy, udpSizeMaxBytes: number, clock: ClockView) {
    this.#policy = policy
    this.#udpSizeMaxBytes = udpSizeMaxBytes
    this.#clock = clock
  }

  /** `scan` has read the packet. */
  make(packet: Uint8Array, scan: QueryScan, io: Io, time: SigningTime): ServedAnswer {
    const { hash, variant } = scan
    const question = questionIn(packet)
    const resolved = resolve(this.#policy, question)
    const found = variant === DNSSEC_VARIANT ? signAnswer(resolved, time) : unsignedAnswer(resolved)
    const layout = layOutAnswer({
      ...sections(found),
      question,
      edns: this.#edns(variant, optionsOf(found)),
    })
    const rateKind = rateKindOf(found)
    return {
      bytes: layout.bytes,
      questionEnd: layout.questionEnd,
      essentialEnd: layout.essentialEnd,
      essentialAdditionals: layout.essentialAdditionals,
      optStart: layout.optStart,
      optEnd: layout.optEnd,
      hash,
      variant,
      untilMs: this.#untilMs(found, io),
      unknown: found.unknown,
      told: false,
      summary: undefined,
      rateKind,
      rateHash: rateKind === 'answers' ? hash : hashOf(found.authorities[0]?.at ?? ''),
    }
  }

  /** An answer without records: a code and the question. */
  bare(packet: Uint8Array, { variant }: QueryScan, rcode: number): AnswerLayout {
    const question = questionIn(packet)
    return layOutAnswer({ ...sections(refusal(rcode)), question, edns: this.#edns(variant, []) })
  }

  #edns(variant: number, options: readonly EdnsOption[]) {
    if (variant === 0) return undefined
    return { udpSizeBytes: this.#udpSizeMaxBytes, dnssecOk: variant === DNSSEC_VARIANT, options }
  }

  /** An address may come to have a name: kept for as long as askers keep it. Signatures: until half of their time is over. */
  #untilMs(found: Resolution, io: Io): number {
    if (found.unknown?.answered === false && found.unknown.name.endsWith('.arpa'))
      return io.now + UNKNOWN_TTL_SECONDS * 1000
    const freshUntilMs = found.freshUntilMs ?? Infinity
    return freshUntilMs === Infinity ? Infinity : io.now + (freshUntilMs - io.wallMs) / this.#clock.rate
  }
}

function questionIn(packet: Uint8Array): Question {
  const reader = new Reader(packet, HEADER_BYTES)
  return { name: foldName(readName(reader)), type: reader.u16(), class: reader.u16() }
}

function sections(found: Resolution) {
  const { rcode, authoritative, answers, authorities, glue, extras } = found
  return { rcode, authoritative, answers, authorities, glue, extras }
}

function optionsOf({ extended }: Resolution): readonly EdnsOption[] {
  return extended === undefined ? [] : [encodeExtendedError(extended)]
}

function rateKindOf({ rcode, answers }: Resolution): RateKind {
  if (rcode !== RCODE.NOERROR && rcode !== RCODE.NXDOMAIN) return 'errors'
  return answers.length > 0 ? 'answers' : 'negatives'
}

function hashOf(name: string): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < name.length; at += 1) hash = Math.imul(hash ^ name.charCodeAt(at), 0x01000193)
  return hash
}
