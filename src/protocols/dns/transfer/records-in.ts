// What comes back to AXFR and IXFR, message by message: where it begins and ends, and what it means (RFC 5936 §2.2, RFC 1995
// §4). A whole zone is kept as the messages that it came in, since its records as objects would be many times as large.

import type { Name } from '../../../core/name.ts'
import type { ZoneDifference, ZoneRecord } from '../../../core/zones.ts'
import { decodeMessage } from '../../../shared/dns/codec/message.ts'
import { foldName } from '../../../shared/dns/codec/name.ts'
import { CLASS, TYPE, isMalformed, type Message, type ResourceRecord } from '../../../shared/dns/messages.ts'
import { isLater } from '../../../shared/dns/serial.ts'
import { soaNumbers } from './soa.ts'

/** Bytes of all messages of a transfer; ours: some ten million records. */
const TRANSFER_MAX_BYTES = 536_870_912
/** Records in all differences of one transfer; ours: as many as one edit may have. More come as a whole zone. */
const DIFFERENCE_RECORDS_MAX = 1_000_000

export type Transferred =
  /** There is nothing newer. */
  | { readonly kind: 'current' }
  | { readonly kind: 'whole'; readonly serial: number; readonly bytes: number; records(): Iterable<ZoneRecord> }
  | { readonly kind: 'differences'; readonly serial: number; readonly differences: readonly ZoneDifference[] }

/** `more`: the next message belongs to it too. */
export type Taken = Transferred | 'more' | { readonly kind: 'wrong'; readonly reason: string }

interface Part {
  readonly from: ZoneRecord
  to: ZoneRecord | undefined
  readonly removed: ZoneRecord[]
  readonly added: ZoneRecord[]
}

export class TransferReader {
  readonly #apex: Name
  /** Of the copy that there is, where increments were asked for. */
  readonly #ownSerial: number | undefined
  readonly #messages: Uint8Array[] = []
  #bytes = 0
  #count = 0
  #first: ZoneRecord | undefined
  #kind: 'open' | 'whole' | 'differences' = 'open'
  readonly #parts: Part[] = []

  constructor(apex: Name, ownSerial: number | undefined) {
    this.#apex = apex
    this.#ownSerial = ownSerial
  }

  /** `bytes` are those of `message`, and are kept. */
  take(message: Message, bytes: Uint8Array): Taken {
    this.#bytes += bytes.length
    if (this.#bytes > TRANSFER_MAX_BYTES) return wrong(`longer than ${TRANSFER_MAX_BYTES} bytes`)
    if (this.#kind !== 'differences') this.#messages.push(bytes)
    for (const [at, answer] of message.answers.entries()) {
      const ended = this.#record(answer)
      if (ended === undefined) continue
      return at === message.answers.length - 1 || ended.kind === 'wrong' ? ended : wrong('records behind the last SOA')
    }
    return this.#isCurrent() ? { kind: 'current' } : 'more'
  }

  /** A single SOA that is no newer than ours is all there is. */
  #isCurrent(): boolean {
    if (this.#kind !== 'open' || this.#first === undefined || this.#ownSerial === undefined) return false
    return !isLater(serialOf(this.#first), this.#ownSerial)
  }

  #record(answer: ResourceRecord): Exclude<Taken, 'more'> | undefined {
    if (answer.class !== CLASS.IN) return wrong('a record of another class')
    const record = zoneRecord(answer)
    const isSoa = record.type === TYPE.SOA
    if (isSoa && record.name !== this.#apex) return wrong('an SOA of another zone')
    this.#count += 1
    if (this.#first === undefined) {
      if (!isSoa) return wrong('it does not begin with an SOA')
      this.#first = record
      return undefined
    }
    if (this.#kind === 'open') this.#decide(record, isSoa)
    return this.#kind === 'whole' ? this.#ofWhole(isSoa, record) : this.#ofDifferences(isSoa, record, this.#first)
  }

  /** RFC 1995 §4: an SOA in second place that is not the last one begins the differences. */
  #decide(second: ZoneRecord, isSoa: boolean): void {
    const isDifference = isSoa && this.#ownSerial !== undefined && serialOf(second) === this.#ownSerial
    this.#kind = isDifference ? 'differences' : 'whole'
    if (isDifference) this.#messages.length = 0
  }

  #ofWhole(isSoa: boolean, record: ZoneRecord): Exclude<Taken, 'more'> | undefined {
    if (!isSoa) return undefined
    const serial = this.#first === undefined ? 0 : serialOf(this.#first)
    if (serialOf(record) !== serial) return wrong('it ends with another SOA than it began with')
    const messages = this.#messages
    const records = (): Iterable<ZoneRecord> => recordsIn(messages, this.#count - 1)
    return { kind: 'whole', serial, bytes: this.#bytes, records }
  }

  #ofDifferences(isSoa: boolean, record: ZoneRecord, last: ZoneRecord): Exclude<Taken, 'more'> | undefined {
    if (this.#count > DIFFERENCE_RECORDS_MAX) return wrong('more differences than are taken')
    const part = this.#parts.at(-1)
    if (!isSoa) {
      if (part === undefined) return wrong('differences that begin with no SOA')
      const into = part.to === undefined ? part.removed : part.added
      into.push(record)
      return undefined
    }
    if (part !== undefined && part.to === undefined) {
      if (!isLater(serialOf(record), serialOf(part.from))) return wrong('differences that lead backwards')
      part.to = record
      return undefined
    }
    const before = part?.to === undefined ? this.#ownSerial : serialOf(part.to)
    if (part !== undefined && before === serialOf(last)) return this.#differences(serialOf(last))
    if (serialOf(record) !== before) return wrong('differences that do not follow one another')
    this.#parts.push({ from: record, to: undefined, removed: [], added: [] })
    return undefined
  }

  #differences(serial: number): Transferred {
    const differences = this.#parts.flatMap(({ from, to, removed, added }) =>
      to === undefined ? [] : [{ from, to, removed, added }],
    )
    return { kind: 'differences', serial, differences }
  }
}

/** The first `count` of them. The SOA at the end of a zone is the one at its beginning. */
function* recordsIn(messages: readonly Uint8Array[], count: number): Generator<ZoneRecord> {
  let left = count
  for (const bytes of messages) {
    const message = decodeMessage(bytes)
    if (isMalformed(message)) return
    for (const answer of message.answers) {
      if (left === 0) return
      left -= 1
      yield zoneRecord(answer)
    }
  }
}

function zoneRecord({ name, type, ttlSeconds, data }: ResourceRecord): ZoneRecord {
  return { name: foldName(name), type, ttlSeconds, data }
}

function serialOf({ data }: ZoneRecord): number {
  return soaNumbers(data).serial
}

function wrong(reason: string): { readonly kind: 'wrong'; readonly reason: string } {
  return { kind: 'wrong', reason }
}
