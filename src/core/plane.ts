// What net/ needs from below, and host/ and sim/ both give: sockets or their likeness, clocks, chance.

import type { Address } from './address.ts'
import type { ClockView } from './clock.ts'
import type { Event } from './event.ts'
import type { Failure } from './failure.ts'
import type { Flow, Verdict } from './flow.ts'
import type { DatagramListen, Io, StreamListen, TlsInfo } from './io.ts'
import type { Layer } from './layer.ts'

/** PEM texts of one certificate with its chain and key. */
export interface Identity {
  readonly keyPem: string
  readonly certificatePem: string
}

/** A stream that the two ends of a conversation have agreed on, before it is opened. */
export interface Agreement {
  /** The conversation. */
  readonly flow: Flow | undefined
  /** Without a port: from any. */
  readonly from: { readonly ip: string; readonly port?: number }
  readonly to: Address
  /** `in`: the peer comes to us. `out`: we go to the peer. */
  readonly direction: 'in' | 'out'
  readonly because: string
}

/** What the world decides and learns about each flow; the drivers call it. */
export interface Gatekeeper {
  /** Before a byte is read. The flow is known from here on. */
  opened(flow: Flow): Verdict
  /** Once for each flow that was opened. Byte counts are of the wire. */
  closed(flow: Flow, received: number, sent: number, reason: string): void
  /** `flow` is undefined for service-wide events. */
  event(flow: Flow | undefined, service: string, event: Event): void
  /** Layers for new flows, wire side first. Empty: the fast path. */
  readonly layers: readonly Layer[]
  /**
   * The identity for a TLS server at `local` asked for `serverName`; `undefined` when no such name lives
   * there (the handshake then fails with `unrecognized_name`, RFC 6066 §3).
   */
  identity(local: Address, serverName: string | undefined): Identity | undefined
  /** PEM of the authorities that our own TLS clients trust. */
  readonly trustedPem: string
  /** The clock by which their certificates must be good. Left out: the machine's. */
  readonly wallMs?: () => number
  /** TLS was agreed on in the flow, from its first byte or later. */
  secured?(flow: Flow, tls: TlsInfo): void
  /** A line of an NSS key log (`SSLKEYLOGFILE`), for each TLS session. */
  tlsSecret?(flow: Flow, line: string): void
  /**
   * A conversation has agreed on a stream: from the call on `opened` allows it, and refuses all others to `to` if that is a
   * port of ours. Resolves once the network lets it through too; what it gives takes the agreement back, and may be called
   * again. Failures: `EBUSY` when too many stand, and those of the network's own gate.
   */
  agree(agreement: Agreement): Promise<(() => void) | Failure>
  /** The next flow's number. */
  nextFlowId(): number
}

export interface Bound {
  readonly local: Address
  /** Takes no more; streams that stand go on, and `ListenOptions.gone` is told of the last one's end. */
  shut(): void
  /** Ends the streams as well. */
  close(): Promise<void>
}

/** `service` names the owner in flows and events. */
export interface ListenOptions {
  readonly at: Address
  readonly service: string
  /** The address that peers know it by, where it differs from `at` (mapped ports on the host plane). */
  readonly known?: Address
  /** All addresses of its host: where the streams that its peers have it open may come from. Default: where the peer came to. */
  readonly addresses?: readonly string[]
  /** It was shut, and none of its streams is left; datagrams have none. */
  readonly gone?: () => void
}

export interface Plane {
  /** Monotonic milliseconds. */
  now(): number
  /** The world's; `wallMs` reads it. */
  readonly clock: ClockView
  /** World's wall clock, milliseconds since 1970-01-01T00:00Z with a fraction. */
  wallMs(): number
  listenStream(listen: StreamListen, options: ListenOptions, gatekeeper: Gatekeeper): Promise<Bound | Failure>
  listenDatagram(listen: DatagramListen, options: ListenOptions, gatekeeper: Gatekeeper): Promise<Bound | Failure>
  /** An `Io` for a service as a whole; its outbound streams come from `from`, one of its host's addresses. */
  serviceIo(service: string, from: readonly string[], gatekeeper: Gatekeeper, woke: (timer: string) => void): Io
  /** Stops timers and closes every stream and socket that is still open. */
  stop(): Promise<void>
}
