// Questions and answers in datagrams (RFC 1035 §4.2.1). An answer that has to be looked for leaves when it is there.

import type { Address } from '../../../core/address.ts'
import type { DatagramIo, DatagramMachine } from '../../../core/io.ts'
import type { WorldView } from '../../../core/world-view.ts'
import { Mistakes } from '../../../shared/dns/serving/mistakes.ts'
import type { Asker } from './asker.ts'
import type { Front } from './front.ts'

/** Filled anew for each packet, so that a known answer costs no object. */
interface Current {
  readonly transport: 'udp'
  ip: string
  readonly voice: DatagramIo
}

export class UdpFront implements DatagramMachine {
  readonly #io: DatagramIo
  readonly #front: Front
  readonly #mistakes: Mistakes
  readonly #current: Current

  constructor(io: DatagramIo, front: Front, { lab, host, root }: Pick<WorldView, 'lab' | 'host' | 'root'>) {
    this.#io = io
    this.#front = front
    this.#mistakes = new Mistakes(io, lab, host.name, root)
    this.#current = { transport: 'udp', ip: '', voice: io }
  }

  received(packet: Uint8Array, from: Address): void {
    this.#current.ip = from.ip
    const known = this.#front.known(packet, this.#current)
    if (known !== undefined) return this.#leave(known, from)
    this.#front.ask(new Uint8Array(packet), this.#asker(from))
  }

  woke(timer: string): void {
    this.#mistakes.woke(timer)
  }

  #asker(from: Address): Asker {
    const io = this.#io
    return {
      transport: 'udp',
      ip: from.ip,
      voice: {
        get now() {
          return io.now
        },
        emit: (event) => io.emit(event, from),
      },
      reply: (bytes) => this.#leave(bytes, from),
    }
  }

  #leave(bytes: Uint8Array, to: Address): void {
    if (!this.#mistakes.busy) return this.#io.send(bytes, to)
    const send = (message: Uint8Array) => this.#io.send(message, to)
    this.#mistakes.leave(bytes, { transport: 'udp', peer: to, send, half: send })
  }
}
