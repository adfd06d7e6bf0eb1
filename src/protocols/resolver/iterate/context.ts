// What iterations share, and what they tell of themselves.

import type { DomainName, Message, Question } from '../../../shared/dns/messages.ts'
import type { Delegations } from '../cache/delegations.ts'
import type { Link, LinkCache } from '../cache/links.ts'
import type { ServerTable } from '../cache/servers.ts'
import type { Outlet } from '../out/outlet.ts'
import type { Heard } from '../out/asking.ts'
import type { Timekeeper } from '../timekeeper.ts'
import type { Budget } from './budget.ts'
import type { Finding } from './finding.ts'

/** One question and what became of it. */
export interface Round {
  readonly zone: DomainName
  /** The server's name, where the zone above told one. */
  readonly server: DomainName
  readonly ip: string
  readonly over: 'udp' | 'tcp' | 'tls'
  readonly question: Question
  readonly rttMs: number
  readonly message: Message | undefined
  readonly outcome: Finding['kind'] | Exclude<Heard['kind'], 'message'> | 'truncated' | 'without-edns'
  /** More on a failure. */
  readonly why: string
}

/** An event that the resolver tells of as a whole. */
export type Tell = (
  kind: ToldKind,
  summary: string,
  detail?: Readonly<Record<string, string | number | boolean>>,
) => void
export type ToldKind = 'resolver.lame' | 'resolver.forged' | 'resolver.limit' | 'resolver.bogus' | 'resolver.failed'

export interface IterationContext {
  readonly time: Timekeeper
  readonly outlet: Outlet
  readonly servers: ServerTable
  readonly links: LinkCache
  readonly delegations: Delegations
  /** Families of the host's own addresses. */
  readonly families: ReadonlySet<4 | 6>
  readonly minimise: 'off' | 'relaxed' | 'strict'
  readonly mixCase: boolean
  readonly ttlMinSeconds: number
  readonly ttlMaxSeconds: number
  readonly negativeTtlMaxSeconds: number
  readonly tell: Tell
  readonly watch: ((round: Round) => void) | undefined
  /** The link of a name and type, validated: from the cache or by an iteration. `then` is called once, later or at once. */
  need(name: DomainName, type: number, within: Need, then: (link: Link) => void): void
}

/** On whose behalf something is needed. */
export interface Need {
  readonly budget: Budget
  /** Resolutions that this one is inside of. */
  readonly depth: number
  /** The iteration that waits for it: two that wait for each other would wait for ever. */
  readonly waiter: Waiter | undefined
}

export interface Waiter {
  /** Those that this one waits for. */
  readonly waitsFor: Set<Waiter>
}
