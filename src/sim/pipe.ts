// Two wires joined in memory. Each end hands on what the other wrote in pieces of a given size, and TLS
// is acted out: hellos are exchanged, an identity is looked up, the bytes stay as they are.

import type { Duplex } from 'node:stream'
import { failure, isFailure, type Failure } from '../core/failure.ts'
import type { CloseReason, TlsInfo } from '../core/io.ts'
import type { Identity } from '../core/plane.ts'
import type { Secure, Wire, WireEvents } from '../core/stream-wire.ts'
import { WireDuplex } from '../core/wire-duplex.ts'
import { ipBytes } from '../wire/ip.ts'
import { actedBinding, actedExporter } from './acted-binding.ts'
import { actSessions } from './acted-session.ts'

interface Outcomes {
  readonly client: TlsInfo | Failure
  readonly server: TlsInfo | Failure
}

type Item = Uint8Array | 'end' | { readonly hello: Secure } | { readonly outcome: TlsInfo | Failure }

export interface PipeOptions {
  /** Bytes in one piece at most. */
  readonly chunkMaxBytes: () => number
  readonly soon: (run: () => void) => void
  readonly random: (size: number) => Uint8Array
}

/** The identity that an end has for a name when it is the server of a handshake. */
export type IdentityFor = (serverName: string | undefined) => Identity | undefined

/** First bytes of a TLS record with a ClientHello (RFC 8446 §5.1), for a server that expects plain text. */
const STRAY_HELLO = Uint8Array.of(22, 3, 1, 0, 4, 1, 0, 0, 0)
const UNHEARD: WireEvents = { received() {}, drained() {}, ended() {}, closed() {} }

/** The near end, and the far one. */
export function pipe(options: PipeOptions, near: IdentityFor, far: IdentityFor): [SimWire, SimWire] {
  const left = new SimWire(options, near)
  const right = new SimWire(options, far)
  left.other = right
  right.other = left
  return [left, right]
}

export class SimWire implements Wire {
  events: WireEvents = UNHEARD
  other!: SimWire
  bytesReceived = 0
  bytesSent = 0
  readonly #options: PipeOptions
  readonly #identity: IdentityFor
  #arriving: Item[] = []
  #arrivingBytes = 0
  #scheduled = false
  #paused = true
  #tell = false
  #endSent = false
  #endSeen = false
  #over = false
  /** A handshake that began where plain text was expected. */
  #stray: Secure | undefined
  #securing: { readonly secure: Secure; readonly settle: (result: TlsInfo | Failure) => void } | undefined

  constructor(options: PipeOptions, identity: IdentityFor) {
    this.#options = options
    this.#identity = identity
  }

  get backlog(): number {
    return this.other.#arrivingBytes
  }

