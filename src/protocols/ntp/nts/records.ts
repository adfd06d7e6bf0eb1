// Records of the key establishment (RFC 8915 §4): a critical bit, a type, a length, a body.

import type { Inbox } from '../../../wire/inbox.ts'
import { Writer } from '../../../wire/writer.ts'
import { RECORDS } from './messages.ts'

const HEADER_BYTES = 4
const CRITICAL = 0x8000

export interface Record {
  readonly critical: boolean
  readonly type: number
  readonly body: Uint8Array
}

/** Takes one record, with a body of its own; `undefined`: it is not all there yet. */
export function takeRecord(inbox: Inbox): Record | undefined {
  if (inbox.length < HEADER_BYTES) return undefined
  const bodyBytes = (inbox.byte(2) << 8) | inbox.byte(3)
  const bytes = inbox.take(HEADER_BYTES + bodyBytes)
  if (bytes === undefined) return undefined
  const first = (bytes[0]! << 8) | bytes[1]!
  return {
    critical: first >= CRITICAL,
    type: first & (CRITICAL - 1),
    body: new Uint8Array(bytes.subarray(HEADER_BYTES)),
  }
}

export function encodeRecords(records: readonly Record[]): Uint8Array {
  const writer = new Writer()
  for (const { critical, type, body } of records) {
    writer.u16(type | (critical ? CRITICAL : 0))
    writer.u16(body.length)
    writer.put(body)
  }
  return writer.finish()
}

/** A record whose body is a list of 16-bit numbers. */
export function numbersRecord(type: number, numbers: readonly number[], critical = true): Record {
  const writer = new Writer()
  for (const number of numbers) writer.u16(number)
  return { critical, type, body: writer.finish() }
}

/** `undefined`: half a number is left over. */
export function numbersOf({ body }: Record): readonly number[] | undefined {
  if (body.length % 2 === 1) return undefined
  return Array.from({ length: body.length / 2 }, (_, index) => (body[index * 2]! << 8) | body[index * 2 + 1]!)
}

export const END_OF_MESSAGE: Record = { critical: true, type: RECORDS.endOfMessage, body: new Uint8Array(0) }
