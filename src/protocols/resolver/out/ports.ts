// The ports from which questions leave: a few at a time, each for a while only, so that neither the port nor the id of a
// question can be foreseen (RFC 5452 §9.2).

import { type Address } from '../../../core/address.ts'
import { isFailure } from '../../../core/failure.ts'
import type { DatagramIo, DatagramMachine, FurtherPort, Io } from '../../../core/io.ts'
import { decodeMessage } from '../../../shared/dns/codec/message.ts'
import { isMalformed } from '../../../shared/dns/messages.ts'
import { DATAGRAMS_OUT_MAX, PORTS_MAX, PORT_MAX_MS, PORT_USES_MAX, STRAYS_MAX } from '../limits.ts'
import type { Timekeeper } from '../timekeeper.ts'
import { answers, packetFor, questionFor, type Asking, type Heard, type Waiting } from './asking.ts'

export class Ports {
  readonly #io: Io
  readonly #time: Timekeeper
  readonly #family: 4 | 6
  readonly #ports: Port[] = []
  #opening = 0
  /** Questions that wait for the first port. */
  #early: (() => void)[] = []
  #out = 0

  constructor(io: Io, time: Timekeeper, family: 4 | 6) {
    this.#io = io
    this.#time = time
    this.#family = family
  }

  ask(asking: Asking, done: (heard: Heard) => void): void {
    if (this.#out >= DATAGRAMS_OUT_MAX) return done({ kind: 'busy' })
    this.#out += 1
    const settled = (heard: Heard) => {
      this.#out -= 1
      done(heard)
    }
    if (this.#ports.length + this.#opening < PORTS_MAX) this.#open()
    this.#send(asking, settled)
  }

  stop(): void {
    for (const port of this.#ports.splice(0)) port.stop()
  }

  #send(asking: Asking, done: (heard: Heard) => void): void {
    const port = this.#ports[this.#time.octet() % this.#ports.length]
    if (port === undefined && this.#opening > 0) return void this.#early.push(() => this.#send(asking, done))
    if (port === undefined) return done({ kind: 'closed', why: 'no port to ask from' })
    port.ask(asking, done)
    if (port.uses >= PORT_USES_MAX) this.#retire(port)
  }

  #open(): void {
    this.#opening += 1
    let port: Port | undefined
    const open = (io: DatagramIo): Port => (port = new Port(io, this.#time))
    this.#io.listen({ transport: 'udp', port: 0, family: this.#family, open }, (bound) => {
      this.#opening -= 1
      if (!isFailure(bound) && port !== undefined) this.#opened(port, bound)
      for (const send of this.#early.splice(0)) send()
    })
  }

  #opened(port: Port, further: FurtherPort): void {
    port.further = further
    this.#ports.push(port)
    this.#time.after(PORT_MAX_MS, () => this.#retire(port))
  }

  #retire(port: Port): void {
    const at = this.#ports.indexOf(port)
    if (at === -1) return
    this.#ports.splice(at, 1)
    port.retire()
  }
}

class Port implements DatagramMachine {
  readonly #io: DatagramIo
  readonly #time: Timekeeper
  readonly #waiting = new Map<number, Waiting>()
  further: FurtherPort | undefined
  uses = 0
  #retired = false

  constructor(io: DatagramIo, time: Timekeeper) {
    this.#io = io
    this.#time = time
  }

  ask(asking: Asking, done: (heard: Heard) => void): void {
    this.uses += 1
    const id = this.#freshId()
    const question = questionFor(asking, this.#time)
    const waiting: Waiting = { asking, question, sentMs: this.#time.nowMs, deadline: undefined, strays: 0, done }
    this.#waiting.set(id, waiting)
    waiting.deadline = this.#time.after(asking.waitMs, () =>
      this.#settle(id, { kind: 'silence', waitedMs: asking.waitMs }),
    )
    this.#io.send(packetFor(id, question, asking), asking.server)
  }

  received(packet: Uint8Array, from: Address): void {
    const id = ((packet[0] ?? 0) << 8) | (packet[1] ?? 0)
    const waiting = this.#waiting.get(id)
    if (waiting === undefined || !isFrom(waiting, from)) return this.#stray(from)
    const message = decodeMessage(packet)
    const verdict = isMalformed(message) ? 'no' : answers(message, waiting.question)
    if (isMalformed(message) || verdict === 'no') return this.#stray(from)
    if (verdict === 'caseless') return this.#settle(id, { kind: 'caseless' })
    this.#settle(id, { kind: 'message', message, rttMs: this.#time.nowMs - waiting.sentMs })
  }

  /** No more questions; closes once those that are out are settled. */
  retire(): void {
    this.#retired = true
    if (this.#waiting.size === 0) this.further?.close()
  }

  stop(): void {
    for (const { deadline } of this.#waiting.values()) this.#time.cancel(deadline)
    this.#waiting.clear()
    this.further?.close()
  }

  #freshId(): number {
    for (;;) {
      const id = this.#time.pair()
      if (!this.#waiting.has(id)) return id
    }
  }

  /** Somebody guesses, or the server is broken: after a few, the questions that it was asked go over streams. */
  #stray(from: Address): void {
    for (const [id, waiting] of this.#waiting) {
      if (!isFrom(waiting, from)) continue
      waiting.strays += 1
      if (waiting.strays >= STRAYS_MAX) this.#settle(id, { kind: 'strays' })
    }
  }

  #settle(id: number, heard: Heard): void {
    const waiting = this.#waiting.get(id)
    if (waiting === undefined) return
    this.#waiting.delete(id)
    this.#time.cancel(waiting.deadline)
    if (this.#retired && this.#waiting.size === 0) this.further?.close()
    waiting.done(heard)
  }
}

function isFrom({ asking: { server } }: Waiting, from: Address): boolean {
  return server.ip === from.ip && server.port === from.port
}
