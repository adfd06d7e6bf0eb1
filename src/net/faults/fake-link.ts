// A link for tests, with a clock that the test turns.

import type { Event } from '../../core/event.ts'
import type { Flow } from '../../core/flow.ts'
import type { Link } from '../../core/layer.ts'

export class FakeLink implements Link {
  readonly flow: Flow
  readonly events: Event[] = []
  readonly resets: string[] = []
  readonly #due: { atMs: number; run: () => void }[] = []
  now = 0
  readonly wallMs = 0

  constructor(flow: Partial<Flow> = {}) {
    const from = { ip: '203.0.113.10', port: 40_000 }
    this.flow = { id: 1, transport: 'tcp', from, to: { ip: '192.0.2.2', port: 25 }, service: '', openedMs: 0, ...flow }
  }

  get waiting(): number {
    return this.#due.length
  }

  at(atMs: number, run: () => void): void {
    this.#due.push({ atMs, run })
  }

  random(): number {
    return 0
  }

  reset(reason: string): void {
    this.resets.push(reason)
  }

  emit(event: Event): void {
    this.events.push(event)
  }

  /** Turns the clock to `ms`, running what falls due on the way, each at its time. */
  turnTo(ms: number): void {
    for (;;) {
      this.#due.sort((a, b) => a.atMs - b.atMs)
      const next = this.#due[0]
      if (next === undefined || next.atMs > ms) break
      this.#due.shift()
      this.now = Math.max(this.now, next.atMs)
      next.run()
    }
    this.now = ms
  }
}
