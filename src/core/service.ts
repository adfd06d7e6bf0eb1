// What a protocol folder gives to the rest: one `Service` value.

import type { GenericSchema } from 'valibot'
import type { Transport } from './address.ts'
import type { ConfigError } from './failure.ts'
import type { Io, Listen } from './io.ts'
import type { WorldView } from './world-view.ts'

export interface ConfigSchema<Config> {
  /** The parsed configuration, or every problem at once. `undefined` stands for all defaults. */
  parse(input: unknown): Config | ConfigError
  /** The schema behind it, from which the world file's JSON Schema is made. */
  readonly schema: GenericSchema
}

/** A port that a service would open, known before it starts. */
export interface ServedPort {
  readonly transport: Transport
  readonly port: number
  /** `implicit`: TLS from the first byte. */
  readonly tls?: 'implicit'
  /** Application protocols that it speaks there (RFC 7301), best first. */
  readonly alpn?: readonly string[]
}

/** A range of TCP ports, of which a service opens one at a time for a peer that has agreed on it in a conversation. */
export interface AgreedPorts {
  readonly from: number
  /** Inclusive. */
  readonly to: number
  /** In a few words: `passive data ports`. */
  readonly what: string
}

/** TCP ports without TLS at first, and with it from the first byte; `alpn`: what it speaks on the latter. */
export function tcpPorts(
  ports: readonly number[],
  securePorts: readonly number[],
  alpn?: readonly string[],
): readonly ServedPort[] {
  const tls = { tls: 'implicit', ...(alpn === undefined ? {} : { alpn }) } as const
  return [
    ...ports.map((port) => ({ transport: 'tcp', port }) as const),
    ...securePorts.map((port) => ({ transport: 'tcp', port, ...tls }) as const),
  ]
}

/** A folder that a configuration names, and where in the configuration it stands. */
export interface NamedFolder {
  readonly path: readonly (string | number)[]
  readonly folder: string
}

export interface Service<Config = unknown> {
  /** The word in the world file: `dns`, `http`. */
  readonly name: string
  /** One line for people: what it is. */
  readonly title: string
  readonly speaksFirst: 'client' | 'server'
  readonly config: ConfigSchema<Config>
  /** Serves what its host holds, and has nothing to say where a catch-all world answers for hosts that it does not know. */
  readonly onlyAtHosts?: true
  /** Looks at first bytes only, and is pure. Left out by protocols that cannot be told by their first bytes. */
  detect?(head: Uint8Array): 'yes' | 'no' | 'more'
  /**
   * The ports that `start` with this configuration opens, without starting: `listens` of what it returns, no more and no
   * less. Zones (HTTPS records), `explain` and `port` tell by it.
   */
  ports(config: Config): readonly ServedPort[]
  /** The ranges that it opens ports of under agreements (`StreamListen.agreed`), so that `explain` can tell of them. Left out: none. */
  agreedPorts?(config: Config): readonly AgreedPorts[]
  /** The folders that it names, so that a missing one is told before anything starts. Left out: none. */
  folders?(config: Config): readonly NamedFolder[]
  /**
   * Why this configuration cannot be had in such a world, in words for people; `undefined`: it can. Asked before anything
   * starts; where a reason is given, nothing does. Left out: it always can.
   */
  refuses?(config: Config, world: Pick<WorldView, 'programs'>): string | undefined
  /** Service-wide state and outbound peers begin here. One call for each host that runs the service. */
  start(io: Io, config: Config, world: WorldView): Running
}

export interface Running {
  readonly listens: readonly Listen[]
  /** Loads at once what its first peer would wait for else. Left out: nothing is left to load. */
  load?(): Promise<void>
  woke?(timer: string): void
  stop?(): void
}
