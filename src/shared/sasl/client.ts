// The client's side of an exchange, by mechanism.

import type { SaslMechanism } from './mechanisms.ts'
import type { SaslClient, SaslLogin } from './messages.ts'
import { LoginClient, PlainClient } from './plain-client.ts'
import { ScramClient } from './scram-client.ts'

/** Begins an exchange with a mechanism that `chooseMechanism` found. */
export function startSaslClient(mechanism: SaslMechanism, login: SaslLogin): SaslClient {
  if (mechanism === 'PLAIN') return new PlainClient(login)
  if (mechanism === 'LOGIN') return new LoginClient(login)
  return new ScramClient(mechanism, login)
}
