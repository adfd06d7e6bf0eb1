// The contract between protocol machines and the drivers that run them (host/ with sockets, sim/
// in memory). A machine is synchronous: it is handed bytes and times and answers through one
// object. It holds no socket, no clock, no promise and no randomness of its own.

import type { Duplex } from 'node:stream'
import type { Inbox } from '../wire/inbox.ts'
import type { Address } from './address.ts'
import type { Event } from './event.ts'
import type { Failure } from './failure.ts'
import type { EditedFile, OpenFile } from './files.ts'

export interface Io {
  /** Monotonic milliseconds, constant during one call of the machine. */
  readonly now: number
  /** The world's wall clock in whole milliseconds since 1970-01-01T00:00Z, constant during one call. */
  readonly wallMs: number
  /** Calls `woke(timer)` once `now >= atMs`. A timer has one deadline: setting it again moves it. */
  wakeAt(timer: string, atMs: number): void
  /**
   * Calls `woke(timer)` once the world's clock has reached `wallMs`, whatever becomes of it meanwhile: set, stepped, or run at another
   * rate. The same timers as `wakeAt`'s.
   */
  wakeAtWall(timer: string, wallMs: number): void
  cancel(timer: string): void
  /** Opens a stream to `to`. The machine that `dial` returns hears `opened`, or `closed` with the reason why not. */
  connect(to: Address, dial: (io: StreamIo) => StreamMachine, options?: ConnectOptions): void
  /** Opens a further port (an FTP data port, say), on the address that the peer asked for. `bound` hears of it, or why not. */
  listen(listen: Listen, bound: (result: FurtherPort | Failure) => void): void
  /**
   * The one door for promises. While the answer is out, this stream's input waits; `then` runs as
   * a call of the machine. A rejected promise is a broken invariant: it closes this one stream.
   */
  ask<T>(answer: T | Promise<T>, then: (value: T) => void): void
  /** `size` bytes of randomness: the system's in host/, seeded in sim/. */
  random(size: number): Uint8Array
  emit(event: Event): void
}

/** A port that stands beside those of the service, until it is closed or its owner's stream ends. */
export interface FurtherPort {
  /** As the world knows it. */
  readonly local: Address
  /** Takes no more streams, and gives the agreement up; the streams that stand go on, until they or their owner's stream end. */
  close(): void
}

export interface ConnectOptions {
  /** The port that it comes from (20 for FTP's data, RFC 959 §5.2); where that cannot be had, another. Default: any. */
  readonly fromPort?: number
  /** The peer has asked for this stream in the conversation that opens it: the firewall lets it pass for this reason, until it closes. */
  readonly agreed?: string
}

/** Ties a further TLS stream to the one before it: opaque, made by the driver, good for one conversation. */
export interface TlsSession {
  readonly kind: 'tls-session'
}

/** What ties a login to the TLS around it: RFC 9266, and RFC 5929 §4. */
export type ChannelBindingType = 'tls-exporter' | 'tls-server-end-point'

export interface TlsInfo {
  /** `TLSv1.3` and the like. */
  readonly version: string
  readonly cipher: string
  /** The name that the client asked for (RFC 6066 §3), if it did. */
  readonly serverName?: string
  /** The application protocol agreed on (RFC 7301), if one was. */
  readonly alpn?: string
  /**
   * Bytes that both ends of this TLS, and no one between them, have in common. Computed when asked for, while the stream
   * is open; `undefined` where the type is not defined for this TLS. Not there in what is kept of a stream.
   */
  readonly channelBinding?: (type: ChannelBindingType) => Uint8Array | undefined
  /**
   * `length` bytes for a label and a context (RFC 5705, RFC 8446 §7.5) that both ends of this TLS, and no one between them, can
   * compute, while the stream is open; `undefined` before TLS 1.3. Not there in what is kept of a stream.
   */
  readonly exportKey?: (label: string, context: Uint8Array, length: number) => Uint8Array | undefined
  /** Whether an earlier session was taken up again (RFC 8446 §2.2, RFC 5246 §7.3), at the server one of `SecureServer.session`. */
  readonly resumed?: boolean
  /** For further streams; not there in what is kept of a stream. At the server only where `own` was asked for. */
  readonly session?: TlsSession
}

/** Which side of a handshake to take. */
export type SecureOptions = SecureServer | SecureClient

export interface SecureServer {
  readonly side: 'server'
  /**
   * The unread bytes are the start of the handshake itself, and go to it. Only who looked at them and left them in the
   * inbox asks for that (a shared port, where a ClientHello came first).
   */
  readonly unread?: 'handshake'
  /**
   * `own`: gives out sessions that no other stream of this server takes up, but those that are secured with the `session`
   * of the `TlsInfo` that follows. Such a one: takes up its sessions, and no others; a client without one gets a whole
   * handshake, `resumed` is false, and neither what it gives out nor what was given out before is taken up any more. Default: the server's own, good
   * for all its streams.
   */
  readonly session?: 'own' | TlsSession
}

export interface SecureClient {
  readonly side: 'client'
  /**
   * The name, or the address, for which the other side must have a certificate of an authority that the world trusts.
   * A name is told to it (RFC 6066 §3); an address never is.
   */
  readonly serverName: string
  /** Application protocols offered, best first (RFC 7301). Default: none. */
  readonly alpn?: readonly string[]
  /** `false`: any certificate will do; what is sent is hidden from those between, and from nobody else (RFC 7435). Default: true. */
  readonly verify?: boolean
  /** Takes up the session of an earlier stream to the same server, if that gave one out. */
  readonly session?: TlsSession
}

