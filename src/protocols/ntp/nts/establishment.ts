// What the two messages of a key establishment say (RFC 8915 §4), apart from how they travel.

import type { TlsInfo } from '../../../core/io.ts'
import { ALGORITHMS, algorithmNumbered, type Algorithm } from './algorithms.ts'
import { ERRORS, EXPORTER_LABEL, PROTOCOL_NTPV4, RECORDS, type ErrorCode, type SessionKeys } from './messages.ts'
import { END_OF_MESSAGE, numbersOf, numbersRecord, type Record } from './records.ts'

/** What a client asked for, as a server sees it. `nothing`: no protocol, or no algorithm, that both know. */
export type Asked =
  | { readonly kind: 'keys'; readonly algorithm: Algorithm }
  | { readonly kind: 'nothing'; readonly protocols: readonly number[] }
  | { readonly kind: 'error'; readonly code: ErrorCode }

export const REQUEST: readonly Record[] = [
  numbersRecord(RECORDS.nextProtocol, [PROTOCOL_NTPV4]),
  numbersRecord(
    RECORDS.algorithm,
    ALGORITHMS.map(({ number }) => number),
  ),
  END_OF_MESSAGE,
]

const ANSWERS_ONLY: ReadonlySet<number> = new Set([RECORDS.error, RECORDS.warning, RECORDS.newCookie])
const KNOWN: ReadonlySet<number> = new Set(Object.values(RECORDS))
const bad: Asked = { kind: 'error', code: ERRORS.badRequest }

/** Of all records before the end of the message. */
export function readRequest(records: readonly Record[]): Asked {
  if (records.some(({ critical, type }) => critical && !KNOWN.has(type)))
    return { kind: 'error', code: ERRORS.unrecognizedCritical }
  if (records.some(({ type }) => ANSWERS_ONLY.has(type))) return bad
  const protocols = onlyNumbers(records, RECORDS.nextProtocol)
  if (protocols === undefined || protocols.length === 0) return bad
  if (!protocols.includes(PROTOCOL_NTPV4)) return { kind: 'nothing', protocols: [] }
  const numbers = onlyNumbers(records, RECORDS.algorithm)
  if (numbers === undefined || numbers.length === 0) return bad
  const algorithm = numbers.map(algorithmNumbered).find((known) => known !== undefined)
  return algorithm === undefined ? { kind: 'nothing', protocols: [PROTOCOL_NTPV4] } : { kind: 'keys', algorithm }
}

export interface Answered {
  readonly algorithm: Algorithm
  readonly cookies: readonly Uint8Array[]
  /** Where to ask for the time, if not at the host and the port that gave out the keys. */
  readonly server: string | undefined
  readonly port: number | undefined
}

/** What a server answered, or in words why that is of no use. */
export function readAnswer(records: readonly Record[]): Answered | string {
  if (records.some(({ critical, type }) => critical && !KNOWN.has(type))) return 'a critical record that is not known'
  const error = records.find(({ type }) => type === RECORDS.error)
  if (error !== undefined) return `error ${numbersOf(error)?.[0] ?? 'without a code'}`
  if (records.some(({ type }) => type === RECORDS.warning)) return 'a warning that is not known'
  if (!(onlyNumbers(records, RECORDS.nextProtocol) ?? []).includes(PROTOCOL_NTPV4)) return 'NTPv4 is not served there'
  const [number, ...more] = onlyNumbers(records, RECORDS.algorithm) ?? []
  const algorithm = number === undefined || more.length > 0 ? undefined : algorithmNumbered(number)
  if (algorithm === undefined) return 'no algorithm that both know'
  const cookies = records
    .filter(({ type, body }) => type === RECORDS.newCookie && body.length > 0)
    .map(({ body }) => body)
  if (cookies.length === 0) return 'no cookies'
  const port = records.find(({ type }) => type === RECORDS.port)
  return { algorithm, cookies, server: serverOf(records), port: port && numbersOf(port)?.[0] }
}

/** RFC 8915 §5.1. `undefined`: this TLS exports no keys. */
export function exportKeys({ exportKey }: TlsInfo, algorithm: Algorithm): SessionKeys | undefined {
  const { number, keyBytes } = algorithm
  const exported = (direction: number) =>
    exportKey?.(EXPORTER_LABEL, Uint8Array.of(0, PROTOCOL_NTPV4, number >> 8, number & 0xff, direction), keyBytes)
  const c2s = exported(0)
  const s2c = exported(1)
  return c2s === undefined || s2c === undefined ? undefined : { algorithm: number, c2s, s2c }
}

export function answerRecords(
  algorithm: Algorithm,
  cookies: readonly Uint8Array[],
  port: number | undefined,
): readonly Record[] {
  return [
    numbersRecord(RECORDS.nextProtocol, [PROTOCOL_NTPV4]),
    numbersRecord(RECORDS.algorithm, [algorithm.number]),
    ...(port === undefined ? [] : [numbersRecord(RECORDS.port, [port])]),
    ...cookies.map((body): Record => ({ critical: false, type: RECORDS.newCookie, body })),
    END_OF_MESSAGE,
  ]
}

/** RFC 8915 §4.1.2, §4.1.5: empty lists say that there is nothing in common. */
export function nothingRecords(protocols: readonly number[]): readonly Record[] {
  const algorithms = protocols.length === 0 ? [] : [numbersRecord(RECORDS.algorithm, [])]
  return [numbersRecord(RECORDS.nextProtocol, protocols), ...algorithms, END_OF_MESSAGE]
}

export function errorRecords(code: ErrorCode): readonly Record[] {
  return [numbersRecord(RECORDS.error, [code]), END_OF_MESSAGE]
}

/** Of the one record of its kind; `undefined`: none, several, or no numbers. */
function onlyNumbers(records: readonly Record[], type: number): readonly number[] | undefined {
  const [record, ...more] = records.filter((one) => one.type === type)
  return record === undefined || more.length > 0 ? undefined : numbersOf(record)
}

/** A name or an address in ASCII (RFC 8915 §4.1.7). */
function serverOf(records: readonly Record[]): string | undefined {
  const record = records.find(({ type }) => type === RECORDS.server)
  const text = record === undefined ? '' : String.fromCharCode(...record.body.subarray(0, 255))
  return /^[A-Za-z0-9.:_-]+$/.test(text) ? text.replace(/\.$/, '').toLowerCase() : undefined
}
