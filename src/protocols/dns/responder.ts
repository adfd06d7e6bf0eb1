// From a packet to the packet that answers it: the fast way over the cache, the slow way for whatever is
// not a plain query. The same for UDP and TCP; server.ts brings packets here.

import type { Io } from '../../core/io.ts'
import { AnswerCache, type CachedAnswer } from '../../shared/dns/serving/answer-cache.ts'
import { decodeMessage, encodeMessage, layOut } from '../../shared/dns/codec/message.ts'
import { readName } from '../../shared/dns/codec/name.ts'
import { describe } from '../../shared/dns/describe.ts'
import {
  CLASS,
  HEADER_BYTES,
  MESSAGE_MAX_BYTES,
  OPCODE,
  RCODE,
  isMalformed,
  query,
  type Edns,
  type Message,
  type Question,
} from '../../shared/dns/messages.ts'
import type { DnsPolicy } from './policy.ts'
import type { QueryLog } from '../../shared/dns/serving/query-log.ts'
import { QueryScan } from '../../shared/dns/serving/query-scan.ts'
import { resolve } from './resolve.ts'
import { Reader } from '../../wire/reader.ts'

/** In the header's third byte: RD; QR, opcode, AA and TC lie above it. */
const RD_BIT = 0x01
const TC_BIT = 0x02
/** In its fourth: RA and CD. */
const RA_BIT = 0x80
const CD_BIT = 0x10

const NO_QUESTION: Question = { name: '', type: 0, class: CLASS.IN }

export class Responder {
  readonly #policy: DnsPolicy
  readonly #log: QueryLog
  readonly #udpSizeMaxBytes: number
  readonly #scan = new QueryScan()
  readonly #cache = new AnswerCache()

  constructor(policy: DnsPolicy, log: QueryLog, udpSizeMaxBytes: number) {
    this.#policy = policy
    this.#log = log
    this.#udpSizeMaxBytes = udpSizeMaxBytes
  }

