// What is asked of a name server besides questions for records: transfers, notices, updates, and whatever is signed with a
// transaction key. The server hands such messages to a desk, raw bytes and all; this file says how, and refuses where no
// part of the desk takes them.

import type { Address } from '../../core/address.ts'
import { EventBudget } from '../../core/event-budget.ts'
import type { Event } from '../../core/event.ts'
import type { Io } from '../../core/io.ts'
import type { Name } from '../../core/name.ts'
import type { WorldView } from '../../core/world-view.ts'
import { CLASS, OPCODE, RCODE, TYPE, query, type Message, type Question } from '../../shared/dns/messages.ts'

const LOG_TIMER = 'desk-log'
const NO_QUESTION: Question = { name: '', type: 0, class: CLASS.IN }

export interface DeskRequest {
  /** As it came: what a transaction signature is over. Valid during the call only. */
  readonly packet: Uint8Array
  readonly message: Message
}

/** The way back to one peer. It can be kept: what is sent after the peer has gone is lost. */
export interface DeskReply {
  readonly transport: 'udp' | 'tcp'
  readonly peer: Address
  /** The peer's own: `ask` makes its further input wait (over TCP). Timers belong to the server: set none. */
  readonly io: Io
  /** Whether the peer is known to have gone: nothing that is sent arrives. */
  readonly isGone: boolean
  /** The longest message that the peer takes. */
  readonly roomBytes: number
  /** Unsent bytes of a stream; 0 over UDP. */
  readonly backlog: number
  /** Tells of this peer: with all others' a bounded number each second, the rest as one event with a count. */
  tell(event: Event): void
  /** Sends a whole message, over TCP behind its length. Any number of them over TCP. */
  send(message: Uint8Array): void
  /** Calls `then` once all that was sent over TCP has left, at once where it has, or the peer has gone. One at a time. */
  whenDrained(then: () => void): void
  /** Keeps the connection though its peer has said all, or says nothing, until what it gives is called. */
  hold(): () => void
  /**
   * What the server answers to an ordinary question (without its TSIG record, say): a message of at most `roomBytes`, to
   * be signed and sent. Undefined: nothing. A copy.
   */
  answerTo(question: Uint8Array, roomBytes: number): Uint8Array | undefined
  /** A refusal with this response code and the question echoed, and the event `dns.refused`. */
  refuse(message: Message, rcode: number): void
}

/** One part of a desk: transfers, updates. */
export interface DeskPart {
  /** False: not its matter. True: it has answered, will answer, or means to be silent. */
  take(request: DeskRequest, reply: DeskReply): boolean
  /** Seconds until a secondary's copy is good no longer (RFC 7314); undefined: not this part's matter. */
  expireSecondsOf?(apex: Name): number | undefined
  /** A timer whose name begins with the part's own is due. */
  woke?(timer: string): void
  stop?(): void
}

/** Made once for each server. `io` is the service's: timers, outbound streams and datagrams are had from it; timers are named `PART:...`. */
export type OpenDeskPart = (io: Io, world: WorldView, standing: ZoneStanding) => DeskPart

/** Copies that are good no longer: the server answers SERVFAIL for them (RFC 1034 §4.3.5). */
export interface ZoneStanding {
  isExpired(apex: Name): boolean
  setExpired(apex: Name, expired: boolean): void
}

/** `changed` is called each time that something expires, or is good again. */
export function zoneStanding(changed: () => void): ZoneStanding {
  const expired = new Set<Name>()
  return {
    isExpired: (apex) => expired.has(apex),
    setExpired(apex, isExpired) {
      if (isExpired) expired.add(apex)
      else expired.delete(apex)
      changed()
    },
  }
}

export interface Desk extends DeskPart {
  /** As `DeskReply.tell`; `now` is `Io.now`. */
  tell(now: number, emit: () => void): void
  expireSecondsOf(apex: Name): number | undefined
  woke(timer: string): void
  stop(): void
}

/** Asks the parts in their order. What no part takes is refused here, a question that is merely signed included. */
export function openDesk(
  io: Io,
  world: WorldView,
  parts: Readonly<Record<string, OpenDeskPart>>,
  standing: ZoneStanding = zoneStanding(() => undefined),
): Desk {
  const budget = new EventBudget(io, LOG_TIMER, (count) => {
    const summary = `${count} more ${count === 1 ? 'message' : 'messages'} that asked for more than records`
    io.emit({ kind: 'dns.queries', summary, detail: { count } })
  })
  const opened = new Map(Object.entries(parts).map(([name, open]) => [name, open(io, world, standing)]))
  return {
    take(request, reply) {
      for (const part of opened.values()) if (part.take(request, reply)) return true
      reply.refuse(request.message, refusalOf(request.message))
      return true
    },
    expireSecondsOf(apex) {
      for (const part of opened.values()) {
        const seconds = part.expireSecondsOf?.(apex)
        if (seconds !== undefined) return seconds
      }
      return undefined
    },
    tell(now, emit) {
      if (budget.takes(now)) emit()
    },
    woke(timer) {
      budget.woke(timer)
      opened.get(timer.slice(0, timer.indexOf(':')))?.woke?.(timer)
    },
    stop() {
      budget.flush()
      for (const part of opened.values()) part.stop?.()
    },
  }
}

/** Whether a message is the desk's matter rather than a plain question. */
export function isDeskMatter(message: Message): boolean {
  if (message.opcode === OPCODE.NOTIFY || message.opcode === OPCODE.UPDATE) return true
  const type = message.questions[0]?.type
  return type === TYPE.AXFR || type === TYPE.IXFR || message.additionals.at(-1)?.type === TYPE.TSIG
}

/** RFC 1035 §4.1.1: what is not spoken here, and what is not given. A key that nobody here knows: RFC 8945 §5.2. */
function refusalOf(message: Message): number {
  if (message.additionals.at(-1)?.type === TYPE.TSIG) return RCODE.NOTAUTH
  return message.opcode === OPCODE.QUERY ? RCODE.REFUSED : RCODE.NOTIMP
}

/** The echo of what was asked, with a code (RFC 1035 §4.1.1, RFC 9619 §4). */
export function refusalTo(message: Message, rcode: number): Message {
  const { id, opcode, questions, recursionDesired, checkingDisabled } = message
  return {
    ...query(id, NO_QUESTION, { opcode, recursionDesired, checkingDisabled, rcode }),
    response: true,
    questions: questions.slice(0, 1),
  }
}
