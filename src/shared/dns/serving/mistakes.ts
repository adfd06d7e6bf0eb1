// The failure lab: what a DNS server does wrong on purpose with one answer. From a good answer to a wrong one, and when and how
// it leaves. Nothing here is on the way of an answer while nothing is ordered (`DnsLab.busy`).

import type { Address } from '../../../core/address.ts'
import { unreachable } from '../../../core/failure.ts'
import type { Io } from '../../../core/io.ts'
import type { Name } from '../../../core/name.ts'
import type { DnsLab, DnsMistake, RootView } from '../../../core/zones.ts'
import { parseIp } from '../codec/ip.ts'
import { decodeMessage, encodeMessage } from '../codec/message.ts'
import { foldName, nameBytes } from '../codec/name.ts'
import {
  CLASS,
  HEADER_BYTES,
  LABEL_MAX_BYTES,
  TYPE,
  isMalformed,
  type Message,
  type Question,
  type ResourceRecord,
} from '../messages.ts'

/** Answers that wait at a time, of one socket or stream; a further one is lost. Ours. */
const DELAYED_MAX = 1024
/** Timers of delayed answers; others of the same `Io` must not begin so. */
const TIMER_PREFIX = 'lab:'
/** How long ago the signatures of an answer end that is to be expired. */
const EXPIRED_SECONDS = 86_400
const RRSIG_TYPE = 46
/** Of RRSIG data: where its expiration stands (RFC 4034 §3.1). */
const RRSIG_EXPIRATION = 8
/** Seconds of a record that is none of the server's business. */
const POISON_TTL_SECONDS = 3600

/** How an answer leaves. The message is the exit's from then on. */
export interface Exit {
  readonly transport: 'udp' | 'tcp'
  readonly peer: Address
  send(message: Uint8Array): void
  /** Over a stream: the first half of the message behind its whole length, then the end. */
  half(message: Uint8Array): void
  /** The same answer with signatures that have expired; undefined where that cannot be had: their times are then changed in place. */
  expired?(): Uint8Array | undefined
}

/** Sends the answers of one server on one socket or stream, wrong where the lab says so. */
export class Mistakes {
  readonly #io: Io
  readonly #lab: DnsLab
  readonly #host: Name
  readonly #root: RootView
  readonly #delayed = new Map<string, () => void>()
  #count = 0

  /** `host` is the server's name, as orders name it. */
  constructor(io: Io, lab: DnsLab, host: Name, root: RootView) {
    this.#io = io
    this.#lab = lab
    this.#host = host
    this.#root = root
  }

  /** Asked before anything else, so that a server whose lab is idle sends as if there were none. */
  get busy(): boolean {
    return this.#lab.busy
  }

  /** `answer` is read before this returns. Its question decides whether something is to be done to it. */
  leave(answer: Uint8Array, exit: Exit): void {
    const message = decodeMessage(answer)
    const question = isMalformed(message) ? undefined : message.questions[0]
    const mistake = question && this.#taken(question, exit.peer)
    if (mistake === undefined || isMalformed(message)) return exit.send(new Uint8Array(answer))
    this.#err(mistake, message, new Uint8Array(answer), exit)
  }

  /** Whether the timer was one of these. */
  woke(timer: string): boolean {
    if (!timer.startsWith(TIMER_PREFIX)) return false
    const send = this.#delayed.get(timer)
    this.#delayed.delete(timer)
    send?.()
    return true
  }

