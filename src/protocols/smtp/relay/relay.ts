// Sends the mail of one host's queue on: takes up what is there, hears of what comes, tries again in time, and shares connections
// fairly among destinations.

import { isFailure, type Failure } from '../../../core/failure.ts'
import type { Io } from '../../../core/io.ts'
import type { Account, Queue, QueuedMail } from '../../../core/post.ts'
import type { NameResolver, WorldView } from '../../../core/world-view.ts'
import { oneLine } from '../codec/reply.ts'
import { MX_PORT, RECIPIENTS_MIN, reply, type Reply } from '../messages.ts'
import { Destination, fatesOf, type Fate, type Job } from './jobs.ts'
import { Lane, type LaneOwner } from './lane.ts'
import { Ledger } from './ledger.ts'
import { findRoute, type Asker, type Route } from './routes.ts'
import type { RelaySettings } from './settings.ts'
import { Timetable } from './timetable.ts'

/** Connections to one destination. Postfix: 20; ours, so that one burst leaves room for others. */
const LANES_PER_DESTINATION = 5
/** Connections in all: Postfix's default_process_limit. */
const LANES_MAX = 100
/** Mails that a connection sends before it makes room for a destination that waits for one. Ours. */
const TURN_MAX = 10
/** How long a route is kept. Ours; a burst needs one look-up. */
const ROUTE_MS = 60_000
const TIMER = 'relay'

export interface RelayOptions {
  readonly settings: RelaySettings
  /** Whose mailbox an address of this host is: for reports to its own users. */
  accountFor(address: string): Account | undefined
  /** Default: 25. */
  readonly port?: number
}

export interface Relay {
  /** Timers of other names are not its own, and left alone. */
  woke(timer: string): void
  stop(): void
}

/** Begins at once. Asks for the timers `relay` and `relay-settle` of `io`. */
export function startRelay(io: Io, world: WorldView, options: RelayOptions): Relay {
  return new QueueRelay(io, world, options)
}

class QueueRelay implements Relay, LaneOwner {
  readonly io: Io
  readonly name: string
  readonly port: number
  readonly tls: RelaySettings['tls']
  readonly #world: WorldView
  readonly #queue: Queue
  readonly #asker: Asker
  readonly #ledger: Ledger
  readonly #timetable = new Timetable()
  readonly #destinations = new Map<string, Destination>()
  readonly #lanes = new Map<Destination, Set<Lane>>()
  /** Destinations with work and no free connection, first come first. */
  readonly #starved = new Set<Destination>()
  /** Recipients in jobs, by mail. */
  readonly #busy = new Map<number, Set<number>>()
  readonly #unwatch: () => void
  #lanesOpen = 0
  #resolver: NameResolver | Failure | undefined
  #waitingForResolver: ((resolver: NameResolver | Failure) => void)[] | undefined
  #stopped = false

  constructor(io: Io, world: WorldView, options: RelayOptions) {
    this.io = io
    this.name = world.host.name
    this.port = options.port ?? MX_PORT
    this.tls = options.settings.tls
    this.#world = world
    this.#queue = world.post.queue(world.host.name)
    const { host } = world
    const names = new Set([host.name, ...host.aliases].map((name) => name.toLowerCase()))
    this.#asker = { names, addresses: host.addresses, random: (size) => io.random(size) }
    const settled = (job: Job, nextMs: number | undefined): void => this.#settled(job, nextMs)
    this.#ledger = new Ledger({ ...options, io, world, port: this.port, settled })
    this.#unwatch = this.#queue.watch((mail) => this.#plan(mail))
    for (const mail of this.#queue.list()) {
      if (mail.recipients.some((recipient) => recipient.underWay)) this.#uncertain(mail)
      this.#plan(mail)
    }
  }

