// What the untagged responses to a command say, in the client's words.

import { decodeUtf7 } from '../codec/utf7.ts'
import type { DataResponse, StatusResponse, Value } from '../messages.ts'

type Untagged = readonly (DataResponse | StatusResponse)[]

export interface ListedMailbox {
  /** Unicode. */
  readonly name: string
  readonly separator: string | undefined
  /** As written: `\HasNoChildren`. */
  readonly attributes: readonly string[]
}

/** Of LIST and LSUB. */
export function listedIn(untagged: Untagged): ListedMailbox[] {
  return dataIn(untagged, 'LIST', 'LSUB').flatMap(({ values: [attributes, separator, name] }) => {
    const text = textOf(name)
    if (text === undefined) return []
    return [{ name: decodeUtf7(text) ?? text, separator: textOf(separator), attributes: textsOf(attributes) }]
  })
}

export interface SelectedMailbox {
  readonly exists: number
  readonly flags: readonly string[]
  readonly uidValidity: number | undefined
  readonly uidNext: number | undefined
  readonly highestModSeq: number | undefined
}

/** Of SELECT and EXAMINE. */
export function selectedIn(untagged: Untagged): SelectedMailbox {
  const coded = (code: string): number | undefined => {
    const found = untagged.find((each) => each.kind === 'status' && each.code === code)
    return found?.kind === 'status' && found.codeText !== undefined ? Number(found.codeText) : undefined
  }
  return {
    exists: dataIn(untagged, 'EXISTS').at(-1)?.number ?? 0,
    flags: textsOf(dataIn(untagged, 'FLAGS').at(-1)?.values[0]),
    uidValidity: coded('UIDVALIDITY'),
    uidNext: coded('UIDNEXT'),
    highestModSeq: coded('HIGHESTMODSEQ'),
  }
}

export interface FetchedMessage {
  readonly number: number
  /** By the name of the item in upper case: `FLAGS`, `BODY[TEXT]`. */
  readonly items: ReadonlyMap<string, Value>
}

/** Of FETCH; what several responses say of one message is put together. */
export function fetchedIn(untagged: Untagged): FetchedMessage[] {
  const byNumber = new Map<number, Map<string, Value>>()
  for (const { number = 0, values } of dataIn(untagged, 'FETCH')) {
    const items = byNumber.get(number) ?? new Map<string, Value>()
    byNumber.set(number, items)
    const [pairs] = values
    if (pairs === null || pairs === undefined || typeof pairs === 'string' || pairs instanceof Uint8Array) continue
    for (let at = 0; at + 1 < pairs.length; at += 2) items.set(nameOf(pairs[at]), pairs[at + 1] ?? null)
  }
  return [...byNumber].map(([number, items]) => ({ number, items }))
}

/** Of SEARCH and SORT. */
export function foundIn(untagged: Untagged): number[] {
  return dataIn(untagged, 'SEARCH', 'SORT').flatMap(({ values }) =>
    values.flatMap((value) => (typeof value === 'string' ? [Number(value)] : [])),
  )
}

function dataIn(untagged: Untagged, ...names: readonly string[]): DataResponse[] {
  return untagged.filter((each): each is DataResponse => each.kind === 'data' && names.includes(each.name))
}

function nameOf(value: Value | undefined): string {
  return typeof value === 'string' ? value.toUpperCase() : ''
}

/** One character an octet. */
export function textOf(value: Value | undefined): string | undefined {
  if (typeof value === 'string') return value
  return value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : undefined
}

function textsOf(value: Value | undefined): string[] {
  if (value === null || value === undefined || typeof value === 'string' || value instanceof Uint8Array) return []
  return value.flatMap((each) => textOf(each) ?? [])
}
