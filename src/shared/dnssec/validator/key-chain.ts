// The chain of trust: from the closest anchor down to the zone that a name is in, label by label, by DS records or proofs
// that there are none. Remembers what it found, bounded, by the world's time.

import type { Name } from '../../../core/name.ts'
import { formatName, isWithin, parentOf } from '../../dns/codec/name.ts'
import { TYPE } from '../../dns/messages.ts'
import { decodeDs } from '../records.ts'
import { judgeDs, judgeKeys, usable, type EntryPoints } from './delegation.ts'
import { EXTENDED_ERROR, type ValidationAnchor, type ValidatorOptions } from './types.ts'
import { bogus, type BogusZone, type InsecureZone, type NameState, type SecureZone, type Work } from './zone-state.ts'

/** Names that are remembered: some 2 kB each with keys; the oldest go first. */
const NAMES_MAX = 10_000
/** An anchor's keys are asked for again after a day at most, whatever their TTL. */
const ANCHOR_TTL_SECONDS = 86_400

interface Remembered {
  readonly state: NameState
  readonly fromSeconds: number
  /** Not included. */
  readonly untilSeconds: number
}

/** `none`: no anchor is above the name. */
export type ZoneState = SecureZone | InsecureZone | BogusZone | { readonly kind: 'none' }

export class KeyChain {
  readonly #anchors: readonly ValidationAnchor[]
  readonly #negative: readonly Name[]
  readonly #known = new Map<Name, Remembered>()
  readonly #waiting = new Map<Name, ((state: NameState) => void)[]>()

  constructor({ anchors, negativeAnchors = [] }: ValidatorOptions) {
    this.#anchors = anchors
    this.#negative = negativeAnchors
  }

  /** The zone that `name` is in, at its apex included. */
  zoneOf(name: Name, work: Work, then: (state: ZoneState) => void): void {
    const anchor = this.#anchorOf(name)
    if (anchor === undefined) return then({ kind: 'none' })
    if (this.#isUnchecked(name, anchor.zone))
      return then({ kind: 'insecure', at: name, error: undefined, ttlSeconds: ANCHOR_TTL_SECONDS })
    const path = pathDown(anchor.zone, name)
    const findAnchor = (done: (state: NameState) => void): void => askAnchor(anchor, work, done)
    this.#remembering(anchor.zone, work, findAnchor, (state) => this.#descend(state, path, work, then))
  }

  /** Whether an anchor is above `name`, and no negative one below that anchor. */
  covers(name: Name): boolean {
    const anchor = this.#anchorOf(name)
    return anchor !== undefined && !this.#isUnchecked(name, anchor.zone)
  }

  forget(zone: Name): void {
    for (const name of this.#known.keys()) if (isWithin(name, zone)) this.#known.delete(name)
  }

  #descend(state: NameState, path: readonly Name[], work: Work, then: (state: ZoneState) => void): void {
    if (state.kind === 'same') throw new Error('a chain of trust without a zone at its top')
    if (state.kind === 'secure') this.#step(state, path, 0, work, then)
    else then(state)
  }

  /** From `zone`, with `path[at]` the next name to look at. */
  #step(zone: SecureZone, path: readonly Name[], at: number, work: Work, then: (state: ZoneState) => void): void {
    const name = path[at]
    if (name === undefined) return then(zone)
    const find = (done: (state: NameState) => void): void => askDelegation(name, zone, work, done)
    this.#remembering(name, work, find, (state) => {
      if (state.kind === 'secure') this.#step(state, path, at + 1, work, then)
      else if (state.kind === 'same' && !state.last) this.#step(zone, path, at + 1, work, then)
      else then(state.kind === 'same' ? zone : state)
    })
  }

  /** Asks for each name once, however many wait for it. */
  #remembering(
    name: Name,
    work: Work,
    find: (done: (state: NameState) => void) => void,
    then: (state: NameState) => void,
  ): void {
    const known = this.#known.get(name)
    const { nowSeconds } = work
    if (known !== undefined && nowSeconds >= known.fromSeconds && nowSeconds < known.untilSeconds)
      return then(known.state)
    const waiting = this.#waiting.get(name)
    if (waiting !== undefined) return void waiting.push(then)
    const all = [then]
    this.#waiting.set(name, all)
    find((state) => {
      this.#waiting.delete(name)
      this.#remember(name, state, nowSeconds)
      for (const each of all) each(state)
    })
  }

  #remember(name: Name, state: NameState, nowSeconds: number): void {
    this.#known.delete(name)
    const oldest = this.#known.size >= NAMES_MAX ? this.#known.keys().next().value : undefined
    if (oldest !== undefined) this.#known.delete(oldest)
    if (state.ttlSeconds > 0)
      this.#known.set(name, { state, fromSeconds: nowSeconds, untilSeconds: nowSeconds + state.ttlSeconds })
  }

  #anchorOf(name: Name): ValidationAnchor | undefined {
    return closest(
      this.#anchors.filter((anchor) => isWithin(name, anchor.zone)),
      (anchor) => anchor.zone,
    )
  }

  #isUnchecked(name: Name, anchor: Name): boolean {
    return this.#negative.some((negative) => isWithin(name, negative) && isWithin(negative, anchor))
  }
}

function closest<T>(all: readonly T[], nameOf: (each: T) => Name): T | undefined {
  return all.reduce<T | undefined>(
    (best, each) => (best === undefined || isWithin(nameOf(each), nameOf(best)) ? each : best),
    undefined,
  )
}

/** The names below `top` down to `name`, the highest first. */
function pathDown(top: Name, name: Name): readonly Name[] {
  const path: Name[] = []
  for (let at: Name | undefined = name; at !== undefined && at !== top; at = parentOf(at)) path.push(at)
  return path.toReversed()
}

function askAnchor(anchor: ValidationAnchor, work: Work, done: (state: NameState) => void): void {
  const ds = anchor.ds.map(decodeDs).filter((each) => each !== undefined)
  const points = usable(anchor.zone, { ds, keys: anchor.keys, ttlSeconds: ANCHOR_TTL_SECONDS }, work.acceptSha1)
  if ('kind' in points) done(points)
  else askKeys(anchor.zone, points, work, done)
}

function askDelegation(name: Name, above: SecureZone, work: Work, done: (state: NameState) => void): void {
  if (!work.budget.takeFetch()) return done(bogus(EXTENDED_ERROR.BOGUS, TOO_MANY_FETCHES, 0))
  work.fetch(name, TYPE.DS, (message) => {
    if (message === undefined) return done(bogus(EXTENDED_ERROR.BOGUS, `no answer for ${formatName(name)} DS`, 0))
    const found = judgeDs(name, message, above, work)
    if ('kind' in found) done(found)
    else askKeys(name, found, work, done)
  })
}

function askKeys(zone: Name, points: EntryPoints, work: Work, done: (state: NameState) => void): void {
  if (!work.budget.takeFetch()) return done(bogus(EXTENDED_ERROR.BOGUS, TOO_MANY_FETCHES, 0))
  work.fetch(zone, TYPE.DNSKEY, (message) => {
    const missing = `no answer for ${formatName(zone)} DNSKEY`
    done(
      message === undefined ? bogus(EXTENDED_ERROR.DNSKEY_MISSING, missing, 0) : judgeKeys(zone, message, points, work),
    )
  })
}

const TOO_MANY_FETCHES = 'the chain of trust takes too many look-ups'
