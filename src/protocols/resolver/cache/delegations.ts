// Which servers have which zone, as the zones above told. A delegation ends with its TTL whatever the zone itself says, so
// that a zone that was taken away does not live on (RFC 9520 aside, "ghost domain names").

import { parentOf } from '../../../shared/dns/codec/name.ts'
import type { DomainName } from '../../../shared/dns/messages.ts'
import type { NameServer } from '../iterate/finding.ts'
import { isFresh } from './links.ts'

export interface Delegation {
  readonly zone: DomainName
  readonly servers: readonly NameServer[]
  /** Asked with RD, for whole names: a resolver (RFC 8499 §6). */
  readonly forwards: boolean
  /** Whether to go on without it where it does not help. */
  readonly isOnly?: boolean
  /** The name that a forwarder's certificate must have; undefined: it is asked in plain. */
  readonly tlsName?: string
  readonly port: number
  readonly storedMs: number
  readonly expiresMs: number
}

/** Delegations kept; Unbound's keeps them among its records. Ours. */
const DELEGATIONS_MAX = 50_000
/** Bytes of all of them, objects reckoned in: a common one has 500, and one can be made that has 20,000. Ours. */
const DELEGATIONS_MAX_BYTES = 33_554_432
/** What a delegation takes besides its servers, a server besides its name, and an address; measured on Node 24. */
const DELEGATION_BYTES = 300
const SERVER_BYTES = 160
const ADDRESS_BYTES = 60

export class Delegations {
  readonly #known = new Map<DomainName, Delegation>()
  #bytes = 0
  /** It stands whatever happens; undefined: there is nothing to begin with. */
  readonly #root: Delegation | undefined
  readonly #forwards: ReadonlyMap<DomainName, Delegation>

  constructor(root: Delegation | undefined, forwards: readonly Delegation[]) {
    this.#root = root
    this.#forwards = new Map(forwards.map((one) => [one.zone, one]))
  }

  /** Of all that are kept, objects reckoned in. */
  get bytes(): number {
    return this.#bytes
  }

  /** The closest at or above a name that still holds; a forwarder comes before all others, unless one has failed. */
  closest(name: DomainName, wallMs: number, without?: 'forwarders'): Delegation | undefined {
    const forward = without === undefined ? this.forwarder(name) : undefined
    if (forward !== undefined) return forward
    for (let at: DomainName | undefined = name; at !== undefined && at !== ''; at = parentOf(at)) {
      const known = this.#fresh(at, wallMs)
      if (known !== undefined) return known
    }
    return this.#root
  }

  add(delegation: Delegation): void {
    this.#remove(delegation.zone)
    this.#bytes += sizeOf(delegation)
    this.#known.set(delegation.zone, delegation)
    for (const oldest of this.#known.keys()) {
      if (this.#known.size <= DELEGATIONS_MAX && this.#bytes <= DELEGATIONS_MAX_BYTES) return
      this.#remove(oldest)
    }
  }

  #remove(zone: DomainName): void {
    const known = this.#known.get(zone)
    if (known === undefined) return
    this.#bytes -= sizeOf(known)
    this.#known.delete(zone)
  }

  clear(): void {
    this.#known.clear()
    this.#bytes = 0
  }

  /** The closest forwarder at or above a name. */
  forwarder(name: DomainName): Delegation | undefined {
    if (this.#forwards.size === 0) return undefined
    for (let at: DomainName | undefined = name; at !== undefined; at = parentOf(at)) {
      const forward = this.#forwards.get(at)
      if (forward !== undefined) return forward
    }
    return undefined
  }

  #fresh(zone: DomainName, wallMs: number): Delegation | undefined {
    const known = this.#known.get(zone)
    return known !== undefined && isFresh(known, wallMs) ? known : undefined
  }
}

function sizeOf({ zone, servers }: Delegation): number {
  let size = DELEGATION_BYTES + zone.length * 2
  for (const { name, addresses } of servers) size += SERVER_BYTES + name.length + addresses.length * ADDRESS_BYTES
  return size
}
