// What a service may ask of the world it lives in: questions only, no way to change anything.

import type { ClockView, HostClockReading } from './clock.ts'
import type { Failure } from './failure.ts'
import type { Tree, TreeOptions, TreeQuota } from './files.ts'
import type { Io } from './io.ts'
import type { Name } from './name.ts'
import type { Post } from './post.ts'
import type { Programs } from './programs.ts'
import type { DnsLab, RootView, ServedZone, TransactionKey } from './zones.ts'

export type { Name }

export interface HostView {
  readonly name: Name
  readonly aliases: readonly Name[]
  /** IPv4 and IPv6, canonical text. */
  readonly addresses: readonly string[]
  /** Names of the services that run there. */
  readonly services: readonly string[]
}

/** A resource record in presentation form (RFC 1035 §5.1): absolute names, no trailing dots on owners. */
export interface NamedRecord {
  readonly name: Name
  readonly type: string
  readonly ttlSeconds: number
  /** Presentation form of the data: `10 mail.harbor.test.` for an MX. */
  readonly data: string
}

export interface Zone {
  readonly name: Name
  /** Every record of the zone, SOA and NS at its apex included. */
  readonly records: readonly NamedRecord[]
}

/** Stands for every password: where a catch-all world plays hosts that it knows nothing of. */
export const ANY_PASSWORD: unique symbol = Symbol('any password')

export interface UserView {
  /** `alice@harbor.test`. */
  readonly address: string
  readonly password: string | typeof ANY_PASSWORD
  /** Public keys that stand for the password where a protocol knows such, a line of authorized_keys each (sshd(8)). */
  readonly keys?: readonly string[]
  /** The secret of the one-time codes (RFC 6238) that are asked for besides; left out: none are. */
  readonly oneTimeSecret?: Uint8Array
}

/** One of the keys by which a host proves that it is itself. */
export interface HostKey {
  /** The public key algorithm (RFC 8709, RFC 5656, RFC 4253 §6.6). */
  readonly algorithm: 'ssh-ed25519' | 'ecdsa-sha2-nistp256' | 'ssh-rsa'
  /** As openssh-key-v1 or PKCS #1, in PEM. */
  readonly privatePem: string
  /** The public key in the form of RFC 4253 §6.6. */
  readonly publicBlob: Uint8Array
}

/** Record types that services look up. */
export type LookupType = 'A' | 'AAAA' | 'MX' | 'PTR' | 'TXT'

/** Asks the world's name servers. */
export interface NameResolver {
  /**
   * The fields of each record: `[['10', 'mail.harbor.test']]` for MX (no trailing dots; `''` for the root), one string for each
   * piece of a TXT. Failures: `ENOTFOUND` no such name, `ENODATA` no such record, `ESERVFAIL` and `ETIMEOUT` perhaps later.
   */
  resolve(name: string, type: LookupType, then: (result: readonly (readonly string[])[] | Failure) => void): void
}

export interface WorldView {
  /** The host on which this service runs. */
  readonly host: HostView
  readonly hosts: readonly HostView[]
  /** All forward and reverse zones that the world knows, as they were at the start. */
  readonly zones: readonly Zone[]
  /** The zones that this host serves, with what is edited in them. */
  readonly served: readonly ServedZone[]
  /** Where resolution begins. */
  readonly root: RootView
  /** What name servers sign their transfers, updates and answers with. */
  readonly transactionKeys: readonly TransactionKey[]
  readonly clock: ClockView
  /** Shows those who ask (`portolan clock`) a clock that this host has of its own. `wallMs` is the world's time. */
  showClock(read: (wallMs: number) => HostClockReading): void
  /** What name servers are to do wrong. */
  readonly lab: DnsLab
  /** The host at an address, or whatever name the world gave it. */
  nameOf(ip: string): Name | undefined
  /**
   * Addresses for a name that no zone holds, in a world that answers for everything; `undefined` in
   * one that does not. The same name always gets the same addresses, and `nameOf` leads back.
   */
  unknownName(name: Name): readonly string[] | undefined
  /**
   * Who logs in on this host as `login`: an address in any case, or its local part alone where the user's domain is one
   * of this host's. `undefined`: nobody.
   */
  user(login: string): UserView | undefined
  /** Those who log in on this host, in the order of the world file. */
  readonly users: readonly UserView[]
  /** Whether everybody logs in here by any password. */
  readonly anyUser: boolean
  /** Whether mail for a domain (any case) ends here: this host is a mail exchanger of it, or lives in it where it has none. */
  takesMailFor(domain: string): boolean
  /**
   * 32 octets that only this world knows, the same at each start from one state folder: what services derive keys from
   * that are neither shipped nor kept anywhere.
   */
  readonly secret: Uint8Array
  /** The mail of the world. */
  readonly post: Post
  /** Opens a resolver that asks the world's name servers from this host, for as long as the service runs. */
  openResolver(io: Io, then: (result: NameResolver | Failure) => void): void
  /** The keys of this host, best first: those that the world's SSHFP records and known_hosts files name. Empty where it serves no SSH. */
  readonly hostKeys: readonly HostKey[]
  /** A folder named in the world file, rooted; `undefined` if it cannot be opened. Default: read-only. */
  folder(path: string, options?: TreeOptions): Tree | undefined
  /**
   * A writable folder of the world's own on this host, made when it is first asked for: `alice@harbor.test`. All services
   * of the host get the same one by the same name, a word without `/`; its quota is that of who asked first.
   */
  home(name: string, quota: TreeQuota): Tree | Failure
  /** Starts real programs; `undefined` where others on this machine could reach those who ask for them. */
  readonly programs: Programs | undefined
}
