// Both sides of an exchange joined, for tests here: chance comes from a count, so that a transcript can be said again.

import { startSaslClient } from './client.ts'
import type { SaslMechanism } from './mechanisms.ts'
import type { SaslClient, SaslContext, SaslLogin, SaslServer, SaslStep } from './messages.ts'
import { ScramKeys } from './scram-keys.ts'
import { startSasl } from './server.ts'

const USERS = new Map([
  ['user', 'pencil'],
  ['IX', 'IX'],
  ['a,b=c', 'x,y=z'],
  ['élan', 'pässword'],
])

/** One for all: it keeps what takes long, and its salts are always the same. */
const keys = new ScramKeys(new Uint8Array(32).fill(7))

export function counting(from: number): (size: number) => Uint8Array {
  let next = from
  return (size) => Uint8Array.from({ length: size }, () => next++ & 255)
}

export function sampleServer(mechanism: SaslMechanism, context: Partial<SaslContext> = {}): SaslServer {
  return startSasl(mechanism, { passwordOf: (user) => USERS.get(user), random: counting(100), keys, ...context })
}

export function sampleClient(mechanism: SaslMechanism, login: Partial<SaslLogin> = {}): SaslClient {
  return startSaslClient(mechanism, { user: 'user', password: 'pencil', random: counting(1), ...login })
}

export interface Exchange {
  /** What each side sent, in turn: the client's first. */
  readonly fromClient: Uint8Array[]
  readonly fromServer: Uint8Array[]
  readonly outcome: SaslStep
  readonly isComplete: boolean
  /** Why the client went no further. */
  readonly broke?: string
}

/** Lets the two talk until one of them is done. `late`: the client waits for the server's empty challenge. */
export function exchange(client: SaslClient, server: SaslServer, when: 'at once' | 'late' = 'at once'): Exchange {
  const sent: Pick<Exchange, 'fromClient' | 'fromServer'> = { fromClient: [], fromServer: [] }
  let response = when === 'late' ? undefined : client.initial()
  for (;;) {
    if (response !== undefined) sent.fromClient.push(response)
    const outcome = server.step(response)
    if (outcome.kind !== 'challenge') return { ...sent, outcome, isComplete: client.isComplete }
    sent.fromServer.push(outcome.bytes)
    const answer = client.step(outcome.bytes)
    if (answer.kind === 'failed') return { ...sent, outcome, isComplete: client.isComplete, broke: answer.reason }
    response = answer.bytes
  }
}
