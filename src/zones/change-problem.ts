// What no zone takes, whatever is in it: names outside, types that are no data, times that are none.

import { failure, type Failure } from '../core/failure.ts'
import type { Name } from '../core/name.ts'
import type { ZoneEdit, ZoneRecord } from '../core/zones.ts'
import { foldName, isWithin, nameProblem } from '../shared/dns/codec/name.ts'
import { TTL_MAX_SECONDS, TYPE } from '../shared/dns/messages.ts'
import { DATA_MAX_BYTES, EDIT_CHANGES_MAX } from './limits.ts'
import { serialOf } from '../shared/dns/serial.ts'

/** Types for questions and for messages (RFC 6895 §3.1): 128 to 255, and OPT. */
const META_FIRST = 128
const META_LAST = 255

export function changeProblem(apex: Name, { remove, add }: ZoneEdit): Failure | undefined {
  if (remove.length + add.length > EDIT_CHANGES_MAX)
    return failure('ETOOBIG', `an edit has ${EDIT_CHANGES_MAX} changes at most`)
  for (const { name } of remove) {
    const problem = ownerProblem(apex, name)
    if (problem !== undefined) return problem
  }
  for (const record of add) {
    const problem = recordProblem(apex, record)
    if (problem !== undefined) return problem
  }
  return undefined
}

/** `known`: nothing is wrong with the name. */
export function recordProblem(apex: Name, record: ZoneRecord, known = false): Failure | undefined {
  const { name, type, ttlSeconds, data } = record
  const owner = known ? undefined : ownerProblem(apex, name)
  if (owner !== undefined) return owner
  if (!isDataType(type)) return failure('EBADTYPE', `records of type ${type} are in no zone`)
  if (!Number.isInteger(ttlSeconds) || ttlSeconds < 0 || ttlSeconds > TTL_MAX_SECONDS)
    return failure('EBADTTL', 'a TTL is 0 to 2147483647 seconds')
  if (data.length > DATA_MAX_BYTES) return failure('ETOOBIG', `data has ${DATA_MAX_BYTES} octets at most`)
  if (type === TYPE.SOA && serialOf(data) === undefined) return failure('EBADDATA', 'an SOA that is none')
  return undefined
}

/** Whether records of a type can be in a zone. */
export function isDataType(type: number): boolean {
  if (!Number.isInteger(type) || type <= 0 || type > 0xffff || type === TYPE.OPT) return false
  return type < META_FIRST || type > META_LAST
}

function ownerProblem(apex: Name, name: Name): Failure | undefined {
  if (name !== foldName(name) || nameProblem(name) !== undefined)
    return failure('EBADNAME', `${name} is no folded name`)
  return isWithin(name, apex) ? undefined : failure('EOUTSIDE', `${name} lies outside of ${apex || '.'}`)
}
