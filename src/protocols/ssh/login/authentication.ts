// A login (RFC 4252): one request after another until one is good enough, or too many were not. It says what each comes to;
// keys, passwords and codes are checked by login/accounts.ts.

import { createHash } from 'node:crypto'
import type { UserView } from '../../../core/index.ts'
import { LOGIN_REQUESTS_MAX, PENDING_LOGINS_MAX, REFUSAL_MIN_MS } from '../limits.ts'
import { DISCONNECT } from '../messages.ts'
import type { Link } from '../transport/link.ts'
import type { Engine, Library, LoginData, PublicKeyProof } from '../transport/library.ts'
import type { Timers } from '../timers.ts'
import type { Accounts } from './accounts.ts'
import { keyAlgorithm } from './authorized-keys.ts'
import { NO_OPTIONS, type KeyOptions } from './key-options.ts'

export interface Login {
  /** As the client said it. */
  readonly name: string
  readonly user: UserView
  /** `publickey`, or `password and code`. */
  readonly by: string
  readonly options: KeyOptions
}

export interface AuthenticationOwner {
  readonly link: Link
  readonly library: Library
  readonly timers: Timers
  readonly accounts: Accounts
  readonly triesMax: number
  granted(login: Login): void
  /** A password, a code or a signature was wrong; `shut`: its peer or its user is now shut out. */
  guessed(name: string, reason: string, shut: boolean): void
  /** More than a client may ask for; the connection closes. */
  abused(what: string): void
}

/** What a request comes to. `guess`: it counts against its peer, and is told late. */
type Outcome =
  | { readonly kind: 'good'; readonly options: KeyOptions }
  | { readonly kind: 'bad'; readonly reason: string; readonly guess: boolean }

interface Asked {
  readonly method: string
  readonly data: LoginData
}

const METHODS = ['publickey', 'password', 'keyboard-interactive']
const SECOND_METHODS = ['keyboard-interactive']
const PASSWORD_PROMPT = [{ prompt: 'Password: ', echo: false }]
const CODE_PROMPT = [{ prompt: 'One-time code: ', echo: false }]
/** Requests after the login: ignored (RFC 4252 §5.1), but not for ever. */
const LATE_MAX = 20

export class Authentication {
  readonly #owner: AuthenticationOwner
  #name: string | undefined
  #user: UserView | undefined
  readonly #pending: Asked[] = []
  #busy = false
  #tries = 0
  #requests = 0
  /** When the request that is being decided was taken up. */
  #sinceMs = 0
  #late = 0
  /** Passed already, where a code is asked for besides. */
  #first: { readonly by: string; readonly options: KeyOptions } | undefined
  /** Hears the answers to the prompts that are out. */
  #prompted: ((answer: string) => void) | undefined
  #asked = false
  #done = false

  constructor(owner: AuthenticationOwner) {
    this.#owner = owner
  }

