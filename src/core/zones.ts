// The contract between name servers and the zones of a world. src/zones has them; protocols see this only. Names are in
// presentation form without the trailing dot, folded to lower case, the root being the empty string; record data is
// what stands on the wire, its names not compressed (RFC 1035 §3.2).

import type { Address } from './address.ts'
import type { Failure } from './failure.ts'
import type { Name } from './name.ts'

/** Record data of one type at one name; all share one TTL (RFC 2181 §5.2). */
export interface RecordSet {
  readonly type: number
  /** 0 to 2,147,483,647 (RFC 2181 §8). */
  readonly ttlSeconds: number
  readonly data: readonly Uint8Array[]
}

export interface ZoneRecord {
  readonly name: Name
  readonly type: number
  readonly ttlSeconds: number
  readonly data: Uint8Array
}

/** One state of a zone. It never changes: who holds it goes on reading the same, whatever is edited meanwhile. */
export interface ZoneVersion {
  readonly apex: Name
  /** Of its SOA (RFC 1035 §3.3.13). */
  readonly serial: number
  /** Records. */
  readonly count: number
  /** The sets at a name in the order in which they came; empty for an empty non-terminal (RFC 8020 §1); undefined where there is no such name. */
  setsAt(name: Name): readonly RecordSet[] | undefined
  setAt(name: Name, type: number): RecordSet | undefined
  /** Whether a name exists or has others below it. */
  has(name: Name): boolean
  /**
   * The last name at or before `name` in canonical order (RFC 4034 §6.1), and the first behind it: the apex again behind
   * the last. Among all names that exist, empty non-terminals included.
   */
  around(name: Name): { readonly at: Name; readonly next: Name }
  /** All names in canonical order, the apex first, empty non-terminals included. */
  names(): Iterable<Name>
  /** Every record, the SOA first, then in canonical order of names. */
  records(): Iterable<ZoneRecord>
}

/** What to take out: a set, one record of it, or everything at a name. */
export interface Removal {
  readonly name: Name
  readonly type?: number
  readonly data?: Uint8Array
}

/** First all that is to go, then all that is to come. A record that is there already changes its TTL only. */
export interface ZoneEdit {
  readonly remove: readonly Removal[]
  readonly add: readonly ZoneRecord[]
}

/** What changed from one serial to the next (RFC 1995 §4): SOA records are not among them, they stand in `from` and `to`. */
export interface ZoneDifference {
  readonly from: ZoneRecord
  readonly to: ZoneRecord
  readonly removed: readonly ZoneRecord[]
  readonly added: readonly ZoneRecord[]
}

/** A zone that can be edited while it is served. */
export interface LiveZone {
  readonly apex: Name
  /** Read when it is first asked for. Undefined: there is nothing to serve yet (a secondary's, or its file cannot be read). */
  readonly current: ZoneVersion | undefined
  /** The differences from a serial to the current one, oldest first; undefined where they are not kept. */
  since(serial: number): readonly ZoneDifference[] | undefined
  /**
   * Makes one new version. Its serial is the next one (RFC 1982) unless the edit brings an SOA with a later one. Resolves once it
   * is durable, where the world keeps anything; until then `current` is the old version. Without effect: the version there was.
   */
  change(edit: ZoneEdit): Promise<ZoneVersion | Failure>
  /** Puts other contents in place of all there were (RFC 5936): an SOA at the apex must be among them. Durable as `change`. */
  replace(records: Iterable<ZoneRecord>): Promise<ZoneVersion | Failure>
  /** Tells of every new version, until the function that it gives is called. */
  watch(then: (version: ZoneVersion) => void): () => void
}

