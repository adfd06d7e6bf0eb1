// Conditional requests (RFC 9110 §13): which precondition counts, in the order of §13.2.2.

import { parseDate } from '../codec/date.ts'
import { fieldValue, type Field } from '../messages.ts'

/** What a representation is compared by. */
export interface Validators {
  /** Strong, with its quotes (RFC 9110 §8.8.3). */
  readonly etag: string
  /** Milliseconds; whole seconds count (RFC 9110 §8.8.2). */
  readonly modifiedMs: number
}

export type Verdict = 'proceed' | 'not-modified' | 'failed'

/** For a GET or HEAD of a representation that exists. */
export function evaluate(fields: readonly Field[], validators: Validators, wallMs: number): Verdict {
  const match = fieldValue(fields, 'if-match')
  if (match !== undefined) {
    if (!listsTag(match, validators.etag, 'strong')) return 'failed'
  } else if (isModifiedSince(fields, 'if-unmodified-since', validators, wallMs) === true) {
    return 'failed'
  }
  const noneMatch = fieldValue(fields, 'if-none-match')
  if (noneMatch !== undefined) return listsTag(noneMatch, validators.etag, 'weak') ? 'not-modified' : 'proceed'
  return isModifiedSince(fields, 'if-modified-since', validators, wallMs) === false ? 'not-modified' : 'proceed'
}

/** Whether a Range is to be honoured (RFC 9110 §13.1.5). */
export function isRangeCurrent(fields: readonly Field[], validators: Validators, wallMs: number): boolean {
  const condition = fieldValue(fields, 'if-range')
  if (condition === undefined) return true
  if (condition.startsWith('"')) return condition === validators.etag
  const date = parseDate(condition, wallMs)
  return date !== undefined && date === wholeSeconds(validators.modifiedMs)
}

/** Undefined: the field is absent or no date, and is ignored. */
function isModifiedSince(
  fields: readonly Field[],
  name: string,
  validators: Validators,
  wallMs: number,
): boolean | undefined {
  const text = fieldValue(fields, name)
  const date = text === undefined ? undefined : parseDate(text, wallMs)
  return date === undefined ? undefined : wholeSeconds(validators.modifiedMs) > date
}

/** RFC 9110 §8.8.3.2: a weak tag never matches strongly. */
function listsTag(list: string, etag: string, comparison: 'strong' | 'weak'): boolean {
  if (list.trim() === '*') return true
  for (const [, weak, tag] of list.matchAll(/(W\/)?("[\x21\x23-\x7e\x80-\xff]*")/g)) {
    if (tag === etag && (comparison === 'weak' || weak === undefined)) return true
  }
  return false
}

function wholeSeconds(ms: number): number {
  return Math.floor(ms / 1000) * 1000
}
