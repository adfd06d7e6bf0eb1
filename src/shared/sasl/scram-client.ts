// SCRAM as the client (RFC 5802 §5, RFC 7677). The server must prove that it knows the password, too.

import { timingSafeEqual } from 'node:crypto'
import { encodeBase64 } from './base64.ts'
import type { SaslClient, SaslClientRefusal, SaslClientStep, SaslLogin } from './messages.ts'
import { saslPrep } from './saslprep.ts'
import {
  clientKey,
  digest,
  HASH_OF,
  hmac,
  ITERATIONS,
  saltedPassword,
  serverKey,
  xor,
  type ScramHash,
  type ScramMechanism,
} from './scram-hash.ts'
import {
  formatClientFinal,
  formatClientFinalWithoutProof,
  formatClientFirstBare,
  formatGs2Header,
  parseServerFinal,
  parseServerFirst,
  type ClientFirst,
  type ServerFirst,
} from './scram-message.ts'
import { decodeText, encodeText } from './text.ts'

/** Bytes of our half of the nonce, before base64. Ours. */
const NONCE_BYTES = 18
/** Rounds that a server may ask of us: about a fifth of a second of work. Ours. */
const ITERATIONS_MAX = 600_000
const NOTHING = new Uint8Array(0)

interface Binding {
  readonly flag: ClientFirst['binding']
  readonly bytes: Uint8Array
}

interface First {
  readonly gs2Header: string
  readonly bare: string
  readonly nonce: string
  readonly binding: Uint8Array
  readonly password: string
}

type State =
  | { readonly kind: 'start'; readonly first: First }
  | { readonly kind: 'first'; readonly first: First }
  | { readonly kind: 'final'; readonly signature: Uint8Array }
  | { readonly kind: 'complete' }
  | { readonly kind: 'failed'; readonly reason: SaslClientRefusal; readonly detail?: string }

export class ScramClient implements SaslClient {
  readonly mechanism: ScramMechanism
  readonly #hash: ScramHash
  #state: State

  constructor(mechanism: ScramMechanism, login: SaslLogin) {
    this.mechanism = mechanism
    this.#hash = HASH_OF[mechanism]
    this.#state = begin(mechanism, login)
  }

  get isComplete(): boolean {
    return this.#state.kind === 'complete'
  }

  initial(): Uint8Array | undefined {
    if (this.#state.kind !== 'start') return undefined
    const { first } = this.#state
    this.#state = { kind: 'first', first }
    return encodeText(first.gs2Header + first.bare)
  }

  step(challenge: Uint8Array): SaslClientStep {
    const state = this.#state
    if (state.kind === 'failed') return state
    if (state.kind === 'start') return this.#late(challenge)
    const text = decodeText(challenge) ?? ''
    if (state.kind === 'first') return this.#final(text, state.first)
    return state.kind === 'final' ? this.#verify(text, state.signature) : this.#failed('malformed')
  }

  #late(challenge: Uint8Array): SaslClientStep {
    const bytes = this.initial()
    return bytes === undefined || challenge.length > 0 ? this.#failed('malformed') : { kind: 'response', bytes }
  }

  #final(text: string, first: First): SaslClientStep {
    const server = parseServerFirst(text)
    if (server === undefined || !server.nonce.startsWith(first.nonce) || server.nonce.length === first.nonce.length) {
      return this.#failed('malformed')
    }
    if (server.iterations < ITERATIONS || server.iterations > ITERATIONS_MAX) {
      return this.#failed('server', `${server.iterations} iterations`)
    }
    return this.#prove(text, server, first)
  }

  #prove(text: string, { nonce, salt, iterations }: ServerFirst, first: First): SaslClientStep {
    const hash = this.#hash
    const bound = Buffer.concat([encodeText(first.gs2Header), first.binding])
    const withoutProof = formatClientFinalWithoutProof({ bound, nonce })
    const all = `${first.bare},${text},${withoutProof}`
    const salted = saltedPassword(hash, first.password, salt, iterations)
    const key = clientKey(hash, salted)
    const proof = xor(key, hmac(hash, digest(hash, key), all))
    this.#state = { kind: 'final', signature: hmac(hash, serverKey(hash, salted), all) }
    return { kind: 'response', bytes: encodeText(formatClientFinal(withoutProof, proof)) }
  }

  #verify(text: string, expected: Uint8Array): SaslClientStep {
    const final = parseServerFinal(text)
    if (final === undefined) return this.#failed('malformed')
    if ('error' in final) return this.#failed('refused', final.error)
    const { signature } = final
    if (signature.length !== expected.length || !timingSafeEqual(signature, expected)) return this.#failed('server')
    this.#state = { kind: 'complete' }
    return { kind: 'response', bytes: NOTHING }
  }

  #failed(reason: SaslClientRefusal, detail?: string): SaslClientStep {
    const failure = { kind: 'failed', reason, ...(detail === undefined ? {} : { detail }) } as const
    this.#state = failure
    return failure
  }
}

function begin(mechanism: ScramMechanism, login: SaslLogin): State {
  const { authorization } = login
  const user = saslPrep(login.user)
  const isUsable = user !== undefined && login.password !== '' && authorization !== '' && !authorization?.includes('\0')
  if (!isUsable) return { kind: 'failed', reason: 'unusable' }
  const binding = bindingFor(mechanism, login)
  if (binding === undefined) return { kind: 'failed', reason: 'channel-binding' }
  const nonce = encodeBase64(login.random(NONCE_BYTES))
  const gs2Header = formatGs2Header({
    binding: binding.flag,
    ...(authorization === undefined ? {} : { authorization }),
  })
  const bare = formatClientFirstBare({ user, nonce })
  return { kind: 'start', first: { gs2Header, bare, nonce, binding: binding.bytes, password: login.password } }
}

/** RFC 9266 §3 comes before RFC 5929 where both can be had. */
function bindingFor(mechanism: ScramMechanism, { channelBinding, plusNotOffered }: SaslLogin): Binding | undefined {
  if (mechanism !== 'SCRAM-SHA-256-PLUS') {
    return { flag: channelBinding !== undefined && plusNotOffered === true ? 'y' : 'n', bytes: NOTHING }
  }
  for (const type of ['tls-exporter', 'tls-server-end-point'] as const) {
    const bytes = channelBinding?.(type)
    if (bytes !== undefined) return { flag: { type }, bytes }
  }
  return undefined
}
