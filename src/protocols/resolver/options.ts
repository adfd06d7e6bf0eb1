// What a resolver goes by, as config.ts reads it, and where it begins.

import type { WorldView } from '../../core/world-view.ts'
import type { DomainName } from '../../shared/dns/messages.ts'
import { DNS_PORT } from '../../shared/dns/messages.ts'
import type { Delegation } from './cache/delegations.ts'
import type { NameServer } from './iterate/finding.ts'

export interface Forward {
  readonly zone: DomainName
  readonly to: readonly string[]
  /** The name in the certificates of those that are asked over TLS; undefined: they are asked in plain. */
  readonly tlsName: string | undefined
  readonly port: number
  /** False: where they do not help, the names are resolved from the root. */
  readonly isOnly: boolean
}

export interface Anchor {
  readonly zone: DomainName
  /** Data of DS records. */
  readonly ds: readonly Uint8Array[]
  /** Data of DNSKEY records. */
  readonly keys: readonly Uint8Array[]
}

export interface RecursorOptions {
  /** Root servers; empty: those of the world. */
  readonly hints: readonly NameServer[]
  readonly hintsPort: number
  readonly forward: readonly Forward[]
  readonly validate: 'yes' | 'no' | 'permissive'
  /** Besides the world's own. */
  readonly anchors: readonly Anchor[]
  /** Names from which on nothing is validated (RFC 7646). */
  readonly negativeAnchors: readonly DomainName[]
  readonly minimise: 'off' | 'relaxed' | 'strict'
  readonly mixCase: boolean
  readonly cacheBytes: number
  readonly ttlMinSeconds: number
  readonly ttlMaxSeconds: number
  readonly negativeTtlMaxSeconds: number
  /** How long past its time an answer may be given; 0: never (RFC 8767 §5). */
  readonly staleMaxMs: number
}

const FOREVER = { storedMs: -Infinity, expiresMs: Infinity }

/** The root's servers; undefined: there are none. */
export function rootDelegation(world: Pick<WorldView, 'root'>, options: RecursorOptions): Delegation | undefined {
  const own = options.hints.length > 0
  const servers = own ? options.hints : world.root.servers
  const port = own ? options.hintsPort : DNS_PORT
  return servers.length === 0 ? undefined : { zone: '', servers, forwards: false, port, ...FOREVER }
}

export function forwarders({ forward }: RecursorOptions): Delegation[] {
  return forward.map(({ zone, to, tlsName, port, isOnly }) => ({
    zone,
    servers: to.map((ip) => ({ name: ip, addresses: [ip] })),
    forwards: true,
    isOnly,
    ...(tlsName !== undefined && { tlsName }),
    port,
    ...FOREVER,
  }))
}
