// What SORT and THREAD want to know of a message: its header, read once.

import {
  addressesIn,
  addressSpec,
  decodeWords,
  headerOf,
  headerValue,
  parseDate,
  type HeaderSpan,
  type MailAddress,
} from '../../../shared/mime/index.ts'
import { collated } from './subject.ts'
import type { SearchedMessage } from './search-key.ts'

const NONE = new Uint8Array(0)

/** What of a message SORT and THREAD use. */
export type SortedMessage = Pick<SearchedMessage, 'uid' | 'sequence' | 'receivedMs' | 'size' | 'head'>

export class HeaderFacts {
  readonly #receivedMs: number
  readonly #bytes: Uint8Array
  readonly #span: HeaderSpan

  /** A header that is longer than `head()` is read as far as that goes. */
  constructor(message: SortedMessage) {
    this.#receivedMs = message.receivedMs
    this.#bytes = message.head() ?? NONE
    this.#span = headerOf(this.#bytes)
  }

  /** The first field called `name`, in Latin-1. */
  value(name: string): string | undefined {
    return headerValue(this.#bytes, this.#span, name)
  }

  /** By the Date field; the internal date where that cannot be read (RFC 5256 §2.2). */
  sentMs(): number {
    return parseDate(this.value('date') ?? '')?.ms ?? this.#receivedMs
  }

  /** The local part of the first address (RFC 5256 §3), as it is compared. */
  mailbox(name: string): string {
    return collated(decodeWords(this.#first(name)?.local ?? ''))
  }

  /** The name or, for want of one, the address of the first address (RFC 5957 §2), as it is compared. */
  display(name: string): string {
    const first = this.#first(name)
    if (first === undefined) return ''
    return collated(decodeWords(first.name ?? '') || decodeWords(addressSpec(first)))
  }

  #first(name: string): MailAddress | undefined {
    return addressesIn(this.value(name) ?? '')[0]
  }
}
