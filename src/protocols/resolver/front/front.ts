// From a packet to its answer: the fast way over encoded answers, the slow way through the recursor. The same for all
// transports; udp.ts, stream.ts and https/ bring packets here.

import { decodeMessage, encodeMessage } from '../../../shared/dns/codec/message.ts'
import { readName } from '../../../shared/dns/codec/name.ts'
import { describe } from '../../../shared/dns/describe.ts'
import {
  CLASS,
  HEADER_BYTES,
  MESSAGE_MAX_BYTES,
  OPCODE,
  RCODE,
  isMalformed,
  query,
  type Message,
  type Question,
} from '../../../shared/dns/messages.ts'
import { OPTION, findOption } from '../../../shared/dns/edns/options.ts'
import { AnswerCache } from '../../../shared/dns/serving/answer-cache.ts'
import { finishAnswer } from '../../../shared/dns/serving/answer-finish.ts'
import type { QueryLog } from '../../../shared/dns/serving/query-log.ts'
import { QueryScan } from '../../../shared/dns/serving/query-scan.ts'
import type { Io } from '../../../core/io.ts'
import { Reader } from '../../../wire/reader.ts'
import { WAITING_MAX, WAITING_PER_CLIENT } from '../limits.ts'
import { localLink } from '../local.ts'
import { outcomeOf, type Outcome } from '../outcome.ts'
import type { Recursor } from '../recursor.ts'
import { REFUSED_TYPES, errorOption, type AnswerMaker } from './answer-maker.ts'
import type { Asker, AskerOptions } from './asker.ts'
import { age, desiresRecursion, disablesChecking, isGood, isInternet, markSecure, type ServedAnswer } from './served.ts'

const NO_QUESTION: Question = { name: '', type: 0, class: CLASS.IN }
/** RFC 8914 §4: Not Authoritative, and Prohibited. */
const NOT_AUTHORITATIVE = 20
const PROHIBITED = 18

export interface FrontParts {
  /** The service's. */
  readonly io: Io
  readonly recursor: Recursor
  readonly maker: AnswerMaker
  readonly options: AskerOptions
  readonly log: QueryLog
  readonly udpSizeMaxBytes: number
  /** For encoded answers. */
  readonly cacheBytes: number
}

export class Front {
  readonly #parts: FrontParts
  readonly #scan = new QueryScan()
  readonly #cache: AnswerCache<ServedAnswer>
  /** Questions under way, by client and of all. */
  readonly #waiting = new Map<string, number>()
  #waitingInAll = 0

  constructor(parts: FrontParts) {
    this.#parts = parts
    this.#cache = new AnswerCache(parts.cacheBytes)
  }

  /** Forgets all answers: the clock was set. */
  clear(): void {
    this.#cache.clear()
  }

  /** The answer, if it is known already; valid until the next call. Makes no object for a plain question. */
  known(packet: Uint8Array, asker: Pick<Asker, 'transport' | 'ip' | 'voice'>): Uint8Array | undefined {
    const scan = this.#scan
    if (!scan.read(packet)) return undefined
    const answer = this.#cache.find(packet, scan, 0)
    if (answer === undefined) return undefined
    const { wallMs } = this.#parts.io
    if (!isGood(answer, wallMs) || !isInternet(packet, scan.questionEnd)) return undefined
    if (wallMs >= answer.refreshMs && desiresRecursion(packet)) this.#refresh(answer, packet)
    age(answer, wallMs)
    this.#parts.log.answered(answer, asker.voice)
    return this.#finish(answer, packet, scan, asker)
  }

  /** The answer comes by `asker.reply`, now or later, or not at all. `packet` stays as it is until then. */
  ask(packet: Uint8Array, asker: Asker): void {
    const known = this.known(packet, asker)
    if (known !== undefined) return asker.reply(known)
    if (!this.#scan.read(packet)) return this.#unusual(packet, asker)
    const question = questionIn(packet)
    const refused = question.class === CLASS.IN ? REFUSED_TYPES.get(question.type) : RCODE.REFUSED
    if (refused !== undefined) return this.#refuseQuery(packet, question, refused, asker)
    const local = localLink(question, this.#parts.io.wallMs)
    if (local !== undefined) return this.#settle(packet, question, outcomeOf([local], false), asker)
    if (!desiresRecursion(packet)) return this.#fromCache(packet, question, asker)
    this.#recurse(packet, question, asker)
  }

  /** Who wants no recursion gets what is there (RFC 1034 §4.3.1). */
  #fromCache(packet: Uint8Array, question: Question, asker: Asker): void {
    const outcome = this.#parts.recursor.known(question)
    if (outcome !== undefined) return this.#settle(packet, question, outcome, asker)
    this.#refuseQuery(
      packet,
      question,
      RCODE.REFUSED,
      asker,
      errorOption(NOT_AUTHORITATIVE, 'nothing is known of it here'),
    )
  }

