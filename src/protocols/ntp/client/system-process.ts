// The system process (RFC 5905 §11): of all sources it selects those that agree, combines them, has the clock disciplined, and
// writes what this host tells of its clock. It sends nothing.

import type { Event } from '../../../core/event.ts'
import { FREQUENCY_TOLERANCE, UNSYNCHRONISED, type SystemVariables } from '../clock.ts'
import { LEAPS, type Leap } from '../messages.ts'
import type { Association } from './association.ts'
import { survivorsOf } from './cluster.ts'
import { combine, type Combined } from './combine.ts'
import type { Discipline } from './discipline.ts'
import * as events from './events.ts'
import { DISPERSION_MIN_MS, DISTANCE_MAX_MS } from './parameters.ts'
import { referenceIdOf } from './reference-id.ts'
import { intersectionOf, truechimersOf, type Candidate } from './selection.ts'

/** What the system process acts upon. */
export interface SystemHost {
  readonly discipline: Discipline
  /** This host's own addresses, as others name it for their source. */
  readonly ownReferenceIds: ReadonlySet<number>
  readonly system: () => SystemVariables
  /** By how much the clock has been slewed so far. */
  slewedMs(): number
  setSystem(system: SystemVariables): void
  /** This host's time now. */
  timeMs(): number
  emit(event: Event): void
  /** The clock was stepped: all samples are of another one. */
  stepped(byMs: number): void
  /** The offset is beyond belief: nothing is followed any more. */
  panicked(): void
}

export interface Chosen extends Candidate {
  readonly association: Association
  readonly jitterMs: number
  /** When its sample was taken. */
  readonly sampledMs: number
  /** Best is least (RFC 5905 §11.2.2). */
  readonly metric: number
}

export class SystemProcess {
  readonly #host: SystemHost
  #peer: Association | undefined
  #survivors: readonly Chosen[] = []
  #falsetickers: ReadonlySet<Association> = new Set()
  #loops: ReadonlySet<Association> = new Set()
  #hasMajority = true
  #usedMs = -Infinity

  constructor(host: SystemHost) {
    this.#host = host
  }

  /** The source that is followed, and gives stratum and reference id. */
  get peer(): Association | undefined {
    return this.#peer
  }

  get survivors(): readonly Association[] {
    return this.#survivors.map(({ association }) => association)
  }

  get falsetickers(): ReadonlySet<Association> {
    return this.#falsetickers
  }

