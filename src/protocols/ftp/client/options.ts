// What an FTP client is told, and what it tells.

import type { Failure, TlsInfo } from '../../../core/index.ts'
import type { Reply, Verb } from '../messages.ts'

/** Who opens the data connection, and how its address is said: by the server (EPSV, PASV) or by us (EPRT, PORT). */
export type DataMode = 'EPSV' | 'PASV' | 'EPRT' | 'PORT'

export interface FtpClientOptions {
  readonly user: string
  readonly password: string
  /** For servers that ask for one (RFC 959 §4.1.1). */
  readonly account?: string
  /** Begin TLS with AUTH TLS (RFC 4217), and expect a certificate for this name. Without it AUTH is not said. */
  readonly serverName?: string
  /** TLS from the first byte, as on port 990: the handshake comes before the greeting. */
  readonly tls?: 'implicit'
  /** End the session rather than log in without TLS. Default: true. */
  readonly tlsRequired?: boolean
  /** Hide what is transferred too (PROT P), where there is TLS. Default: true. */
  readonly protectData?: boolean
  /** The host that is meant, where several share an address (RFC 7151). Default: HOST is not said. */
  readonly host?: string
  /** Default: EPSV, and PASV where the server does not know it. */
  readonly data?: DataMode
  /** Hears that somebody is logged in, or why not. */
  ready(result: FtpReady | Failure): void
}

export interface FtpReady {
  /** As FEAT lists them, without the space before each: `REST STREAM`. */
  readonly features: readonly string[]
  readonly tls: TlsInfo | undefined
}

/** One command that needs no data connection. */
export interface FtpCommand {
  readonly verb: Verb
  /** Default: none. */
  readonly argument?: string
}

/** Hears the reply that ends a command, or why none comes. */
export type FtpAnswered = (result: Reply | Failure) => void
