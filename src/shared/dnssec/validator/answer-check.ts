// One response, judged: every set of its answer section, the wildcards they were made of, and what it denies
// (RFC 4035 §5).

import type { Name } from '../../../core/name.ts'
import { Reader } from '../../../wire/reader.ts'
import { foldName, formatName, isWithin, parentOf, readName } from '../../dns/codec/name.ts'
import { CNAME_CHAIN_MAX, RCODE, TYPE, typeName, type Message, type Question } from '../../dns/messages.ts'
import { labelCount } from '../../dns/codec/labels.ts'
import type { Proof } from '../proofs/proof.ts'
import { verifySet, type ReceivedSet } from '../verify.ts'
import { provenSets, type ProvenSets } from './denial-records.ts'
import type { KeyChain, ZoneState } from './key-chain.ts'
import { setAt, setsOf } from './sets.ts'
import { EXTENDED_ERROR, type ExtendedError, type Security, type ValidatedSet, type Verdict } from './types.ts'
import type { SecureZone, Work } from './zone-state.ts'

/** Worst last. */
const ORDER: readonly Security[] = ['secure', 'insecure', 'indeterminate', 'bogus']
/** Zones that are tried for one set by the names of its signers: its own, and one that would sign instead. */
const SIGNERS_MAX = 2

/** A set made of a wildcard, for which there must be a proof that nothing is closer (RFC 4035 §5.3.4). */
interface Expansion {
  readonly name: Name
  readonly encloser: Name
  readonly zone: SecureZone
}

export class AnswerCheck {
  readonly #question: Question
  readonly #response: Message
  readonly #chain: KeyChain
  readonly #work: Work
  readonly #then: (verdict: Verdict) => void
  readonly #answers: readonly ReceivedSet[]
  readonly #authorities: readonly ReceivedSet[]
  readonly #judged: ValidatedSet[] = []
  readonly #expansions: Expansion[] = []
  readonly #proofs = new Map<Name, ProvenSets>()
  #security: Security = 'secure'
  #error: ExtendedError | undefined
  #ttlSeconds = Infinity

