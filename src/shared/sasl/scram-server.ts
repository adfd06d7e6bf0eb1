// SCRAM as the server (RFC 5802 §5, RFC 7677): three responses, of which the last is empty.

import { ANY_PASSWORD } from '../../core/world-view.ts'
import { timingSafeEqual } from 'node:crypto'
import { encodeBase64 } from './base64.ts'
import type { SaslContext, SaslServer, SaslStep } from './messages.ts'
import { saslPrep } from './saslprep.ts'
import { digest, HASH_OF, hmac, ITERATIONS, xor, type ScramHash, type ScramMechanism } from './scram-hash.ts'
import {
  formatServerFinal,
  formatServerFirst,
  parseClientFinal,
  parseClientFirst,
  type ClientFirst,
  type ClientFinal,
  type ReadClientFirst,
} from './scram-message.ts'
import { decodeText, done, encodeText, failed } from './text.ts'

/** Bytes of our half of the nonce, before base64. Ours. */
const NONCE_BYTES = 18
const NOTHING = new Uint8Array(0)

/** Between our first message and the client's last. */
interface Expected {
  readonly first: ClientFirst
  readonly nonce: string
  readonly bound: Uint8Array
  /** The messages so far, as they are signed. */
  readonly signed: string
}

type State =
  | { readonly kind: 'start' }
  | { readonly kind: 'final'; readonly expected: Expected }
  | { readonly kind: 'proved'; readonly first: ClientFirst }
  | { readonly kind: 'over' }

export class ScramServer implements SaslServer {
  readonly mechanism: ScramMechanism
  readonly #hash: ScramHash
  readonly #context: SaslContext
  #state: State = { kind: 'start' }

  constructor(mechanism: ScramMechanism, context: SaslContext) {
    this.mechanism = mechanism
    this.#hash = HASH_OF[mechanism]
    this.#context = context
  }

  step(response: Uint8Array | undefined): SaslStep {
    const state = this.#state
    if (response === undefined) return state.kind === 'start' ? challenge('') : failed('malformed')
    this.#state = { kind: 'over' }
    if (state.kind === 'start') return this.#first(response)
    if (state.kind === 'final') return this.#final(response, state.expected)
    if (state.kind === 'proved' && response.length === 0) return finished(state.first)
    return failed('malformed', state.kind === 'proved' ? state.first.user : undefined)
  }

  #first(response: Uint8Array): SaslStep {
    const read = parseClientFirst(decodeText(response) ?? '')
    if (read === undefined) return failed('malformed')
    const { message, gs2Header, bare } = read
    const binding = this.#bindingFor(read)
    if (binding === undefined) return failed('channel-binding', message.user)
    const nonce = message.nonce + encodeBase64(this.#context.random(NONCE_BYTES))
    const salt = this.#context.keys.salt(this.#hash, nameOf(message))
    const text = formatServerFirst({ nonce, salt, iterations: ITERATIONS })
    const bound = Buffer.concat([encodeText(gs2Header), binding])
    this.#state = { kind: 'final', expected: { first: message, nonce, bound, signed: `${bare},${text}` } }
    return challenge(text)
  }

  /** Empty without binding; `undefined` where it must fail (RFC 5802 §6). */
  #bindingFor({ message: { binding } }: ReadClientFirst): Uint8Array | undefined {
    const { channelBinding } = this.#context
    const isPlus = this.mechanism.endsWith('-PLUS')
    if (typeof binding === 'string') {
      const isDowngraded = binding === 'y' && channelBinding !== undefined
      return isPlus || isDowngraded ? undefined : NOTHING
    }
    const { type } = binding
    if (!isPlus || (type !== 'tls-exporter' && type !== 'tls-server-end-point')) return undefined
    return channelBinding?.(type)
  }

  #final(response: Uint8Array, expected: Expected): SaslStep {
    const { first, nonce, bound } = expected
    const message = parseClientFinal(decodeText(response) ?? '')
    if (message === undefined || message.nonce !== nonce) return failed('malformed', first.user)
    if (!isSame(message.bound, bound)) return failed('channel-binding', first.user)
    return this.#prove(message, expected)
  }

  #prove({ withoutProof, proof }: ClientFinal, { first, signed }: Expected): SaslStep {
    const user = nameOf(first)
    const known = saslPrep(first.user) === undefined ? undefined : this.#context.passwordOf(user)
    const password = known === ANY_PASSWORD ? undefined : known
    const { storedKey, serverKey } = this.#context.keys.keyOf(this.#hash, user, password)
    const all = `${signed},${withoutProof}`
    const isProved = proves(this.#hash, proof, storedKey, hmac(this.#hash, storedKey, all))
    if (!isProved || password === undefined) return failed('credentials', first.user)
    this.#state = { kind: 'proved', first }
    return challenge(formatServerFinal(hmac(this.#hash, serverKey, all)))
  }
}

/** RFC 5802 §3: the client's key comes out of its proof, and we know what that key hashes to. */
function proves(hash: ScramHash, proof: Uint8Array, storedKey: Uint8Array, signature: Uint8Array): boolean {
  return proof.length === signature.length && timingSafeEqual(digest(hash, xor(proof, signature)), storedKey)
}

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && timingSafeEqual(one, other)
}

function nameOf({ user }: ClientFirst): string {
  return saslPrep(user) ?? user
}

function finished(first: ClientFirst): SaslStep {
  return done(nameOf(first), first.authorization)
}

function challenge(text: string): SaslStep {
  return { kind: 'challenge', bytes: encodeText(text) }
}
