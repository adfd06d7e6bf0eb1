// The server's side of an exchange, by mechanism.

import type { SaslMechanism } from './mechanisms.ts'
import type { SaslContext, SaslServer } from './messages.ts'
import { LoginServer, PlainServer } from './plain-server.ts'
import { ScramServer } from './scram-server.ts'

/** Begins an exchange. The caller has made sure that `mechanism` is one that it offers now. */
export function startSasl(mechanism: SaslMechanism, context: SaslContext): SaslServer {
  if (mechanism === 'PLAIN') return new PlainServer(context)
  if (mechanism === 'LOGIN') return new LoginServer(context)
  return new ScramServer(mechanism, context)
}
