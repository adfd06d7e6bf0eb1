// SORT (RFC 5256, RFC 5957): each message becomes an entry with the values that it is sorted by, which reads its header
// where that is needed; then entries are put in order.

import { unreachable } from '../../../core/index.ts'
import type { SortCriterion, SortKey } from '../messages.ts'
import { baseSubject } from './subject.ts'
import { HeaderFacts, type SortedMessage } from './header-facts.ts'

export interface SortEntry {
  readonly uid: number
  readonly sequence: number
  /** One for each criterion. */
  readonly values: readonly (string | number)[]
}

export function sortEntry(message: SortedMessage, criteria: readonly SortCriterion[]): SortEntry {
  const { uid, sequence } = message
  let facts: HeaderFacts | undefined
  const values = criteria.map(({ key }) => {
    if (key === 'ARRIVAL') return message.receivedMs
    if (key === 'SIZE') return message.size
    facts ??= new HeaderFacts(message)
    return headerValueOf(facts, key)
  })
  return { uid, sequence, values }
}

/** Equal ones stay in the order of the mailbox, whichever way they are sorted (RFC 5256 §3). */
export function sortEntries(entries: readonly SortEntry[], criteria: readonly SortCriterion[]): SortEntry[] {
  const signs = criteria.map(({ reverse }) => (reverse ? -1 : 1))
  return entries.toSorted((left, right) => {
    for (let at = 0; at < signs.length; at++) {
      const order = compare(left.values[at] ?? 0, right.values[at] ?? 0)
      if (order !== 0) return order * (signs[at] ?? 1)
    }
    return left.sequence - right.sequence
  })
}

function headerValueOf(facts: HeaderFacts, key: Exclude<SortKey, 'ARRIVAL' | 'SIZE'>): string | number {
  switch (key) {
    case 'DATE':
      return facts.sentMs()
    case 'SUBJECT':
      return baseSubject(facts.value('subject')).text
    case 'CC':
    case 'FROM':
    case 'TO':
      return facts.mailbox(key.toLowerCase())
    case 'DISPLAYFROM':
      return facts.display('from')
    case 'DISPLAYTO':
      return facts.display('to')
    default:
      return unreachable(key)
  }
}

function compare(left: string | number, right: string | number): number {
  return left < right ? -1 : left > right ? 1 : 0
}
