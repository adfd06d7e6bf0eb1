// One version of a zone together with all that signing adds to it: keys, DS records of signed zones below, proofs of
// denial, and the whole of it with signatures for transfers.

import type { Name } from '../../core/name.ts'
import type { RecordSet, Signing, ZoneRecord, ZoneVersion } from '../../core/zones.ts'
import { TYPE } from '../dns/messages.ts'
import { cdsSet, dsAt } from './anchors.ts'
import { hiddenBy, isCut, visibleNames } from './denial/authority.ts'
import type { Denial, DenialView, OwnedSet } from './denial/denial.ts'
import { parametersOf } from './denial/minimal.ts'
import { denialTtlSeconds, nsecDenial } from './denial/nsec.ts'
import { nsec3Denial } from './denial/nsec3.ts'
import { cdnskeySet, dnskeySet, keyWindow } from './keys.ts'
import { encodeNsec3Param } from './records.ts'
import type { SigningMoment, ZoneSigner } from './sign.ts'

export interface SignedZone {
  readonly version: ZoneVersion
  readonly signer: ZoneSigner
  /** Proofs, without signatures. */
  readonly denial: Denial
  /** As that of the signer, but no longer than the DS records of zones below stay as they are. */
  at(wallMs: number): SigningMoment
  /** A set of the version, or one that signing adds; NSEC and NSEC3 are had from `denial`. */
  setAt(name: Name, type: number, moment: SigningMoment): RecordSet | undefined
  /** All of them; undefined where there is no such name. */
  setsAt(name: Name, moment: SigningMoment): readonly RecordSet[] | undefined
  /** Data of a set's RRSIG records. */
  sign(owned: OwnedSet, moment: SigningMoment): readonly Uint8Array[]
  /** Everything, signatures included, the SOA first, then names in canonical order; NSEC3 records behind all. */
  records(moment: SigningMoment): Generator<ZoneRecord>
}

/** `signedBelow` as in `ServedZone`. Making one costs next to nothing: it is meant to be made for each version. */
export function signedZone(
  signer: ZoneSigner,
  version: ZoneVersion,
  signedBelow: ReadonlyMap<Name, Signing>,
): SignedZone {
  return new VersionWithSignatures(signer, version, signedBelow)
}

class VersionWithSignatures implements SignedZone {
  readonly version: ZoneVersion
  readonly signer: ZoneSigner
  readonly denial: Denial
  readonly #signedBelow: ReadonlyMap<Name, Signing>
  #windows: readonly Signing[] | undefined
  #moment: SigningMoment | undefined

  constructor(signer: ZoneSigner, version: ZoneVersion, signedBelow: ReadonlyMap<Name, Signing>) {
    this.signer = signer
    this.version = version
    this.#signedBelow = signedBelow
    const view: DenialView = {
      typesAt: (name) => this.#typesAt(name),
      isInsecureCut: (name) => isCut(version, name) && !this.#hasDs(name),
      ttlSeconds: denialTtlSeconds(version),
    }
    const { signing } = signer
    this.denial =
      signing.denial === 'nsec'
        ? nsecDenial(version, view)
        : nsec3Denial(version, view, parametersOf(signing), signing.optOut)
  }

  at(wallMs: number): SigningMoment {
    const last = this.#moment
    if (last !== undefined && wallMs >= last.fromMs && wallMs < last.untilMs) return last
    const own = this.signer.at(wallMs)
    this.#windows ??= distinctSignings(this.#signedBelow)
    const below = this.#windows.map((signing) => keyWindow(signing, wallMs))
    const fromMs = Math.max(own.fromMs, ...below.map((window) => window.fromMs))
    const untilMs = Math.min(own.untilMs, ...below.map((window) => window.untilMs))
    this.#moment = { ...own, wallMs, fromMs, untilMs }
    return this.#moment
  }

  setAt(name: Name, type: number, moment: SigningMoment): RecordSet | undefined {
    if (name === this.version.apex && ADDED_AT_APEX.has(type)) return this.#apexSet(type, moment)
    const below = type === TYPE.DS ? this.#signedBelow.get(name) : undefined
    if (below !== undefined) return dsAt(this.signer.secret, name, below, moment.wallMs)
    return this.version.setAt(name, type)
  }

  setsAt(name: Name, moment: SigningMoment): readonly RecordSet[] | undefined {
    const own = this.version.setsAt(name)
    if (own === undefined) return undefined
    const added = this.#addedTypes(name)
    const kept = own.filter((set) => !added.includes(set.type))
    const sets = added.map((type) => this.setAt(name, type, moment))
    return [...kept, ...sets.filter((set) => set !== undefined)]
  }

