// The world file as types: what stands in YAML, as plain data. Quantities are text with their unit, as in the file.
// docs/world-file.md says what each key means. Holds no code.

export interface WorldData {
  readonly portolan?: 1
  readonly name?: string
  /** Domains by name. Left out, they follow from the names of the hosts. */
  readonly domains?: Readonly<Record<string, DomainData | null>> | null
  /** Hosts by full name: a service, a list of services, or the host with its settings. */
  readonly hosts?: Readonly<Record<string, HostData | readonly ServiceData[] | string | null>> | null
  /** By address, `alice@harbor.test`: the password, or more. */
  readonly users?: Readonly<Record<string, string | { readonly password: string }>> | null
  readonly firewall?: FirewallData | null
  readonly faults?: readonly FaultData[] | null
  readonly ports?: Readonly<Record<string, PortData>> | null
  readonly 'catch-all'?: boolean
  readonly seed?: number
}

export interface DomainData {
  /** Zone-file lines: `www TXT "hello"`. */
  readonly records?: readonly string[]
}

export interface HostData {
  readonly aliases?: readonly string[]
  readonly address?: string | readonly string[]
  readonly services?: readonly ServiceData[]
  /** Stands for the programs that ask: tests, in the SDK. */
  readonly client?: boolean
}

/** `'http'`, or `{ http: { port: 8080 } }`. */
export type ServiceData = string | Readonly<Record<string, unknown>>

export interface FirewallData {
  readonly default?: 'allow' | 'reject' | 'drop'
  /** The first that matches decides. */
  readonly rules?: readonly RuleData[]
}

export type RuleData = { readonly allow: MatchData } | { readonly reject: MatchData } | { readonly drop: MatchData }

export interface MatchData {
  readonly from?: string | readonly string[]
  readonly to?: string | readonly string[]
  readonly service?: string | readonly string[]
  /** `25`, `'8000-8100'`, or a list. */
  readonly port?: PortsData | readonly PortsData[]
  readonly transport?: 'tcp' | 'udp'
  readonly direction?: 'in' | 'out'
  readonly because: string
}

export type PortsData = number | string

export interface FaultData {
  readonly host?: string | readonly string[]
  readonly peer?: string | readonly string[]
  readonly port?: PortsData | readonly PortsData[]
  readonly transport?: 'tcp' | 'udp'
  /** `'300ms'`, `'2s'`. */
  readonly delay?: string
  readonly 'delay-in'?: string
  readonly 'delay-out'?: string
  readonly jitter?: string
  /** `'64KiB/s'`. */
  readonly throttle?: string
  /** `'1MiB'`. */
  readonly 'stall-after'?: string
  readonly 'reset-after'?: string
  /** `'5%'`. */
  readonly chance?: string
  readonly loss?: string
  readonly duplicate?: string
  readonly reorder?: string
}

export interface PortData {
  readonly name: string
  readonly description?: string
  readonly transport?: 'tcp' | 'udp'
  readonly service?: string
}