  woke(timer: string): void {
    this.#ledger.woke(timer)
    if (timer !== TIMER || this.#stopped) return
    for (
      let due = this.#timetable.take(this.io.wallMs);
      due !== undefined;
      due = this.#timetable.take(this.io.wallMs)
    ) {
      const mail = this.#queue.get(due.mailId)
      if (mail !== undefined) this.#plan(mail)
    }
    this.#setAlarm()
  }

  stop(): void {
    this.#stopped = true
    this.#unwatch()
    for (const lanes of this.#lanes.values()) for (const lane of lanes) lane.stop()
  }

  mark(job: Job, then: (isMarked: boolean) => void): void {
    this.#ledger.mark(job, then)
  }

  mail(id: number): { readonly mail: QueuedMail; readonly content: Uint8Array } | undefined {
    const mail = this.#queue.get(id)
    const content = this.#queue.content(id)
    return mail === undefined || content === undefined ? undefined : { mail, content }
  }

  concluded(job: Job, fates: readonly Fate[]): void {
    if (!this.#stopped) this.#ledger.conclude(job, fates)
  }

  route(destination: Destination, job: Job, then: (route: Route) => void): void {
    const known = destination.route
    if (known !== undefined && known.untilMs > this.io.now) return then(known.route)
    destination.waitingForRoute.push(then)
    if (destination.waitingForRoute.length > 1) return
    this.#withResolver((resolver) => {
      if (isFailure(resolver)) return this.#routed(destination, job, reply(451, '4.4.3', resolver.message))
      findRoute(destination.domain, resolver, this.#asker, (route) => this.#routed(destination, job, route))
    })
  }

  /** Whoever waits for the same host would wait in vain; with another lane that has one, it is only this one's bad luck. */
  unreachable(lane: Lane, why: Reply): void {
    const { destination } = lane
    const others = [...this.#lanesOf(destination)].filter((other) => other.isOpen)
    if (others.length === 0 && !this.#stopped) {
      for (const job of destination.takeAll()) this.#ledger.conclude(job, fatesOf(job, why))
    }
    this.closed(lane)
  }

  mayStay(served: number): boolean {
    return this.#starved.size === 0 || served % TURN_MAX !== 0
  }

  mayRest(): boolean {
    return this.#starved.size === 0
  }

  closed(lane: Lane): void {
    const { destination } = lane
    const lanes = this.#lanesOf(destination)
    if (!lanes.delete(lane)) return
    this.#lanesOpen--
    if (this.#stopped) return
    this.#feed()
    this.#serve(destination)
    if (lanes.size > 0 || destination.waiting > 0) return
    this.#lanes.delete(destination)
    this.#destinations.delete(destination.domain)
  }

  #lanesOf(destination: Destination): Set<Lane> {
    const lanes = this.#lanes.get(destination) ?? new Set()
    this.#lanes.set(destination, lanes)
    return lanes
  }

  /** What is due goes to its destinations; what is not, onto the timetable. */
  #plan(mail: QueuedMail): void {
    const busy = this.#busy.get(mail.id)
    const { wallMs } = this.io
    const due = new Map<string, number[]>()
    let nextMs = Infinity
    for (const { id, address, nextMs: atMs } of mail.recipients) {
      if (busy?.has(id) === true) continue
      if (atMs > wallMs) nextMs = Math.min(nextMs, atMs)
      else addTo(due, domainOf(address), id)
    }
    for (const [domain, ids] of due) this.#enqueue(mail.id, domain, ids)
    if (nextMs < Infinity) this.#remember(mail.id, nextMs)
  }

  #enqueue(mailId: number, domain: string, ids: readonly number[]): void {
    const destination = this.#destinations.get(domain) ?? new Destination(domain)
    this.#destinations.set(domain, destination)
    const busy = this.#busy.get(mailId) ?? new Set()
    this.#busy.set(mailId, busy)
    for (let at = 0; at < ids.length; at += RECIPIENTS_MIN) {
      const recipientIds = ids.slice(at, at + RECIPIENTS_MIN)
      for (const id of recipientIds) busy.add(id)
      destination.add({ mailId, recipientIds, isMarked: false })
    }
    this.#serve(destination)
  }

  #serve(destination: Destination): void {
    const lanes = this.#lanesOf(destination)
    while (destination.waiting > 0 && !this.#stopped) {
      const idle = [...lanes].find((lane) => lane.isIdle)
      if (idle === undefined && lanes.size >= LANES_PER_DESTINATION) return
      if (idle === undefined && this.#lanesOpen >= LANES_MAX) return this.#starve(destination)
      const job = destination.take()
      if (job === undefined) return
      if (idle === undefined) this.#open(destination, lanes, job)
      else idle.give(job)
    }
  }

  /** Waits for a connection: one that rests elsewhere is closed for it. */
  #starve(destination: Destination): void {
    this.#starved.add(destination)
    for (const lanes of this.#lanes.values()) {
      for (const lane of lanes) if (lane.isIdle) return lane.stop()
    }
  }