  sign({ name, set }: OwnedSet, moment: SigningMoment): readonly Uint8Array[] {
    return this.signer.sign(moment, name, set)
  }

  *records(moment: SigningMoment): Generator<ZoneRecord> {
    const { version } = this
    const soa = version.setAt(version.apex, TYPE.SOA)
    if (soa !== undefined) yield* this.#withSignatures({ name: version.apex, set: soa }, moment)
    const proofs = this.signer.signing.denial === 'nsec' ? this.denial.all()[Symbol.iterator]() : undefined
    let proof = proofs?.next()
    for (const name of visibleNames(version)) {
      yield* this.#recordsAt(name, moment)
      if (proof?.done === false && proof.value.name === name) {
        yield* this.#withSignatures(proof.value, moment)
        proof = proofs?.next()
      }
    }
    yield* this.#hidden()
    if (proofs === undefined) for (const each of this.denial.all()) yield* this.#withSignatures(each, moment)
  }

  *#recordsAt(name: Name, moment: SigningMoment): Generator<ZoneRecord> {
    const cut = isCut(this.version, name)
    for (const set of this.setsAt(name, moment) ?? []) {
      if (name === this.version.apex && set.type === TYPE.SOA) continue
      // A delegation's own records are those of the zone below, DS apart (RFC 4035 §2.2).
      if (cut && set.type !== TYPE.DS) yield* recordsOf(name, set)
      else yield* this.#withSignatures({ name, set }, moment)
    }
  }

  /** Glue, and whatever else stands below delegations. */
  *#hidden(): Generator<ZoneRecord> {
    for (const name of this.version.names())
      if (hiddenBy(this.version, name) !== undefined)
        for (const set of this.version.setsAt(name) ?? []) yield* recordsOf(name, set)
  }

  *#withSignatures(owned: OwnedSet, moment: SigningMoment): Generator<ZoneRecord> {
    yield* recordsOf(owned.name, owned.set)
    const { ttlSeconds } = owned.set
    for (const data of this.sign(owned, moment)) yield { name: owned.name, type: TYPE.RRSIG, ttlSeconds, data }
  }

  #typesAt(name: Name): readonly number[] {
    const own = (this.version.setsAt(name) ?? []).map((set) => set.type)
    if (isCut(this.version, name)) return this.#hasDs(name) ? [TYPE.NS, TYPE.DS] : [TYPE.NS]
    return [...own, ...this.#addedTypes(name)]
  }

  #addedTypes(name: Name): readonly number[] {
    if (name === this.version.apex) return this.#apexTypes()
    return isCut(this.version, name) && this.#signedBelow.has(name) ? [TYPE.DS] : []
  }

  #apexTypes(): readonly number[] {
    const { broken, denial } = this.signer.signing
    const keys = broken === 'no-dnskey' ? [] : [TYPE.DNSKEY, TYPE.CDS, TYPE.CDNSKEY]
    return denial === 'nsec3' ? [...keys, TYPE.NSEC3PARAM] : keys
  }

  #apexSet(type: number, moment: SigningMoment): RecordSet | undefined {
    if (!this.#apexTypes().includes(type)) return undefined
    if (type === TYPE.DNSKEY) return dnskeySet(moment.keys, this.signer.signing)
    if (type === TYPE.CDS) return cdsSet(this.signer.zone, moment.keys)
    if (type === TYPE.CDNSKEY) return cdnskeySet(moment.keys)
    // RFC 5155 §4: of use to name servers only, so that nothing is gained by keeping it.
    return { type, ttlSeconds: 0, data: [encodeNsec3Param(parametersOf(this.signer.signing))] }
  }

  #hasDs(name: Name): boolean {
    return this.#signedBelow.has(name) || this.version.setAt(name, TYPE.DS) !== undefined
  }
}

const ADDED_AT_APEX: ReadonlySet<number> = new Set<number>([TYPE.DNSKEY, TYPE.CDS, TYPE.CDNSKEY, TYPE.NSEC3PARAM])

function distinctSignings(signedBelow: ReadonlyMap<Name, Signing>): readonly Signing[] {
  const found = new Map<string, Signing>()
  for (const signing of signedBelow.values())
    found.set(`${signing.keyKeyMs} ${signing.zoneKeyMs} ${signing.validityMs}`, signing)
  return [...found.values()]
}

function* recordsOf(name: Name, set: RecordSet): Generator<ZoneRecord> {
  for (const data of set.data) yield { name, type: set.type, ttlSeconds: set.ttlSeconds, data }
}
