// One question for the time (SNTP, RFC 5905 §14): what a server's clock is ahead of the one that is asked with. Disciplines
// nothing and keeps nothing.

import { familyOf, formatAddress, type Address } from '../../../core/address.ts'
import { failure, isFailure, type Failure } from '../../../core/failure.ts'
import type { DatagramIo, DatagramMachine, FurtherPort, Io } from '../../../core/io.ts'
import { decodeHeader, encodeHeader } from '../codec/packet.ts'
import { NTP_PORT, type Header } from '../messages.ts'
import { Exchange, REQUEST_RANDOM_BYTES } from './exchange.ts'
import { unprotected, type Protection } from './protection.ts'

export interface QueryOptions {
  /** The time at a time of the world, by the clock that is compared. Default: the world's. */
  readonly timeMs?: (wallMs: number) => number
  /** Default: none. */
  readonly protection?: Protection
  /** Questions before it is given up, each waited for twice as long as the one before, from a second on. Default: 3. */
  readonly tries?: number
}

export interface TimeAnswer {
  /** By how much the server is ahead. */
  readonly offsetMs: number
  readonly delayMs: number
  /** What the server says of itself. */
  readonly header: Header
}

const TRIES = 3
/** Ours; RFC 4330 §10 asks for no less. */
const FIRST_WAIT_MS = 1000
const TIMER = 'query'

/**
 * Asks `server` from a port of its own. `then` is called exactly once. Failures: `ETIMEOUT` no answer, `EKISS` it refuses with a
 * kiss code, `EUNSYNCHRONISED` it has no time to give, and those of opening a port.
 */
export function queryTime(
  io: Io,
  server: Address,
  options: QueryOptions,
  then: (result: TimeAnswer | Failure) => void,
): void {
  let port: FurtherPort | undefined
  let isDone = false
  const done = (result: TimeAnswer | Failure): void => {
    if (isDone) return
    isDone = true
    then(result)
    io.ask(undefined, () => port?.close())
  }
  const open = (io: DatagramIo): Query => new Query(io, server, options, done)
  io.listen({ transport: 'udp', port: 0, family: familyOf(server.ip), stamped: true, open }, (bound) => {
    if (isFailure(bound)) return done(bound)
    port = bound
    if (isDone) bound.close()
  })
}

/** `192.0.2.1` as the address of its time server. */
export function timeServerAt(ip: string): Address {
  return { ip, port: NTP_PORT }
}

class Query implements DatagramMachine {
  readonly #io: DatagramIo
  readonly #server: Address
  readonly #protection: Protection
  readonly #timeMs: (wallMs: number) => number
  readonly #done: (result: TimeAnswer | Failure) => void
  readonly #exchange = new Exchange()
  #triesLeft: number
  #waitMs = FIRST_WAIT_MS

  constructor(io: DatagramIo, server: Address, options: QueryOptions, done: (result: TimeAnswer | Failure) => void) {
    this.#io = io
    this.#server = server
    this.#protection = options.protection ?? unprotected
    this.#timeMs = options.timeMs ?? ((wallMs) => wallMs)
    this.#triesLeft = options.tries ?? TRIES
    this.#done = done
    this.#try()
  }

  woke(): void {
    this.#try()
  }

  received(packet: Uint8Array, from: Address): void {
    if (from.ip !== this.#server.ip || from.port !== this.#server.port) return
    const header = decodeHeader(packet)
    if (header === undefined || this.#exchange.refusal(header) !== undefined) return
    if (this.#protection.prove(packet) !== 'proven') return
    const answer = this.#exchange.take(header, this.#timeMs(this.#io.arrivedMs))
    const at = formatAddress(this.#server)
    switch (answer.kind) {
      case 'measured':
        return this.#settle({ offsetMs: answer.offsetMs, delayMs: answer.delayMs, header })
      case 'kiss':
        return this.#settle(failure('EKISS', `${at} refuses: ${answer.code}`))
      case 'unfit':
        return this.#settle(failure('EUNSYNCHRONISED', `${at}: ${answer.why}`))
      case 'bogus':
    }
  }

  stopped(): void {
    this.#settle(failure('ESTOPPED', 'the query was stopped'))
  }

  #try(): void {
    if (this.#triesLeft === 0) return this.#settle(failure('ETIMEOUT', `no time from ${formatAddress(this.#server)}`))
    this.#triesLeft -= 1
    const header = this.#exchange.request(this.#io.random(REQUEST_RANDOM_BYTES), 0, false)
    const packet = this.#protection.protect(encodeHeader(header))
    const departed = (wallMs: number) => this.#exchange.departed(header.transmit, this.#timeMs(wallMs))
    this.#io.wakeAt(TIMER, this.#io.now + this.#waitMs)
    this.#waitMs *= 2
    if (packet !== undefined)
      this.#io.sendStamped(packet, this.#server, { leaving: (_packet, wallMs) => departed(wallMs), left: departed })
  }

  #settle(result: TimeAnswer | Failure): void {
    this.#io.cancel(TIMER)
    this.#done(result)
  }
}
