// From a packet to the packet that answers it: the fast way over the cache, the slow way for whatever is
// not a plain query. The same for UDP and TCP; server.ts brings packets here.

import type { Address } from '../../core/address.ts'
import type { Io } from '../../core/io.ts'
import { decodeMessage, encodeMessage } from '../../shared/dns/codec/message.ts'
import { OPTION, findOption } from '../../shared/dns/edns/options.ts'
import { describe } from '../../shared/dns/describe.ts'
import {
  HEADER_BYTES,
  MESSAGE_MAX_BYTES,
  OPCODE,
  RCODE,
  TYPE,
  UDP_PLAIN_MAX_BYTES,
  isMalformed,
  query,
  type Message,
} from '../../shared/dns/messages.ts'
import { AnswerCache } from '../../shared/dns/serving/answer-cache.ts'
import { finishAnswer, stamp } from '../../shared/dns/serving/answer-finish.ts'
import type { QueryLog } from '../../shared/dns/serving/query-log.ts'
import { QueryScan, WANTS } from '../../shared/dns/serving/query-scan.ts'
import { isDeskMatter, refusalTo, type Desk } from './desk.ts'
import type { Door } from './door.ts'
import type { AnswerMaker, ServedAnswer } from './answer-maker.ts'
import type { AskerTerms } from './asker-terms.ts'

export class Responder {
  readonly #maker: AnswerMaker
  readonly #terms: AskerTerms
  readonly #log: QueryLog
  readonly #desk: Desk
  readonly #udpSizeMaxBytes: number
  readonly #scan = new QueryScan()
  readonly #cache = new AnswerCache<ServedAnswer>()

  constructor(maker: AnswerMaker, terms: AskerTerms, log: QueryLog, desk: Desk, udpSizeMaxBytes: number) {
    this.#maker = maker
    this.#terms = terms
    this.#log = log
    this.#desk = desk
    this.#udpSizeMaxBytes = udpSizeMaxBytes
  }

  /** Zones, keys or the clock have changed: nothing that was said before is said again. */
  forget(): void {
    this.#cache.clear()
  }

  /**
   * The answer to `packet`, valid until the next call. Undefined for what gets none (no whole header, an answer itself, so
   * that two servers never talk in circles, one too many) or gets it by the door's `replyTo`.
   */
  answer(packet: Uint8Array, peer: Address, door: Door): Uint8Array | undefined {
    const scan = this.#scan
    if (!scan.read(packet)) return this.#unusual(packet, peer, door)
    const answer = this.#cache.find(packet, scan, door.io.now) ?? this.#make(packet, door.io)
    if (answer === undefined) return this.#unusual(packet, peer, door)
    this.#log.answered(answer, door.io)
    const udp = door.transport === 'udp'
    const room = udp ? Math.min(scan.udpSizeBytes, this.#udpSizeMaxBytes, door.roomBytes) : door.roomBytes
    if ((udp && this.#terms.watchful) || scan.cookieBytes > 0 || (scan.wants & ~WANTS.padding) !== 0) {
      return this.#onTerms(answer, packet, peer, door, room)
    }
    const { bytes } = answer
    if (bytes.length > room) return finishAnswer(answer, packet, scan, room, false)
    stamp(bytes, packet, scan.nameEnd, false)
    return bytes
  }

  /** What the desk has to tell, a bounded number each second. */
  tell(now: number, emit: () => void): void {
    this.#desk.tell(now, emit)
  }

  /** The answer to a packet that `answer` has answered, with signatures that have expired. */
  expired(packet: Uint8Array, io: Io): Uint8Array | undefined {
    const scan = this.#scan
    if (!scan.read(packet)) return undefined
    const answer = this.#maker.make(packet, scan, io, 'past')
    return finishAnswer(answer, packet, scan, MESSAGE_MAX_BYTES, false)
  }

  #make(packet: Uint8Array, io: Io): ServedAnswer | undefined {
    const scan = this.#scan
    if (scan.type === TYPE.AXFR || scan.type === TYPE.IXFR) return undefined
    const answer = this.#maker.make(packet, scan, io, 'now')
    this.#cache.add(answer)
    return answer
  }

  #onTerms(answer: ServedAnswer, packet: Uint8Array, peer: Address, door: Door, room: number): Uint8Array | undefined {
    const scan = this.#scan
    const terms = this.#terms.of(answer, packet, scan, peer, door)
    if (terms.kind === 'drop') return undefined
    if (terms.kind === 'send') return finishAnswer(answer, packet, scan, room, false, terms.options)
    const bare = this.#maker.bare(packet, scan, terms.rcode)
    const short = finishAnswer(bare, packet, scan, room, false, terms.options)
    if (terms.kind === 'cut') short[2] = short[2]! | TC_BIT
    return short
  }

