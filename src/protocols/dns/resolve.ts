// What a question gets: records, referral, or that there is nothing, over all zones of this host.
// Knows neither packets nor transports, and signs nothing.

import type { Name } from '../../core/name.ts'
import type { RecordSet, ZoneVersion } from '../../core/zones.ts'
import { foldName, isWithin, nameBytes, nameProblem, readName } from '../../shared/dns/codec/name.ts'
import { EXTENDED_ERROR } from '../../shared/dns/edns/extended-errors.ts'
import { CLASS, CNAME_CHAIN_MAX, RCODE, TYPE, type Question } from '../../shared/dns/messages.ts'
import { Reader } from '../../wire/reader.ts'
import { additionalFor, targetsOf } from './additional.ts'
import { chaos } from './chaos.ts'
import type { HostedZone } from './hosted-zone.ts'
import { findInZone, setOf, type Finding } from './lookup.ts'
import { madeUp } from './made-up.ts'
import type { DnsPolicy } from './policy.ts'
import { NOT_AUTHORITATIVE, NOT_READY, refusal, type Absence, type AnswerSet, type Resolution } from './resolution.ts'

/** Query types that ask for no record: what they get. Transfers are the desk's matter (RFC 5936 §2). */
const REFUSED_TYPES: ReadonlyMap<number, number> = new Map([
  [0, RCODE.FORMERR],
  [TYPE.OPT, RCODE.FORMERR],
  [TYPE.TSIG, RCODE.FORMERR],
  [TYPE.TKEY, RCODE.NOTIMP],
  [TYPE.MAILB, RCODE.NOTIMP],
  [TYPE.MAILA, RCODE.NOTIMP],
  [TYPE.AXFR, RCODE.REFUSED],
  [TYPE.IXFR, RCODE.REFUSED],
])

/** The question's name is folded. */
export function resolve(policy: DnsPolicy, question: Question): Resolution {
  const { name, type } = question
  const refused = REFUSED_TYPES.get(type)
  if (refused !== undefined) return refusal(refused)
  if (question.class === CLASS.CH) return chaos(policy.hostName, name, type)
  if (question.class !== CLASS.IN) return refusal(RCODE.REFUSED, { code: EXTENDED_ERROR.NOT_SUPPORTED, text: 'class' })
  const zone = policy.zoneOf(name, type)
  if (zone === undefined) return NOT_AUTHORITATIVE
  return new Walk(policy, type).from(zone, name)
}

/** One zone's say of one name. */
interface Step {
  readonly zone: HostedZone
  readonly version: ZoneVersion
  readonly name: Name
}

/** Follows aliases through every zone here; the last name decides the response code (RFC 6604 §3). */
class Walk {
  readonly #policy: DnsPolicy
  readonly #type: number
  readonly #answers: AnswerSet[] = []
  readonly #absences: Absence[] = []
  #links = 0

  constructor(policy: DnsPolicy, type: number) {
    this.#policy = policy
    this.#type = type
  }

  from(zone: HostedZone, name: Name): Resolution {
    const { version } = zone
    if (version === undefined) return this.#links === 0 ? NOT_READY : this.#ended(RCODE.SERVFAIL)
    const step = { zone, version, name }
    const finding = findInZone(version, name, this.#type)
    switch (finding.kind) {
      case 'name':
        return this.#atName(step, finding.sets)
      case 'wildcard':
        return this.#atWildcard(step, finding)
      case 'delegation':
        return this.#referral(step, finding.at, finding.servers)
      case 'dname':
        return this.#redirected(step, finding.at, finding.set)
      case 'no-name':
        return this.#absent(step, finding.encloser)
    }
  }

  #atName(step: Step, sets: readonly RecordSet[]): Resolution {
    const { zone, version, name } = step
    const set =
      this.#type === TYPE.ANY ? sets[0] : (zone.signer.added(version, name, this.#type) ?? setOf(sets, this.#type))
    if (set !== undefined) return this.#present({ owner: name, set, zone, at: name })
    const alias = BESIDE_ALIASES.has(this.#type) ? undefined : setOf(sets, TYPE.CNAME)
    if (alias !== undefined) return this.#aliased({ owner: name, set: alias, zone, at: name })
    return this.#noData(step, { kind: 'no-data', zone, name, encloser: name })
  }

  #atWildcard(step: Step, { at, sets, encloser }: Finding & { readonly kind: 'wildcard' }): Resolution {
    const { zone, name } = step
    const set = this.#type === TYPE.ANY ? sets[0] : setOf(sets, this.#type)
    const alias = set ?? (BESIDE_ALIASES.has(this.#type) ? undefined : setOf(sets, TYPE.CNAME))
    if (alias === undefined) return this.#noData(step, { kind: 'wildcard-no-data', zone, name, encloser })
    this.#absences.push({ kind: 'wildcard', zone, name, encloser })
    const answer = { owner: name, set: alias, zone, at }
    return set === undefined ? this.#aliased(answer) : this.#present(answer)
  }

  #present(answer: AnswerSet): Resolution {
    this.#answers.push(answer)
    return { ...this.#ended(RCODE.NOERROR), extras: additionalFor(this.#policy, this.#answers) }
  }

  #aliased(answer: AnswerSet): Resolution {
    this.#answers.push(answer)
    return this.#follow(foldName(readName(new Reader(answer.set.data[0] ?? ROOT))))
  }

  #follow(target: Name): Resolution {
    this.#links += 1
    const seen = this.#answers.some((answer) => answer.owner === target && answer.set.type === TYPE.CNAME)
    if (seen || this.#links > CNAME_CHAIN_MAX) return this.#ended(RCODE.SERVFAIL, 'a chain of aliases without an end')
    const zone = this.#policy.zoneOf(target, this.#type)
    return zone === undefined ? this.#ended(RCODE.NOERROR) : this.from(zone, target)
  }

  /** RFC 6672 §2.2, §3.1: a CNAME is made for those who know no DNAME. */
  #redirected({ zone, name }: Step, at: Name, set: RecordSet): Resolution {
    this.#answers.push({ owner: at, set, zone, at })
    const target = foldName(readName(new Reader(set.data[0] ?? ROOT)))
    const prefix = at === '' ? `${name}.` : name.slice(0, name.length - at.length)
    const made = target === '' ? prefix.slice(0, -1) : prefix + target
    if (nameProblem(made) !== undefined) return this.#ended(RCODE.YXDOMAIN)
    const alias = { type: TYPE.CNAME, ttlSeconds: set.ttlSeconds, data: [nameBytes(made)] }
    const answer = { owner: name, set: alias, zone: undefined, at: name }
    this.#answers.push(answer)
    return this.#type === TYPE.CNAME || this.#type === TYPE.ANY ? this.#ended(RCODE.NOERROR) : this.#follow(made)
  }

