// One session: who is logged in, what is selected, what was enabled. What commands act upon; the connection runs them.

import type { Account, StreamIo, UserView } from '../../../core/index.ts'
import type { NameForm } from '../codec/scanner.ts'
import { encodeUtf7, encodeUtf8 } from '../codec/utf7.ts'
import type { SessionState } from '../messages.ts'
import type { Overruling } from '../policy.ts'
import type { ImapContext } from './context.ts'
import type { Tagged } from './outcome.ts'
import type { Out } from './out.ts'
import type { Selected } from './selected.ts'

/** What ENABLE and its kin switched on (RFC 5161, RFC 7162 §3.1, §3.2.3). */
export interface Enabled {
  rev2: boolean
  condstore: boolean
  qresync: boolean
}

/** What only the connection can do. */
export interface SessionHost {
  /** Everything is said: the connection ends. */
  over(): void
  /** Both directions are compressed from here on. */
  compress(): void
  /** Others have changed the selected mailbox. */
  stale(): void
  /** The owner's word in place of what would be said. */
  overruled(overruling: Overruling): Tagged
}

const QUOTABLE = /^[\x20-\x7e]{0,1000}$/

export class Session {
  readonly io: StreamIo
  readonly context: ImapContext
  readonly out: Out
  readonly host: SessionHost
  readonly enabled: Enabled = { rev2: false, condstore: false, qresync: false }
  user: UserView | undefined
  account: Account | undefined
  selected: Selected | undefined
  isCompressed = false
  badLogins = 0
  #isOver = false

  constructor(io: StreamIo, context: ImapContext, out: Out, host: SessionHost) {
    this.io = io
    this.context = context
    this.out = out
    this.host = host
  }

  get state(): SessionState {
    if (this.#isOver) return 'logout'
    if (this.account === undefined) return 'not-authenticated'
    return this.selected === undefined ? 'authenticated' : 'selected'
  }

  /** What mailbox names are written in. */
  get names(): NameForm {
    return this.enabled.rev2 ? 'utf-8' : 'utf-7'
  }

  /** A mailbox name as an astring. */
  mailboxName(name: string): string {
    const wire = this.names === 'utf-8' ? encodeUtf8(name) : encodeUtf7(name)
    if (ATOM.test(wire)) return wire
    return this.names === 'utf-8' ? `"${wire.replaceAll(/["\\]/g, '\\$&')}"` : quoted(wire)
  }

  /** The address of who is logged in; empty before. */
  get address(): string {
    return this.user?.address ?? ''
  }

  unselect(): void {
    this.selected?.close()
    this.selected = undefined
  }

  /** Ends the session on the server's part. */
  bye(text: string): void {
    if (this.#isOver) return
    this.out.text(`* BYE ${text}\r\n`)
    this.over()
  }

  over(): void {
    this.#isOver = true
    this.unselect()
    this.host.over()
  }
}

const ATOM = /^[!#$&'+-Z^-z|}~]+$/

/** Text as a quoted string, or as a literal where it cannot be one. One character an octet. */
function quoted(text: string): string {
  if (QUOTABLE.test(text)) return `"${text.replaceAll(/["\\]/g, '\\$&')}"`
  return `{${text.length}}\r\n${text}`
}
