// Signs what a zone answers when it is asked for, and keeps signatures that many answers share. With `ahead`, all of a zone is
// signed once it is there and again before that gets old, in slices between which others have their turn.

import type { Io } from '../../core/io.ts'
import type { Name } from '../../core/name.ts'
import type { RecordSet, ServedZone, Signing, ZoneVersion } from '../../core/zones.ts'
import { parentOf } from '../../shared/dns/codec/name.ts'
import { TYPE } from '../../shared/dns/messages.ts'
import { isCut, visibleNames } from '../../shared/dnssec/denial/authority.ts'
import { denialTtlSeconds } from '../../shared/dnssec/denial/nsec.ts'
import { nextCloser } from '../../shared/dnssec/denial/nsec3.ts'
import { wildcardOf } from '../../shared/dnssec/denial/denial.ts'
import {
  minimalNoData,
  minimalNoName,
  signedZone,
  zoneSigner,
  type OwnedSet,
  type SignedZone,
  type SigningMoment,
} from '../../shared/dnssec/index.ts'
import { KeptSignatures } from './kept-signatures.ts'
import { denialIsNarrow } from './policy.ts'
import type { Denied, SigningTime, ZoneSigner } from './signing.ts'

/** How long ago signatures end that have expired on purpose: beyond the day that validators forgive (Unbound's `val-sig-skew-max`). */
const EXPIRED_SINCE_MS = 2 * 86_400_000
/** Sets signed in one turn: some milliseconds. */
const SLICE = 64
/** Between two slices. */
const PAUSE_MS = 1

export class OnlineSigner implements ZoneSigner {
  readonly #served: ServedZone
  readonly #io: Io
  readonly #secret: Uint8Array
  readonly #signing: Signing
  readonly #kept: KeptSignatures
  #signed: SignedZone | undefined
  /** What is left to sign ahead, and in which moment. */
  #ahead: { readonly sets: Iterator<OwnedSet>; readonly signed: SignedZone; readonly moment: SigningMoment } | undefined

  /** `io` is the service's: its clock is the world's. */
  constructor(io: Io, secret: Uint8Array, served: ServedZone, signing: Signing) {
    this.#io = io
    this.#secret = secret
    this.#served = served
    this.#signing = signing
    this.#kept = new KeptSignatures(signing.ahead)
  }