/** How a zone is signed (RFC 4033 to 4035). Its keys follow from the world's secret and the world's time (src/shared/dnssec). */
export interface Signing {
  /** IANA "DNS Security Algorithm Numbers": ECDSA P-256 with SHA-256 (RFC 6605), Ed25519 (RFC 8080). */
  readonly algorithm: 13 | 15
  readonly denial: 'nsec' | 'nsec3'
  /** Octets of salt for NSEC3, in hex; empty is what RFC 9276 asks for. */
  readonly salt: string
  /** Additional iterations of NSEC3's hash; 0 is what RFC 9276 asks for. */
  readonly iterations: number
  /** NSEC3 skips delegations without DS (RFC 5155 §6). */
  readonly optOut: boolean
  /** For how long a signature holds from when it is made. */
  readonly validityMs: number
  /** How long a zone-signing key is used before the next follows, by the world's clock. Infinity: always. */
  readonly zoneKeyMs: number
  /** The same of key-signing keys. */
  readonly keyKeyMs: number
  /** Sign everything when the zone is loaded rather than each set when it is first asked for. */
  readonly ahead: boolean
  /** What is wrong with it on purpose, for those who test validators. */
  readonly broken?: 'expired' | 'not-yet' | 'signature' | 'no-signature' | 'wrong-ds' | 'no-dnskey'
}

/** A key for TSIG (RFC 8945). */
export interface TransactionKey {
  readonly name: Name
  /** As on the wire: `hmac-sha256` and the like (RFC 8945 §6). */
  readonly algorithm: 'hmac-sha1' | 'hmac-sha224' | 'hmac-sha256' | 'hmac-sha384' | 'hmac-sha512'
  readonly secret: Uint8Array
}

/** Who may do something: who comes from an address or range, or signs with a key. */
export interface ZoneAccess {
  /** CIDR or single addresses; `any` for everybody. */
  readonly peers: readonly string[]
  /** Names of transaction keys. */
  readonly keys: readonly Name[]
}

/** A server that a zone is transferred from. */
export interface TransferSource {
  readonly address: Address
  /** The key to sign with. */
  readonly key?: Name
}

/** A zone as one host serves it. */
export interface ServedZone {
  /** Of a secondary: its own copy. */
  readonly zone: LiveZone
  readonly role: 'primary' | 'secondary'
  /** Where a secondary takes it from, best first. Empty for a primary. */
  readonly sources: readonly TransferSource[]
  /** Who is told of new versions (RFC 1996). */
  readonly notify: readonly Address[]
  readonly transfer: ZoneAccess
  readonly update: ZoneAccess
  /** How a primary signs it; undefined: not, or its records hold signatures already. */
  readonly signing: Signing | undefined
  /** The zones right below it that are signed, by name: what their DS records here follow from. */
  readonly signedBelow: ReadonlyMap<Name, Signing>
}

/** Where resolution begins. */
export interface RootView {
  /** The root's servers and their addresses. */
  readonly servers: readonly { readonly name: Name; readonly addresses: readonly string[] }[]
  /** How the root is signed: the trust anchor follows from it. Undefined: it is not. */
  readonly signing: Signing | undefined
}

/** What a DNS server does wrong on purpose with one answer. */
export type DnsMistake =
  | { readonly kind: 'rcode'; readonly rcode: number }
  | { readonly kind: 'silence' }
  | { readonly kind: 'delay'; readonly ms: number }
  /** TC set and nothing in it; over TCP the whole answer. */
  | { readonly kind: 'truncate' }
  | { readonly kind: 'wrong-id' }
  | { readonly kind: 'wrong-question' }
  /** An upward referral to the root, not authoritative (RFC 8499 "lame delegation"). */
  | { readonly kind: 'lame' }
  /** Signatures of the answer that ended in the past. */
  | { readonly kind: 'expired-signature' }
  /** Additional records of a name that the server has no say over. */
  | { readonly kind: 'poison'; readonly name: Name; readonly ip: string }
  /** Over TCP half of the answer, then the end. Over UDP: truncated, so that TCP follows. */
  | { readonly kind: 'half' }

/** The failure lab of a world's DNS: asked before each answer. */
export interface DnsLab {
  /** False: nothing is ordered, and `take` need not be asked. */
  readonly busy: boolean
  /** What to do to the answer, counted as done; undefined: nothing. `host` is the server's name. */
  take(asked: {
    readonly host: Name
    readonly name: Name
    readonly type: number
    readonly peer: string
  }): DnsMistake | undefined
}
