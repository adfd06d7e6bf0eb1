// PLAIN (RFC 4616) and LOGIN, as the client.

import type { SaslClient, SaslClientStep, SaslLogin } from './messages.ts'
import { saslPrep } from './saslprep.ts'
import { encodeText } from './text.ts'

const MALFORMED: SaslClientStep = { kind: 'failed', reason: 'malformed' }
const UNUSABLE: SaslClientStep = { kind: 'failed', reason: 'unusable' }

/** `undefined`: nothing that could be sent. */
function prepared(text: string): string | undefined {
  return saslPrep(text) ?? (text === '' || text.includes('\0') ? undefined : text)
}

export class PlainClient implements SaslClient {
  readonly mechanism = 'PLAIN'
  readonly #message: Uint8Array | undefined
  #isSent = false

  constructor({ user, password, authorization = '' }: SaslLogin) {
    const [name, secret] = [prepared(user), prepared(password)]
    const isUsable = name !== undefined && secret !== undefined && !authorization.includes('\0')
    this.#message = isUsable ? encodeText(`${authorization}\0${name}\0${secret}`) : undefined
  }

  get isComplete(): boolean {
    return this.#isSent
  }

  initial(): Uint8Array | undefined {
    this.#isSent = this.#message !== undefined
    return this.#message
  }

  /** The challenge should be empty; what some servers write there is not read. */
  step(): SaslClientStep {
    if (this.#isSent) return MALFORMED
    const bytes = this.initial()
    return bytes === undefined ? UNUSABLE : { kind: 'response', bytes }
  }
}

export class LoginClient implements SaslClient {
  readonly mechanism = 'LOGIN'
  readonly #answers: (string | undefined)[]
  readonly #isUsable: boolean

  constructor({ user, password, authorization }: SaslLogin) {
    this.#answers = [prepared(user), prepared(password)]
    this.#isUsable = authorization === undefined && !this.#answers.includes(undefined)
  }

  get isComplete(): boolean {
    return this.#answers.length === 0
  }

  /** Not every server takes one, so it waits to be asked. */
  initial(): Uint8Array | undefined {
    return undefined
  }

  /** The first challenge asks for the name and the second for the password, whatever their words. */
  step(): SaslClientStep {
    if (!this.#isUsable) return UNUSABLE
    const answer = this.#answers.shift()
    return answer === undefined ? MALFORMED : { kind: 'response', bytes: encodeText(answer) }
  }
}
