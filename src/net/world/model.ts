// A world after parsing: every name resolved, every address given. Imports nothing from the file format.

import type { Transport } from '../../core/address.ts'
import type { Verdict } from '../../core/flow.ts'
import type { AgreedPorts, ServedPort } from '../../core/service.ts'
import type { Name, NamedRecord } from '../../core/world-view.ts'

export interface World {
  readonly name: string
  /** Seeds every fault and every chance in the world. */
  readonly seed: number
  readonly domains: readonly Domain[]
  readonly hosts: readonly Host[]
  readonly users: readonly User[]
  readonly firewall: Firewall
  readonly faults: readonly Fault[]
  /** Assignments that stand over IANA's. */
  readonly ports: readonly PortAssignment[]
  /** Answer for every name, address and port. */
  readonly catchAll: boolean
  /** The folder that relative paths start from; undefined for the built-in default world. */
  readonly folder: string | undefined
}

export interface Domain {
  readonly name: Name
  /** Records beyond those that follow from the hosts. */
  readonly records: readonly NamedRecord[]
}

export interface Host {
  readonly name: Name
  readonly aliases: readonly Name[]
  /** One IPv4 and one IPv6 address at least, canonical. */
  readonly addresses: readonly string[]
  readonly services: readonly ServiceEntry[]
  /** Stands for a program put inside by `run`, and serves nothing of its own. */
  readonly client: boolean
}

export interface ServiceEntry {
  readonly service: string
  /** What the service's `config.parse` returned. */
  readonly config: unknown
  /** Where it listens, as the service says. */
  readonly ports: readonly ServedPort[]
  /** What it opens in passing, each for one peer. Left out: nothing. */
  readonly agreedPorts?: readonly AgreedPorts[]
}

export interface User {
  /** `alice@harbor.test`. */
  readonly address: string
  readonly password: string
  /** Lines of authorized_keys. */
  readonly keys?: readonly string[]
  /** Of RFC 6238, decoded. */
  readonly oneTimeSecret?: Uint8Array
}

/** `in`: opened by a client towards the world's hosts. `out`: opened by one of the world's hosts. */
export type FlowDirection = 'in' | 'out'

export interface PortRange {
  readonly from: number
  readonly to: number
}

/** An inclusive range of ports, hosts by name, sources by name, address or CIDR. Empty lists match everything. */
export interface FirewallRule {
  readonly action: Verdict
  readonly sources: readonly string[]
  readonly hosts: readonly string[]
  readonly services: readonly string[]
  readonly ports: readonly PortRange[]
  readonly transport?: Transport
  readonly direction?: FlowDirection
  readonly because: string
}

export interface Firewall {
  readonly default: Verdict
  readonly rules: readonly FirewallRule[]
}

export interface Fault {
  readonly hosts: readonly string[]
  readonly peers: readonly string[]
  readonly ports: readonly PortRange[]
  readonly transport?: Transport
  readonly effect: FaultEffect
}

/** Durations in ms, rates in bytes/s, chances in [0, 1]. */
export interface FaultEffect {
  readonly delayMs?: number
  /** Towards the host alone, and from it alone, on top of `delayMs`. */
  readonly delayInMs?: number
  readonly delayOutMs?: number
  readonly jitterMs?: number
  readonly throttleBytesPerSecond?: number
  /** Streams: nothing more passes after this many bytes in one direction. */
  readonly stallAfterBytes?: number
  /** Streams: broken off after this many bytes in one direction, with `resetChance` (default 1). */
  readonly resetAfterBytes?: number
  readonly resetChance?: number
  /** Datagrams. */
  readonly lossChance?: number
  readonly duplicateChance?: number
  readonly reorderChance?: number
}

export interface PortAssignment {
  readonly port: number
  readonly transport?: Transport
  readonly name: string
  readonly description: string
  /** The portolan service that speaks there, if one does. */
  readonly service?: string
}
