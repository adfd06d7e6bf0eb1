// Logging in: HOST, USER and PASS (RFC 959 §4.1.1, RFC 7151), by name or anonymously. It says what each comes to; the
// connection answers. Nobody learns from it who exists.

import { isFailure, type StreamIo, type Tree } from '../../../core/index.ts'
import { checkPassword } from '../../../shared/sasl/index.ts'
import { reply } from '../codec/reply.ts'
import type { Reply } from '../messages.ts'
import type { FtpContext } from './context.ts'
import type { Visitor } from './session.ts'

export const ANONYMOUS = 'anonymous'
const ANONYMOUS_NAMES: ReadonlySet<string> = new Set([ANONYMOUS, 'ftp'])

export type LoginStep =
  | { readonly kind: 'say'; readonly reply: Reply }
  /** Wrong name or password. */
  | { readonly kind: 'failed'; readonly name: string; readonly reason: string }
  /** Then the connection closes. */
  | { readonly kind: 'dismiss'; readonly reply: Reply }
  | { readonly kind: 'done'; readonly visitor: Visitor }

export class Login {
  readonly #io: StreamIo
  readonly #context: FtpContext
  #name: string | undefined
  #failures = 0

  constructor(io: StreamIo, context: FtpContext) {
    this.#io = io
    this.#context = context
  }

  /** Bad logins on this connection, one more than before. */
  countFailure(): number {
    return ++this.#failures
  }

  /** Forgets what was begun. */
  cancel(): void {
    this.#name = undefined
  }

  /** RFC 7151 §3: between the greeting and USER. */
  host(name: string): LoginStep {
    if (this.#name !== undefined) return said(503, 'HOST comes before USER.')
    const { policy, host } = this.#context
    const literal = name.replaceAll(/^\[|\]$/g, '')
    if (!policy.isHost(name) && literal !== this.#io.local.ip) return said(504, 'This host has no such name.')
    return said(220, `${host} FTP server ready`)
  }

  /** Any name will do here: who exists is not told. */
  user(name: string): LoginStep {
    if (this.#context.tlsRequired && this.#io.tls === undefined) return said(530, 'Logins come after AUTH TLS only.')
    this.#name = name
    const isAnonymous = this.#isAnonymous(name)
    return said(331, isAnonymous ? 'Please specify the password: any will do.' : 'Please specify the password.')
  }

  pass(password: string): LoginStep {
    const name = this.#name
    this.#name = undefined
    if (name === undefined) return said(503, 'Login with USER first.')
    if (this.#isAnonymous(name)) return admitted(ANONYMOUS, this.#context.policy.anonymous())
    if (this.#context.logins.isShut(this.#io.peer.ip, this.#io.now)) {
      return { kind: 'dismiss', reply: reply(421, 'Too many bad logins from your address, try later.') }
    }
    const terms = { policy: this.#context.policy, keys: this.#context.keys, plainLogin: true, channelBinding: false }
    const outcome = checkPassword(this.#io, terms, 'PASS', [name, password])
    if (outcome.kind !== 'done') return { kind: 'failed', name, reason: outcome.reason }
    return admitted(outcome.user.address, this.#context.policy.place(outcome.user.address))
  }

  #isAnonymous(name: string): boolean {
    return ANONYMOUS_NAMES.has(name.toLowerCase()) && this.#context.policy.anonymous() !== undefined
  }
}

function admitted(user: string, place: ReturnType<FtpContext['policy']['anonymous']>): LoginStep {
  if (place === undefined || isFailure(place)) return said(530, 'Login incorrect: there is no place for this user.')
  const tree: Tree = place
  return { kind: 'done', visitor: { user, tree } }
}

function said(code: number, text: string): LoginStep {
  return { kind: 'say', reply: reply(code, text) }
}
