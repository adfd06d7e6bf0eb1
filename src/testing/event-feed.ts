// Waits for events of a world. It keeps none itself: the past is handed in, and what happens then is told.

import type { WorldEvent } from './happenings.ts'

/** Events that a disappointed wait shows. */
const SHOWN_MAX = 5

interface Wait {
  tell(event: WorldEvent): void
  fail(why: string): void
}

export class EventFeed {
  readonly #waits = new Set<Wait>()

  happened(event: WorldEvent): void {
    for (const wait of this.#waits) wait.tell(event)
  }

  /** Whether `happened` would be heard. */
  get heard(): boolean {
    return this.#waits.size > 0
  }

  /**
   * Resolves with the first event that fits, those of the past included. Rejects after `timeoutMs`, with the world's end,
   * and with whatever `fits` throws.
   */
  first(
    past: () => readonly WorldEvent[],
    fits: (event: WorldEvent) => boolean,
    timeoutMs: number,
  ): Promise<WorldEvent> {
    const { promise, resolve, reject } = Promise.withResolvers<WorldEvent>()
    const end = (tell: () => void) => {
      clearTimeout(timeout)
      this.#waits.delete(wait)
      tell()
    }
    const wait: Wait = {
      tell: (event) => {
        try {
          if (fits(event)) end(() => resolve(event))
        } catch (thrown) {
          end(() => reject(thrown))
        }
      },
      fail: (why) => end(() => reject(new Error(`${why}; ${lastOf(past())}`))),
    }
    const timeout = setTimeout(() => wait.fail(`no such event within ${timeoutMs} ms`), timeoutMs)
    this.#waits.add(wait)
    for (const event of past()) if (this.#waits.has(wait)) wait.tell(event)
    return promise
  }

  /** Whoever still waits waits in vain. */
  stop(): void {
    for (const wait of this.#waits) wait.fail('the world was stopped before such an event')
  }
}

function lastOf(events: readonly WorldEvent[]): string {
  if (events.length === 0) return 'nothing happened'
  const shown = events.slice(-SHOWN_MAX).map(({ kind, summary }) => `  ${kind}  ${summary}`)
  return `the last of ${events.length}:\n${shown.join('\n')}`
}
