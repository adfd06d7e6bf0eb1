// The messages of one mailbox in memory: those that came since the start, and, once somebody asks, those from before as well.
// An array that was given away never changes; one that nobody has seen grows in place.

import { indexOfUid, type StoredMessage } from './message.ts'

/** What to go back to. */
export interface ListingMark {
  readonly list: StoredMessage[]
  readonly length: number
  readonly whole: boolean
}

export class Listing {
  readonly #older: (beforeUid: number) => StoredMessage[]
  #list: StoredMessage[] = []
  #whole: boolean
  #seen = false

  /** `older` reads those below a uid from the database. */
  constructor(isNew: boolean, older: (beforeUid: number) => StoredMessage[]) {
    this.#whole = isNew
    this.#older = older
  }

  /** All of them. This array stays as it is. */
  get all(): readonly StoredMessage[] {
    const list = this.#load()
    this.#seen = true
    return list
  }

  /** All of them, for looking at during this call. */
  get glance(): readonly StoredMessage[] {
    return this.#load()
  }

  has(message: { readonly uid: number }): boolean {
    const list = this.#load()
    return list[indexOfUid(list, message.uid)] === message
  }

  add(message: StoredMessage): void {
    if (this.#seen) this.#replace([...this.#list])
    this.#list.push(message)
  }

  /** `gone` in rising order of uid. */
  remove(gone: readonly StoredMessage[]): void {
    const going = new Set(gone)
    this.#replace(this.#load().filter((message) => !going.has(message)))
  }

  clear(): void {
    this.#whole = true
    this.#replace([])
  }

  mark(): ListingMark {
    return { list: this.#list, length: this.#list.length, whole: this.#whole }
  }

  goBack(mark: ListingMark): void {
    this.#list = mark.list
    this.#list.length = mark.length
    this.#whole = mark.whole
    this.#seen = true
  }

  #load(): readonly StoredMessage[] {
    if (!this.#whole) {
      this.#whole = true
      this.#list = this.#older(this.#list[0]?.uid ?? Infinity).concat(this.#list)
      this.#seen = false
    }
    return this.#list
  }

  #replace(list: StoredMessage[]): void {
    this.#list = list
    this.#seen = false
  }
}
