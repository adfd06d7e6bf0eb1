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
  readonly users?: Readonly<Record<string, string | UserData>> | null
  readonly dns?: NamesData | null
  readonly clock?: ClockData | null
  readonly firewall?: FirewallData | null
  readonly faults?: readonly FaultData[] | null
  readonly ports?: Readonly<Record<string, PortData>> | null
  readonly 'catch-all'?: boolean
  readonly seed?: number
}

export interface DomainData {
  /** Zone-file lines: `www TXT "hello"`. */
  readonly records?: readonly string[]
  /** A zone file. */
  readonly zone?: string
  /** Hosts that serve dns, the one that holds it first. */
  readonly servers?: string | readonly string[]
  /** Servers of others that it is transferred from: `192.0.2.9:5353 key xfr`. */
  readonly from?: string | readonly string[]
  readonly notify?: string | readonly string[]
  readonly transfer?: string | readonly string[]
  readonly update?: string | readonly string[]
  readonly dnssec?: boolean | SigningData
}

export interface SigningData {
  readonly algorithm?: 'ecdsa-p256' | 'ed25519'
  readonly denial?: 'nsec' | 'nsec3'
  /** Octets in hexadecimal. */
  readonly salt?: string
  readonly iterations?: number
  readonly 'opt-out'?: boolean
  /** `'14d'`. */
  readonly validity?: string
  readonly 'zone-key'?: string
  readonly 'key-key'?: string
  readonly ahead?: boolean
  readonly broken?: 'expired' | 'not-yet' | 'signature' | 'no-signature' | 'wrong-ds' | 'no-dnskey'
}

export interface NamesData {
  readonly dnssec?: boolean
  /** Keys for transfers and updates, by name. */
  readonly keys?: Readonly<Record<string, KeyData | null>> | null
  readonly failures?: readonly NameFailureData[] | null
}

export interface KeyData {
  readonly algorithm?: 'hmac-sha1' | 'hmac-sha224' | 'hmac-sha256' | 'hmac-sha384' | 'hmac-sha512'
  /** In base64. */
  readonly secret?: string
}

export interface NameFailureData {
  readonly do: string
  readonly name?: string
  readonly type?: string
  readonly host?: string
  readonly peer?: string
  readonly count?: number
  readonly delay?: string
  readonly poison?: string
}

export interface ClockData {
  /** RFC 3339. */
  readonly start?: string
  /** `'-2h'`. */
  readonly offset?: string
  readonly rate?: number
  readonly leap?: { readonly at: string; readonly kind: 'insert' | 'delete'; readonly smear?: string }
}

export interface UserData {
  readonly password: string
  readonly keys?: string | readonly string[]
  /** In base32. */
  readonly 'one-time-code'?: string
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
