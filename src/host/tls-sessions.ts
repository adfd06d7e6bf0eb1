// Which TLS sessions belong together: those of one conversation at a server, which nobody else's streams take up, and the
// latest that a server has given to a client of ours.

import { Server } from 'node:net'
import type { SecureContext } from 'node:tls'
import type { TlsSession } from '../core/io.ts'
import type { Identity } from '../core/plane.ts'
import type { Secure } from '../core/stream-wire.ts'

/** Sessions known by their identifiers (RFC 5246 §7.3); each full handshake of the first stream makes one. */
const SESSIONS_MAX = 4
/** Ours: a conversation may well be longer than the five minutes that OpenSSL gives a session. */
export const SESSION_SECONDS = 24 * 3600

export type MakeContext = (identity: Identity) => SecureContext

/**
 * The sessions of one conversation. Tickets (RFC 5077, RFC 8446 §4.6.1) are sealed with keys of its contexts, which are its
 * own, and sessions without tickets are kept here, so that a stream of the conversation that resumes one proves that it is of the same client.
 */
export class Conversation implements TlsSession {
  readonly kind = 'tls-session'
  /** For Node, which tells of sessions by events of a server: the first keeps and finds them, the second finds them only. */
  readonly first = new Server()
  readonly further = new Server()
  /** Counts how often the tickets became void. */
  epoch = 0
  readonly #make: MakeContext
  readonly #contexts = new Map<Identity, SecureContext>()
  readonly #sessions = new Map<string, Buffer>()

  constructor(make: MakeContext) {
    this.#make = make
    this.first.on('newSession', (id: Buffer, session: Buffer, done: () => void) => {
      this.#keep(id.toString('hex'), session)
      done()
    })
    for (const server of [this.first, this.further]) {
      server.on('resumeSession', (id: Buffer, found: (error: null, session: Buffer | null) => void) =>
        found(null, this.#sessions.get(id.toString('hex')) ?? null),
      )
    }
  }

  contextFor(identity: Identity): SecureContext {
    const known = this.#contexts.get(identity)
    if (known !== undefined) return known
    const context = this.#make(identity)
    this.#contexts.set(identity, context)
    return context
  }

  /**
   * Whether a further stream, begun at `epoch`, took up one of these sessions. A stream that did not has been given a
   * ticket all the same, which would pass for one of the first stream's: from here on all tickets are void.
   */
  isResumed(reused: boolean, epoch: number): boolean {
    if (reused) return epoch === this.epoch
    this.epoch++
    this.#contexts.clear()
    return false
  }

  #keep(id: string, session: Buffer): void {
    this.#sessions.set(id, session)
    const [oldest] = this.#sessions.keys()
    if (this.#sessions.size > SESSIONS_MAX && oldest !== undefined) this.#sessions.delete(oldest)
  }
}

/** The latest session that a server gave to a stream of ours, or to one that took it up. */
export class Given implements TlsSession {
  readonly kind = 'tls-session'
  latest: Buffer | undefined
}

/** What one stream at a server has of a conversation. */
export class Part {
  readonly conversation: Conversation
  readonly #isFirst: boolean
  readonly #epoch: number

  constructor(conversation: Conversation, isFirst: boolean) {
    this.conversation = conversation
    this.#isFirst = isFirst
    this.#epoch = conversation.epoch
  }

  get server(): Server {
    return this.#isFirst ? this.conversation.first : this.conversation.further
  }

  /** Asked once, when the handshake is done. `reused`: what OpenSSL says. */
  isResumed(reused: boolean): boolean {
    return this.#isFirst ? reused : this.conversation.isResumed(reused, this.#epoch)
  }
}

export function partOf({ session }: Secure, make: MakeContext): Part | undefined {
  if (session === undefined) return undefined
  if (session === 'own') return new Part(new Conversation(make), true)
  if (!(session instanceof Conversation)) throw new Error('a TLS session of no server stream')
  return new Part(session, false)
}

export function givenTo({ session }: Secure): Given {
  if (session === undefined) return new Given()
  if (!(session instanceof Given)) throw new Error('a TLS session of no client stream')
  return session
}
