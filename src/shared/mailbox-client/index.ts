// What clients of mailboxes have in common, whatever protocol they speak: what they are told, whether TLS comes before the
// login, how long they wait, and how a session ends.

import { failure, type Failure } from '../../core/failure.ts'
import type { CloseReason, StreamIo } from '../../core/io.ts'

/** Without anything from the server while an answer is due. Fetchmail waits for 300 s; a test wants to end. */
const SILENCE_MS = 30_000
const TIMER = 'silence'

export interface MailboxClientOptions<Ready> {
  readonly user: string
  readonly password: string
  /** Begin TLS where the server offers it, and expect a certificate for this name. Without it TLS is not begun. */
  readonly serverName?: string
  /** End the session rather than log in without TLS. Default: true. */
  readonly tlsRequired?: boolean
  /** Hears that somebody is logged in, or why not. */
  ready(result: Ready | Failure): void
}

/** The name to begin TLS with before a login, or why there can be no login. `undefined`: log in as it is. */
export function tlsBeforeLogin(
  { tls }: Pick<StreamIo, 'tls'>,
  { serverName, tlsRequired = true }: Pick<MailboxClientOptions<unknown>, 'serverName' | 'tlsRequired'>,
  isOffered: boolean,
): string | Failure | undefined {
  if (tls !== undefined) return undefined
  if (serverName !== undefined && isOffered) return serverName
  return tlsRequired ? failure('ENOTLS', 'the server offers no TLS') : undefined
}

type SessionIo = Pick<StreamIo, 'now' | 'wakeAt' | 'end'>

export class ClientSession {
  readonly #io: SessionIo
  readonly #tell: (why: Failure) => void
  #failed: Failure | undefined
  #isOpen = true

  /** `tell` hears once why the session is over, before the connection is closed. */
  constructor(io: SessionIo, tell: (why: Failure) => void) {
    this.#io = io
    this.#tell = tell
  }

  /** Why it is over; `undefined`: it is not. */
  get failed(): Failure | undefined {
    return this.#failed
  }

  /** Something is due from the server, from now on. */
  expectSoon(): void {
    this.#io.wakeAt(TIMER, this.#io.now + SILENCE_MS)
  }

  /** `isDue`: an answer is still due. */
  woke(timer: string, isDue: boolean): void {
    if (timer === TIMER && isDue) this.fail(failure('ETIMEDOUT', `the server said nothing for ${SILENCE_MS} ms`))
  }

  ended(): void {
    this.fail(failure('ECONNRESET', 'the server closed the connection'))
  }

  closed(reason: CloseReason): void {
    this.#isOpen = false
    this.fail(failure('ECONNRESET', `the connection ended: ${reason.detail ?? reason.kind}`))
  }

  fail(why: Failure): void {
    if (this.#failed !== undefined) return
    this.#failed = why
    this.#tell(why)
    if (this.#isOpen) this.#io.end()
    this.#isOpen = false
  }
}
