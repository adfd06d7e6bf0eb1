// What all connections of one web server share.

import type { Io, StreamIo } from '../../../core/index.ts'
import { effectiveHost, parseTarget } from '../codec/target.ts'
import type { HttpError, Request, RequestHead } from '../messages.ts'
import type { HttpPolicy } from '../policy.ts'
import type { HttpLimits } from './limits.ts'
import { PreparedCache } from './prepared.ts'
import type { RequestLog } from './request-log.ts'

export interface HttpContext {
  /** The service's: for clocks, and for timers of connections that a library owns. */
  readonly io: Io
  readonly policy: HttpPolicy
  readonly limits: HttpLimits
  readonly log: RequestLog
}

/** Addresses of a server whose prepared answers are kept apart; a catch-all world has any number of them. */
const ADDRESSES_MAX = 64

/** Prepared answers, apart for each address of ours that clients come to: an answer may name it. */
export class PreparedByAddress {
  readonly #caches = new Map<string, PreparedCache>()

  at(ip: string): PreparedCache {
    const known = this.#caches.get(ip)
    if (known !== undefined) return known
    const cache = new PreparedCache()
    this.#caches.set(ip, cache)
    if (this.#caches.size > ADDRESSES_MAX) this.#caches.delete(this.#caches.keys().next().value ?? ip)
    return cache
  }
}

export interface Content {
  readonly kept: Uint8Array
  readonly bytes: number
}

/** What the policy sees of a request, or why it is refused before that. */
export function requestFrom(
  head: Pick<RequestHead, 'method' | 'target' | 'version' | 'fields'>,
  io: Pick<StreamIo, 'local' | 'peer' | 'tls'>,
  content: Content,
): Request | HttpError {
  const { method, version, fields } = head
  const target = parseTarget(method, head.target)
  if ('kind' in target) return target
  const host = effectiveHost(version, fields, target)
  if (host !== undefined && 'kind' in host) return host
  return {
    method,
    version,
    scheme: io.tls === undefined ? 'http' : 'https',
    host: host?.host ?? '',
    port: host?.port,
    path: target.path,
    query: target.query,
    fields,
    content: content.kept,
    contentBytes: content.bytes,
    localIp: io.local.ip,
    peerIp: io.peer.ip,
  }
}