  #taken({ name, type }: Question, peer: Address): DnsMistake | undefined {
    return this.#lab.take({ host: this.#host, name: foldName(name), type, peer: peer.ip })
  }

  #err(mistake: DnsMistake, message: Message, answer: Uint8Array, exit: Exit): void {
    switch (mistake.kind) {
      case 'silence':
        return
      case 'delay':
        return this.#delay(mistake.ms, () => exit.send(answer))
      case 'half':
        return exit.transport === 'tcp' ? exit.half(answer) : exit.send(encodeMessage(truncated(message)))
      case 'truncate':
        return exit.send(exit.transport === 'tcp' ? answer : encodeMessage(truncated(message)))
      case 'expired-signature':
        return exit.send(exit.expired?.() ?? encodeMessage(expired(message, this.#io.wallMs)))
      default:
        return exit.send(encodeMessage(mistaken(mistake, message, this.#root)))
    }
  }

  #delay(ms: number, send: () => void): void {
    if (this.#delayed.size >= DELAYED_MAX) return
    const timer = `${TIMER_PREFIX}${(this.#count += 1)}`
    this.#delayed.set(timer, send)
    this.#io.wakeAt(timer, this.#io.now + ms)
  }
}

type Rewritten = Exclude<DnsMistake, { kind: 'silence' | 'delay' | 'half' | 'truncate' | 'expired-signature' }>

/** The answer with something wrong in it. */
function mistaken(mistake: Rewritten, message: Message, root: RootView): Message {
  switch (mistake.kind) {
    case 'rcode':
      return { ...emptied(message), authoritative: false, rcode: mistake.rcode }
    case 'wrong-id':
      return { ...message, id: message.id ^ 0xffff }
    case 'wrong-question':
      return { ...message, questions: message.questions.map(wrongQuestion) }
    case 'lame':
      return { ...emptied(message), authoritative: false, rcode: 0, ...upward(root) }
    case 'poison':
      return { ...message, additionals: [...message.additionals, ...addressRecords(mistake.name, [mistake.ip])] }
    default:
      return unreachable(mistake)
  }
}

function emptied(message: Message): Message {
  return { ...message, answers: [], authorities: [], additionals: [] }
}

function truncated(message: Message): Message {
  return { ...emptied(message), truncated: true }
}

/** Another name of the same kind: its last letter changed, or a label where there was none. */
function wrongQuestion(question: Question): Question {
  const { name } = question
  const wrong = name === '' ? 'wrong' : name.startsWith('x') ? `y${name.slice(1)}` : `x${name.slice(1)}`
  return { ...question, name: name.startsWith('\\') ? `wrong-${LABEL_MAX_BYTES}` : wrong }
}

/** A referral to the root (RFC 9499 §7 "lame delegation"). */
function upward({ servers }: RootView): Pick<Message, 'authorities' | 'additionals'> {
  const record = { name: '', type: TYPE.NS, class: CLASS.IN, ttlSeconds: POISON_TTL_SECONDS }
  return {
    authorities: servers.map(({ name }) => ({ ...record, data: nameBytes(name) })),
    additionals: servers.flatMap(({ name, addresses }) => addressRecords(name, addresses)),
  }
}

function addressRecords(name: Name, ips: readonly string[]): ResourceRecord[] {
  return ips.flatMap((ip) => {
    const data = parseIp(ip)
    if (data === undefined) return []
    const type = data.length === 4 ? TYPE.A : TYPE.AAAA
    return [{ name, type, class: CLASS.IN, ttlSeconds: POISON_TTL_SECONDS, data }]
  })
}

/** Signatures whose time is over; they no longer fit what they sign either. */
function expired(message: Message, wallMs: number): Message {
  const until = Math.floor(wallMs / 1000) - EXPIRED_SECONDS
  const all = (records: readonly ResourceRecord[]): ResourceRecord[] => records.map((record) => ended(record, until))
  return { ...message, answers: all(message.answers), authorities: all(message.authorities) }
}

function ended(record: ResourceRecord, until: number): ResourceRecord {
  if (record.type !== RRSIG_TYPE || record.data.length < RRSIG_EXPIRATION + 8) return record
  const data = new Uint8Array(record.data)
  const view = new DataView(data.buffer)
  view.setUint32(RRSIG_EXPIRATION, until >>> 0)
  view.setUint32(RRSIG_EXPIRATION + 4, (until - EXPIRED_SECONDS) >>> 0)
  return { ...record, data }
}

/** Bytes of half a message over a stream: its whole length in front of its first half, and of that as much as a header at least. */
export function halfOf(message: Uint8Array): Uint8Array {
  const half = message.subarray(0, Math.max(HEADER_BYTES, message.length >> 1))
  return Uint8Array.from([message.length >> 8, message.length & 255, ...half])
}
