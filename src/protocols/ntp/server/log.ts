// What an NTP server tells of: who asks for the first time, whom it turns away, what it does not answer. A bounded number a second.

import type { Address } from '../../../core/address.ts'
import { EventBudget } from '../../../core/event-budget.ts'
import type { Event } from '../../../core/event.ts'
import type { Io } from '../../../core/io.ts'
import type { KissCode } from '../messages.ts'

const TIMER = 'told'

const KISS_TEXT: Readonly<Record<KissCode, string>> = {
  DENY: 'is denied access',
  RSTR: 'is restricted',
  RATE: 'asks too often',
  NTSN: 'has a cookie that is not ours any more',
}

export class ServerLog {
  readonly #budget: EventBudget

  /** `io`: the service's. */
  constructor(io: Io) {
    this.#budget = new EventBudget(io, TIMER, (count) =>
      io.emit({ kind: 'ntp.more', summary: `${count} more within a second`, detail: { count } }),
    )
  }

  client(io: Io, { ip }: Address, version: number): void {
    this.#tell(io, { kind: 'ntp.client', summary: `${ip} asks for the time`, detail: { client: ip, version } })
  }

  kiss(io: Io, { ip }: Address, code: KissCode): void {
    const summary = `${code}: ${ip} ${KISS_TEXT[code]}`
    this.#tell(io, { kind: 'ntp.kiss', summary, severity: 'warning', detail: { client: ip, code } })
  }

  unauthentic(io: Io, { ip }: Address, keyId: number): void {
    const summary = `${ip} used key ${keyId}, which is not known here or has another secret`
    this.#tell(io, { kind: 'ntp.unauthentic', summary, severity: 'warning', detail: { client: ip, key: keyId } })
  }

  unanswered(io: Io, { ip }: Address, mode: number): void {
    const summary = `${ip} sent mode ${mode}, which gets no answer`
    this.#tell(io, { kind: 'ntp.unanswered', summary, detail: { client: ip, mode } })
  }

  woke(timer: string): void {
    this.#budget.woke(timer)
  }

  flush(): void {
    this.#budget.flush()
  }

  #tell(io: Io, event: Event): void {
    if (this.#budget.takes(io.now)) io.emit(event)
  }
}
