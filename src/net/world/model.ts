// A world after parsing: every name resolved, every address given. Imports nothing from the file format.

import type { Transport } from '../../core/address.ts'
import type { Verdict } from '../../core/flow.ts'
import type { AgreedPorts, ServedPort } from '../../core/service.ts'
import type { Name, NamedRecord } from '../../core/world-view.ts'
import type { DnsMistake, Signing, TransactionKey } from '../../core/zones.ts'
import type { ClockSettings } from '../clock/index.ts'

export interface World {
  readonly name: string
  /** Seeds every fault and every chance in the world. */
  readonly seed: number
  readonly domains: readonly Domain[]
  readonly names: NameSettings
  /** The hosts that stand for what is above the domains, where the file leaves them out. */
  readonly hierarchy?: { readonly root?: Name; readonly registry?: Name }
  readonly hosts: readonly Host[]
  readonly users: readonly User[]
  readonly firewall: Firewall
  readonly faults: readonly Fault[]
  /** Left out: runs with the machine's. */
  readonly clock?: ClockSettings
  /** Assignments that stand over IANA's. */
  readonly ports: readonly PortAssignment[]
  /** Answer for every name, address and port. */
  readonly catchAll: boolean
  /** The folder that relative paths start from; undefined for the built-in default world. */
  readonly folder: string | undefined
}

export interface Domain extends DomainServing {
  readonly name: Name
  /** Records beyond those that follow from the hosts. */
  readonly records: readonly NamedRecord[]
}

/** Who serves a domain, and how. */
export interface DomainServing {
  /** Its zone file, as the world file names it. */
  readonly zoneFile?: string
  /** Hosts by name, the one that holds it first. Left out: as they follow from the hosts. */
  readonly servers?: readonly Name[]
  /** Servers outside of the file that it is transferred from. Left out: none. */
  readonly sources?: readonly ServerAt[]
  /** Who hears of changes besides its servers. */
  readonly notify?: readonly ServerAt[]
  /** Left out: its servers alone. */
  readonly transfer?: AccessSettings
  /** Left out: nobody. */
  readonly update?: AccessSettings
  /** Left out: as the world says. False: not signed. */
  readonly signing?: Signing | false
}

/** A host by its name or an address, and a port there. */
export interface ServerAt {
  readonly server: string
  readonly port: number
  /** Of the key to sign with. */
  readonly key?: Name
}

/** Hosts by name, addresses, ranges, or `any`; names of keys. */
export interface AccessSettings {
  readonly peers: readonly string[]
  readonly keys: readonly Name[]
}

/** What goes for all names of the world. */
export interface NameSettings {
  readonly signed: boolean
  readonly keys: readonly KeySettings[]
  readonly failures: readonly OrderedFailure[]
}

/** A key for TSIG. Without a secret of its own it gets one that follows from the world's. */
export interface KeySettings {
  readonly name: Name
  readonly algorithm: TransactionKey['algorithm']
  readonly secret?: Uint8Array
}

/** What DNS servers do wrong, and when. */
export interface OrderedFailure {
  readonly mistake: DnsMistake
  /** In any case, with stars. */
  readonly name?: string
  readonly type?: number
  /** The server's name. */
  readonly host?: Name
  /** A host's name, an address or a range. */
  readonly peer?: string
  readonly count?: number
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