  #feed(): void {
    for (const destination of this.#starved) {
      if (this.#lanesOpen >= LANES_MAX) return
      this.#starved.delete(destination)
      this.#serve(destination)
    }
  }

  #open(destination: Destination, lanes: Set<Lane>, job: Job): void {
    this.#lanesOpen++
    const lane = new Lane(this, destination)
    lanes.add(lane)
    lane.begin(job)
  }

  #withResolver(then: (resolver: NameResolver | Failure) => void): void {
    if (this.#resolver !== undefined) return then(this.#resolver)
    if (this.#waitingForResolver !== undefined) return void this.#waitingForResolver.push(then)
    const waiting = [then]
    this.#waitingForResolver = waiting
    this.#world.openResolver(this.io, (resolver) => {
      this.#waitingForResolver = undefined
      // A failure is not kept: the next mail asks again.
      if (!isFailure(resolver)) this.#resolver = resolver
      for (const hear of waiting) hear(resolver)
    })
  }

  #routed(destination: Destination, job: Job, route: Route): void {
    if (this.#stopped) return
    const isForNow = 'code' in route && route.code < 500
    if (!isForNow) destination.route = { route, untilMs: this.io.now + ROUTE_MS }
    this.#tellRoute(destination, job, route)
    for (const hear of destination.waitingForRoute.splice(0)) hear(route)
  }

  #tellRoute({ domain }: Destination, { mailId }: Job, route: Route): void {
    const answer = 'code' in route ? oneLine(route) : route.map(({ name, ip }) => `${name} [${ip}]`).join(', ')
    const mail = this.#queue.get(mailId)?.messageId ?? ''
    const detail = { mail, domain, answer, port: 53 }
    this.io.emit({ kind: 'smtp.lookup', summary: `${domain}: ${answer}`, detail })
  }

  #settled(job: Job, nextMs: number | undefined): void {
    const busy = this.#busy.get(job.mailId)
    for (const id of job.recipientIds) busy?.delete(id)
    if (busy?.size === 0) this.#busy.delete(job.mailId)
    if (nextMs !== undefined) this.#remember(job.mailId, nextMs)
  }

  #remember(mailId: number, atMs: number): void {
    this.#timetable.add({ atMs, mailId })
    this.#setAlarm()
  }

  #setAlarm(): void {
    const { nextAt } = this.#timetable
    if (nextAt < Infinity && !this.#stopped) this.io.wakeAtWall(TIMER, nextAt)
  }

  #uncertain({ messageId }: QueuedMail): void {
    this.io.emit({
      kind: 'smtp.relay.uncertain',
      summary: `${messageId}: its delivery was under way when the server stopped: it may arrive twice`,
      severity: 'warning',
      detail: { mail: messageId },
    })
  }
}

/** In lower case; an address literal as it is. */
function domainOf(address: string): string {
  return address.slice(address.lastIndexOf('@') + 1).toLowerCase()
}

function addTo(groups: Map<string, number[]>, key: string, value: number): void {
  const group = groups.get(key)
  if (group === undefined) groups.set(key, [value])
  else group.push(value)
}
