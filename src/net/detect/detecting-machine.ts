// A stream machine for ports that several services share: it looks at the first bytes, chooses, and
// steps aside. What it looked at stays in the inbox for the machine that it chose.

import { isFailure } from '../../core/failure.ts'
import type { CloseReason, StreamIo, StreamMachine } from '../../core/io.ts'
import type { Inbox } from '../../wire/inbox.ts'
import { CHOSE, choose, looksLikeTls, type Candidates, type Recognizer } from './choice.ts'
import { FIRST_BYTE_MS, HEAD_MAX_BYTES, SILENCE_MS } from './limits.ts'

export interface StreamEntry extends Recognizer {
  accept(io: StreamIo): StreamMachine
}

/**
 * Order, by the first bytes: TLS (once, and a second look inside) and each entry;
 * then the sink. Emits `detect.chose` with the service, and why.
 */
export function detectingMachine(io: StreamIo, options: Candidates<StreamEntry>): StreamMachine {
  return new DetectingMachine(io, options)
}

const NOTHING = new Uint8Array(0)
const SILENCE = 'detect.silence'

type Why = 'bytes' | 'unrecognised' | 'silence'

class DetectingMachine implements StreamMachine {
  readonly #io: StreamIo
  readonly #options: Candidates<StreamEntry>
  #chosen: StreamMachine | undefined
  /** A copy of the head while it decides nothing yet. */
  #seen: Uint8Array = NOTHING
  #closed = false

  constructor(io: StreamIo, options: Candidates<StreamEntry>) {
    this.#io = io
    this.#options = options
  }

  opened(): void {
    this.#io.wakeAt(SILENCE, this.#io.now + FIRST_BYTE_MS)
  }

  received(inbox: Inbox): boolean {
    return this.#chosen === undefined ? this.#look(inbox, false) : this.#chosen.received(inbox)
  }

  drained(): void {
    this.#chosen?.drained?.()
  }

  woke(timer: string): void {
    if (timer !== SILENCE) this.#chosen?.woke?.(timer)
    else if (this.#chosen === undefined) this.#stepAfterSilence()
  }

  ended(inbox: Inbox): void {
    if (this.#chosen === undefined && inbox.length > 0) this.#look(inbox, true)
    if (this.#chosen === undefined) return this.#io.end()
    if (this.#chosen.ended === undefined) this.#io.end()
    else this.#chosen.ended(inbox)
  }

  closed(reason: CloseReason): void {
    this.#closed = true
    this.#chosen?.closed?.(reason)
  }

  /** `last`: no more bytes will come. */
  #look(inbox: Inbox, last: boolean): boolean {
    const head = inbox.peek(HEAD_MAX_BYTES)
    const full = last || head.length === HEAD_MAX_BYTES
    const tls = this.#io.tls === undefined ? looksLikeTls(head) : 'no'
    if (tls === 'yes') return this.#unwrap(inbox, full)
    const choice = tls === 'more' && !full ? 'undecided' : choose(this.#options.entries, head, full)
    if (choice === 'undecided') {
      this.#seen = new Uint8Array(head)
      this.#io.wakeAt(SILENCE, this.#io.now + SILENCE_MS)
      return false
    }
    if (choice === 'nobody') this.#step(this.#options.sink, 'unrecognised')
    else this.#step(choice, 'bytes')
    return this.#chosen?.received(inbox) ?? false
  }

  /** No inbox is at hand here: what was seen last decides, and the driver hands it over again. */
  #stepAfterSilence(): void {
    const choice = choose(this.#options.entries, this.#seen, true)
    this.#step(choice === 'nobody' || choice === 'undecided' ? this.#options.sink : choice, 'silence')
  }

  /** The ClientHello goes to the handshake; what comes out of it is looked at again. */
  #unwrap(inbox: Inbox, last: boolean): boolean {
    if (last && inbox.length < HEAD_MAX_BYTES) return false
    this.#io.cancel(SILENCE)
    this.#io.secure({ side: 'server', unread: 'handshake' }, (result) => {
      if (!isFailure(result) && !this.#closed) this.#io.wakeAt(SILENCE, this.#io.now + FIRST_BYTE_MS)
    })
    return true
  }

  #step(entry: StreamEntry, why: Why): void {
    this.#io.cancel(SILENCE)
    const chosen = entry.accept(this.#io)
    this.#chosen = chosen
    this.#tell(entry.service, why)
    chosen.opened?.()
  }

  #tell(service: string, why: Why): void {
    const tls = this.#io.tls !== undefined
    this.#io.emit({ kind: CHOSE, summary: `${service}, ${REASONS[why]}`, detail: { service, why, tls } })
  }
}

const REASONS: Readonly<Record<Why, string>> = {
  bytes: 'by its first bytes',
  unrecognised: 'since nobody recognises its first bytes',
  silence: 'since no more came',
}