  #recurse(packet: Uint8Array, question: Question, asker: Asker): void {
    const { ip } = asker
    const { recursor } = this.#parts
    const waiting = this.#waiting.get(ip) ?? 0
    if (waiting >= WAITING_PER_CLIENT || this.#waitingInAll >= WAITING_MAX) {
      const error = errorOption(
        PROHIBITED,
        `${waiting} questions of yours and ${this.#waitingInAll} in all are under way`,
      )
      return this.#refuseQuery(packet, question, RCODE.SERVFAIL, asker, error)
    }
    this.#waiting.set(ip, waiting + 1)
    this.#waitingInAll += 1
    recursor.resolve(question, { checkingDisabled: disablesChecking(packet) }, (outcome) => {
      this.#waitingInAll -= 1
      const left = (this.#waiting.get(ip) ?? 1) - 1
      if (left === 0) this.#waiting.delete(ip)
      else this.#waiting.set(ip, left)
      this.#settle(packet, question, outcome, asker)
    })
  }

  #settle(packet: Uint8Array, question: Question, outcome: Outcome, asker: Asker): void {
    const scan = this.#scan
    scan.read(packet)
    const answer = this.#make(question, scan, outcome, disablesChecking(packet))
    this.#parts.log.answered(answer, asker.voice)
    asker.reply(this.#finish(answer, packet, scan, asker))
  }

