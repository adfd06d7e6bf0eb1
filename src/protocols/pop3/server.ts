// A POP3 server for one host: its ports, and what their connections share.

import { tcpPorts, type Io, type Running, type ServedPort, type StreamListen } from '../../core/index.ts'
import { BadLogins, PeerCount } from '../../shared/logins/index.ts'
import { ScramKeys } from '../../shared/sasl/index.ts'
import type { Pop3Policy } from './policy.ts'
import { Pop3Connection } from './server/connection.ts'
import type { Pop3Context } from './server/context.ts'
import type { Pop3Limits } from './server/limits.ts'
import { SessionLog } from './server/session-log.ts'

export interface Pop3ServerOptions {
  /** What the greeting calls it. */
  readonly host: string
  readonly policy: Pop3Policy
  /** Ports without TLS at first, and with it from the first byte. */
  readonly ports: readonly number[]
  readonly securePorts: readonly number[]
  /** Names and passwords are taken without TLS. */
  readonly plainLogin: boolean
  /** SCRAM-SHA-256-PLUS is offered. */
  readonly channelBinding: boolean
  readonly limits: Pop3Limits
  /** 16 octets at least, from which SCRAM's salts are made. */
  readonly secret: Uint8Array
}

/** `io`: the service's own. */
export function startPop3(io: Io, options: Pop3ServerOptions): Running {
  const { ports, securePorts, secret, ...shared } = options
  const log = new SessionLog(io)
  const context: Pop3Context = {
    ...shared,
    logins: new BadLogins(),
    keys: new ScramKeys(secret),
    peers: new PeerCount(options.limits.connectionsMax),
    log,
  }
  return {
    listens: tcpPorts(ports, securePorts).map((served) => listenOn(served, context)),
    woke: (timer) => log.woke(timer),
  }
}

function listenOn(served: ServedPort, context: Pop3Context): StreamListen {
  return { ...served, transport: 'tcp', accept: (stream) => new Pop3Connection(stream, context) }
}