  request(name: string, service: string, method: string, data: LoginData): void {
    if (this.#done) return this.#tooLate()
    if (service !== 'ssh-connection') return this.#owner.link.disconnect(DISCONNECT.serviceNotAvailable)
    // RFC 4252 §5 lets the name change; as sshd, we do not.
    if (this.#name !== undefined && this.#name !== name) return this.#abused('the name changed between requests')
    if (this.#name === undefined) this.#user = this.#owner.accounts.user(name)
    this.#name = name
    if (++this.#requests > LOGIN_REQUESTS_MAX) return this.#abused('too many login requests')
    if (this.#pending.length >= PENDING_LOGINS_MAX) return this.#abused('too many login requests at once')
    this.#pending.push({ method, data })
    this.#next()
  }

  answered(responses: readonly string[]): void {
    const prompted = this.#prompted
    this.#prompted = undefined
    if (prompted === undefined) return this.#abused('answers to no question')
    prompted(responses.length === 1 ? (responses[0] ?? '') : '')
  }

  #next(): void {
    if (this.#busy || this.#done) return
    const asked = this.#pending.shift()
    if (asked === undefined) return
    this.#busy = true
    this.#sinceMs = this.#owner.link.io.now
    if (this.#prompted !== undefined) this.#dropPrompt()
    if (this.#isShut()) return this.#settle(asked.method, { kind: 'bad', reason: 'shut out', guess: false })
    this.#decide(asked)
  }

  #decide({ method, data }: Asked): void {
    // Clients ask what there is by a `none` at first (RFC 4252 §5.2); it is no try, further ones are.
    if (method === 'none' && !this.#asked) {
      this.#asked = true
      return this.#refuse()
    }
    if (method === 'keyboard-interactive') return this.#prompt()
    if (this.#first !== undefined) return this.#settle(method, bad('the code is missing', false))
    if (method === 'password') return this.#settle(method, this.#password(typeof data === 'string' ? data : ''))
    if (method === 'publickey' && isProof(data)) return this.#publicKey(data)
    this.#settle(method, bad(`${method} is not offered`, false))
  }

  #password(given: string): Outcome {
    const { accounts } = this.#owner
    return accounts.isPassword(this.#user, given)
      ? { kind: 'good', options: NO_OPTIONS }
      : bad('wrong name or password')
  }

  #publicKey(proof: PublicKeyProof): void {
    const { link, accounts } = this.#owner
    // A signature with SHA-1 (RFC 8332 §3).
    if (proof.keyAlgo === 'ssh-rsa' && proof.hashAlgo === undefined) {
      return this.#settle('publickey', bad('RSA with SHA-1', false))
    }
    // It is verified as what it is, whatever was said of it.
    if (proof.keyAlgo !== keyAlgorithm(proof.key)) return this.#settle('publickey', bad('no such key', false))
    const { io } = link
    io.ask(accounts.keyOptions(this.#user, proof.key, io.peer.ip, io.wallMs), (options) =>
      link.act((engine) => this.#keyKnown(engine, proof, options)),
    )
  }

  #keyKnown(engine: Engine, proof: PublicKeyProof, options: KeyOptions | undefined): void {
    if (options === undefined) return this.#settle('publickey', bad('unknown key', false))
    if (proof.signature === undefined) {
      engine.authPKOK(proof.hashAlgo === undefined ? proof.keyAlgo : `rsa-sha2-${proof.hashAlgo.slice(3)}`, proof.key)
      return this.#free()
    }
    const isGood = this.#isSigned(proof, proof.signature)
    this.#settle('publickey', isGood ? { kind: 'good', options } : bad('wrong signature'))
  }

  #isSigned({ key, blob, hashAlgo }: PublicKeyProof, signature: Buffer): boolean {
    const parsed = this.#owner.library.parseKey(key)
    return !(parsed instanceof Error) && blob !== undefined && parsed.verify(blob, signature, hashAlgo) === true
  }

  /** RFC 4256: the password, unless it or a key has passed; then the code, where there is one. */
  #prompt(): void {
    if (this.#first !== undefined) return this.#promptCode(this.#first.by, this.#first.options)
    this.#ask(PASSWORD_PROMPT, (given) => {
      const outcome = this.#password(given)
      if (outcome.kind === 'good' && this.#user?.oneTimeSecret !== undefined) {
        return this.#promptCode('password', NO_OPTIONS)
      }
      this.#settle('keyboard-interactive', outcome)
    })
  }

  #promptCode(by: string, options: KeyOptions): void {
    this.#ask(CODE_PROMPT, (code) => {
      const { link, accounts } = this.#owner
      const { address, oneTimeSecret } = this.#user ?? {}
      const isGood =
        address !== undefined &&
        oneTimeSecret !== undefined &&
        accounts.codes.accepts(address, oneTimeSecret, code, link.io.wallMs)
      if (isGood && !this.#isShut()) return this.#grant(`${by} and code`, options)
      this.#settle('keyboard-interactive', bad('wrong code'))
    })
  }

  #ask(prompts: typeof CODE_PROMPT, then: (answer: string) => void): void {
    this.#owner.link.act((engine) => engine.authInfoReq('', '', prompts))
    // Another request may come in place of the answer, and ends the exchange (RFC 4256 §3.1).
    this.#busy = false
    this.#prompted = (answer) => {
      this.#busy = true
      then(answer)
    }
    this.#next()
  }

