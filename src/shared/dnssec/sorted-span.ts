// A bounded list that stays in order: what stands at a key, or before it.

export class SortedSpan<K, V> {
  readonly #compare: (a: K, b: K) => number
  readonly #max: number
  readonly #keys: K[] = []
  readonly #values: V[] = []

  constructor(compare: (a: K, b: K) => number, max: number) {
    this.#compare = compare
    this.#max = max
  }

  /** In place of what stood there. A list that is full begins anew. */
  set(key: K, value: V): void {
    const at = this.#placeOf(key)
    const there = at < this.#keys.length && this.#compare(this.#keys[at]!, key) === 0
    if (there) {
      this.#values[at] = value
      return
    }
    const full = this.#keys.length >= this.#max
    if (full) this.#keys.length = this.#values.length = 0
    this.#keys.splice(full ? 0 : at, 0, key)
    this.#values.splice(full ? 0 : at, 0, value)
  }

  atOrBefore(key: K): V | undefined {
    const at = this.#placeOf(key)
    const there = at < this.#keys.length && this.#compare(this.#keys[at]!, key) === 0
    return this.#values[there ? at : at - 1]
  }

  get size(): number {
    return this.#keys.length
  }

  get last(): V | undefined {
    return this.#values.at(-1)
  }

  /** Where a key stands or would stand. */
  #placeOf(key: K): number {
    let low = 0
    let high = this.#keys.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#compare(this.#keys[middle]!, key) < 0) low = middle + 1
      else high = middle
    }
    return low
  }
}
