// TLS sessions of a TLS that is acted out: who may take up which, and nothing else.

import type { TlsSession } from '../core/io.ts'
import type { Identity } from '../core/plane.ts'
import type { Secure } from '../core/stream-wire.ts'

/** What a server gives out, to the streams that share it. */
class ActedSession implements TlsSession {
  readonly kind = 'tls-session'
}

export interface ActedSessions {
  readonly resumed: boolean
  /** What the client may take up next. */
  readonly given: TlsSession
  /** What the server's further streams are secured with; undefined where they need nothing. */
  readonly own: TlsSession | undefined
}

/** Those of servers that have none of their own for a conversation. */
const shared = new WeakMap<Identity, TlsSession>()

/** A client that takes up a session gets on with it; one that does not gets, at a further stream, what is good for nothing. */
export function actSessions(hello: Secure, server: Secure, identity: Identity): ActedSessions {
  const isFurther = server.session !== undefined && server.session !== 'own'
  const own = server.session === 'own' ? new ActedSession() : server.session
  const taken = own ?? sharedBy(identity)
  const resumed = hello.session !== undefined && hello.session === taken
  return { resumed, own, given: isFurther && !resumed ? new ActedSession() : taken }
}

function sharedBy(identity: Identity): TlsSession {
  const known = shared.get(identity) ?? new ActedSession()
  shared.set(identity, known)
  return known
}