export interface StreamIo extends Io {
  readonly peer: Address
  /** The address and port that the peer asked for. */
  readonly local: Address
  /** Set once the stream is encrypted. */
  readonly tls: TlsInfo | undefined
  /** Bytes handed to `send` that the peer has not yet taken. `drained` follows when it falls to 0. */
  readonly backlog: number
  /** Sends a view: the machine must not write into `bytes` afterwards. */
  send(bytes: Uint8Array): void
  /**
   * Sends bytes of an open file without reading them here, where that can be done: says how many of `length` from `offset`
   * have left, and `drained` follows if any have. 0: read some and `send` them, and try again when they are drained. What
   * was sent before must have left (`backlog` 0).
   */
  sendFile(file: OpenFile, offset: number, length: number): number
  /**
   * Moves what the peer has sent into an open file without reading it here, where that can be done: says how many bytes,
   * up to `length`, stand at `offset` now. Nothing may be unread: they are the next of the stream. 0: go on with what `received` brings.
   */
  receiveFile(file: EditedFile, offset: number, length: number): number
  /**
   * Starts TLS on this stream. Unread plain bytes are dropped first, so that nothing injected before
   * the handshake is taken for its inside. `then` hears the outcome; after a failure the stream closes.
   */
  secure(options: SecureOptions, then: (result: TlsInfo | Failure) => void): void
  /**
   * Hands the whole connection, unread bytes first, to a library that owns its stream. The
   * machine hears nothing more but `closed`.
   */
  adopt(take: (stream: Duplex) => void): void
  /** Sends what is queued, then closes. Further input is discarded. */
  end(): void
  /** Closes at once, dropping what is queued (TCP RST where there is TCP). `reason` goes into the record. */
  reset(reason: string): void
}

/** Why a stream ended. `code` says more for `failed` and `reset`. */
export interface CloseReason {
  readonly kind: 'ended' | 'reset' | 'failed' | 'stopped'
  readonly detail?: string
}

/** One call at a time, and never from inside a call on `io`. */
export interface StreamMachine {
  /** The connection stands (and, with implicit TLS, its handshake is done). */
  opened?(): void
  /** Takes at most one message out of `inbox`. `false`: what is there is not a whole message yet. */
  received(inbox: Inbox): boolean
  /** All that was sent has left. */
  drained?(): void
  woke?(timer: string): void
  /** The peer will send no more; `inbox` holds what no `received` took. Default: `io.end()`. */
  ended?(inbox: Inbox): void
  /** The last call. */
  closed?(reason: CloseReason): void
}

export interface DatagramIo extends Io {
  readonly local: Address
  /**
   * When the packet that is being handled came, by the world's clock, as `wallMs` with a fraction: as near to the wire as the plane
   * knows (the kernel's stamp where it has one).
   */
  readonly arrivedMs: number
  send(packet: Uint8Array, to: Address): void
  /** `about`: the peer that it is told of. Default: the one whose packet is being handled, if one is. */
  emit(event: Event, about?: Address): void
  /**
   * As `ask`, for `received`: the packet that it was called with is handed over again, as it came, once `then` has run, and behind it
   * those that come meanwhile. Too many of those are lost, like any that a full socket buffer has no room for.
   */
  holdFor<T>(answer: Promise<T>, then: (value: T) => void): void
  /** As `send`, for packets that bear their own time of leaving (RFC 5905 §8). */
  sendStamped(packet: Uint8Array, to: Address, stamps: DepartureStamps): void
}

export interface DepartureStamps {
  /** Called as late as the plane can, with the world's clock; writes into `packet`, which is the one that was handed over or a copy. */
  leaving(packet: Uint8Array, wallMs: number): void
  /** Called once the packet has left, with the time at which it did, as near to the wire as the plane knows. */
  left?(wallMs: number): void
}

export interface DatagramMachine {
  /** `packet` is a view that is valid during this call only. */
  received(packet: Uint8Array, from: Address): void
  woke?(timer: string): void
  stopped?(): void
}

export interface StreamListen {
  readonly transport: 'tcp'
  readonly port: number
  /** `implicit`: TLS from the first byte; `accept` then follows a finished handshake. */
  readonly tls?: 'implicit'
  /** Application protocols offered in the handshake, best first (RFC 7301). */
  readonly alpn?: readonly string[]
  /** As in `SecureServer`, with implicit TLS. */
  readonly session?: 'own' | TlsSession
  /** A further port that was agreed on in a conversation: let in is who agreed, whatever the firewall says of others, and nobody else. */
  readonly agreed?: Agreed
  accept(io: StreamIo): StreamMachine
}

export interface Agreed {
  /** The address of the peer. */
  readonly peer: string
  /** In a few words: `EPSV in a conversation with ftp`. */
  readonly because: string
}

export interface DatagramListen {
  readonly transport: 'udp'
  readonly port: number
  /** Of a further port: the family of the address that it stands on, where its host has one of it. Default: that of the first. */
  readonly family?: 4 | 6
  /** Packets come with the kernel's own stamps, and leave with them, where the plane can have those. Default: false. */
  readonly stamped?: boolean
  open(io: DatagramIo): DatagramMachine
}

export type Listen = StreamListen | DatagramListen
