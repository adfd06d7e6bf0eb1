// How a session gets its data connections: a port that it opens for its client alone (PASV, EPSV), or an address that its
// client named (PORT, EPRT). One at a time, and for one transfer.

import { isFailure, type Address, type FurtherPort, type StreamIo, type StreamListen } from '../../../core/index.ts'
import { failure, type CloseReason, type Failure } from '../../../core/index.ts'
import type { DataAddress } from '../messages.ts'
import type { PortRange } from './context.ts'
import { DataStream, type DataWatcher } from './data-stream.ts'

/** Ports of the range that are tried before there is none. Ours: with half of them taken, one in four thousand million fails. */
const PORTS_TRIED_MAX = 32

type Taker = (stream: DataStream | Failure) => void

type Way =
  | { readonly kind: 'none' }
  | { readonly kind: 'passive'; readonly port: FurtherPort }
  | { readonly kind: 'active'; readonly to: DataAddress; readonly because: string }

export class DataDoor implements DataWatcher {
  readonly #io: StreamIo
  readonly #range: PortRange
  #way: Way = { kind: 'none' }
  /** What stands, or is being dialed, and no transfer has taken. */
  #stream: DataStream | undefined
  #stands = false
  #taker: Taker | undefined

  /** `io`: the control connection's. */
  constructor(io: StreamIo, range: PortRange) {
    this.#io = io
    this.#range = range
  }

  /** Whether a transfer may begin. */
  get isReady(): boolean {
    return this.#way.kind !== 'none'
  }

  /** Opens a port of the range for the peer alone; `then` comes as a call of the control connection. */
  listen(command: string, then: (local: Address | Failure) => void): void {
    this.close()
    this.#tryPort(`${command} in a conversation with ftp`, PORTS_TRIED_MAX, then)
  }

  /** The next transfer goes there. */
  dial(to: DataAddress, command: string): void {
    this.close()
    this.#way = { kind: 'active', to, because: `${command} in a conversation with ftp` }
  }

  /** The data connection, once it stands; it may stand already. */
  take(taker: Taker): void {
    this.#taker = taker
    if (this.#way.kind === 'active') this.#connect(this.#way.to, this.#way.because)
    else if (this.#stands) this.#give()
  }

  /** Takes back what was agreed on, and breaks off what nobody took. */
  close(): void {
    this.#closePort()
    this.#way = { kind: 'none' }
    this.#taker = undefined
    this.#stream?.drop('not wanted any more')
    this.#stream = undefined
    this.#stands = false
  }

  /** Called in a turn of the data connection. That is over first, so that all that a short transfer says is sent as one. */
  stood(stream: DataStream): void {
    this.#io.ask(Promise.resolve(), () => {
      if (stream !== this.#stream) return stream.drop('not wanted any more')
      this.#stands = true
      if (this.#taker !== undefined) this.#give()
      else this.#closePort()
    })
  }

  lost(stream: DataStream, reason: CloseReason): void {
    this.#io.ask(undefined, () => {
      if (stream !== this.#stream) return
      const taker = this.#taker
      this.close()
      taker?.(failure('ECONNREFUSED', reason.detail ?? reason.kind))
    })
  }

  #tryPort(because: string, tries: number, then: (local: Address | Failure) => void): void {
    const listen: StreamListen = {
      transport: 'tcp',
      port: this.#somePort(),
      agreed: { peer: this.#io.peer.ip, because },
      accept: (io) => this.#accept(io),
    }
    this.#io.listen(listen, (result) => {
      if (!isFailure(result)) {
        this.#way = { kind: 'passive', port: result }
        return then(result.local)
      }
      if (result.code === 'EADDRINUSE' && tries > 1) return this.#tryPort(because, tries - 1, then)
      then(result)
    })
  }

  #somePort(): number {
    const { from, to } = this.#range
    const [high = 0, low = 0] = this.#io.random(2)
    return from + ((high * 256 + low) % (to - from + 1))
  }

  /** One stream is what was agreed on: the first; others find nothing. Called in a turn of the data connection. */
  #accept(io: StreamIo): DataStream {
    const stream = new DataStream(io, this)
    const isWanted = this.#way.kind === 'passive' && this.#stream === undefined && io.peer.ip === this.#io.peer.ip
    if (!isWanted) io.reset('not agreed on')
    else this.#stream = stream
    return stream
  }

  #connect(to: DataAddress, agreed: string): void {
    const way = this.#way
    const options = { fromPort: this.#io.local.port - 1, agreed }
    const dialed = (io: StreamIo): DataStream => {
      const stream = new DataStream(io, this)
      if (this.#way === way) this.#stream = stream
      return stream
    }
    this.#io.connect(to, dialed, options)
  }

  /** The client is answered first, and then its port closed, before anybody else is let in. */
  #give(): void {
    const [stream, taker, way] = [this.#stream, this.#taker, this.#way]
    this.#stream = undefined
    this.#way = { kind: 'none' }
    this.close()
    if (stream !== undefined) taker?.(stream)
    if (way.kind === 'passive') this.#io.ask(Promise.resolve(), () => way.port.close())
  }

  #closePort(): void {
    if (this.#way.kind === 'passive') this.#way.port.close()
  }
}
