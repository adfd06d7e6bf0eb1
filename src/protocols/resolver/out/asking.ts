// One question to one server: what is asked, what was heard of it, and whether a message is its answer (RFC 5452 §9).

import type { Address } from '../../../core/address.ts'
import type { Deadline } from '../../../core/timer-heap.ts'
import { encodeMessage } from '../../../shared/dns/codec/message.ts'
import { foldName } from '../../../shared/dns/codec/name.ts'
import { OPCODE, RCODE, query, type DomainName, type Message, type Question } from '../../../shared/dns/messages.ts'
import { UDP_ASKED_BYTES } from '../limits.ts'
import type { Timekeeper } from '../timekeeper.ts'

export interface Asking {
  readonly server: Address
  readonly question: Question
  /** `tls`: DNS over TLS (RFC 7858), and the server must have a certificate for `tlsName`. */
  readonly over: 'udp' | 'tcp' | 'tls'
  readonly tlsName?: string
  readonly waitMs: number
  readonly edns: boolean
  /** Letters of the name in random case, which the answer must echo. */
  readonly mixCase: boolean
  /** The server is a resolver: RD is set, and CD, since what it says is validated here. */
  readonly forwards: boolean
}

export type Heard =
  | { readonly kind: 'message'; readonly message: Message; readonly rttMs: number }
  | { readonly kind: 'silence'; readonly waitedMs: number }
  /** No stream, or one that ended before the answer. */
  | { readonly kind: 'closed'; readonly why: string }
  /** The answer is right but for the case of its question. */
  | { readonly kind: 'caseless' }
  /** Too many packets that are no answer came from there. */
  | { readonly kind: 'strays' }
  | { readonly kind: 'busy' }

export interface Waiting {
  readonly asking: Asking
  readonly question: Question
  readonly sentMs: number
  deadline: Deadline | undefined
  strays: number
  readonly done: (heard: Heard) => void
}

export function questionFor(asking: Asking, chance: Timekeeper): Question {
  const { question } = asking
  return asking.mixCase ? { ...question, name: mixed(question.name, chance) } : question
}

/** Each letter in random case (draft-vixie-dnsext-dns0x20). Escapes (`\DDD`) hold none; what follows a backslash stays. */
function mixed(name: DomainName, chance: Timekeeper): DomainName {
  if (name.includes('\\')) return name
  let text = ''
  let bits = 1
  for (const char of name) {
    if (bits === 1) bits = 256 | chance.octet()
    text += (bits & 1) === 1 ? char.toUpperCase() : char
    bits >>= 1
  }
  return text
}

export function packetFor(id: number, question: Question, asking: Asking): Uint8Array {
  const edns = { udpSizeBytes: UDP_ASKED_BYTES, version: 0, dnssecOk: true, options: [] }
  const flags = { recursionDesired: asking.forwards, checkingDisabled: asking.forwards }
  return encodeMessage(query(id, question, { ...flags, ...(asking.edns && { edns }) }))
}

/** An error may leave the question out. */
export function answers(message: Message, question: Question): 'yes' | 'caseless' | 'no' {
  if (!message.response || message.opcode !== OPCODE.QUERY || message.questions.length > 1) return 'no'
  const [echoed] = message.questions
  if (echoed === undefined) {
    return message.rcode !== RCODE.NOERROR && message.rcode !== RCODE.NXDOMAIN ? 'yes' : 'no'
  }
  if (echoed.type !== question.type || echoed.class !== question.class) return 'no'
  if (echoed.name === question.name) return 'yes'
  return foldName(echoed.name) === foldName(question.name) ? 'caseless' : 'no'
}