  write(bytes: Uint8Array, tell: boolean): void {
    if (this.#over || this.#endSent) return
    this.bytesSent += bytes.length
    this.#tell ||= tell
    this.other.#arrive(bytes)
  }

  pause(): void {
    this.#paused = true
  }

  resume(): void {
    this.#paused = false
    this.#schedule()
  }

  end(): void {
    if (this.#over || this.#endSent) return
    this.#endSent = true
    this.other.#arrive('end')
    this.#closeWhenDone()
  }

  reset(): void {
    if (this.#over) return
    this.#over = true
    this.#forget()
    this.#options.soon(() => this.other.#closeWith({ kind: 'reset', detail: 'ECONNRESET' }))
  }

  /** Answers a connect with a refusal. */
  refuse(): void {
    this.#over = true
    this.#options.soon(() => this.other.#closeWith({ kind: 'failed', detail: 'ECONNREFUSED' }))
  }

  secure(secure: Secure, then: (result: TlsInfo | Failure) => void): void {
    this.resume()
    this.#securing = { secure, settle: then }
    if (secure.side === 'server') return this.#useStray(secure)
    this.other.#arrive({ hello: secure })
  }

  adopt(unread: Uint8Array, abandoned: () => void): Duplex {
    return new WireDuplex(this, unread, abandoned)
  }

  #arrive(item: Item): void {
    if (this.#over) return
    this.#arriving.push(item)
    if (item instanceof Uint8Array) this.#arrivingBytes += item.length
    this.#schedule()
  }

  #schedule(): void {
    if (this.#scheduled || this.#over || this.#arriving.length === 0) return
    this.#scheduled = true
    this.#options.soon(() => {
      this.#scheduled = false
      this.#deliver()
    })
  }

  #deliver(): void {
    if (this.#paused || this.#over) return
    const item = this.#arriving[0]
    if (item === undefined) return
    if (item instanceof Uint8Array) this.#deliverBytes(item)
    else {
      this.#arriving.shift()
      if (item === 'end') this.#deliverEnd()
      else if ('hello' in item) this.#deliverHello(item.hello)
      else this.#settle(item.outcome)
    }
    this.#schedule()
  }

  #deliverBytes(bytes: Uint8Array): void {
    const piece = bytes.subarray(0, this.#options.chunkMaxBytes())
    if (piece.length === bytes.length) this.#arriving.shift()
    else this.#arriving[0] = bytes.subarray(piece.length)
    this.#arrivingBytes -= piece.length
    this.bytesReceived += piece.length
    if (this.#securing === undefined) this.events.received(piece)
    else this.#fail(failure('ERR_SSL_WRONG_VERSION_NUMBER', 'plain bytes where a TLS record should be'))
    if (this.#arrivingBytes === 0) this.other.#tellDrained()
  }

  #tellDrained(): void {
    if (!this.#tell || this.#over) return
    this.#tell = false
    this.#options.soon(() => {
      if (!this.#over && this.backlog === 0) this.events.drained()
    })
  }

  #deliverEnd(): void {
    this.#endSeen = true
    if (this.#securing !== undefined) return this.#fail(failure('ECONNRESET', 'closed during the TLS handshake'))
    this.events.ended()
    this.#closeWhenDone()
  }

  #deliverHello(hello: Secure): void {
    if (this.#securing?.secure.side !== 'server') {
      this.#stray = hello
      return this.events.received(STRAY_HELLO)
    }
    const { client, server } = this.#negotiate(hello, this.#securing.secure)
    this.other.#arrive({ outcome: client })
    this.#settle(server)
  }

  /** A handshake that is handed back what was read of it goes on from there. */
  #useStray({ unread }: Secure): void {
    const hello = this.#stray
    this.#stray = undefined
    if (hello === undefined || unread === undefined || unread.length === 0) return
    this.#options.soon(() => this.#deliverHello(hello))
  }

  #negotiate(hello: Secure, own: Secure): Outcomes {
    const serverName = hello.serverName === undefined || isIp(hello.serverName) ? undefined : hello.serverName
    const identity = this.#identity(serverName)
    if (identity === undefined) return both(failure('unrecognized_name', `no identity for ${serverName}`))
    const alpn = own.alpn.find((protocol) => hello.alpn.includes(protocol))
    if (alpn === undefined && own.alpn.length > 0 && hello.alpn.length > 0) {
      return both(failure('no_application_protocol', `none of ${hello.alpn.join(', ')}`))
    }
    const channelBinding = actedBinding(identity, this.#options.random)
    const { resumed, given, own: kept } = actSessions(hello, own, identity)
    const info = {
      version: 'TLSv1.3',
      cipher: 'SIMULATED',
      channelBinding,
      exportKey: actedExporter(this.#options.random),
      resumed,
      ...(serverName === undefined ? {} : { serverName }),
      ...(alpn === undefined ? {} : { alpn }),
    }
    return { client: { ...info, session: given }, server: kept === undefined ? info : { ...info, session: kept } }
  }

  #fail(result: Failure): void {
    this.other.#arrive({ outcome: result })
    this.#settle(result)
  }

  #settle(result: TlsInfo | Failure): void {
    const securing = this.#securing
    this.#securing = undefined
    if (isFailure(result)) this.#forget()
    securing?.settle(result)
  }

  #forget(): void {
    this.#arriving = []
    this.#arrivingBytes = 0
  }

  #closeWhenDone(): void {
    if (!this.#endSent || !this.#endSeen) return
    this.#options.soon(() => {
      if (this.#over) return
      if (this.backlog > 0) return this.#closeWhenDone()
      this.#closeWith({ kind: 'ended' })
    })
  }

  #closeWith(reason: CloseReason): void {
    if (this.#over) return
    this.#over = true
    this.#forget()
    this.events.closed(reason)
  }
}

function both(result: Failure): Outcomes {
  return { client: result, server: result }
}

/** Addresses are no server names (RFC 6066 §3). */
function isIp(text: string): boolean {
  return ipBytes(text) !== undefined
}
