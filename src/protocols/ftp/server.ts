// An FTP server for one host: its ports, and what their connections share.

import { tcpPorts, type Io, type Running, type ServedPort, type StreamListen } from '../../core/index.ts'
import { BadLogins, PeerCount } from '../../shared/logins/index.ts'
import { ScramKeys } from '../../shared/sasl/index.ts'
import type { FtpPolicy } from './policy.ts'
import { BlockPool } from './server/block-pool.ts'
import { FtpConnection } from './server/connection.ts'
import type { FtpContext, PortRange } from './server/context.ts'
import type { FtpLimits } from './server/limits.ts'
import { SessionLog } from './server/session-log.ts'

export interface FtpServerOptions {
  /** What the greeting calls it. */
  readonly host: string
  readonly policy: FtpPolicy
  /** Ports without TLS at first, and with it from the first byte. */
  readonly ports: readonly number[]
  readonly securePorts: readonly number[]
  readonly passivePorts: PortRange
  readonly tlsRequired: boolean
  readonly sessionReuse: 'require' | 'any'
  readonly limits: FtpLimits
  /** 16 octets at least, known to nobody. */
  readonly secret: Uint8Array
}

/** `io`: the service's own. */
export function startFtp(io: Io, options: FtpServerOptions): Running {
  const { ports, securePorts, secret, ...shared } = options
  const log = new SessionLog(io)
  const context: FtpContext = {
    ...shared,
    io,
    log,
    blocks: new BlockPool(),
    keys: new ScramKeys(secret),
    logins: new BadLogins(),
    peers: new PeerCount(options.limits.connectionsMax),
    sessions: new PeerCount(options.limits.sessionsMax),
  }
  return {
    listens: tcpPorts(ports, securePorts).map((served) => listenOn(served, context)),
    woke: (timer) => log.woke(timer),
  }
}

/** Data streams take up what the control connection's TLS began, and so each has sessions of its own. */
function listenOn(served: ServedPort, context: FtpContext): StreamListen {
  const own = served.tls === undefined ? {} : ({ session: 'own' } as const)
  return { ...served, ...own, transport: 'tcp', accept: (stream) => new FtpConnection(stream, context) }
}