  constructor(question: Question, response: Message, chain: KeyChain, work: Work, then: (verdict: Verdict) => void) {
    this.#question = question
    this.#response = response
    this.#chain = chain
    this.#work = work
    this.#then = then
    // A DNAME before the CNAME that was made of it.
    this.#answers = setsOf(response.answers).toSorted(
      (a, b) => Number(b.type === TYPE.DNAME) - Number(a.type === TYPE.DNAME),
    )
    this.#authorities = setsOf(response.authorities)
  }

  start(): void {
    const { rcode } = this.#response
    if (rcode === RCODE.NOERROR || rcode === RCODE.NXDOMAIN) this.#checkSet(0)
    else this.#finish('indeterminate', { code: EXTENDED_ERROR.INDETERMINATE, text: 'the response is no answer' })
  }

  #checkSet(at: number): void {
    const set = this.#answers[at]
    if (set === undefined) return this.#checkExpansions()
    const next = (): void => (this.#security === 'bogus' ? this.#finish() : this.#checkSet(at + 1))
    const origin = this.#originOf(set)
    if (origin !== undefined) {
      this.#judge('answer', set, origin.security, undefined, Math.min(set.ttlSeconds, origin.ttlSeconds))
      return next()
    }
    this.#bySigner(set, signersOf(set), 0, next)
  }

  /** The DNAME that an unsigned CNAME was made of (RFC 6672 §5.3.1). */
  #originOf(set: ReceivedSet): ValidatedSet | undefined {
    if (set.type !== TYPE.CNAME || set.signatures.length > 0) return undefined
    const dname = this.#answers.find((each) => each.type === TYPE.DNAME && isMadeOf(set, each))
    return dname && this.#judged.find((each) => each.type === TYPE.DNAME && each.name === dname.name)
  }

  #bySigner(set: ReceivedSet, signers: readonly Name[], at: number, next: () => void): void {
    const signer = signers[at]
    if (signer === undefined) return this.#withoutSigner(set, next)
    this.#chain.zoneOf(signer, this.#work, (state) => {
      if (state.kind !== 'secure') this.#outside('answer', set, state)
      else if (state.zone !== signer) return this.#bySigner(set, signers, at + 1, next)
      else this.#verify(set, state)
      next()
    })
  }

  #withoutSigner(set: ReceivedSet, next: () => void): void {
    this.#chain.zoneOf(homeOf(set.name, set.type), this.#work, (state) => {
      if (state.kind === 'secure')
        this.#judge('answer', set, 'bogus', {
          code: EXTENDED_ERROR.RRSIGS_MISSING,
          text: `${formatName(set.name)} ${typeName(set.type)} has no signature by ${formatName(state.zone)}`,
        })
      else this.#outside('answer', set, state)
      next()
    })
  }

  #verify(set: ReceivedSet, zone: SecureZone): void {
    const result = verifySet(set, zone.zone, zone.keys, this.#work.nowSeconds, this.#work.budget)
    if (result.kind === 'unsigned') return this.#judge('answer', set, 'bogus', result.error)
    if (result.wildcardBelow !== undefined)
      this.#expansions.push({ name: set.name, encloser: result.wildcardBelow, zone })
    this.#judge('answer', set, 'secure', undefined, result.ttlSeconds)
  }

  /** A set that no keys can be had for. */
  #outside(section: 'answer' | 'authority', set: ReceivedSet, state: Exclude<ZoneState, SecureZone>): void {
    this.#judge(section, set, securityOf(state), errorOf(state))
  }

  #judge(
    section: 'answer' | 'authority',
    set: ReceivedSet,
    security: Security,
    error: ExtendedError | undefined,
    ttlSeconds = set.ttlSeconds,
  ): void {
    this.#judged.push({ section, name: set.name, type: set.type, security, ttlSeconds })
    this.#lower(security, error)
    this.#ttlSeconds = Math.min(this.#ttlSeconds, ttlSeconds)
  }

  #lower(security: Security, error: ExtendedError | undefined): void {
    if (ORDER.indexOf(security) > ORDER.indexOf(this.#security)) {
      this.#security = security
      this.#error = error
    } else this.#error ??= error
  }

  #checkExpansions(): void {
    for (const { name, encloser, zone } of this.#expansions) {
      const proofs = this.#proofsBy(zone)
      this.#accept(
        proofs.prover.wildcardAnswer(name, encloser),
        proofs,
        `that nothing is closer than ${formatName(name)}`,
      )
      if (this.#security === 'bogus') return this.#finish()
    }
    const last = lastName(this.#question, this.#answers)
    if (last === undefined || this.#isAnswered(last)) this.#finish()
    else if (this.#isLeftAt(last)) this.#finish('secure', undefined, last)
    else if (this.#question.type === TYPE.RRSIG) this.#finish('insecure')
    else this.#checkDenial(last)
  }

  #isAnswered(name: Name): boolean {
    if (this.#response.rcode === RCODE.NXDOMAIN) return false
    const { type } = this.#question
    return this.#answers.some((set) => set.name === name && (set.type === type || type === TYPE.ANY))
  }

  #isLeftAt(name: Name): boolean {
    const denied = this.#authorities.some((set) => set.type === TYPE.SOA)
    return name !== foldName(this.#question.name) && !denied && this.#response.rcode === RCODE.NOERROR
  }

  #proofsBy(zone: SecureZone): ProvenSets {
    const known = this.#proofs.get(zone.zone)
    if (known !== undefined) return known
    const made = provenSets(this.#authorities, zone, this.#work)
    this.#proofs.set(zone.zone, made)
    for (const { set, signed } of made.verified) this.#judge('authority', set, 'secure', undefined, signed.ttlSeconds)
    return made
  }

  /** By the zone that signed the proof; where none did, by the zone that the name is in. */
  #checkDenial(name: Name): void {
    const home = homeOf(name, this.#question.type)
    const signer = closestFirst(this.#authorities.flatMap(signersOf)).find((each) => isWithin(home, each))
    if (signer === undefined) return this.#checkUnproven(home, undefined)
    this.#chain.zoneOf(signer, this.#work, (state) => {
      if (state.kind !== 'secure') this.#finish(securityOf(state), errorOf(state))
      else if (state.zone === signer) this.#prove(name, state)
      else this.#checkUnproven(home, undefined)
    })
  }

  #prove(name: Name, zone: SecureZone): void {
    const proofs = this.#proofsBy(zone)
    const { type } = this.#question
    const absent = this.#response.rcode === RCODE.NXDOMAIN
    const proof = absent ? proofs.prover.noName(name) : proofs.prover.noData(name, type)
    if (proof === 'unproven') return this.#checkUnproven(homeOf(name, type), proofs.error)
    this.#accept(proof, proofs, '')
    const soa = this.#authorities.find((set) => set.type === TYPE.SOA && set.name === zone.zone)
    if (soa !== undefined && !proofs.verified.some(({ set }) => set === soa)) this.#lower('bogus', proofs.error)
    this.#finish()
  }

  #accept(proof: Proof, proofs: ProvenSets, what: string): void {
    if (proof === 'opt-out') this.#lower('insecure', undefined)
    else if (proof === 'iterations') this.#lower('insecure', proofs.iterationsError)
    else if (proof === 'unproven')
      this.#lower('bogus', proofs.error ?? { code: EXTENDED_ERROR.NSEC_MISSING, text: `nothing proves ${what}` })
  }

  /** Denials need no proof where nothing is signed. */
  #checkUnproven(home: Name, error: ExtendedError | undefined): void {
    this.#chain.zoneOf(home, this.#work, (state) => {
      if (state.kind !== 'secure') return this.#finish(securityOf(state), errorOf(state))
      const kind = typeName(this.#question.type)
      const text = `nothing proves that there is no ${formatName(foldName(this.#question.name))} ${kind}`
      this.#finish('bogus', error ?? { code: EXTENDED_ERROR.NSEC_MISSING, text })
    })
  }

  #finish(security: Security = this.#security, error?: ExtendedError, rest?: Name): void {
    this.#lower(security, error)
    const records = [...this.#response.answers, ...this.#response.authorities]
    const least = Math.min(this.#ttlSeconds, ...records.map((record) => record.ttlSeconds))
    this.#then({
      security: this.#security,
      error: this.#error,
      sets: this.#judged,
      rest,
      ttlSeconds: this.#security === 'bogus' || least === Infinity ? 0 : least,
    })
  }
}

