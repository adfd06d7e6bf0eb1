// A host that follows servers: opens an association for each of their addresses, and has the system process discipline the
// host's clock by what they say. It serves nobody.

import { familyOf, type Address } from '../../../core/address.ts'
import type { Event } from '../../../core/event.ts'
import { isFailure, type Failure } from '../../../core/failure.ts'
import type { DatagramIo, FurtherPort, Io } from '../../../core/io.ts'
import type { WorldView } from '../../../core/world-view.ts'
import { LEAPS } from '../messages.ts'
import type { HostClock } from '../clock.ts'
import type { SymmetricKey } from '../crypto/symmetric-keys.ts'
import { Association, type AssociationHost, type AssociationOptions, type News } from './association.ts'
import { SlewedClock } from './clock-control.ts'
import { Discipline } from './discipline.ts'
import * as events from './events.ts'
import { exponentMs, PANIC_THRESHOLD_MS } from './parameters.ts'
import { ProcessTime } from './process-time.ts'
import { protectedByKey, unprotected, type Protection } from './protection.ts'
import { referenceIdOf } from './reference-id.ts'
import { SourceLookup } from './source-lookup.ts'
import { midnightAfter, SystemProcess } from './system-process.ts'

/** A server to follow, as a world file has it. */
export interface FollowedServer {
  /** Name or address. */
  readonly host: string
  readonly port: number
  /** The id of one of `keys`. */
  readonly key: number | undefined
  readonly nts: boolean
  readonly interleaved: boolean
}

export interface FollowOptions {
  readonly servers: readonly FollowedServer[]
  /** log2 of seconds. */
  readonly minPoll: number
  readonly maxPoll: number
  readonly keys: ReadonlyMap<number, SymmetricKey>
  /** Agrees on keys by NTS with the server at an address; needed where a server has `nts`. */
  readonly agree?: AgreeOnKeys
}

/** What NTS key establishment comes to: how packets are protected, and where they go. */
export interface Agreement {
  readonly protection: Protection
  readonly server: Address
}

export type AgreeOnKeys = (
  io: Io,
  server: FollowedServer,
  ip: string,
  then: (result: Agreement | Failure) => void,
) => void

type World = Pick<WorldView, 'host' | 'clock' | 'openResolver'>

const LEAP_TIMER = 'ntp leap passed'
const AGREE_TIMER = 'ntp agree '
/** Between two tries to agree on keys with a server: rising by half each time, as RFC 8915 asks for, up to five days. */
const AGREE_RETRY_MS = 10_000
const AGREE_RETRY_FACTOR = 1.5
const AGREE_RETRY_MAX_MS = 432_000_000

interface Opened {
  readonly association: Association
  port: FurtherPort | undefined
}

export class Follower implements AssociationHost {
  readonly precisionMs: number
  readonly discipline: Discipline
  readonly #io: Io
  readonly #clock: HostClock
  readonly #options: FollowOptions
  readonly #process: ProcessTime
  readonly #slewed: SlewedClock
  readonly #system: SystemProcess
  readonly #lookup: SourceLookup
  readonly #opened = new Map<Association, Opened>()
  readonly #waiting = new Map<string, () => void>()
  readonly #unwatch: () => void
  readonly #hostName: string
  #isStopped = false

