// Authoritative answers out of memory, for tests of who validates them: what servers of a few zones would say, signatures
// and proofs included.

import type { Name } from '../../core/name.ts'
import type { RecordSet, Signing } from '../../core/zones.ts'
import { Reader } from '../../wire/reader.ts'
import { foldName, isWithin, parentOf, readName } from '../dns/codec/name.ts'
import { CLASS, RCODE, TYPE, query, type Message, type ResourceRecord } from '../dns/messages.ts'
import { closestEncloser, isCut } from './denial/authority.ts'
import { wildcardOf, type OwnedSet } from './denial/denial.ts'
import { sampleZone } from './sample-zone.ts'
import { signedZone, type SignedZone } from './signed-zone.ts'
import { zoneSigner, type SigningMoment } from './sign.ts'

export interface SampleZone {
  readonly apex: Name
  readonly text: string
  /** Undefined: not signed. */
  readonly signing?: Signing
}

interface Served {
  readonly zone: SignedZone
  readonly signed: boolean
}

/** All zones of a small world, by the servers of each. */
export class SampleServers {
  readonly #served: readonly Served[]
  readonly secret: Uint8Array
  /** Moves with the test. */
  wallMs: number
  /** Every look-up there was: `harbor.test DS`. */
  readonly asked: string[] = []

  constructor(secret: Uint8Array, wallMs: number, zones: readonly SampleZone[]) {
    this.secret = secret
    this.wallMs = wallMs
    this.#served = zones.map(({ apex, text, signing }) => {
      const below = zones.flatMap((other) =>
        other.signing !== undefined && other.apex !== apex ? [[other.apex, other.signing] as const] : [],
      )
      const signer = zoneSigner(secret, apex, signing ?? UNUSED)
      const version = sampleZone(apex, text)
      const cuts = below.filter(([name]) => version.setAt(name, TYPE.NS) !== undefined)
      return { zone: signedZone(signer, version, new Map(cuts)), signed: signing !== undefined }
    })
  }

  /** What the name's own servers answer, DS by those of the zone above. Follows aliases within the zone. */
  ask(name: Name, type: number): Message {
    this.asked.push(`${name} ${type}`)
    const { zone, signed } = this.#zoneOf(name, type)
    return new Answer(zone, signed, zone.at(this.wallMs), name, type).message()
  }

  #zoneOf(name: Name, type: number): Served {
    const home = type === TYPE.DS ? (parentOf(name) ?? name) : name
    const found = this.#served
      .filter(({ zone }) => isWithin(home, zone.version.apex))
      .toSorted((a, b) => b.zone.version.apex.length - a.zone.version.apex.length)[0]
    if (found === undefined) throw new Error(`nobody serves ${name}`)
    return found
  }
}

const UNUSED: Signing = {
  algorithm: 13,
  denial: 'nsec',
  salt: '',
  iterations: 0,
  optOut: false,
  validityMs: 1e9,
  zoneKeyMs: Infinity,
  keyKeyMs: Infinity,
  ahead: false,
}

class Answer {
  readonly #zone: SignedZone
  readonly #signed: boolean
  readonly #moment: SigningMoment
  readonly #asked: Name
  readonly #type: number
  readonly #answers: ResourceRecord[] = []
  readonly #authorities: ResourceRecord[] = []
  #rcode: number = RCODE.NOERROR

  constructor(zone: SignedZone, signed: boolean, moment: SigningMoment, asked: Name, type: number) {
    this.#zone = zone
    this.#signed = signed
    this.#moment = moment
    this.#asked = asked
    this.#type = type
  }

  message(): Message {
    this.#resolve(this.#asked, 0)
    return query(
      1,
      { name: this.#asked, type: this.#type, class: CLASS.IN },
      { response: true, rcode: this.#rcode, answers: this.#answers, authorities: this.#authorities },
    )
  }

  #resolve(name: Name, depth: number): void {
    const { version, denial } = this.#zone
    if (!isWithin(name, version.apex) || depth > 8) return
    const dname = this.#dnameAbove(name)
    if (dname !== undefined) return this.#rename(name, dname, depth)
    if (version.has(name)) return this.#at(name, name, depth)
    const encloser = closestEncloser(version, name)
    const wildcard = wildcardOf(encloser)
    if (version.has(wildcard)) return this.#at(wildcard, name, depth)
    this.#rcode = RCODE.NXDOMAIN
    this.#soa()
    this.#deny(denial.noName(name))
  }

  /** What stands at `owner` is said of `name`. */
  #at(owner: Name, name: Name, depth: number): void {
    const expanded = owner !== name
    const set = this.#zone.setAt(owner, this.#type, this.#moment)
    const cname = this.#zone.setAt(owner, TYPE.CNAME, this.#moment)
    const found = set ?? cname
    if (found === undefined) {
      this.#soa()
      return this.#deny(expanded ? this.#zone.denial.wildcardNoData(name) : this.#zone.denial.noData(name))
    }
    this.#put(this.#answers, { name: owner, set: found }, name)
    if (expanded) this.#deny(this.#zone.denial.wildcardAnswer(name))
    if (set === undefined) this.#resolve(foldName(readName(new Reader(found.data[0] ?? new Uint8Array(1)))), depth + 1)
  }

  #dnameAbove(name: Name): Name | undefined {
    for (let at = parentOf(name); at !== undefined && isWithin(at, this.#zone.version.apex); at = parentOf(at))
      if (this.#zone.version.setAt(at, TYPE.DNAME) !== undefined) return at
    return undefined
  }

  #rename(name: Name, owner: Name, depth: number): void {
    const set = this.#zone.version.setAt(owner, TYPE.DNAME)
    if (set === undefined) return
    this.#put(this.#answers, { name: owner, set }, owner)
    const target = `${name.slice(0, -owner.length)}${foldName(readName(new Reader(set.data[0] ?? new Uint8Array(1))))}`
    this.#answers.push({ name, type: TYPE.CNAME, class: CLASS.IN, ttlSeconds: set.ttlSeconds, data: wireName(target) })
    this.#resolve(target, depth + 1)
  }

  #soa(): void {
    const { apex } = this.#zone.version
    const set = this.#zone.version.setAt(apex, TYPE.SOA)
    if (set !== undefined) this.#put(this.#authorities, { name: apex, set }, apex)
  }

  #deny(proof: readonly OwnedSet[]): void {
    if (this.#signed) for (const each of proof) this.#put(this.#authorities, each, each.name)
  }

  #put(section: ResourceRecord[], owned: OwnedSet, name: Name): void {
    const record = (type: number, { ttlSeconds }: RecordSet, data: Uint8Array): ResourceRecord => {
      return { name, type, class: CLASS.IN, ttlSeconds, data }
    }
    for (const data of owned.set.data) section.push(record(owned.set.type, owned.set, data))
    if (!this.#signed || (isCut(this.#zone.version, owned.name) && owned.set.type === TYPE.NS)) return
    for (const data of this.#zone.sign(owned, this.#moment)) section.push(record(TYPE.RRSIG, owned.set, data))
  }
}

function wireName(name: Name): Uint8Array {
  const labels = name.split('.').map((label) => String.fromCharCode(label.length) + label)
  return Buffer.from(`${labels.join('')}\0`, 'latin1')
}
