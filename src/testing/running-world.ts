// A world that runs in this process: where its ports stand, what happened in it, and its end.

import type { Address, Transport } from '../core/address.ts'
import { didYouMean } from '../core/closest.ts'
import { failureFrom, isFailure } from '../core/failure.ts'
import type { Assembly } from '../net/assemble.ts'
import { isHostAt } from '../net/far-end.ts'
import type { WorldClock } from '../net/clock/index.ts'
import type { Binding } from '../net/internet.ts'
import { formatReport } from '../net/record/index.ts'
import type { EventFeed } from './event-feed.ts'
import { eventOf, flowOf, type WorldEvent, type WorldFlow } from './happenings.ts'
import { schemePort } from './scheme-port.ts'
import { WorldError } from './world-error.ts'
import { WorldMailbox } from './world-mail.ts'
import { WorldNames } from './world-names.ts'

/** One port of one host. */
export interface WorldPort {
  readonly host: string
  readonly service: string
  readonly transport: Transport
  /** What the world knows it by. */
  readonly known: Address
  /** Where it stands on this machine. */
  readonly bound: Address
}

export interface RunningParts {
  readonly assembly: Assembly
  readonly bindings: readonly Binding[]
  readonly feed: EventFeed
  stop(): Promise<void>
}

/** Long for loopback, and shorter than the patience of test runners. */
const WAIT_MS = 5000

export class RunningWorld implements AsyncDisposable {
  readonly name: string
  /** The certificate to trust, PEM. It is constrained to the names and addresses of this world. */
  readonly authorityPem: string
  /** Every port of every host, in the order of the world. */
  readonly ports: readonly WorldPort[]
  /** What arrived for whom, and waiting for it. */
  readonly mail: WorldMailbox
  /** Its names: changed, asked, made to go wrong. */
  readonly names: WorldNames
  /** Its clock; undefined on a plane that was given without one. */
  readonly clock: WorldClock | undefined
  readonly #parts: RunningParts
  #stopped: Promise<void> | undefined

  /** Made by `startWorld`. */
  constructor(parts: RunningParts) {
    const { assembly, bindings } = parts
    this.#parts = parts
    this.mail = new WorldMailbox(
      assembly.post,
      assembly.world.users.map((user) => user.address),
    )
    this.names = new WorldNames(assembly)
    this.clock = assembly.clock
    this.name = assembly.world.name
    this.authorityPem = assembly.authority.certificatePem
    this.ports = bindings.flatMap(({ host, service, transport, known, bound }) =>
      isFailure(bound) ? [] : [{ host, service, transport, known, bound }],
    )
  }

  /**
   * Where a port of a host stands on this machine. `host` is its name, an alias or its address in the world. Throws a
   * `WorldError` when there is no such host, or nothing on that port of it.
   */
  address(host: string, port: number, transport: Transport = 'tcp'): Address {
    const name = this.#hostNamed(host)
    const here = this.ports.filter((one) => one.host === name && one.transport === transport)
    const found = here.find((one) => one.known.port === port)
    if (found !== undefined) return found.bound
    const served = here.map((one) => one.known.port).join(', ') || 'none'
    throw WorldError.of(`nothing on ${host} answers at ${transport} port ${port}; its ${transport} ports: ${served}`)
  }

  /**
   * The same URL with the place on this machine in it: `https://www.harbor.test/a` becomes
   * `https://127.80.0.2:50123/a`. The certificate there is for that address too. Throws as `address` does, and for a
   * scheme whose port is not known and not said.
   */
  url(url: string): string {
    const parsed = new URL(url)
    const port = parsed.port === '' ? schemePort(parsed.protocol.slice(0, -1)) : Number(parsed.port)
    if (port === undefined) throw WorldError.of(`${parsed.protocol} has no port of its own: say one in ${url}`)
    const { ip, port: bound } = this.address(parsed.hostname.replace(/^\[|\]$/g, ''), port)
    parsed.hostname = ip.includes(':') ? `[${ip}]` : ip
    parsed.port = String(bound)
    return parsed.href
  }

  /**
   * Where the files of a user stand on this machine, made if need be: `home('files.harbor.test', 'alice@harbor.test')`. What
   * is put there is in the user's folder at once, whatever service shows it. `host` as for `address`; `anonymous` is a user
   * of FTP. Without a `stateFolder` it goes with the world. Throws a `WorldError` when there is no such host, or
   * none can be made.
   */
  home(host: string, user: string): string {
    try {
      return this.#parts.assembly.homes.pathOf(this.#hostNamed(host), user)
    } catch (thrown) {
      if (thrown instanceof WorldError) throw thrown
      throw WorldError.of(`no files of ${user} on ${host}: ${failureFrom(thrown).message}`)
    }
  }

  /** Conversations so far, oldest first. A bounded number: `report('json')` says how many were forgotten. */
  flows(): readonly WorldFlow[] {
    const { record, state } = this.#parts.assembly
    return record.flows().map((recorded) => flowOf(recorded, (ip) => state.nameOf(ip)))
  }

  /** What services told so far, oldest first. A bounded number, as `flows`. */
  events(): readonly WorldEvent[] {
    return this.#parts.assembly.record.events().map(eventOf)
  }

  /** What `portolan run` prints at the end of a run. JSON: see docs/sdk.md. */
  report(form: 'text' | 'json' = 'text'): string {
    const { record, state, world } = this.#parts.assembly
    return formatReport(record, { form, nameOf: (ip) => state.nameOf(ip), isHost: (ip) => isHostAt(world, ip) })
  }

  /**
   * The first event of that kind, or that `wanted` says yes to; one that has happened already counts. Rejects when none
   * comes within `timeoutMs` (5,000 by default), naming the last ones that did, and when the world stops.
   */
  waitFor(wanted: string | ((event: WorldEvent) => boolean), timeoutMs: number = WAIT_MS): Promise<WorldEvent> {
    const fits = typeof wanted === 'string' ? (event: WorldEvent) => event.kind === wanted : wanted
    return this.#parts.feed.first(() => this.events(), fits, timeoutMs)
  }

  /** Closes every port and connection. Calling it again waits for the same end. */
  stop(): Promise<void> {
    this.#stopped ??= this.#end()
    return this.#stopped
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop()
  }

  async #end(): Promise<void> {
    this.mail.stop()
    await this.#parts.stop()
    this.#parts.feed.stop()
  }

  #hostNamed(asked: string): string {
    const name = asked.toLowerCase().replace(/\.$/, '')
    const { hosts } = this.#parts.assembly.world
    const host = hosts.find((one) => one.name === name || one.aliases.includes(name) || one.addresses.includes(name))
    if (host !== undefined) return host.name
    const names = hosts.flatMap((one) => [one.name].concat(one.aliases))
    throw WorldError.of(`no host of this world: ${asked}${didYouMean(name, names)}`)
  }
}
