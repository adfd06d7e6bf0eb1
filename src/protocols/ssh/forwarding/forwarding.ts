// Forwarding of one connection (RFC 4254 §7): streams that the client has opened from here, and ports that it listens on
// here. All of them are flows of this host, under the world's firewall and in its record.

import type { Duplex } from 'node:stream'
import {
  formatAddress,
  isFailure,
  type Address,
  type CloseReason,
  type Failure,
  type FurtherPort,
  type StreamIo,
  type StreamMachine,
} from '../../../core/index.ts'
import type { ChannelStream } from '../channels/channel-stream.ts'
import type { ChannelTable, OpenFailure, Reserved } from '../channels/channel-table.ts'
import { LISTENERS_MAX } from '../limits.ts'
import type { KeyOptions } from '../login/key-options.ts'
import { textFits } from '../login/peer-patterns.ts'
import { OPEN_FAILURE } from '../messages.ts'
import type { ChannelOpen } from '../transport/library.ts'
import type { Link } from '../transport/link.ts'
import { join } from './join.ts'
import { findTarget, type TargetWorld } from './targets.ts'

const PORT_MAX = 65_535

export interface ForwardingOwner {
  readonly link: Link
  readonly table: ChannelTable
  readonly world: TargetWorld
  readonly options: KeyOptions
  /** Tells of it. */
  tell(way: 'to' | 'from' | 'listen', address: string, failure?: string): void
}

/** To the answer of a global request; `undefined`: no. */
export type Listening = (port: number | undefined) => void

export class Forwarding {
  readonly #owner: ForwardingOwner
  /** By what the client asked for. */
  readonly #listeners = new Map<string, FurtherPort>()
  #asked = 0

  constructor(owner: ForwardingOwner) {
    this.#owner = owner
  }

  /** Opens a stream for the client: `direct-tcpip` (RFC 4254 §7.2). */
  open(open: ChannelOpen): void {
    const { destIP: name = '', destPort: port = 0 } = open.data
    const { table, world, link, options } = this.#owner
    const reserved = table.reserve('forward')
    if (reserved === undefined) return table.refuse(undefined, open, OPEN_FAILURE.resourceShortage, 'too many streams')
    if (port > PORT_MAX) return this.#refuse(reserved, open, 'EINVAL')
    if (!permits(options.permitOpen, name, port)) return this.#refuse(reserved, open, 'EACCES')
    findTarget(world, name, link.io.local.ip, (result) => {
      if (link.isOver) return
      if (isFailure(result)) return this.#refuse(reserved, open, result.code)
      this.#dial(
        reserved,
        open,
        result.map((ip) => ({ ip, port })),
      )
    })
  }

  /** Listens for the client: `tcpip-forward` (RFC 4254 §7.1). Port 0: any. */
  listen(bind: string, port: number, then: Listening): void {
    const { link, options } = this.#owner
    const isFree = this.#asked < LISTENERS_MAX && !this.#listeners.has(keyOf(bind, port))
    if (port > PORT_MAX || !isFree || !permits(options.permitListen, bind, port)) return then(undefined)
    this.#asked++
    const accept = (io: StreamIo): StreamMachine => new Arrival(io, (stream) => this.#arrived(bind, port, io, stream))
    link.io.listen({ transport: 'tcp', port, accept }, (result) => this.#bound(bind, port, result, then))
  }

  cancel(bind: string, port: number): boolean {
    const listener = this.#listeners.get(keyOf(bind, port))
    listener?.close()
    if (listener !== undefined) this.#asked--
    return this.#listeners.delete(keyOf(bind, port))
  }

  /** One address after another, until one takes it. */
  #dial(reserved: Reserved, open: ChannelOpen, [to, ...others]: readonly Address[], code = 'EHOSTUNREACH'): void {
    if (to === undefined) return this.#refuse(reserved, open, code)
    const { link, table } = this.#owner
    link.io.connect(
      to,
      (io) =>
        new Call(io, (result) => {
          if (link.isOver) return isFailureOrStream(result)
          if ('kind' in result) return this.#dial(reserved, open, others, result.code)
          this.#owner.tell('to', targetOf(open))
          join(table.confirm(reserved, open), result)
        }),
    )
  }

  #refuse(reserved: Reserved, open: ChannelOpen, code: string): void {
    this.#owner.tell('to', targetOf(open), code)
    const [reason, text]: [OpenFailure, string] =
      code === 'EACCES' ? [OPEN_FAILURE.administrativelyProhibited, 'open failed'] : [OPEN_FAILURE.connectFailed, code]
    this.#owner.table.refuse(reserved, open, reason, text)
  }

  #bound(bind: string, port: number, result: FurtherPort | Failure, then: Listening): void {
    if (isFailure(result)) {
      this.#asked--
      this.#owner.tell('listen', `${bind}:${port}`, result.code)
      return then(undefined)
    }
    const chosen = result.local.port
    this.#listeners.set(keyOf(bind, port === 0 ? chosen : port), result)
    this.#owner.tell('listen', `${bind}:${chosen}`)
    then(chosen)
  }

  /** The client is asked to take it (RFC 4254 §7.2); until it does, nothing is read. */
  #arrived(bind: string, port: number, io: StreamIo, stream: Duplex): void {
    const origin = {
      boundAddr: bind,
      boundPort: port === 0 ? io.local.port : port,
      remoteAddr: io.peer.ip,
      remotePort: io.peer.port,
    }
    const { tell, table } = this.#owner
    tell('from', formatAddress(io.peer))
    const opened = (channel: ChannelStream): void => (stream.destroyed ? void channel.destroy() : join(channel, stream))
    table.openForwarded(origin, opened, () => stream.destroy(new Error('not taken by the client')))
  }
}

/** A stream on its way to a target; handed over once it stands. */
class Call implements StreamMachine {
  readonly #io: StreamIo
  readonly #then: (result: Duplex | Failure) => void
  #told = false

  constructor(io: StreamIo, then: (result: Duplex | Failure) => void) {
    this.#io = io
    this.#then = then
  }

  opened(): void {
    this.#told = true
    this.#io.adopt((stream) => this.#then(stream))
  }

  received(): boolean {
    return false
  }

  closed({ detail = 'ECONNREFUSED' }: CloseReason): void {
    if (!this.#told) this.#then({ kind: 'failure', code: detail, message: detail })
  }
}

/** A stream that has come to a port of the client's, handed over at once. */
class Arrival implements StreamMachine {
  readonly #io: StreamIo
  readonly #then: (stream: Duplex) => void

  constructor(io: StreamIo, then: (stream: Duplex) => void) {
    this.#io = io
    this.#then = then
  }

  opened(): void {
    this.#io.adopt((stream) => {
      stream.on('error', () => undefined)
      this.#then(stream)
    })
  }

  received(): boolean {
    return false
  }
}

function isFailureOrStream(result: Duplex | Failure): void {
  if (!('kind' in result)) result.destroy()
}

function keyOf(bind: string, port: number): string {
  return `${bind}:${port}`
}

function targetOf({ data }: ChannelOpen): string {
  return `${data.destIP ?? ''}:${data.destPort ?? 0}`
}

/** `patterns`: `HOST:PORT`, either of which may be `*`, or a port alone; left out: everything. */
function permits(patterns: readonly string[] | undefined, host: string, port: number): boolean {
  if (patterns === undefined) return true
  return patterns.some((pattern) => {
    const [, name = '*', number = ''] = /^(?:\[?([^\]]*)\]?:)?(\d+|\*)$/.exec(pattern) ?? []
    return number !== '' && textFits(name, host) && (number === '*' || Number(number) === port)
  })
}
