// What NSEC3 records prove (RFC 5155 §8, with the traps of RFC 6840 §4).

import type { Name } from '../../../core/name.ts'
import { nextCloser, wildcardAt } from '../../dns/codec/labels.ts'
import { isWithin, parentOf } from '../../dns/codec/name.ts'
import { TYPE } from '../../dns/messages.ts'
import { nsec3Hash } from '../nsec3-hash.ts'
import { NSEC3_SHA1, OPT_OUT, type Nsec3 } from '../records.ts'
import type { WorkBudget } from '../work-budget.ts'
import type { OwnedNsec3, Proof, Prover } from './proof.ts'

/** More, and the zone counts as insecure (RFC 9276 §3.2): Unbound's `val-nsec3-keysize-iterations`, whatever the size of keys. */
const NSEC3_ITERATIONS_MAX = 150

/** The closest encloser that is proven, and what covers the name below it. */
interface EncloserProof {
  readonly encloser: Name
  readonly covering: OwnedNsec3
}

export function nsec3Prover(zone: Name, records: readonly OwnedNsec3[], budget: WorkBudget): Prover {
  const known = records.filter(({ nsec3 }) => nsec3.hash === NSEC3_SHA1 && (nsec3.flags & ~OPT_OUT) === 0)
  const first = known[0]?.nsec3
  if (first === undefined) return nothing('unproven')
  if (known.some(({ nsec3 }) => nsec3.iterations > NSEC3_ITERATIONS_MAX)) return nothing('iterations')
  // All records of one proof have the same parameters (RFC 5155 §8.2).
  return new HashedProver(
    zone,
    known.filter(({ nsec3 }) => sameParameters(nsec3, first)),
    first,
    budget,
  )
}

function nothing(answer: 'unproven' | 'iterations'): Prover {
  return {
    noName: () => answer,
    noData: () => answer,
    wildcardAnswer: () => answer,
    dsAbsence: () => answer,
  }
}

function sameParameters(a: Nsec3, b: Nsec3): boolean {
  return a.iterations === b.iterations && Buffer.compare(a.salt, b.salt) === 0
}

class HashedProver implements Prover {
  readonly #zone: Name
  readonly #records: readonly OwnedNsec3[]
  readonly #parameters: Nsec3
  readonly #budget: WorkBudget
  readonly #hashes = new Map<Name, Buffer | undefined>()

  constructor(zone: Name, records: readonly OwnedNsec3[], parameters: Nsec3, budget: WorkBudget) {
    this.#zone = zone
    this.#records = records
    this.#parameters = parameters
    this.#budget = budget
  }

  noName(name: Name): Proof {
    const found = this.#encloser(name)
    if (found === undefined || this.#covering(wildcardAt(found.encloser)) === undefined) return 'unproven'
    return isOptOut(found.covering) ? 'opt-out' : 'proven'
  }

  noData(name: Name, type: number): Proof {
    const match = this.#matching(name)
    if (match !== undefined) return lacks(match, type, name) ? 'proven' : 'unproven'
    const found = this.#encloser(name)
    if (found === undefined) return 'unproven'
    const wildcard = this.#matching(wildcardAt(found.encloser))
    const none = wildcard !== undefined && lacks(wildcard, type, name)
    if (isOptOut(found.covering)) return wildcard === undefined || none ? 'opt-out' : 'unproven'
    return none ? 'proven' : 'unproven'
  }

  wildcardAnswer(name: Name, encloser: Name): Proof {
    const covering = this.#covering(nextCloser(name, encloser))
    if (covering === undefined) return 'unproven'
    return isOptOut(covering) ? 'opt-out' : 'proven'
  }

  dsAbsence(name: Name): ReturnType<Prover['dsAbsence']> {
    const match = this.#matching(name)
    if (match !== undefined) {
      if (!lacks(match, TYPE.DS, name)) return 'unproven'
      return match.nsec3.types.has(TYPE.NS) ? 'cut' : 'no-cut'
    }
    const found = this.#encloser(name)
    if (found === undefined) return 'unproven'
    return isOptOut(found.covering) ? 'opt-out' : 'no-name'
  }

  /** RFC 5155 §8.3: upwards from the name itself, whose own match would mean that it exists. */
  #encloser(name: Name): EncloserProof | undefined {
    let below = name
    for (let at = parentOf(name); at !== undefined && isWithin(at, this.#zone); at = parentOf(at)) {
      const match = this.#matching(at)
      if (match !== undefined) {
        const covering = this.#covering(below)
        return covering === undefined || isEndOfZone(match) ? undefined : { encloser: at, covering }
      }
      below = at
    }
    return undefined
  }

  #matching(name: Name): OwnedNsec3 | undefined {
    const hash = this.#hash(name)
    return hash && this.#records.find((each) => hash.equals(each.hash))
  }

  #covering(name: Name): OwnedNsec3 | undefined {
    const hash = this.#hash(name)
    return hash && this.#records.find((each) => isHashBetween(hash, each.hash, each.nsec3.next))
  }

  /** Undefined once the budget is spent: nothing can be proven any more. */
  #hash(name: Name): Buffer | undefined {
    if (this.#hashes.has(name)) return this.#hashes.get(name)
    const hash = this.#budget.takeHash(this.#parameters.iterations) ? nsec3Hash(name, this.#parameters) : undefined
    this.#hashes.set(name, hash)
    return hash
  }
}

/** Whether a hash lies strictly between two; the last record leads around to the first (RFC 5155 §3.1.7). */
export function isHashBetween(hash: Uint8Array, from: Uint8Array, next: Uint8Array): boolean {
  const behind = Buffer.compare(from, hash) < 0
  const ahead = Buffer.compare(hash, next) < 0
  const last = Buffer.compare(from, next) >= 0
  return last ? behind || ahead : behind && ahead
}

function isOptOut({ nsec3 }: OwnedNsec3): boolean {
  return (nsec3.flags & OPT_OUT) !== 0
}

/** A delegation or a DNAME encloses nothing of this zone (RFC 5155 §8.3). */
function isEndOfZone({ nsec3: { types } }: OwnedNsec3): boolean {
  return types.has(TYPE.DNAME) || (types.has(TYPE.NS) && !types.has(TYPE.SOA))
}

/** RFC 5155 §8.5 and §8.6, RFC 6840 §4.1 and §4.3. */
function lacks({ nsec3: { types } }: OwnedNsec3, type: number, name: Name): boolean {
  const cut = types.has(TYPE.NS) && !types.has(TYPE.SOA)
  if (type === TYPE.DS ? types.has(TYPE.SOA) && name !== '' : cut) return false
  return !types.has(type) && !types.has(TYPE.CNAME)
}
