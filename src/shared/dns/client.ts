// A stub resolver as a machine: asks the servers that it is given over UDP, again and in turn, and over TCP
// when an answer was cut. Follows no referrals and keeps nothing.

import { formatAddress, type Address } from '../../core/address.ts'
import { failure, isFailure, type Failure } from '../../core/failure.ts'
import type { DatagramIo, DatagramMachine, Io, StreamIo, StreamMachine } from '../../core/io.ts'
import type { Inbox } from '../../wire/inbox.ts'
import { decodeMessage, encodeMessage } from './codec/message.ts'
import { foldName, parseName } from './codec/name.ts'
import { describeQuestion } from './describe.ts'
import {
  CLASS,
  RCODE,
  UDP_UNFRAGMENTED_BYTES,
  isMalformed,
  query,
  type Edns,
  type Message,
  type Question,
} from './messages.ts'
import { framed, takeFramed } from './framing.ts'

export interface ResolverOptions {
  /** Asked in this order, one at least. */
  readonly servers: readonly Address[]
  /** How long one server may take for one try. Default: 2000. */
  readonly tryMs?: number
  /** Rounds over all servers. Default: 3. */
  readonly rounds?: number
  /** Ask whether the answer was validated (RFC 6840 §5.7). Default: false. */
  readonly authenticData?: boolean
}

/** The answer, whatever its response code; a failure when no server gave one. */
export type Resolved = (result: Message | Failure) => void

/** As resolvers commonly do (RFC 1536 §1 asks for no less than a second); ours. */
const TRY_MS = 2000
const ROUNDS = 3
/** Questions that are out at a time: a fraction of the 65,536 ids, so that a guess rarely hits one (RFC 5452 §9.2). */
const PENDING_MAX = 1024
const EDNS: Edns = { udpSizeBytes: UDP_UNFRAGMENTED_BYTES, version: 0, dnssecOk: false, options: [] }
/** A server that says so cannot help; another may (RFC 1035 §7.2). */
const UNHELPFUL: ReadonlySet<number> = new Set([RCODE.SERVFAIL, RCODE.NOTIMP, RCODE.REFUSED])

interface Pending {
  readonly question: Question
  readonly packet: Uint8Array
  readonly done: Resolved
  /** Counts from 0 over all servers, `rounds` times. */
  tries: number
  /** Over TCP by now: packets for it are late or forged. */
  streaming: boolean
}

/** Opens a datagram port for a resolver of its own. `then` hears it, or why there is none. */
export function openResolver(io: Io, options: ResolverOptions, then: (result: StubResolver | Failure) => void): void {
  let resolver: StubResolver | undefined
  const open = (io: DatagramIo): StubResolver => (resolver = new StubResolver(io, options))
  io.listen({ transport: 'udp', port: 0, open }, (bound) => {
    if (isFailure(bound)) then(bound)
    else then(resolver ?? failure('ENOTOPEN', 'the port was bound and not opened'))
  })
}

export class StubResolver implements DatagramMachine {
  readonly #io: DatagramIo
  readonly #servers: readonly Address[]
  readonly #tryMs: number
  readonly #triesMax: number
  readonly #authenticData: boolean
  readonly #pending = new Map<number, Pending>()

  constructor(io: DatagramIo, { servers, tryMs = TRY_MS, rounds = ROUNDS, authenticData = false }: ResolverOptions) {
    this.#authenticData = authenticData
    this.#io = io
    this.#servers = servers
    this.#tryMs = tryMs
    this.#triesMax = servers.length * rounds
  }

