// Equal things counted once each, in the order in which they first came.

export interface Counted<Thing> {
  readonly thing: Thing
  readonly count: number
}

export class Tally<Thing> {
  readonly #counts = new Map<string, { readonly thing: Thing; count: number }>()

  /** Two things are equal when they print as the same JSON. */
  add(thing: Thing, count = 1): void {
    const key = JSON.stringify(thing)
    const known = this.#counts.get(key)
    if (known) known.count += count
    else this.#counts.set(key, { thing, count })
  }

  all(): readonly Counted<Thing>[] {
    return [...this.#counts.values()]
  }
}
