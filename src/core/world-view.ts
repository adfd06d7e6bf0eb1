// What a service may ask of the world it lives in: questions only, no way to change anything.

import type { Failure } from './failure.ts'
import type { Folder } from './folder.ts'
import type { Io } from './io.ts'
import type { Name } from './name.ts'
import type { Post } from './post.ts'

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
  /** All forward and reverse zones that the world knows. */
  readonly zones: readonly Zone[]
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
  /** A folder named in the world file, read-only and rooted; `undefined` if it cannot be opened. */
  folder(path: string): Folder | undefined
}
