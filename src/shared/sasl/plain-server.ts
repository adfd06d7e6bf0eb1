// PLAIN (RFC 4616) and LOGIN (draft-murchison-sasl-login, never a standard, but spoken everywhere), as the server.

import { ANY_PASSWORD } from '../../core/world-view.ts'
import type { SaslContext, SaslServer, SaslStep } from './messages.ts'
import { saslPrep } from './saslprep.ts'
import { decodeText, done, encodeText, failed, isPassword } from './text.ts'

const NOTHING = new Uint8Array(0)
const ASK_USER = encodeText('Username:')
const ASK_PASSWORD = encodeText('Password:')

export class PlainServer implements SaslServer {
  readonly mechanism = 'PLAIN'
  readonly #context: SaslContext
  #isOver = false

  constructor(context: SaslContext) {
    this.#context = context
  }

  step(response: Uint8Array | undefined): SaslStep {
    if (this.#isOver) return failed('malformed')
    if (response === undefined) return { kind: 'challenge', bytes: NOTHING }
    this.#isOver = true
    const [authorization, user, password, more] = decodeText(response)?.split('\0', 4) ?? []
    if (authorization === undefined || !user || !password || more !== undefined) return failed('malformed')
    return verdict(this.#context, user, password, authorization === '' ? undefined : authorization)
  }
}

export class LoginServer implements SaslServer {
  readonly mechanism = 'LOGIN'
  readonly #context: SaslContext
  #asked: 'nothing' | 'user' | 'password' | 'done' = 'nothing'
  #user = ''

  constructor(context: SaslContext) {
    this.#context = context
  }

  /** An initial response is the user's name. */
  step(response: Uint8Array | undefined): SaslStep {
    if (response === undefined) return this.#askUser()
    const text = decodeText(response)
    if (this.#asked === 'done' || !text || text.includes('\0')) return this.#malformed()
    if (this.#asked === 'password') return this.#finish(text)
    this.#user = text
    this.#asked = 'password'
    return { kind: 'challenge', bytes: ASK_PASSWORD }
  }

  #askUser(): SaslStep {
    if (this.#asked !== 'nothing') return this.#malformed()
    this.#asked = 'user'
    return { kind: 'challenge', bytes: ASK_USER }
  }

  #finish(password: string): SaslStep {
    this.#asked = 'done'
    return verdict(this.#context, this.#user, password, undefined)
  }

  #malformed(): SaslStep {
    this.#asked = 'done'
    return failed('malformed', this.#user === '' ? undefined : this.#user)
  }
}

function verdict(context: SaslContext, given: string, password: string, authorization: string | undefined): SaslStep {
  const user = saslPrep(given)
  const known = user === undefined ? undefined : context.passwordOf(user)
  if (known !== ANY_PASSWORD && !isPassword(password, known)) return failed('credentials', user ?? given)
  return done(user ?? given, authorization)
}
