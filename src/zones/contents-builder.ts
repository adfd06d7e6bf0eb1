// Takes in the records of a zone one by one, in any order, and makes contents of them.

import { failure, type Failure } from '../core/failure.ts'
import type { Name } from '../core/name.ts'
import type { ZoneRecord } from '../core/zones.ts'
import { TYPE } from '../shared/dns/messages.ts'
import type { RecordView } from '../shared/dns/zone-file/sink.ts'
import { recordProblem, isDataType } from './change-problem.ts'
import type { Contents } from './contents.ts'
import { standsBesideCname } from './cname.ts'
import {
  CONTENTS_MAX_BYTES,
  DATA_MAX_BYTES,
  RECORDS_MAX,
  RECORD_OVERHEAD_BYTES,
  SETS_PER_NAME_MAX,
  SET_MAX_BYTES,
} from './limits.ts'
import { APEX_NODE, NameTree } from './name-tree.ts'
import { PackedContents } from './packed-contents.ts'
import { RecordChains } from './record-chains.ts'

const TYPES = 0x1_0000

const TOO_MANY = failure('ETOOBIG', `a zone has ${RECORDS_MAX} records at most`)
const TOO_MUCH = failure('ETOOBIG', `a zone has ${CONTENTS_MAX_BYTES} octets of data at most`)
const TOO_MANY_SETS = failure('ETOOBIG', `a name has ${SETS_PER_NAME_MAX} types at most`)
const TOO_LARGE = failure('ETOOBIG', `a set has ${SET_MAX_BYTES} octets at most`)
const BESIDE_CNAME = failure('ECNAME', 'a CNAME stands alone (RFC 1034 §3.6.2)')
const OUTSIDE = failure('EOUTSIDE', 'lies outside of the zone')
const NO_DATA = failure('EBADTYPE', 'records of this type are in no zone')

export class ContentsBuilder {
  readonly #tree: NameTree
  readonly #records = new RecordChains()
  #count = 0
  #bytes = 0
  /** The node of the record before, and its name where that came as text. */
  #node = -1
  #name: Name | undefined
  /** Sets that are complete, by node and type; nodes from `#fixedNodes` on have none. */
  readonly #fixed = new Set<number>()
  #fixedNodes = 0
  /** Of the chain that was gone through last: the last record of the type that was looked for, or 0, and the last of all. */
  #lastOfType = 0
  #last = 0

  constructor(apex: Name) {
    this.#tree = new NameTree(apex)
  }

  get apex(): Name {
    return this.#tree.apex
  }

  hasSet(name: Name, type: number): boolean {
    const node = this.#tree.findName(name)
    if (node === -1) return false
    let place = this.#tree.head(node)
    while (place !== 0 && this.#records.type(place) !== type) place = this.#records.next(place)
    return place !== 0
  }

  /** From now on records of sets that are there already are left out, silently. Called once. */
  fix(sets: Iterable<{ readonly name: Name; readonly type: number }>): void {
    for (const { name, type } of sets) this.#fixed.add(this.#tree.internName(name) * TYPES + type)
    this.#fixedNodes = this.#tree.count
  }

  add(record: ZoneRecord): Failure | undefined {
    const known = record.name === this.#name
    const problem = recordProblem(this.apex, record, known)
    if (problem !== undefined) return problem
    if (this.#count >= RECORDS_MAX) return TOO_MANY
    if (this.#bytes + record.data.length > CONTENTS_MAX_BYTES) return TOO_MUCH
    if (!known) this.#node = this.#tree.internName(record.name)
    this.#name = record.name
    return this.#put(record.type, record.ttlSeconds, record.data, record.data.length)
  }

  addView({ owner, ownerBytes, sameOwner, type, ttlSeconds, data, dataBytes }: RecordView): Failure | undefined {
    if (this.#count >= RECORDS_MAX) return TOO_MANY
    if (this.#bytes + dataBytes > CONTENTS_MAX_BYTES) return TOO_MUCH
    if (!isDataType(type) || dataBytes > DATA_MAX_BYTES) return NO_DATA
    this.#name = undefined
    if (!sameOwner || this.#node === -1) this.#node = this.#tree.intern(owner, ownerBytes)
    if (this.#node === -1) return OUTSIDE
    if (this.#node < this.#fixedNodes && this.#fixed.has(this.#node * TYPES + type)) return undefined
    return this.#put(type, ttlSeconds, data, dataBytes)
  }

  finish(): Contents {
    this.#tree.finish()
    this.#records.arena.finish()
    return new PackedContents(this.#tree, this.#records, this.#count)
  }

  #put(type: number, ttlSeconds: number, data: Uint8Array, size: number): Failure | undefined {
    const head = this.#tree.head(this.#node)
    if (head === 0) {
      this.#tree.setHead(this.#node, this.#keep(type, ttlSeconds, data, size, 0))
      return undefined
    }
    const refused = this.#goThrough(head, type, ttlSeconds, data, size)
    if (refused !== undefined) return refused === 'there' ? undefined : refused
    const before = this.#lastOfType === 0 ? this.#last : this.#lastOfType
    const next = this.#records.next(before)
    this.#records.setNext(before, this.#keep(type, ttlSeconds, data, size, next))
    return undefined
  }

  #keep(type: number, ttlSeconds: number, data: Uint8Array, size: number, next: number): number {
    this.#count += 1
    this.#bytes += size
    return this.#records.put(type, ttlSeconds, data, size, next)
  }

  /** Finds the place for a record, and gives all of its set the same TTL. */
  #goThrough(head: number, type: number, ttl: number, data: Uint8Array, size: number): Failure | 'there' | undefined {
    const records = this.#records
    let sets = 0
    let setType = 0
    let bytes = RECORD_OVERHEAD_BYTES + size
    let there = false
    this.#lastOfType = 0
    for (let place = head; place !== 0; place = records.next(place)) {
      const other = records.type(place)
      if (other !== setType) sets += 1
      setType = other
      this.#last = place
      if (other !== type) {
        if (!standsBesideCname(type, other)) return BESIDE_CNAME
        continue
      }
      records.setTtl(place, ttl)
      this.#lastOfType = place
      bytes += RECORD_OVERHEAD_BYTES + records.size(place)
      there ||= records.holds(place, data, size)
    }
    if (there) return 'there'
    if (this.#lastOfType === 0) return sets >= SETS_PER_NAME_MAX ? TOO_MANY_SETS : undefined
    if (type === TYPE.CNAME || (type === TYPE.SOA && this.#node === APEX_NODE)) return ONE_ONLY
    return bytes > SET_MAX_BYTES ? TOO_LARGE : undefined
  }
}

const ONE_ONLY = failure('ESINGLE', 'a name has one record of this type (RFC 2181 §10.1)')