  #make(question: Question, scan: QueryScan, outcome: Outcome, unchecked: boolean): ServedAnswer {
    const { io, maker } = this.#parts
    const answer = maker.make(question, scan, outcome, io.wallMs)
    const kept = !unchecked && isGood(answer, io.wallMs)
    if (kept) this.#cache.add(answer)
    return answer
  }

  /** Once for each answer: it is asked for still, and will be too old soon. */
  #refresh(answer: ServedAnswer, packet: Uint8Array): void {
    const { variant, hash } = this.#scan
    const question = questionIn(packet)
    answer.refreshMs = Infinity
    this.#parts.recursor.resolve(question, { checkingDisabled: false, refresh: true }, (outcome) => {
      if (outcome.rcode === RCODE.SERVFAIL) return
      const fresh = this.#parts.maker.make(question, { variant, hash }, outcome, this.#parts.io.wallMs)
      fresh.told = answer.told
      if (isGood(fresh, this.#parts.io.wallMs)) this.#cache.add(fresh)
    })
  }

  #finish(
    answer: ServedAnswer,
    packet: Uint8Array,
    scan: QueryScan,
    asker: Pick<Asker, 'transport' | 'ip'>,
  ): Uint8Array {
    const { io, options, udpSizeMaxBytes } = this.#parts
    const room = asker.transport === 'udp' ? Math.min(scan.udpSizeBytes, udpSizeMaxBytes) : MESSAGE_MAX_BYTES
    markSecure(answer, packet, scan.variant === 3)
    if (!options.wanted(scan, asker.transport)) return finishAnswer(answer, packet, scan, room, true)
    const added = options.of(packet, scan, asker, answer.bytes.length, io)
    if (added === 'malformed') return encodeMessage(refusal(query(0, questionIn(packet)), packet, RCODE.FORMERR))
    return finishAnswer(answer, packet, scan, room, true, added)
  }

  #unusual(packet: Uint8Array, asker: Asker): void {
    const { log } = this.#parts
    if (packet.length < HEADER_BYTES) {
      return log.refused('dns.malformed', `${packet.length} bytes, shorter than a header`, asker.voice)
    }
    if (packet[2]! >= 0x80) return
    const message = decodeMessage(packet)
    if (!isMalformed(message)) return this.#understood(packet, message, asker)
    const opcode = (packet[2]! >> 3) & 15
    log.refused('dns.malformed', `a query that means nothing: ${message.reason}`, asker.voice)
    asker.reply(bareRefusal(packet, opcode === OPCODE.QUERY ? RCODE.FORMERR : RCODE.NOTIMP))
  }

  #understood(packet: Uint8Array, message: Message, asker: Asker): void {
    const [question] = message.questions
    if (message.opcode !== OPCODE.QUERY) return this.#refuse(message, packet, RCODE.NOTIMP, asker)
    if (question === undefined && message.edns?.version === 0) return this.#withoutQuestion(message, packet, asker)
    if (question === undefined || message.questions.length > 1)
      return this.#refuse(message, packet, RCODE.FORMERR, asker)
    if (message.edns !== undefined && message.edns.version !== 0)
      return this.#refuse(message, packet, RCODE.BADVERS, asker)
    const { recursionDesired, checkingDisabled, authenticData, edns } = message
    const flags = { recursionDesired, checkingDisabled, authenticData }
    const plain = encodeMessage(query(message.id, question, { ...flags, ...(edns && { edns }) }))
    if (this.#scan.read(plain)) this.ask(plain, asker)
    else this.#refuse(message, packet, RCODE.FORMERR, asker)
  }

  /** RFC 7873 §5.4: who has only a cookie to ask for. */
  #withoutQuestion(message: Message, packet: Uint8Array, asker: Asker): void {
    const { io, options, udpSizeMaxBytes } = this.#parts
    const asked = message.edns && findOption(message.edns.options, OPTION.COOKIE)
    const given = asked && options.cookie(asked.data, 0, asked.data.length, asker.ip, io)
    if (given?.kind !== 'fresh' && given?.kind !== 'good') return this.#refuse(message, packet, RCODE.FORMERR, asker)
    const edns = { udpSizeBytes: udpSizeMaxBytes, version: 0, dnssecOk: false, options: given.options }
    asker.reply(encodeMessage(refusal({ ...message, edns }, packet, RCODE.NOERROR)))
  }

  #refuseQuery(
    packet: Uint8Array,
    question: Question,
    rcode: number,
    asker: Asker,
    ...options: ReturnType<typeof errorOption>[]
  ): void {
    const hasEdns = this.#scan.read(packet) && this.#scan.variant !== 0
    const edns = { udpSizeBytes: this.#parts.udpSizeMaxBytes, version: 0, dnssecOk: this.#scan.variant === 3, options }
    this.#refuse(query(0, question, hasEdns ? { edns } : {}), packet, rcode, asker)
  }

  #refuse(message: Message, packet: Uint8Array, rcode: number, asker: Asker): void {
    const edns = message.edns && { ...message.edns, version: 0, udpSizeBytes: this.#parts.udpSizeMaxBytes }
    const answer = refusal({ ...message, ...(edns && { edns }) }, packet, rcode)
    this.#parts.log.refused('dns.refused', describe(answer), asker.voice)
    asker.reply(encodeMessage(answer))
  }
}

function questionIn(packet: Uint8Array): Question {
  const reader = new Reader(packet, HEADER_BYTES)
  return { name: readName(reader), type: reader.u16(), class: reader.u16() }
}

/** The echo of what was asked, with a code (RFC 1035 §4.1.1, RFC 9619 §4, RFC 6891 §6.1.3). */
function refusal(message: Message, packet: Uint8Array, rcode: number): Message {
  const { questions, edns } = message
  return {
    ...query((packet[0]! << 8) | packet[1]!, NO_QUESTION),
    opcode: (packet[2]! >> 3) & 15,
    response: true,
    recursionDesired: desiresRecursion(packet),
    checkingDisabled: disablesChecking(packet),
    recursionAvailable: true,
    rcode,
    questions: questions.slice(0, 1),
    ...(edns && { edns }),
  }
}

/** A header alone, for a query whose question cannot be read. */
function bareRefusal(packet: Uint8Array, rcode: number): Uint8Array {
  const answer = new Uint8Array(HEADER_BYTES)
  answer[0] = packet[0]!
  answer[1] = packet[1]!
  answer[2] = 0x80 | (packet[2]! & 0x79)
  answer[3] = 0x80 | rcode
  return answer
}
