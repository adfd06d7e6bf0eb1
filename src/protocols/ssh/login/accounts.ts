// Who may log in and by what: the questions that a login asks of the world, and the counts of those who guess.

import { createHash, timingSafeEqual } from 'node:crypto'
import { ANY_PASSWORD, isFailure, type Tree, type UserView, type WorldView } from '../../../core/index.ts'
import { BadLogins, DEFAULT_LOGIN_LIMITS } from '../../../shared/logins/index.ts'
import { pathText } from '../../../wire/path-text.ts'
import { AUTHORIZED_KEYS_MAX_BYTES, type SshLimits } from '../limits.ts'
import { isStrong, parseAuthorizedKey, parseAuthorizedKeys, type AuthorizedKey } from './authorized-keys.ts'
import { NO_OPTIONS, type KeyOptions } from './key-options.ts'
import { OneTimeCodes } from './one-time-code.ts'
import { peerFits } from './peer-patterns.ts'

const OWN_KEYS = '/.ssh/authorized_keys'

/** Compared with where there is no user, so that nobody learns it from the time that it takes. */
const NO_PASSWORD = digest('')

export class Accounts {
  readonly peers: BadLogins
  /** By address. */
  readonly users: BadLogins
  readonly codes = new OneTimeCodes()
  readonly #world: Pick<WorldView, 'user' | 'nameOf'>
  readonly #files: (user: UserView) => Tree | undefined

  /** `files`: what a user has here, in which `.ssh/authorized_keys` may stand. */
  constructor(
    world: Pick<WorldView, 'user' | 'nameOf'>,
    limits: Pick<SshLimits, 'peerFailuresMax' | 'userFailuresMax' | 'shutMs' | 'triesMax'>,
    files: (user: UserView) => Tree | undefined,
  ) {
    this.#world = world
    this.#files = files
    const shared = { ...DEFAULT_LOGIN_LIMITS, perConnectionMax: limits.triesMax, shutMs: limits.shutMs }
    this.peers = new BadLogins({ ...shared, perPeerMax: limits.peerFailuresMax })
    this.users = new BadLogins({ ...shared, perPeerMax: limits.userFailuresMax })
  }

  user(login: string): UserView | undefined {
    return this.#world.user(login)
  }

  /** Takes as long for nobody as for somebody. */
  isPassword(user: UserView | undefined, given: string): boolean {
    if (user?.password === ANY_PASSWORD) return true
    const right = timingSafeEqual(digest(given), user === undefined ? NO_PASSWORD : digest(user.password))
    return right && user !== undefined
  }

  /** What a key may do that `ip` comes with; `undefined`: it opens nothing. A signature by it is still to be asked for. */
  async keyOptions(
    user: UserView | undefined,
    blob: Uint8Array,
    ip: string,
    wallMs: number,
  ): Promise<KeyOptions | undefined> {
    if (user === undefined || !isStrong(blob)) return undefined
    if (user.password === ANY_PASSWORD) return NO_OPTIONS
    const known = (user.keys ?? []).map(parseAuthorizedKey).filter((key) => key !== undefined)
    const fits = ({ blob: other, options }: AuthorizedKey) =>
      other.equals(blob) && this.#isFor(options, ip) && wallMs < (options.expiresMs ?? Infinity)
    return (known.find(fits) ?? (await this.#ownKeys(user)).find(fits))?.options
  }

  #isFor({ from }: KeyOptions, ip: string): boolean {
    return from === undefined || peerFits(from, { ip, name: this.#world.nameOf(ip) })
  }

  async #ownKeys(user: UserView): Promise<readonly AuthorizedKey[]> {
    const file = await this.#files(user)?.open(OWN_KEYS)
    if (file === undefined || isFailure(file)) return []
    try {
      return parseAuthorizedKeys(pathText(await file.read(0, AUTHORIZED_KEYS_MAX_BYTES)))
    } finally {
      await file.close()
    }
  }
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text, 'utf8').digest()
}