  /**
   * The answer to `packet`, valid until the next call; undefined for what gets none: no whole header, or an
   * answer itself (so that two servers never talk in circles).
   */
  answer(packet: Uint8Array, transport: 'udp' | 'tcp', io: Io): Uint8Array | undefined {
    const scan = this.#scan
    if (!scan.read(packet)) return this.#unusual(packet, transport, io)
    const answer = this.#cache.find(packet, scan) ?? this.#make(packet, scan)
    this.#log.answered(answer, io)
    const { bytes } = answer
    stamp(bytes, packet, scan.nameEnd)
    const room = transport === 'tcp' ? MESSAGE_MAX_BYTES : Math.min(scan.udpSizeBytes, this.#udpSizeMaxBytes)
    return bytes.length <= room ? bytes : shortened(answer, room)
  }

  #make(packet: Uint8Array, scan: QueryScan): CachedAnswer {
    const reader = new Reader(packet, HEADER_BYTES)
    const question: Question = { name: readName(reader), type: reader.u16(), class: reader.u16() }
    const found = resolve(this.#policy, question)
    const message: Message = {
      ...query(0, question),
      response: true,
      recursionDesired: false,
      authoritative: found.authoritative,
      rcode: found.rcode,
      answers: found.answers,
      authorities: found.authorities,
      additionals: [...found.glue, ...found.extras],
      ...(scan.variant === 0 ? {} : { edns: this.#edns(scan.variant === 3) }),
    }
    const answer: CachedAnswer = {
      ...layOut(message, found.glue.length),
      hash: scan.hash,
      variant: scan.variant,
      unknown: found.unknown,
      told: false,
      summary: undefined,
    }
    this.#cache.add(answer)
    return answer
  }

  #edns(dnssecOk: boolean): Edns {
    return { udpSizeBytes: this.#udpSizeMaxBytes, version: 0, dnssecOk, options: [] }
  }

  #unusual(packet: Uint8Array, transport: 'udp' | 'tcp', io: Io): Uint8Array | undefined {
    if (packet.length < HEADER_BYTES) {
      this.#log.refused('dns.malformed', `${packet.length} bytes, shorter than a header`, io)
      return undefined
    }
    if (packet[2]! >= 0x80) return undefined
    const message = decodeMessage(packet)
    if (!isMalformed(message)) return this.#understood(message, transport, io)
    const opcode = (packet[2]! >> 3) & 15
    this.#log.refused('dns.malformed', `a query that means nothing: ${message.reason}`, io)
    return bareRefusal(packet, opcode === OPCODE.QUERY ? RCODE.FORMERR : RCODE.NOTIMP)
  }

  #understood(message: Message, transport: 'udp' | 'tcp', io: Io): Uint8Array | undefined {
    const question = message.questions[0]
    if (message.opcode !== OPCODE.QUERY) return this.#refuse(message, RCODE.NOTIMP, io)
    if (question === undefined || message.questions.length > 1) return this.#refuse(message, RCODE.FORMERR, io)
    if (message.edns !== undefined && message.edns.version !== 0) return this.#refuse(message, RCODE.BADVERS, io)
    const { recursionDesired, checkingDisabled, edns } = message
    const plain = query(message.id, question, { recursionDesired, checkingDisabled, ...(edns && { edns }) })
    return this.answer(encodeMessage(plain), transport, io)
  }

  /** The echo of what was asked, with a code (RFC 1035 §4.1.1, RFC 9619 §4, RFC 6891 §6.1.3). */
  #refuse(message: Message, rcode: number, io: Io): Uint8Array {
    const { id, opcode, questions, recursionDesired, checkingDisabled, edns } = message
    const answer: Message = {
      ...query(id, NO_QUESTION, { opcode, recursionDesired, checkingDisabled, rcode }),
      response: true,
      recursionAvailable: recursionDesired,
      questions: questions.slice(0, 1),
      ...(edns && { edns: this.#edns(edns.dnssecOk) }),
    }
    this.#log.refused('dns.refused', describe(answer), io)
    return encodeMessage(answer)
  }
}

/**
 * Makes an answer this asker's: its id, its RD and CD bits, RA where recursion was asked (stub resolvers
 * take this server for their resolver, and it knows every name there is), and the case of its question
 * (which names that point there then share).
 */
function stamp(answer: Uint8Array, packet: Uint8Array, nameEnd: number): void {
  const desired = packet[2]! & RD_BIT
  answer[0] = packet[0]!
  answer[1] = packet[1]!
  answer[2] = (answer[2]! & ~RD_BIT) | desired
  answer[3] = (answer[3]! & 0x0f) | (desired === 0 ? 0 : RA_BIT) | (packet[3]! & CD_BIT)
  for (let at = HEADER_BYTES; at < nameEnd; at += 1) answer[at] = packet[at]!
}

/** Without the additional records if that does, else only the question with TC set (RFC 2181 §9). */
function shortened(answer: CachedAnswer, roomBytes: number): Uint8Array {
  const { bytes, essentialEnd, optEnd, optStart, questionEnd } = answer
  if (essentialEnd <= roomBytes && essentialEnd === optEnd) {
    const short = new Uint8Array(bytes.subarray(0, essentialEnd))
    short[10] = 0
    short[11] = optEnd > optStart ? 1 : 0
    return short
  }
  const short = new Uint8Array(questionEnd + optEnd - optStart)
  short.set(bytes.subarray(0, questionEnd))
  short.set(bytes.subarray(optStart, optEnd), questionEnd)
  short.fill(0, 6, HEADER_BYTES)
  short[2] = short[2]! | TC_BIT
  short[11] = optEnd > optStart ? 1 : 0
  return short
}

/** A header alone, for a query whose question cannot be read. */
function bareRefusal(packet: Uint8Array, rcode: number): Uint8Array {
  const answer = new Uint8Array(HEADER_BYTES)
  answer[0] = packet[0]!
  answer[1] = packet[1]!
  answer[2] = 0x80 | (packet[2]! & 0x79)
  answer[3] = ((packet[2]! & RD_BIT) === 0 ? 0 : RA_BIT) | rcode
  return answer
}