  /** The name exists, the type does not (RFC 2308 §2.2). */
  #noData(step: Step, absence: Absence): Resolution {
    this.#absences.push(absence)
    return { ...this.#ended(RCODE.NOERROR), authorities: negativeSoa(step) }
  }

  /** A name below a zone that another server holds (RFC 1034 §4.3.2, step 3b). */
  #referral({ zone, version }: Step, cut: Name, servers: RecordSet): Resolution {
    const authorities: AnswerSet[] = [{ owner: cut, set: servers, zone: undefined, at: cut }]
    const ds = zone.signer.added(version, cut, TYPE.DS) ?? version.setAt(cut, TYPE.DS)
    if (ds === undefined) this.#absences.push({ kind: 'no-data', zone, name: cut, encloser: cut })
    const glue: AnswerSet[] = []
    const extras: AnswerSet[] = []
    for (const target of targetsOf(cut, servers)) addressesOf(version, target, isWithin(target, cut) ? glue : extras)
    const signedDs = ds === undefined ? [] : [{ owner: cut, set: ds, zone, at: cut }]
    const base = this.#ended(RCODE.NOERROR)
    return { ...base, authoritative: this.#links > 0, authorities, delegated: signedDs, glue, extras }
  }

  /** The zone lacks the name: the world may still have something there, else it does not exist (RFC 2308 §2.1). */
  #absent(step: Step, encloser: Name): Resolution {
    const { zone, version, name } = step
    const made = zone.signer.signsMore(version) ? madeUp(this.#policy, zone, name) : undefined
    if (made === undefined) {
      this.#absences.push({ kind: 'no-name', zone, name, encloser })
      const missing = { ...this.#ended(RCODE.NXDOMAIN), authorities: negativeSoa(step) }
      return { ...missing, unknown: { name, answered: false } }
    }
    const told = made.unknown ? { unknown: { name, answered: true } } : {}
    const set = this.#type === TYPE.ANY ? made.sets[0] : setOf(made.sets, this.#type)
    if (set !== undefined) return { ...this.#present({ owner: name, set, zone, at: name }), ...told }
    const types = made.sets.map(({ type }) => type)
    return { ...this.#noData(step, { kind: 'no-data', zone, name, encloser: name, made: types }), ...told }
  }

  #ended(rcode: number, why?: string): Resolution {
    return {
      rcode,
      authoritative: true,
      answers: this.#answers,
      authorities: NONE,
      delegated: NONE,
      absences: this.#absences,
      glue: NONE,
      extras: NONE,
      ...(why === undefined ? {} : { extended: { code: EXTENDED_ERROR.OTHER, text: why } }),
    }
  }
}

const NONE: readonly AnswerSet[] = []
/** What may stand beside a CNAME is looked for at the alias itself (RFC 4034 §3, §4; RFC 2181 §10.1). */
const BESIDE_ALIASES: ReadonlySet<number> = new Set<number>([TYPE.NSEC, TYPE.RRSIG])
const ROOT = new Uint8Array(1)

/** From this version alone: what lies below a cut is nobody else's here. */
function addressesOf(version: ZoneVersion, target: Name, into: AnswerSet[]): void {
  if (!isWithin(target, version.apex)) return
  for (const type of [TYPE.A, TYPE.AAAA]) {
    const set = version.setAt(target, type)
    if (set !== undefined) into.push({ owner: target, set, zone: undefined, at: target })
  }
}

/** Its TTL says how long there will be nothing: the lesser of its own and its last field (RFC 2308 §3). */
function negativeSoa({ zone, version }: Step): readonly AnswerSet[] {
  const set = version.setAt(zone.apex, TYPE.SOA)
  const data = set?.data[0]
  if (set === undefined || data === undefined) return NONE
  const ttlSeconds = Math.min(set.ttlSeconds, minimumSeconds(data))
  return [{ owner: zone.apex, set: { ...set, ttlSeconds }, original: set, zone, at: zone.apex }]
}

/** The last field of an SOA. */
function minimumSeconds(soa: Uint8Array): number {
  return new Reader(soa, soa.length - 4).u32()
}
