// The names of a running world, for tests: changed, asked, and made to go wrong.

import {
  nameCalls,
  type EditOutcome,
  type NameCallsOptions,
  type QueryView,
  type RecordView,
} from '../net/names/index.ts'
import type { NameFailureData } from './world-data.ts'
import { WorldError } from './world-error.ts'

export class WorldNames {
  readonly #calls: ReturnType<typeof nameCalls>

  constructor(assembly: NameCallsOptions) {
    this.#calls = nameCalls(assembly)
  }

  /** `www.shop.test 60 A 192.0.2.7`, in place of what there is of that name and type. Served when this resolves; throws a `WorldError`. */
  async set(...lines: readonly string[]): Promise<EditOutcome> {
    return allowed(await this.#calls.editNames({ add: lines, remove: [], replace: true }))
  }

  /** Beside what there is. */
  async add(...lines: readonly string[]): Promise<EditOutcome> {
    return allowed(await this.#calls.editNames({ add: lines, remove: [], replace: false }))
  }

  /** All records of a name, or those of a type. */
  async remove(name: string, type?: string): Promise<EditOutcome> {
    const remove = [type === undefined ? { name } : { name, type }]
    return allowed(await this.#calls.editNames({ add: [], remove, replace: false }))
  }

  /** The records at a name and below it, as the server that holds the zone has them. */
  list(name: string): readonly RecordView[] {
    return allowed(this.#calls.records(name))
  }

  /** What the world's resolver says. */
  async query(name: string, type = 'A'): Promise<QueryView> {
    return allowed(await this.#calls.queryNames({ name, type, traced: false }))
  }

  /** Has name servers do something wrong, as under `dns: failures`; the function that it gives ends it. */
  fail(order: NameFailureData): () => void {
    const { id } = allowed(this.#calls.orderFailure(order))
    return () => void this.#calls.cancelFailures(id)
  }
}

function allowed<Answer extends object>(answer: Answer | { readonly refused: string }): Answer {
  if ('refused' in answer) throw WorldError.of(answer.refused)
  return answer
}