  #dropPrompt(): void {
    this.#prompted = undefined
    this.#owner.link.act((engine) => engine._authsQueue.shift())
  }

  #settle(method: string, outcome: Outcome): void {
    if (outcome.kind === 'bad') return this.#bad(outcome.reason, outcome.guess)
    if (this.#isShut()) return this.#bad('shut out', false)
    const by = method === 'keyboard-interactive' ? 'password' : method
    if (this.#user?.oneTimeSecret === undefined) return this.#grant(by, outcome.options)
    this.#first = { by, options: outcome.options }
    this.#owner.link.act((engine) => engine.authFailure(SECOND_METHODS, true))
    this.#free()
  }

  #grant(by: string, options: KeyOptions): void {
    const [user, name] = [this.#user, this.#name]
    if (user === undefined || name === undefined) return this.#bad('nobody', true)
    const { link, accounts } = this.#owner
    this.#done = true
    this.#pending.length = 0
    accounts.peers.succeeded(link.io.peer.ip)
    accounts.users.succeeded(user.address)
    link.act((engine) => engine.authSuccess())
    this.#owner.granted({ name, user, by, options })
  }

  #bad(reason: string, guess: boolean): void {
    const tries = ++this.#tries
    const { accounts, timers, link } = this.#owner
    const { ip } = link.io.peer
    if (!guess) {
      // Counted from the request on: nobody learns how long it took to look.
      const leftMs = Math.max(0, this.#sinceMs + REFUSAL_MIN_MS - link.io.now)
      return timers.in(leftMs, 'refusal', () => this.#refuseOrClose(tries, accounts.peers.isShut(ip, link.io.now)))
    }
    const rebuff = accounts.peers.failed(ip, tries, link.io.now)
    const userShut = accounts.users.failed(this.#account, tries, link.io.now).shut
    this.#owner.guessed(this.#name ?? '', reason, rebuff.shut || userShut)
    timers.in(rebuff.delayMs, 'refusal', () => this.#refuseOrClose(tries, rebuff.close))
  }

  #refuseOrClose(tries: number, close: boolean): void {
    if (!close && tries < this.#owner.triesMax) return this.#refuse()
    this.#done = true
    if (!close) this.#owner.abused(`${tries} logins were refused`)
    this.#owner.link.disconnect(DISCONNECT.noMoreAuthMethods)
  }

  #refuse(): void {
    const methods = this.#first === undefined ? METHODS : SECOND_METHODS
    this.#owner.link.act((engine) => engine.authFailure(methods, false))
    this.#free()
  }

  #free(): void {
    this.#busy = false
    this.#next()
  }

  #isShut(): boolean {
    const { accounts, link } = this.#owner
    const { now, peer } = link.io
    return accounts.peers.isShut(peer.ip, now) || accounts.users.isShut(this.#account, now)
  }

  /** What bad logins are counted by: of nobody too, so that nobody learns from a lock-out who exists. */
  get #account(): string {
    return (
      this.#user?.address ??
      createHash('sha256')
        .update(this.#name ?? '')
        .digest('base64')
    )
  }

  #tooLate(): void {
    if (++this.#late > LATE_MAX) this.#abused('login requests after the login')
  }

  #abused(what: string): void {
    this.#done = true
    this.#owner.abused(what)
    this.#owner.link.disconnect(DISCONNECT.protocolError)
  }
}

function bad(reason: string, guess = true): Outcome {
  return { kind: 'bad', reason, guess }
}

function isProof(data: LoginData): data is PublicKeyProof {
  return data !== null && typeof data === 'object' && 'keyAlgo' in data
}
