// What carries a stream's bytes below its runner: a socket in host/, a pipe in sim/, or layers over one.

import type { Duplex } from 'node:stream'
import { failure, type Failure } from './failure.ts'
import type { CloseReason, TlsInfo, TlsSession } from './io.ts'

/** What a wire tells the one above it. `closed` is the last, and comes once. */
export interface WireEvents {
  received(chunk: Uint8Array): void
  /** The backlog has fallen to 0 after a `write` that asked to be told. */
  drained(): void
  ended(): void
  closed(reason: CloseReason): void
}

export interface Secure {
  readonly side: 'client' | 'server'
  /** At the client: the name or address that the certificate must be for. */
  readonly serverName?: string
  /** At the client; `false`: any certificate will do. */
  readonly verify?: boolean
  /** Best first. */
  readonly alpn: readonly string[]
  /** Bytes that were received already and are the start of the handshake. */
  readonly unread?: Uint8Array
  /** As in `SecureServer` and `SecureClient`. */
  readonly session?: 'own' | TlsSession
}

/** Paused at first: nothing is read before `resume`, `secure` or `adopt`. */
export interface Wire {
  events: WireEvents
  /** Bytes written and not yet taken by the network. */
  readonly backlog: number
  /** Bytes on the network, handshakes included. */
  readonly bytesReceived: number
  readonly bytesSent: number
  /** Keeps `bytes` by reference. With `tell`, `drained` follows unless the backlog is 0 on return. */
  write(bytes: Uint8Array, tell: boolean): void
  /** Bytes of an open file (by its descriptor) that the network took at once, with a backlog of 0. Left out: never any. */
  sendFile?(descriptor: number, offset: number, length: number): number
  /**
   * Bytes that went from the network to an open file (by its descriptor) at once, behind all that `received` has told of. What the
   * file did not take of them comes by `received` before this returns. Left out: never any.
   */
  receiveFile?(descriptor: number, offset: number, length: number): number
  pause(): void
  resume(): void
  /** Sends what is written, then the end. The peer may send on. */
  end(): void
  /** Closes at once, telling the peer so where that can be said. */
  reset(): void
  /** TLS from here on; calls `then` once. Nothing is received before it, and then after the next `resume`. */
  secure(secure: Secure, then: (result: TlsInfo | Failure) => void): void
  /**
   * The stream itself, with `unread` before all that follows. Only `closed` is told from here on.
   * `abandoned`: its new owner has ended or destroyed it, and what was written may still be on its way.
   */
  adopt(unread: Uint8Array, abandoned: () => void): Duplex
}

/** A wire that leads nowhere, for a connect that the gate refused. */
export function deadWire(): Wire {
  return {
    events: { received() {}, drained() {}, ended() {}, closed() {} },
    backlog: 0,
    bytesReceived: 0,
    bytesSent: 0,
    write() {},
    pause() {},
    resume() {},
    end() {},
    reset() {},
    secure: (_secure, then) => then(failure('ENOTCONN', 'not connected')),
    adopt() {
      throw new Error('not connected')
    },
  }
}