  added(version: ZoneVersion, name: Name, type: number): RecordSet | undefined {
    if (!ADDED.has(type)) return undefined
    const signed = this.#of(version)
    const moment = this.#moment(signed)
    if (type === TYPE.RRSIG) {
      const set = signed.setsAt(name, moment)?.[0]
      return set && this.signaturesOf(version, name, set, 'now')
    }
    if (type !== TYPE.NSEC) return signed.setAt(name, type, moment)
    if (this.#signing.denial !== 'nsec' || (version.setsAt(name)?.length ?? 0) === 0) return undefined
    return this.denialOf(version, { kind: 'no-data', name, encloser: name })[0]?.set
  }

  signsMore(): boolean {
    return true
  }

  signaturesOf(version: ZoneVersion, name: Name, set: RecordSet, time: SigningTime): RecordSet | undefined {
    const signed = this.#of(version)
    const moment = this.#moment(signed)
    if (time === 'past') return asSet(set, signed.sign({ name, set }, past(moment)))
    return (
      this.#kept.get(name, set, moment) ??
      this.#kept.add(name, set, moment, asSet(set, signed.sign({ name, set }, moment)))
    )
  }

  denialOf(version: ZoneVersion, denied: Denied): readonly OwnedSet[] {
    const { denial } = this.#of(version)
    const { kind, name } = denied
    if (denied.made !== undefined || denialIsNarrow(version.apex, denied)) return this.#narrowDenial(version, denied)
    if (kind === 'no-data') return denial.noData(name)
    if (kind === 'no-name') return denial.noName(name)
    return kind === 'wildcard' ? denial.wildcardAnswer(name) : denial.wildcardNoData(name)
  }

  freshUntilMs(version: ZoneVersion): number {
    return this.#moment(this.#of(version)).untilMs
  }

  /** Begins to sign all there is. `timer` comes back by `signOn` until it is done, and again when it must be done anew. */
  signAhead(timer: string): void {
    const version = this.#signing.ahead ? this.#served.zone.current : undefined
    if (version === undefined) return
    const signed = this.#of(version)
    const moment = this.#moment(signed)
    this.#ahead = { sets: toSign(signed, moment), signed, moment }
    this.#io.wakeAt(timer, this.#io.now + PAUSE_MS)
  }

  signOn(timer: string): void {
    const ahead = this.#ahead
    if (ahead === undefined || ahead.moment !== this.#moment(ahead.signed)) return this.signAhead(timer)
    for (let count = 0; count < SLICE; count += 1) {
      const next = ahead.sets.next()
      if (next.done === true) {
        this.#ahead = undefined
        if (ahead.moment.untilMs !== Infinity) this.#io.wakeAtWall(timer, ahead.moment.untilMs)
        return
      }
      this.signaturesOf(ahead.signed.version, next.value.name, next.value.set, 'now')
    }
    this.#io.wakeAt(timer, this.#io.now + PAUSE_MS)
  }

  #of(version: ZoneVersion): SignedZone {
    if (this.#signed?.version !== version) {
      const signer = this.#signed?.signer ?? zoneSigner(this.#secret, version.apex, this.#signing)
      this.#signed = signedZone(signer, version, this.#served.signedBelow)
    }
    return this.#signed
  }

  #moment(signed: SignedZone): SigningMoment {
    return signed.at(this.#io.wallMs)
  }

  /** For what comes to exist once it is asked for: nothing but the name itself may be denied (RFC 4470). */
  #narrowDenial(version: ZoneVersion, { kind, name, encloser, made }: Denied): readonly OwnedSet[] {
    const ttlSeconds = denialTtlSeconds(version)
    const zone = version.apex
    const missing = (gone: Name): OwnedSet => minimalNoName(zone, this.#signing, gone, ttlSeconds)
    const there = (at: Name, types = this.#typesAt(version, at)): OwnedSet =>
      minimalNoData(zone, this.#signing, at, types, ttlSeconds)
    if (kind === 'no-data') return [there(name, made)]
    // Names beside a missing one may be made up: all above it are said to be there, if only empty.
    const above = kind === 'no-name' ? (parentOf(name) ?? zone) : encloser
    const self = missing(nextCloser(name, above))
    if (kind === 'wildcard') return [self]
    const wildcard = wildcardOf(above)
    const star = kind === 'no-name' ? missing(wildcard) : there(wildcard)
    return this.#signing.denial === 'nsec3' ? [there(above), self, star] : [self, star]
  }

  #typesAt(version: ZoneVersion, name: Name): readonly number[] {
    const signed = this.#of(version)
    const types = (signed.setsAt(name, this.#moment(signed)) ?? []).map(({ type }) => type)
    return isCut(version, name) ? types.filter((type) => type === TYPE.NS || type === TYPE.DS) : types
  }
}

const ADDED: ReadonlySet<number> = new Set<number>([
  TYPE.DNSKEY,
  TYPE.CDS,
  TYPE.CDNSKEY,
  TYPE.DS,
  TYPE.NSEC3PARAM,
  TYPE.NSEC,
  TYPE.RRSIG,
])

function asSet({ ttlSeconds }: RecordSet, data: readonly Uint8Array[]): RecordSet {
  return { type: TYPE.RRSIG, ttlSeconds, data }
}

/** Long enough ago that nobody takes it for a clock that is off. */
function past(moment: SigningMoment): SigningMoment {
  const lengthMs = moment.expirationMs - moment.inceptionMs
  const expirationMs = moment.wallMs - EXPIRED_SINCE_MS
  return { ...moment, expirationMs, inceptionMs: expirationMs - lengthMs }
}

/** Every set that a zone signs, its proofs of denial last. */
function* toSign(signed: SignedZone, moment: SigningMoment): Generator<OwnedSet> {
  for (const name of visibleNames(signed.version)) {
    const cut = isCut(signed.version, name)
    for (const set of signed.setsAt(name, moment) ?? []) if (!cut || set.type === TYPE.DS) yield { name, set }
  }
  yield* signed.denial.all()
}
