// A service whose code is loaded when its first peer comes: its ports stand at once, and who comes first waits for the rest.

import type { Inbox } from '../wire/inbox.ts'
import type { Address } from './address.ts'
import type {
  CloseReason,
  DatagramIo,
  DatagramListen,
  DatagramMachine,
  Listen,
  StreamIo,
  StreamListen,
  StreamMachine,
} from './io.ts'
import type { Running, ServedPort } from './service.ts'

/** `ports`: what `Service.ports` says, in the order of the `listens` of what `load` gives. `load` is called once, or never. */
export function startLate(ports: readonly ServedPort[], load: () => Promise<Running>): Running {
  const late = new Late(load)
  return {
    listens: ports.map((port, at) => lateListen(late, port, at)),
    load: async () => void (await late.whole()),
    woke: (timer) => late.running?.woke?.(timer),
    stop: () => late.stop(),
  }
}

class Late {
  running: Running | undefined
  readonly #load: () => Promise<Running>
  #loading: Promise<Running> | undefined
  #stopped = false

  constructor(load: () => Promise<Running>) {
    this.#load = load
  }

  whole(): Promise<Running> {
    this.#loading ??= this.#load().then((running) => {
      this.running = running
      if (this.#stopped) running.stop?.()
      return running
    })
    return this.#loading
  }

  stop(): void {
    this.#stopped = true
    this.running?.stop?.()
  }
}

function lateListen(late: Late, port: ServedPort, at: number): Listen {
  if (port.transport === 'udp') return { ...port, transport: 'udp', open: (io) => new LateDatagrams(io, late, at) }
  const accept = (io: StreamIo): StreamMachine =>
    late.running === undefined ? new LateStream(io, late, at) : streamListen(late.running, at).accept(io)
  return { ...port, transport: 'tcp', accept }
}

/** Stands in for the machine of a stream that came too early. What a machine may leave out is there once that one has it. */
class LateStream implements StreamMachine {
  drained?: () => void
  ended?: (inbox: Inbox) => void
  readonly #io: StreamIo
  readonly #late: Late
  readonly #at: number
  #machine: StreamMachine | undefined

  constructor(io: StreamIo, late: Late, at: number) {
    this.#io = io
    this.#late = late
    this.#at = at
  }

  opened(): void {
    this.#io.ask(this.#late.whole(), (running) => {
      const machine = streamListen(running, this.#at).accept(this.#io)
      this.#machine = machine
      if (machine.drained !== undefined) this.drained = () => machine.drained?.()
      if (machine.ended !== undefined) this.ended = (inbox) => machine.ended?.(inbox)
      machine.opened?.()
    })
  }

  received(inbox: Inbox): boolean {
    return this.#machine?.received(inbox) ?? false
  }

  woke(timer: string): void {
    this.#machine?.woke?.(timer)
  }

  closed(reason: CloseReason): void {
    this.#machine?.closed?.(reason)
  }
}

class LateDatagrams implements DatagramMachine {
  readonly #io: DatagramIo
  readonly #late: Late
  readonly #at: number
  #machine: DatagramMachine | undefined

  constructor(io: DatagramIo, late: Late, at: number) {
    this.#io = io
    this.#late = late
    this.#at = at
  }

  received(packet: Uint8Array, from: Address): void {
    const { running } = this.#late
    if (this.#machine === undefined && running !== undefined) this.#open(running)
    if (this.#machine !== undefined) this.#machine.received(packet, from)
    else this.#io.holdFor(this.#late.whole(), (loaded) => this.#open(loaded))
  }

  woke(timer: string): void {
    this.#machine?.woke?.(timer)
  }

  stopped(): void {
    this.#machine?.stopped?.()
  }

  #open(running: Running): void {
    this.#machine ??= datagramListen(running, this.#at).open(this.#io)
  }
}

function streamListen({ listens }: Running, at: number): StreamListen {
  const listen = listens[at]
  if (listen?.transport !== 'tcp') throw new Error('a service opens other ports than it said')
  return listen
}

function datagramListen({ listens }: Running, at: number): DatagramListen {
  const listen = listens[at]
  if (listen?.transport !== 'udp') throw new Error('a service opens other ports than it said')
  return listen
}