  /** `then` is called exactly once, later; at once for a name that is none, and when too much is asked already. */
  resolve(name: string, type: number, then: Resolved): void {
    const parsed = parseName(name)
    if (typeof parsed !== 'string') return then(failure('EBADNAME', parsed.reason))
    if (this.#pending.size >= PENDING_MAX) return then(failure('EBUSY', `${PENDING_MAX} questions are out`))
    const question = { name: parsed, type, class: CLASS.IN }
    const id = this.#freshId()
    const packet = encodeMessage(query(id, question, { edns: EDNS, authenticData: this.#authenticData }))
    this.#pending.set(id, { question, packet, done: then, tries: 0, streaming: false })
    this.#try(id)
  }

  received(packet: Uint8Array, from: Address): void {
    const message = decodeMessage(packet)
    if (isMalformed(message)) return
    const pending = this.#pending.get(message.id)
    if (pending === undefined || pending.streaming || !answers(message, pending.question)) return
    const server = this.#serverOf(pending)
    if (server === undefined || server.ip !== from.ip || server.port !== from.port) return
    if (message.truncated) this.#stream(message.id, pending, server)
    else this.#heard(message.id, pending, message)
  }

  woke(timer: string): void {
    const id = Number(timer)
    if (this.#pending.has(id)) this.#next(id)
  }

  stopped(): void {
    for (const id of this.#pending.keys()) this.#settle(id, failure('ESTOPPED', 'the resolver has stopped'))
  }

  #freshId(): number {
    for (;;) {
      const [high = 0, low = 0] = this.#io.random(2)
      const id = (high << 8) | low
      if (!this.#pending.has(id)) return id
    }
  }

  #serverOf(pending: Pending): Address | undefined {
    return this.#servers[pending.tries % this.#servers.length]
  }

  #try(id: number): void {
    const pending = this.#pending.get(id)
    if (pending === undefined) return
    const server = this.#serverOf(pending)
    if (server === undefined || pending.tries >= this.#triesMax) {
      const where = this.#servers.map(formatAddress).join(', ') || 'nowhere'
      return this.#settle(id, failure('ETIMEOUT', `${describeQuestion(pending.question)}: no answer from ${where}`))
    }
    this.#io.wakeAt(String(id), this.#io.now + this.#tryMs)
    this.#io.send(pending.packet, server)
  }

  #next(id: number): void {
    const pending = this.#pending.get(id)
    if (pending === undefined) return
    pending.tries += 1
    pending.streaming = false
    this.#try(id)
  }

  #heard(id: number, pending: Pending, message: Message): void {
    const last = pending.tries + 1 >= this.#triesMax
    if (UNHELPFUL.has(message.rcode) && !last) this.#next(id)
    else this.#settle(id, message)
  }

  #stream(id: number, pending: Pending, server: Address): void {
    pending.streaming = true
    const { tries } = pending
    this.#io.wakeAt(String(id), this.#io.now + this.#tryMs)
    this.#io.connect(server, (io) => {
      return new TcpQuestion(io, pending.packet, pending.question, this.#tryMs, (message) => {
        if (this.#pending.get(id) !== pending || pending.tries !== tries) return
        if (message === undefined) this.#next(id)
        else this.#heard(id, pending, message)
      })
    })
  }

  #settle(id: number, result: Message | Failure): void {
    const pending = this.#pending.get(id)
    this.#pending.delete(id)
    this.#io.cancel(String(id))
    pending?.done(result)
  }
}

/** One question over a connection of its own; undefined: it closed, or said something else, before the answer. */
class TcpQuestion implements StreamMachine {
  readonly #io: StreamIo
  readonly #packet: Uint8Array
  readonly #question: Question
  readonly #idleMs: number
  #then: ((message: Message | undefined) => void) | undefined

  constructor(
    io: StreamIo,
    packet: Uint8Array,
    question: Question,
    idleMs: number,
    then: (message: Message | undefined) => void,
  ) {
    this.#io = io
    this.#packet = packet
    this.#question = question
    this.#idleMs = idleMs
    this.#then = then
  }

  opened(): void {
    this.#io.wakeAt('idle', this.#io.now + this.#idleMs)
    this.#io.send(framed(this.#packet))
  }

  received(inbox: Inbox): boolean {
    const bytes = takeFramed(inbox)
    if (bytes === undefined) return false
    const message = decodeMessage(bytes)
    const asked = ((this.#packet[0] ?? 0) << 8) | (this.#packet[1] ?? 0)
    const good = !isMalformed(message) && message.id === asked && answers(message, this.#question)
    this.#finish(good ? message : undefined)
    this.#io.end()
    return true
  }

  woke(): void {
    this.#io.reset('no answer over TCP')
  }

  closed(): void {
    this.#finish(undefined)
  }

  #finish(message: Message | undefined): void {
    const then = this.#then
    this.#then = undefined
    then?.(message)
  }
}

/** A response to exactly this question (RFC 5452 §9.1). A refusal may leave the question out. */
function answers(message: Message, question: Question): boolean {
  const echoed = message.questions[0]
  if (!message.response || message.questions.length > 1) return false
  if (echoed === undefined) return message.rcode !== RCODE.NOERROR && message.rcode !== RCODE.NXDOMAIN
  const sameName = foldName(echoed.name) === foldName(question.name)
  return sameName && echoed.type === question.type && echoed.class === question.class
}