  #unusual(packet: Uint8Array, peer: Address, door: Door): Uint8Array | undefined {
    if (packet.length < HEADER_BYTES) {
      this.#log.refused('dns.malformed', `${packet.length} bytes, shorter than a header`, door.io)
      return undefined
    }
    if (packet[2]! >= 0x80) return undefined
    const message = decodeMessage(packet)
    if (!isMalformed(message)) return this.#understood(packet, message, peer, door)
    const opcode = (packet[2]! >> 3) & 15
    this.#log.refused('dns.malformed', `a query that means nothing: ${message.reason}`, door.io)
    return bareRefusal(packet, opcode === OPCODE.QUERY ? RCODE.FORMERR : RCODE.NOTIMP)
  }

  #understood(packet: Uint8Array, message: Message, peer: Address, door: Door): Uint8Array | undefined {
    const question = message.questions[0]
    const { edns } = message
    if (edns !== undefined && edns.version !== 0) return this.refuse(message, RCODE.BADVERS, door.io)
    if (isDeskMatter(message)) return this.#toDesk(packet, message, peer, door)
    if (message.opcode !== OPCODE.QUERY) return this.refuse(message, RCODE.NOTIMP, door.io)
    const cookie = question === undefined ? findOption(edns?.options ?? [], OPTION.COOKIE) : undefined
    if (cookie !== undefined) return this.#cookie(message, cookie.data, peer, door)
    if (question === undefined || message.questions.length > 1) return this.refuse(message, RCODE.FORMERR, door.io)
    const { recursionDesired, checkingDisabled } = message
    const plain = query(message.id, question, { recursionDesired, checkingDisabled, ...(edns && { edns }) })
    return this.answer(encodeMessage(plain), peer, door)
  }

  /** RFC 7873 §5.4: no question, but for a cookie. */
  #cookie(message: Message, data: Uint8Array, peer: Address, door: Door): Uint8Array {
    const { kind, options } = this.#terms.cookieFor(data, peer, door)
    if (kind === 'malformed') return this.refuse(message, RCODE.FORMERR, door.io)
    const edns = { udpSizeBytes: this.#udpSizeMaxBytes, version: 0, dnssecOk: false, options }
    return encodeMessage({ ...refusalTo(message, RCODE.NOERROR), edns })
  }

  #toDesk(packet: Uint8Array, message: Message, peer: Address, door: Door): undefined {
    const room =
      door.transport === 'tcp'
        ? MESSAGE_MAX_BYTES
        : Math.min(Math.max(message.edns?.udpSizeBytes ?? 0, UDP_PLAIN_MAX_BYTES), this.#udpSizeMaxBytes)
    this.#desk.take({ packet, message }, door.replyTo(peer, room))
  }

  /** The echo of what was asked, with a code (RFC 1035 §4.1.1, RFC 9619 §4, RFC 6891 §6.1.3). */
  refuse(message: Message, rcode: number, io: Io): Uint8Array {
    const { edns } = message
    const own = { udpSizeBytes: this.#udpSizeMaxBytes, version: 0, options: [] }
    const answer = { ...refusalTo(message, rcode), ...(edns && { edns: { ...own, dnssecOk: edns.dnssecOk } }) }
    this.#log.refused('dns.refused', describe(answer), io)
    return encodeMessage(answer)
  }
}

const TC_BIT = 0x02

/** A header alone, for a query whose question cannot be read. */
function bareRefusal(packet: Uint8Array, rcode: number): Uint8Array {
  const answer = new Uint8Array(HEADER_BYTES)
  answer[0] = packet[0]!
  answer[1] = packet[1]!
  answer[2] = 0x80 | (packet[2]! & 0x79)
  answer[3] = rcode
  return answer
}
