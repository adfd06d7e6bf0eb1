// A login over a protocol of lines, as the client: the best of the mechanisms offered, and its messages in base64.

import { decodeBase64, encodeBase64 } from './base64.ts'
import { startSaslClient } from './client.ts'
import { chooseMechanism, type SaslMechanism } from './mechanisms.ts'
import type { SaslClient, SaslIo, SaslLogin } from './messages.ts'

export type TextLogin = Pick<SaslLogin, 'user' | 'password' | 'authorization'> & {
  /** PLAIN and LOGIN without TLS, for whoever can read along. */
  readonly plainAllowedWithoutTls: boolean
}

export type TextAnswer =
  | { readonly kind: 'response'; readonly base64: string }
  | { readonly kind: 'failed'; readonly why: string }

/** `offered`: as the server says it, in any case of letters. `undefined`: none of them will do. */
export function startTextClient(io: SaslIo, offered: readonly string[], login: TextLogin): TextClient | undefined {
  const { plainAllowedWithoutTls, ...who } = login
  const channelBinding = io.tls?.channelBinding
  const mechanism = chooseMechanism(offered, {
    secured: io.tls !== undefined,
    plainAllowedWithoutTls,
    channelBinding: channelBinding !== undefined,
  })
  if (mechanism === undefined) return undefined
  const plusNotOffered = !offered.includes('SCRAM-SHA-256-PLUS')
  const random = (size: number): Uint8Array => io.random(size)
  return new TextClient(startSaslClient(mechanism, { ...who, random, channelBinding, plusNotOffered }))
}

export class TextClient {
  readonly #client: SaslClient

  constructor(client: SaslClient) {
    this.#client = client
  }

  get mechanism(): SaslMechanism {
    return this.#client.mechanism
  }

  /** The server has proved what it must: success told by it before that is not to be believed. */
  get isComplete(): boolean {
    return this.#client.isComplete
  }

  /** What may go along with the command; `=` stands for no bytes. Without it the server sends an empty challenge. */
  initial(): string | undefined {
    const first = this.#client.initial()
    if (first === undefined) return undefined
    return first.length === 0 ? '=' : encodeBase64(first)
  }

  /** A challenge, as the server's line has it. */
  answer(base64: string): TextAnswer {
    const challenge = decodeBase64(base64)
    if (challenge === undefined) return { kind: 'failed', why: 'the challenge is not base64' }
    const step = this.#client.step(challenge)
    if (step.kind === 'response') return { kind: 'response', base64: encodeBase64(step.bytes) }
    return { kind: 'failed', why: step.detail ?? step.reason }
  }
}
