// Events as lines on standard output while a world is up: the time, who, where, what. Bounded in rate.

import { formatAddress } from '../core/address.ts'
import type { Event } from '../core/event.ts'
import type { Flow } from '../core/flow.ts'
import { plainJson, plainLine } from '../net/mail/plain-text.ts'
import { say, styled } from './output.ts'

/** Longer than the longest that services tell of; whoever is told of may have chosen what stands in it. */
const SUMMARY_MAX_CHARACTERS = 2000
const LINES_PER_SECOND = 200 // more than anybody reads; what is left out is counted and said

export class EventLog {
  /** The clock of the world, once there is one. */
  wallMs: () => number = () => Date.now()
  readonly #json: boolean
  #second = 0
  #lines = 0
  #left = 0

  constructor(json: boolean) {
    this.#json = json
  }

  event(flow: Flow | undefined, service: string, event: Event): void {
    const now = this.wallMs()
    if (!this.#room(Date.now())) return
    say(this.#json ? plainJson({ atMs: now, service, flow: flow?.id, ...event }) : eventLine(now, flow, service, event))
  }

  #room(now: number): boolean {
    const second = Math.floor(now / 1000)
    if (second !== this.#second) {
      if (this.#left > 0 && !this.#json) say(styled('dim', `${this.#left} more lines left out`))
      this.#second = second
      this.#lines = 0
      this.#left = 0
    }
    this.#lines += 1
    if (this.#lines > LINES_PER_SECOND) this.#left += 1
    return this.#lines <= LINES_PER_SECOND
  }
}

/** Nothing in it moves a terminal's cursor, whoever chose the words. */
export function eventLine(nowMs: number, flow: Flow | undefined, service: string, event: Event): string {
  const time = new Date(nowMs).toISOString().slice(11, 23)
  const who = flow === undefined ? service : `${formatAddress(flow.from)} > ${formatAddress(flow.to)}`
  const told = plainLine(event.summary, SUMMARY_MAX_CHARACTERS)
  const summary = event.severity === 'warning' ? styled('yellow', told) : told
  return `${styled('dim', time)}  ${service.padEnd(5)}  ${who}  ${summary}`
}
