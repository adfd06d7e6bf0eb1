// Messages of a view as SEARCH, SORT and THREAD look at them.

import type { Mailbox, Message } from '../../../core/index.ts'
import type { SearchedMailbox, SearchedMessage } from '../content/search-key.ts'
import { emailId } from './object-id.ts'
import type { Selected } from './selected.ts'
import type { Session } from './session.ts'

export class Searched implements SearchedMessage {
  readonly sequence: number
  readonly #message: Message
  readonly #selected: Selected

  constructor(selected: Selected, message: Message, sequence: number) {
    this.#selected = selected
    this.#message = message
    this.sequence = sequence
  }

  get uid(): number {
    return this.#message.uid
  }
  get flags(): ReadonlySet<string> {
    return this.#message.flags.lower
  }
  get recent(): boolean {
    return this.#selected.isRecent(this.#message)
  }
  get receivedMs(): number {
    return this.#message.receivedMs
  }
  get savedMs(): number {
    return this.#message.savedMs
  }
  get size(): number {
    return this.#message.size
  }
  get modSeq(): number {
    return this.#message.modSeq
  }
  get emailId(): string {
    return emailId(this.#message)
  }

  head(): Uint8Array | undefined {
    return this.#mailbox.head(this.#message)
  }

  content(): Uint8Array | undefined {
    return this.#mailbox.content(this.#message)
  }

  get #mailbox(): Mailbox {
    return this.#selected.mailbox
  }
}

export function searchedMailbox(session: Session, selected: Selected): SearchedMailbox {
  return {
    wallMs: session.io.wallMs,
    lastSequence: selected.view.length,
    lastUid: selected.lastUid,
    saved: new Set(selected.saved),
  }
}