function securityOf(state: Exclude<ZoneState, SecureZone>): Security {
  return state.kind === 'none' ? 'indeterminate' : state.kind
}

function errorOf(state: Exclude<ZoneState, SecureZone>): ExtendedError | undefined {
  return state.kind === 'none' ? undefined : state.error
}

/** Zones that may have signed a set, the closest first. The zone above has DS records (RFC 4035 §2.4). */
function signersOf(set: ReceivedSet): readonly Name[] {
  const home = homeOf(set.name, set.type)
  const signers = new Set(set.signatures.map((rrsig) => rrsig.signer).filter((signer) => isWithin(home, signer)))
  return closestFirst([...signers]).slice(0, SIGNERS_MAX)
}

/** Of names of which each lies within the next, or that do not matter to one another. */
function closestFirst(names: readonly Name[]): readonly Name[] {
  return names.toSorted((a, b) => labelCount(b) - labelCount(a))
}

/** The name whose zone has a say over a type at a name. */
function homeOf(name: Name, type: number): Name {
  return type === TYPE.DS ? (parentOf(name) ?? name) : name
}

/** Where the chain of aliases ends that begins at the question; undefined where it goes in circles, or on and on. */
function lastName(question: Question, sets: readonly ReceivedSet[]): Name | undefined {
  let name = foldName(question.name)
  if (question.type === TYPE.CNAME || question.type === TYPE.ANY) return name
  for (let links = 0; links <= CNAME_CHAIN_MAX; links += 1) {
    const alias = setAt(sets, name, TYPE.CNAME)?.data[0]
    if (alias === undefined) return name
    name = foldName(readName(new Reader(alias)))
  }
  return undefined
}

/** RFC 6672 §3.1: the DNAME's target in place of its owner. */
function isMadeOf(cname: ReceivedSet, dname: ReceivedSet): boolean {
  const [target, tail] = [cname.data[0], dname.data[0]]
  if (target === undefined || tail === undefined || cname.data.length !== 1) return false
  if (cname.name === dname.name || !isWithin(cname.name, dname.name)) return false
  const front = dname.name === '' ? `${cname.name}.` : cname.name.slice(0, cname.name.length - dname.name.length)
  const end = foldName(readName(new Reader(tail)))
  const made = end === '' ? front.slice(0, -1) : `${front}${end}`
  return foldName(readName(new Reader(target))) === made
}
