// The failure lab: what name servers are ordered to do wrong, by the world file and by commands while the world runs.

import { failure, type Failure } from '../../core/failure.ts'
import type { DnsLab, DnsMistake } from '../../core/zones.ts'
import { pieceOf, piecesFit, type Piece } from '../../shared/wildcards/index.ts'
import { compileAddresses, type AddressSet } from '../firewall/index.ts'
import { RULES_MAX } from '../world/limits.ts'
import type { OrderedFailure, World } from '../world/model.ts'

/** An order as people see it. */
export interface StandingFailure {
  /** Counted from 1; never given twice in one world. */
  readonly id: number
  readonly ordered: OrderedFailure
  /** How often it was done. */
  readonly done: number
}

interface Order {
  readonly id: number
  readonly ordered: OrderedFailure
  readonly name: readonly Piece[] | undefined
  readonly peers: AddressSet | undefined
  done: number
}

type Asked = Parameters<DnsLab['take']>[0]

export class Lab implements DnsLab {
  readonly #world: World
  readonly #orders: Order[] = []
  #lastId = 0

  constructor(world: World) {
    this.#world = world
    for (const ordered of world.names.failures) this.order(ordered)
  }

  get busy(): boolean {
    return this.#orders.length > 0
  }

  take(asked: Asked): DnsMistake | undefined {
    const at = this.#orders.findIndex((order) => fits(order, asked))
    const order = this.#orders[at]
    if (order === undefined) return undefined
    order.done += 1
    if (order.done === order.ordered.count) this.#orders.splice(at, 1)
    return order.ordered.mistake
  }

  /** Behind all others; gives its number. */
  order(ordered: OrderedFailure): number | Failure {
    if (this.#orders.length >= RULES_MAX) return failure('EBUSY', `${RULES_MAX} failures are ordered already`)
    this.#lastId += 1
    const { name, peer } = ordered
    this.#orders.push({
      id: this.#lastId,
      ordered,
      name: name === undefined ? undefined : [...name].map(pieceOf),
      peers: peer === undefined ? undefined : compileAddresses(this.#world, [peer]),
      done: 0,
    })
    return this.#lastId
  }

  /** Those that are not used up. */
  get standing(): readonly StandingFailure[] {
    return this.#orders.map(({ id, ordered, done }) => ({ id, ordered, done }))
  }

  /** One by its number, or all; says how many went. */
  cancel(id?: number): number {
    const before = this.#orders.length
    if (id === undefined) this.#orders.length = 0
    const at = this.#orders.findIndex((order) => order.id === id)
    if (at >= 0) this.#orders.splice(at, 1)
    return before - this.#orders.length
  }
}

function fits({ ordered, name, peers }: Order, asked: Asked): boolean {
  return (
    (ordered.type === undefined || ordered.type === asked.type) &&
    (ordered.host === undefined || ordered.host === asked.host) &&
    (name === undefined || piecesFit(name, asked.name.toLowerCase())) &&
    (peers === undefined || peers.has(asked.peer))
  )
}
