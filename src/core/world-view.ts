// What a service may ask of the world it lives in: questions only, no way to change anything.

import type { Folder } from './folder.ts'

/** A name in lower case without the trailing dot. */
export type Name = string

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
  /** Whether the password is the user's. `user` is `alice@harbor.test`. */
  login(user: string, password: string): boolean
  /** A folder named in the world file, read-only and rooted; `undefined` if it cannot be opened. */
  folder(path: string): Folder | undefined
}
