// The one way out: a question to a server, by datagram or stream. What to do without an answer is iterate/'s matter.

import { familyOf } from '../../../core/address.ts'
import type { Io } from '../../../core/io.ts'
import type { Timekeeper } from '../timekeeper.ts'
import type { Asking, Heard } from './asking.ts'
import { Ports } from './ports.ts'
import { Streams } from './streams.ts'

export class Outlet {
  readonly #ports: Readonly<Record<4 | 6, Ports>>
  readonly #streams: Streams

  constructor(io: Io, time: Timekeeper) {
    this.#ports = { 4: new Ports(io, time, 4), 6: new Ports(io, time, 6) }
    this.#streams = new Streams(io, time)
  }

  /** `done` is called once, later or at once. */
  ask(asking: Asking, done: (heard: Heard) => void): void {
    if (asking.over === 'udp') this.#ports[familyOf(asking.server.ip)].ask(asking, done)
    else this.#streams.ask(asking, done)
  }

  stop(): void {
    this.#ports[4].stop()
    this.#ports[6].stop()
    this.#streams.stop()
  }
}
