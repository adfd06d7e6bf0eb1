// An SMTP server for one host: its ports, and what their connections share.

import {
  tcpPorts,
  type Io,
  type Post,
  type Running,
  type ServedPort,
  type StreamIo,
  type StreamListen,
} from '../../core/index.ts'
import { BadLogins, PeerCount } from '../../shared/logins/index.ts'
import { ScramKeys } from '../../shared/sasl/index.ts'
import type { Authenticator } from './authentication/index.ts'
import type { Role, SmtpPolicy } from './policy.ts'
import { SmtpConnection } from './server/connection.ts'
import type { SmtpContext } from './server/context.ts'
import { Flight } from './server/flight.ts'
import { Intake, type Report, type Sign } from './server/intake.ts'
import type { SmtpLimits } from './server/limits.ts'
import { SessionLog } from './server/session-log.ts'

export interface SmtpPorts {
  /** For mail of other servers. */
  readonly ports: readonly number[]
  /** For mail of users, without TLS at first. */
  readonly submissionPorts: readonly number[]
  /** For mail of users, with TLS from the first byte. */
  readonly securePorts: readonly number[]
}

export interface SmtpServerOptions extends SmtpPorts {
  /** What it calls itself. */
  readonly host: string
  readonly addresses: readonly string[]
  readonly policy: SmtpPolicy
  readonly post: Post
  readonly limits: SmtpLimits
  /** SCRAM-SHA-256-PLUS is offered. */
  readonly channelBinding: boolean
  /** 16 octets at least, from which SCRAM's salts are made. */
  readonly secret: Uint8Array
  /** Checks mail from elsewhere; left out: nobody does. */
  readonly authenticator?: Authenticator | undefined
  readonly enforce: boolean
  /** Left out: mail of users is not signed. */
  readonly sign?: Sign | undefined
  /** Left out: nobody is told that a mail was delivered. */
  readonly report?: Report | undefined
}

/** What `startSmtp` opens for these ports. */
export function servedPorts({ ports, submissionPorts, securePorts }: SmtpPorts): readonly ServedPort[] {
  return tcpPorts([...ports, ...submissionPorts], securePorts)
}

/** `io`: the service's own. */
export function startSmtp(io: Io, options: SmtpServerOptions): Running {
  const log = new SessionLog(io)
  const { host, post, sign, report, secret, limits } = options
  const context: SmtpContext = {
    host,
    addresses: options.addresses,
    io,
    policy: options.policy,
    limits,
    channelBinding: options.channelBinding,
    logins: new BadLogins(),
    keys: new ScramKeys(secret),
    peers: new PeerCount(limits.connectionsMax),
    flight: new Flight(limits.inFlightMaxBytes),
    intake: new Intake({ host, post, sign, report }),
    authenticator: options.authenticator,
    enforce: options.enforce,
    log,
  }
  const accept = (role: Role) => (stream: StreamIo) => new SmtpConnection(stream, context, role)
  const listen = (port: number, role: Role): StreamListen => ({ transport: 'tcp', port, accept: accept(role) })
  return {
    listens: [
      ...options.ports.map((port) => listen(port, 'mx')),
      ...options.submissionPorts.map((port) => listen(port, 'submission')),
      ...options.securePorts.map((port) => ({ tls: 'implicit', ...listen(port, 'submission') }) as const),
    ],
    woke: (timer) => log.woke(timer),
  }
}
