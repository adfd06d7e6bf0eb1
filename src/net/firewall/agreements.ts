// What conversations have agreed on: streams that pass whatever the rules say, and ports that are closed to all others.
// Asked before the rules.

import { formatAddress } from '../../core/address.ts'
import { failure, type Failure } from '../../core/failure.ts'
import type { Agreement } from '../../core/plane.ts'
import type { Decision, FlowRequest } from './gate.ts'

/** Agreements at a time, of the whole world. Ours: each is a port or a stream, and those are bounded below it. */
export const AGREEMENTS_MAX = 4096

/** Why a port that was agreed on is closed to everyone else. */
export const AGREED_WITH_ANOTHER = 'another peer has agreed on this port'

const CLOSED: Decision = { verdict: 'reject', because: AGREED_WITH_ANOTHER, path: [] }

export class Agreements {
  /** By the address that is asked for. */
  readonly #about = new Map<string, Agreement[]>()
  #size = 0

  get size(): number {
    return this.#size
  }

  add(agreement: Agreement): Failure | undefined {
    if (this.#size >= AGREEMENTS_MAX) return failure('EBUSY', `${AGREEMENTS_MAX} agreed ports and streams are open`)
    const key = formatAddress(agreement.to)
    const about = this.#about.get(key)
    if (about === undefined) this.#about.set(key, [agreement])
    else about.push(agreement)
    this.#size++
    return undefined
  }

  /** Whether it stood. */
  delete(agreement: Agreement): boolean {
    const key = formatAddress(agreement.to)
    const about = this.#about.get(key)
    const at = about?.indexOf(agreement) ?? -1
    if (about === undefined || at === -1) return false
    about.splice(at, 1)
    if (about.length === 0) this.#about.delete(key)
    this.#size--
    return true
  }

  /** Undefined where nobody has agreed on anything, and the rules decide. */
  decide({ transport, from, to }: FlowRequest): Decision | undefined {
    if (this.#size === 0 || transport !== 'tcp') return undefined
    const about = this.#about.get(formatAddress(to)) ?? []
    const mine = about.find((each) => each.from.ip === from.ip && (each.from.port ?? from.port) === from.port)
    if (mine !== undefined) return allowed(mine)
    return about.some(({ direction }) => direction === 'in') ? CLOSED : undefined
  }
}

function allowed({ flow, because }: Agreement): Decision {
  if (flow === undefined) return { verdict: 'allow', because: `agreed: ${because}`, path: [] }
  return { verdict: 'allow', agreedIn: flow.id, because: `agreed in flow ${flow.id}: ${because}`, path: [] }
}
