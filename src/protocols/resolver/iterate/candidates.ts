// The servers that one iteration can ask: which addresses they have, how often each was tried, and which is next.

import { familyOf } from '../../../core/address.ts'
import { isWithin } from '../../../shared/dns/codec/name.ts'
import { TYPE, type DomainName } from '../../../shared/dns/messages.ts'
import type { Delegation } from '../cache/delegations.ts'
import { isFresh, type Link } from '../cache/links.ts'
import { fastest, doubts, isLame, type Server } from '../cache/servers.ts'
import { TRIES_PER_SERVER } from '../limits.ts'
import type { IterationContext } from './context.ts'
import { addressesOf } from './finding.ts'

export interface Candidate {
  readonly name: DomainName
  readonly server: Server
}

export class Candidates {
  readonly #context: IterationContext
  /** Tries of each address in this step, and those that are asked over streams. */
  readonly #tries = new Map<string, number>()
  readonly #streaming = new Set<string>()
  /** Names whose addresses were looked up for this zone. */
  readonly #fetched = new Set<DomainName>()
  /** What came of it, however short its time. */
  readonly #learnt = new Map<DomainName, readonly string[]>()

  constructor(context: IterationContext) {
    this.#context = context
  }

  beginZone(): void {
    this.#fetched.clear()
  }

  /** Another question: every server has all its tries again. */
  beginStep(): void {
    this.#tries.clear()
    this.#streaming.clear()
  }

  /** The fastest address that may be asked; when all of them rest, or are doubted, one is tried all the same. */
  choose(delegation: Delegation): Candidate | undefined {
    const now = this.#context.time.nowMs
    const all = this.#all(delegation).filter(({ server }) => {
      return this.triesOf(server) < TRIES_PER_SERVER && !isLame(server, delegation.zone, now)
    })
    const awake = preferred(all, ({ server }) => server.restsUntilMs <= now)
    const best = fastest(leastDoubted(awake, delegation.zone, now))
    return all.find(({ server }) => server === best)
  }

  triesOf({ ip }: Server): number {
    return this.#tries.get(ip) ?? 0
  }

  tried(server: Server, change: 1 | -1 = 1): void {
    this.#tries.set(server.ip, this.triesOf(server) + change)
  }

  /** No more questions to it in this step. */
  giveUp({ ip }: Server): void {
    this.#tries.set(ip, TRIES_PER_SERVER)
  }

  isStreaming({ ip }: Server): boolean {
    return this.#streaming.has(ip)
  }

  stream({ ip }: Server, on = true): void {
    if (on) this.#streaming.add(ip)
    else this.#streaming.delete(ip)
  }

  /** Servers of whom only the name is known, and was not looked up yet. Names in the zone itself cannot be. */
  unknown({ servers, zone }: Delegation): DomainName[] {
    return servers
      .filter(({ name, addresses }) => addresses.length === 0 && !this.#fetched.has(name) && !isWithin(name, zone))
      .map(({ name }) => name)
  }

  /** The types to look up for a name, which counts as looked up from now on. */
  fetching(name: DomainName): number[] {
    const { families } = this.#context
    this.#fetched.add(name)
    return [...(families.has(4) ? [TYPE.A] : []), ...(families.has(6) ? [TYPE.AAAA] : [])]
  }

  learn(name: DomainName, link: Link): void {
    this.#learnt.set(name, [...(this.#learnt.get(name) ?? []), ...link.sets.flatMap(addressesOf)])
  }

  #all(delegation: Delegation): Candidate[] {
    const { families, servers } = this.#context
    const candidates: Candidate[] = []
    for (const { name, addresses } of delegation.servers) {
      const known = addresses.length > 0 ? addresses : (this.#learnt.get(name) ?? this.#cached(name))
      for (const ip of known) if (families.has(familyOf(ip))) candidates.push({ name, server: servers.at(ip) })
    }
    return candidates
  }

  #cached(name: DomainName): string[] {
    const { links, time } = this.#context
    return [TYPE.A, TYPE.AAAA].flatMap((type) => {
      const link = links.find(name, type)
      const good = link?.kind === 'data' && isFresh(link, time.wallMs) && link.security !== 'bogus'
      return good ? link.sets.flatMap(addressesOf) : []
    })
  }
}

function leastDoubted(candidates: readonly Candidate[], zone: DomainName, nowMs: number): Server[] {
  const servers = candidates.map(({ server }) => server)
  if (servers.every(({ doubted }) => doubted.size === 0)) return servers
  const least = Math.min(...servers.map((server) => doubts(server, zone, nowMs)))
  return servers.filter((server) => doubts(server, zone, nowMs) === least)
}

/** Those that are good, or all where none is. */
function preferred<T>(all: readonly T[], isGood: (one: T) => boolean): readonly T[] {
  const good = all.filter(isGood)
  return good.length > 0 ? good : all
}
