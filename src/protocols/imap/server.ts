// An IMAP server for one host: its ports, and what their connections share.

import { tcpPorts, type Io, type Running, type ServedPort, type StreamListen } from '../../core/index.ts'
import { BadLogins, PeerCount } from '../../shared/logins/index.ts'
import { ScramKeys } from '../../shared/sasl/index.ts'
import type { ImapPolicy } from './policy.ts'
import { ImapConnection } from './server/connection.ts'
import { HeldBytes, type ImapContext } from './server/context.ts'
import type { ImapLimits } from './server/limits.ts'
import { SessionLog } from './server/session-log.ts'

export interface ImapServerOptions {
  /** What the greeting calls it. */
  readonly host: string
  readonly policy: ImapPolicy
  /** Ports without TLS at first, and with it from the first byte. */
  readonly ports: readonly number[]
  readonly securePorts: readonly number[]
  /** Names and passwords are taken without TLS. */
  readonly plainLogin: boolean
  /** SCRAM-SHA-256-PLUS is offered. */
  readonly channelBinding: boolean
  readonly limits: ImapLimits
  /** 16 octets at least, from which SCRAM's salts are made. */
  readonly secret: Uint8Array
}

/** `io`: the service's own. */
export function startImap(io: Io, options: ImapServerOptions): Running {
  const { ports, securePorts, secret, ...shared } = options
  const log = new SessionLog(io)
  const context: ImapContext = {
    ...shared,
    logins: new BadLogins(),
    keys: new ScramKeys(secret),
    peers: new PeerCount(options.limits.connectionsMax),
    sessions: new PeerCount(options.limits.sessionsMax),
    held: new HeldBytes(),
    log,
  }
  return {
    listens: tcpPorts(ports, securePorts).map((served) => listenOn(served, context)),
    woke: (timer) => log.woke(timer),
  }
}

function listenOn(served: ServedPort, context: ImapContext): StreamListen {
  return { ...served, transport: 'tcp', accept: (stream) => new ImapConnection(stream, context) }
}
