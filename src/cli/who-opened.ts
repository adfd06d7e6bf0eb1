// Finds the program behind a flow, while it still holds the port.

import type { Flow } from '../core/flow.ts'
import type { Client } from '../host/private/client-side.ts'
import { ownerOfPort } from '../host/private/processes.ts'
import type { FlowRecord } from '../net/record/index.ts'

/** A look through /proc costs some milliseconds, so a busy client's later flows go unnamed. */
const LOOKS_PER_SECOND = 20

export class WhoOpened {
  #second = 0
  #looks = 0

  /** Notes in the record which program in `client` opened `flow`. */
  note(record: FlowRecord, flow: Flow, client: Client | undefined): void {
    if (client === undefined || !this.#mayLook(flow.openedMs)) return
    const process = ownerOfPort(client.netns, flow.transport, flow.from.port)
    if (process !== undefined) record.openedBy(flow.id, process)
  }

  #mayLook(nowMs: number): boolean {
    const second = Math.floor(nowMs / 1000)
    if (second !== this.#second) this.#looks = 0
    this.#second = second
    this.#looks += 1
    return this.#looks <= LOOKS_PER_SECOND
  }
}
