// What NSEC records prove (RFC 4035 §5.4, with the traps of RFC 6840 §4).

import type { Name } from '../../../core/name.ts'
import { commonAncestor, labelCount } from '../../dns/codec/labels.ts'
import { isWithin } from '../../dns/codec/name.ts'
import { TYPE } from '../../dns/messages.ts'
import { canonicalOrder } from '../canonical.ts'
import { wildcardOf } from '../denial/denial.ts'
import type { OwnedNsec, Proof, Prover } from './proof.ts'

/** `records` are of the zone `zone`; those that are not within are passed over. */
export function nsecProver(zone: Name, records: readonly OwnedNsec[]): Prover {
  const own = records.filter((each) => isWithin(each.owner, zone) && isWithin(each.nsec.next, zone))
  const at = (name: Name): OwnedNsec | undefined => own.find((each) => each.owner === name)
  const over = (name: Name): OwnedNsec | undefined => own.find((each) => covers(each, zone, name))
  const empty = (name: Name): boolean => own.some((each) => leadsBelow(each, zone, name))
  return {
    noName(name) {
      const found = over(name)
      return proof(found !== undefined && over(wildcardOf(encloserOf(found, name))) !== undefined)
    },
    noData(name, type) {
      const match = at(name)
      if (match !== undefined) return proof(lacks(match, type))
      if (empty(name)) return 'proven'
      const found = over(name)
      const wildcard = found === undefined ? undefined : wildcardOf(encloserOf(found, name))
      if (wildcard === undefined) return 'unproven'
      const match2 = at(wildcard)
      return proof(match2 === undefined ? empty(wildcard) : lacks(match2, type))
    },
    wildcardAnswer(name, encloser) {
      const found = over(name)
      return proof(found !== undefined && encloserOf(found, name) === encloser)
    },
    dsAbsence(name) {
      const match = at(name)
      if (match !== undefined) {
        if (!lacks(match, TYPE.DS)) return 'unproven'
        return match.nsec.types.has(TYPE.NS) ? 'cut' : 'no-cut'
      }
      if (empty(name)) return 'no-cut'
      return over(name) === undefined ? 'unproven' : 'no-name'
    },
  }
}

function proof(proven: boolean): Proof {
  return proven ? 'proven' : 'unproven'
}

/**
 * Whether a type is not at the record's own name. At a delegation the parent has a say over DS alone, and at an apex the
 * zone has none over DS (RFC 4035 §5.4, RFC 6840 §4.1).
 */
function lacks({ owner, nsec: { types } }: OwnedNsec, type: number): boolean {
  const cut = types.has(TYPE.NS) && !types.has(TYPE.SOA)
  if (type === TYPE.DS ? types.has(TYPE.SOA) && owner !== '' : cut) return false
  return !types.has(type) && !types.has(TYPE.CNAME)
}

/** Whether `name` lies between the record's names, and nothing exists at it or below it. */
function covers(record: OwnedNsec, zone: Name, name: Name): boolean {
  return isBetween(record, zone, name) && !isWithin(record.nsec.next, name)
}

/** Whether `name` is an empty non-terminal: the next name lies below it. */
function leadsBelow(record: OwnedNsec, zone: Name, name: Name): boolean {
  return isBetween(record, zone, name) && record.nsec.next !== name && isWithin(record.nsec.next, name)
}

function isBetween({ owner, nsec }: OwnedNsec, zone: Name, name: Name): boolean {
  if (!isWithin(name, zone) || canonicalOrder(owner, name) >= 0) return false
  if (nsec.next !== zone && canonicalOrder(name, nsec.next) >= 0) return false
  // What a delegation or a DNAME has below it is not the zone's to deny (RFC 6840 §4.1).
  const cut = nsec.types.has(TYPE.NS) && !nsec.types.has(TYPE.SOA)
  return !((cut || nsec.types.has(TYPE.DNAME)) && isWithin(name, owner))
}

/** The closest encloser of a name that a record covers: the longer of what it shares with both ends. */
export function encloserOf({ owner, nsec }: OwnedNsec, name: Name): Name {
  const left = commonAncestor(owner, name)
  const right = commonAncestor(nsec.next, name)
  return labelCount(left) >= labelCount(right) ? left : right
}