  /** Something is new of a source: selects again, and corrects the clock where the chosen one has a new sample. */
  update(associations: readonly Association[]): void {
    const candidates = this.#candidates(associations)
    const truechimers = this.#truechimers(candidates)
    this.#survivors = survivorsOf(truechimers.toSorted((a, b) => a.metric - b.metric))
    const peer = this.#choose()
    this.#follow(peer?.association)
    if (peer !== undefined && peer.sampledMs > this.#usedMs) this.#correct(peer)
  }

  /** As after a step of the clock: what was chosen rests on samples that are gone. */
  clear(): void {
    this.#survivors = []
    this.#peer = undefined
    this.#usedMs = -Infinity
  }

  /** Midnight has passed: the second that was announced has been. */
  leapPassed(): void {
    const system = this.#host.system()
    if (system.leap === LEAPS.insert || system.leap === LEAPS.delete)
      this.#host.setSystem({ ...system, leap: LEAPS.none })
  }

  #candidates(associations: readonly Association[]): Chosen[] {
    const loops = associations.filter((association) => association.isFit && this.#isLoop(association))
    for (const loop of loops) if (!this.#loops.has(loop)) this.#host.emit(events.loop(loop))
    this.#loops = new Set(loops)
    return associations.flatMap((association) => {
      const { estimate, told } = association
      if (!association.isFit || estimate === undefined || told === undefined || this.#loops.has(association)) return []
      const rootDistanceMs = association.rootDistanceMs()
      const metric = told.stratum * DISTANCE_MAX_MS + rootDistanceMs
      const { jitterMs, sampledMs } = estimate
      const offsetMs = estimate.offsetMs - this.#host.slewedMs()
      return [{ association, offsetMs, jitterMs, sampledMs, rootDistanceMs, metric }]
    })
  }

  /** It follows this host, or the same source as this host (RFC 5905 A.5.5.3); at stratum 1 the id is no address. */
  #isLoop({ told }: Association): boolean {
    if (told === undefined || told.stratum <= 1) return false
    const { referenceId } = told
    if (this.#host.ownReferenceIds.has(referenceId)) return true
    return this.#peer !== undefined && referenceId === referenceIdOf(this.#peer.options.server.ip)
  }

  #truechimers(candidates: readonly Chosen[]): readonly Chosen[] {
    const hasMajority = candidates.length === 0 || intersectionOf(candidates) !== undefined
    if (!hasMajority && this.#hasMajority) this.#host.emit(events.noMajority(candidates.length))
    this.#hasMajority = hasMajority
    if (!hasMajority) return []
    const truechimers = truechimersOf(candidates)
    const right = new Set(truechimers)
    const wrong = candidates.filter((candidate) => !right.has(candidate))
    for (const { association, offsetMs } of wrong) {
      if (!this.#falsetickers.has(association)) this.#host.emit(events.falseticker(association, offsetMs))
    }
    this.#falsetickers = new Set(wrong.map(({ association }) => association))
    return truechimers
  }

  /** Who was followed stays while nobody of a better stratum is there, so that the choice does not hop. */
  #choose(): Chosen | undefined {
    const [best] = this.#survivors
    const current = this.#survivors.find(({ association }) => association === this.#peer)
    const isAsGood = current?.association.told?.stratum === best?.association.told?.stratum
    return isAsGood ? current : best
  }

  #follow(peer: Association | undefined): void {
    if (peer === this.#peer) return
    this.#peer = peer
    if (peer !== undefined) this.#host.emit(events.systemPeer(peer, this.#survivors.length))
  }

  #correct(peer: Chosen): void {
    this.#usedMs = peer.sampledMs
    const combined = combine(this.#survivors)
    const { discipline } = this.#host
    const done = discipline.update(combined.offsetMs, peer.sampledMs)
    switch (done) {
      case 'panic':
        this.#host.setSystem(UNSYNCHRONISED)
        this.#host.emit(events.panic(peer.association, combined.offsetMs))
        return this.#host.panicked()
      case 'stepped':
        this.#host.setSystem(UNSYNCHRONISED)
        this.#host.emit(events.step(peer.association, combined.offsetMs))
        this.clear()
        return this.#host.stepped(combined.offsetMs)
      case 'slewed':
      case 'ignored':
        this.#tell(peer, combined, done === 'slewed')
    }
  }

  /** The system variables (RFC 5905 §11.2.3, A.5.5.4). An offset that is not corrected yet counts as dispersion. */
  #tell(peer: Chosen, combined: Combined, isCorrected: boolean): void {
    const { estimate, told, options } = peer.association
    const before = this.#host.system()
    if (estimate === undefined || told === undefined) return
    const isNew = before.stratum === UNSYNCHRONISED.stratum
    const timeMs = this.#host.timeMs()
    const referenceMs = isCorrected || isNew ? timeMs : before.referenceMs
    const spreadMs = Math.hypot(estimate.jitterMs, combined.jitterMs)
    const ownMs = Math.max(DISPERSION_MIN_MS, peer.association.dispersionMs() + Math.abs(combined.offsetMs))
    const grownMs = (timeMs - referenceMs) * FREQUENCY_TOLERANCE
    this.#host.setSystem({
      leap: this.#leap(),
      stratum: told.stratum + 1,
      rootDelayMs: told.rootDelayMs + estimate.delayMs,
      rootDispersionMs: Math.max(0, told.rootDispersionMs + spreadMs + ownMs - grownMs),
      referenceId: referenceIdOf(options.server.ip),
      referenceMs,
    })
    if (isNew) this.#host.emit(events.synchronised(peer.association, combined.offsetMs))
  }

  /** What more than half of the survivors announce; what was heard before midnight is over. */
  #leap(): Leap {
    const today = dayOf(this.#host.timeMs())
    const announced = this.#survivors.flatMap(({ association: { told, toldMs } }) =>
      told === undefined || dayOf(toldMs) !== today ? [] : [told.leap],
    )
    const isWanted = (leap: Leap) => 2 * announced.filter((one) => one === leap).length > this.#survivors.length
    return [LEAPS.insert, LEAPS.delete].find(isWanted) ?? LEAPS.none
  }
}

const DAY_MS = 86_400_000

/** Days of UTC since 1970. */
function dayOf(timeMs: number): number {
  return Math.floor(timeMs / DAY_MS)
}

/** The midnight that ends the day. */
export function midnightAfter(timeMs: number): number {
  return (dayOf(timeMs) + 1) * DAY_MS
}
