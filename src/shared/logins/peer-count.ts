// Connections that a service has from each peer at the moment. It holds an entry for connected peers only.

export class PeerCount {
  readonly #max: number
  readonly #open = new Map<string, number>()

  constructor(max: number) {
    this.#max = max
  }

  /** Counts one more connection from `ip`; `false`, and nothing counted, if it has as many as it may. */
  enter(ip: string): boolean {
    const open = this.#open.get(ip) ?? 0
    if (open >= this.#max) return false
    this.#open.set(ip, open + 1)
    return true
  }

  /** For a connection that `enter` counted. */
  leave(ip: string): void {
    const open = this.#open.get(ip) ?? 0
    if (open > 1) this.#open.set(ip, open - 1)
    else this.#open.delete(ip)
  }
}
