// One message on its way into a FETCH response: what is read of it, once, and only when an item wants it.

import type { Mailbox, Message } from '../../../core/index.ts'
import { headerOf, parseMessage, type HeaderSpan, type Part } from '../../../shared/mime/index.ts'
import { bufferOf } from '../../../wire/text.ts'

const HEADER_END = Buffer.from('\r\n\r\n')

export class Fetched {
  readonly message: Message
  readonly #mailbox: Mailbox
  #content: Uint8Array | undefined
  #head: Uint8Array | undefined
  #root: Part | undefined

  constructor(mailbox: Mailbox, message: Message) {
    this.#mailbox = mailbox
    this.message = message
  }

  /** `undefined`: it was expunged meanwhile. */
  get content(): Uint8Array | undefined {
    this.#content ??= this.#mailbox.content(this.message)
    return this.#content
  }

  get root(): Part | undefined {
    const { content } = this
    if (content !== undefined) this.#root ??= parseMessage(content)
    return this.#root
  }

  /** Octets that hold the whole header, and where it is in them: the beginning of the message where that is enough. */
  get header(): { readonly bytes: Uint8Array; readonly span: HeaderSpan } | undefined {
    const bytes = this.#content ?? this.#wholeHead() ?? this.content
    return bytes === undefined ? undefined : { bytes, span: headerOf(bytes) }
  }

  #wholeHead(): Uint8Array | undefined {
    this.#head ??= this.#mailbox.head(this.message)
    const head = this.#head
    if (head === undefined || head.length === this.message.size) return head
    const bytes = bufferOf(head)
    return bytes.includes(HEADER_END) ? head : undefined
  }
}