  constructor(io: Io, world: World, clock: HostClock, options: FollowOptions) {
    this.#io = io
    this.#clock = clock
    this.#options = options
    this.#hostName = world.host.name
    this.#process = new ProcessTime(io, world.clock)
    this.precisionMs = exponentMs(clock.precision)
    const { minPoll, maxPoll } = options
    this.#slewed = new SlewedClock(clock, io)
    this.discipline = new Discipline(this.#slewed, {
      minPoll,
      maxPoll,
      panicMs: PANIC_THRESHOLD_MS,
      jitterMinMs: this.precisionMs,
    })
    this.#system = new SystemProcess({
      discipline: this.discipline,
      ownReferenceIds: new Set(world.host.addresses.map(referenceIdOf)),
      system: () => clock.system,
      slewedMs: () => this.#slewed.slewedMs,
      setSystem: (system) => this.#setSystem(system),
      timeMs: () => clock.timeMs(io.wallMs),
      emit: (event) => this.#emit(event),
      stepped: () => this.#stepped(),
      panicked: () => this.stop(),
    })
    this.#lookup = new SourceLookup(io, world, {
      found: (name, addresses) => this.#found(name, addresses),
      failed: (name, message) => this.#emit(events.lookupFailed(name, message)),
    })
    this.#unwatch = world.clock.watch(() => io.ask(undefined, () => this.#worldChanged()))
    for (const name of new Set(options.servers.map(({ host }) => host))) this.#lookup.find(name)
  }

  /** In the order in which they were opened. */
  get associations(): readonly Association[] {
    return [...this.#opened.keys()]
  }

  /** The source that is followed. */
  get peer(): Association | undefined {
    return this.#system.peer
  }

  get survivors(): readonly Association[] {
    return this.#system.survivors
  }

  get falsetickers(): ReadonlySet<Association> {
    return this.#system.falsetickers
  }

  timeMs(wallMs: number): number {
    return this.#clock.timeMs(wallMs)
  }

  processMs(): number {
    return this.#process.ms
  }

  slewedMs(): number {
    return this.#slewed.slewedMs
  }

  rate(): number {
    return this.#process.rate
  }

  wantedPoll(): number {
    return this.discipline.poll
  }

  heard(association: Association, news: News): void {
    switch (news.kind) {
      case 'unreachable':
        this.#emit(events.unreachable(association))
        return this.#select()
      case 'reachable':
        return this.#emit(events.reachable(association))
      case 'kiss':
        this.#emit(events.kissed(association, news.code))
        if (!association.isRunning) this.#close(association)
        return this.#select()
      case 'dropped':
        return this.#emit(events.dropped(association, news.why))
      case 'spike':
        return this.#emit(events.spike(association, news.measured.offsetMs))
      case 'stale':
        return this.#renew(association)
      case 'estimate':
      case 'faded':
        return this.#select()
    }
  }

  /** Whether the timer was one of these. */
  woke(timer: string): boolean {
    if (timer === LEAP_TIMER) this.#system.leapPassed()
    else if (this.#waiting.has(timer)) {
      const again = this.#waiting.get(timer)
      this.#waiting.delete(timer)
      again?.()
    } else return this.#lookup.woke(timer)
    return true
  }

  stop(): void {
    this.#isStopped = true
    this.#unwatch()
    this.#lookup.stop()
    this.#waiting.clear()
    for (const association of this.#opened.keys()) this.#close(association)
  }

  #found(name: string, addresses: readonly string[]): void {
    for (const server of this.#options.servers.filter(({ host }) => host === name)) {
      if (server.nts) this.#agree(server, addresses, 0)
      else for (const ip of addresses) this.#follow(server, { ip, port: server.port }, this.#protection(server))
    }
  }

  #protection({ key }: FollowedServer): Protection {
    const shared = key === undefined ? undefined : this.#options.keys.get(key)
    return shared === undefined ? unprotected : protectedByKey(shared)
  }

  /** One association a name: its addresses are tried in turn. Keys that are refused are a try that failed. */
  #agree(server: FollowedServer, addresses: readonly string[], tries: number): void {
    const ip = addresses[tries % addresses.length]
    if (ip === undefined || this.#isStopped) return
    const again = () => this.#agreeLater(server, addresses, tries + 1)
    this.#options.agree?.(this.#io, server, ip, (agreed) => {
      if (this.#isStopped) return
      if (!isFailure(agreed)) return this.#follow(server, agreed.server, agreed.protection, again)
      this.#emit(events.notAgreed(server.host, agreed.message))
      again()
    })
  }

  #agreeLater(server: FollowedServer, addresses: readonly string[], tries: number): void {
    const timer = `${AGREE_TIMER}${server.host} ${server.port}`
    const waitMs = Math.min(AGREE_RETRY_MAX_MS, AGREE_RETRY_MS * AGREE_RETRY_FACTOR ** (tries - 1))
    this.#waiting.set(timer, () => this.#agree(server, addresses, tries))
    this.#io.wakeAt(timer, this.#io.now + waitMs)
  }

  #follow(followed: FollowedServer, server: Address, protection: Protection, renew?: () => void): void {
    const { minPoll, maxPoll } = this.#options
    const { host, interleaved } = followed
    const options = { name: host, server, interleaved, protection, minPoll, maxPoll, iburst: true }
    this.#open(renew === undefined ? options : { ...options, renew })
  }

  #open(options: AssociationOptions): void {
    let opened: Opened | undefined
    const open = (io: DatagramIo): Association => {
      const association = new Association(io, options, this)
      opened = { association, port: undefined }
      if (!this.#isStopped) this.#opened.set(association, opened)
      return association
    }
    const { server } = options
    this.#io.listen({ transport: 'udp', port: 0, family: familyOf(server.ip), stamped: true, open }, (bound) => {
      if (isFailure(bound)) return this.#emit(events.noPort(options.name, bound.message))
      if (opened === undefined || !this.#opened.has(opened.association)) return bound.close()
      opened.port = bound
    })
  }

  #close(association: Association): void {
    const opened = this.#opened.get(association)
    this.#opened.delete(association)
    association.stop()
    const port = opened?.port
    if (port !== undefined) this.#io.ask(undefined, () => port.close())
  }

  /** A flow that it could belong to is over before the next poll: it says itself of which host it is. */
  #emit(event: Event): void {
    const host = this.#hostName
    this.#io.emit({ ...event, summary: `${host}: ${event.summary}`, detail: { host, ...event.detail } })
  }

  /** The server has forgotten the keys: a new association takes the place of this one. */
  #renew(association: Association): void {
    this.#close(association)
    this.#select()
    association.options.renew?.()
  }

  /** Not while some are still warming up: the first to be ready would be believed alone. */
  #select(): void {
    const { associations } = this
    if (!this.#isStopped && !associations.some(({ isWarmingUp }) => isWarmingUp)) this.#system.update(associations)
  }

  #stepped(): void {
    for (const association of this.#opened.keys()) association.restart()
  }

  #worldChanged(): void {
    this.#process.changed()
    for (const association of this.#opened.keys()) {
      association.abandonRequest()
      association.reschedule()
    }
  }

  #setSystem(system: HostClock['system']): void {
    const isAnnounced = system.leap === LEAPS.insert || system.leap === LEAPS.delete
    if (isAnnounced && this.#clock.system.leap !== system.leap)
      this.#io.wakeAtWall(LEAP_TIMER, midnightAfter(this.#io.wallMs))
    this.#clock.system = system
  }
}
