// Evaluates SEARCH keys over messages (RFC 9051 §6.4.4). A tree of keys becomes a predicate once; what costs nothing is
// asked first, so that a message is read only where its flags and dates leave the answer open.

import { parseDate, writtenDay } from '../../../shared/mime/index.ts'
import { membership } from './number-set.ts'
import type { SearchedMailbox, SearchedMessage, SearchKey } from './search-key.ts'
import { fold, Haystack, needleOf } from './search-text.ts'

/** What of a message is read: nothing that is not at hand, `head()`, or `content()`. */
export type SearchNeeds = 'flags' | 'header' | 'body'

export interface Search {
  readonly needs: SearchNeeds
  matches(message: SearchedMessage): boolean
}

/** The haystack is there unless the key needs `flags` only. */
type Predicate = (message: SearchedMessage, haystack: Haystack | undefined) => boolean

interface Compiled {
  readonly needs: SearchNeeds
  readonly holds: Predicate
}

const DAY_MS = 86_400_000
const COST: Record<SearchNeeds, number> = { flags: 0, header: 1, body: 2 }

export function compileSearch(key: SearchKey, mailbox: SearchedMailbox): Search {
  const { needs, holds } = compile(key, mailbox)
  if (needs === 'flags') return { needs, matches: (message) => holds(message, undefined) }
  return { needs, matches: (message) => holds(message, new Haystack(message)) }
}

function compile(key: SearchKey, mailbox: SearchedMailbox): Compiled {
  switch (key.kind) {
    case 'header':
      return { needs: 'header', holds: headerPredicate(key.name, key.text) }
    case 'body':
    case 'text':
      if (key.text === '') return { needs: 'flags', holds: () => true }
      return { needs: 'body', holds: textPredicate(key.text, key.kind === 'text') }
    case 'date':
      return { needs: key.of === 'sent' ? 'header' : 'flags', holds: datePredicate(key) }
    case 'not': {
      const { needs, holds } = compile(key.key, mailbox)
      return { needs, holds: (message, haystack) => !holds(message, haystack) }
    }
    case 'or':
      return anyOf([compile(key.left, mailbox), compile(key.right, mailbox)])
    case 'and':
      return allOf(key.keys.map((inner) => compile(inner, mailbox)))
    default:
      return { needs: 'flags', holds: plainPredicate(key, mailbox) }
  }
}

type PlainKey = Exclude<SearchKey, { readonly kind: 'header' | 'body' | 'text' | 'date' | 'not' | 'or' | 'and' }>

/** Keys that need nothing of the message's content. */
function plainPredicate(key: PlainKey, mailbox: SearchedMailbox): Predicate {
  switch (key.kind) {
    case 'all':
    case 'save-date-supported':
      return () => true
    case 'flag':
      return ({ flags }) => flags.has(key.flag) === key.set
    case 'recent':
      return ({ recent }) => recent === key.set
    case 'size':
      return key.is === 'larger' ? ({ size }) => size > key.octets : ({ size }) => size < key.octets
    case 'within':
      return withinPredicate(key.is, mailbox.wallMs - key.seconds * 1000)
    case 'modseq':
      return ({ modSeq }) => modSeq >= key.from
    case 'sequence':
    case 'uid':
      return numberPredicate(key, mailbox)
    case 'saved':
      return ({ uid }) => mailbox.saved.has(uid)
    case 'email-id':
      return ({ emailId }) => emailId === key.id
    case 'thread-id':
      return () => false // no message has a THREADID (RFC 8474 §5.2 allows that)
  }
}

function numberPredicate(
  { kind, set }: Extract<SearchKey, { readonly kind: 'sequence' | 'uid' }>,
  { lastSequence, lastUid }: SearchedMailbox,
): Predicate {
  const isIn = membership(set, kind === 'uid' ? lastUid : lastSequence)
  return kind === 'uid' ? ({ uid }) => isIn(uid) : ({ sequence }) => isIn(sequence)
}

/** RFC 5032 §2: the edge of the interval belongs to both. */
function withinPredicate(is: 'older' | 'younger', edgeMs: number): Predicate {
  return is === 'older' ? ({ receivedMs }) => receivedMs <= edgeMs : ({ receivedMs }) => receivedMs >= edgeMs
}

/** A message without a Date field that can be read was sent on no day. */
function datePredicate({ of, is, day }: Extract<SearchKey, { readonly kind: 'date' }>): Predicate {
  const fits = (found: number): boolean => (is === 'on' ? found === day : is === 'since' ? found >= day : found < day)
  if (of === 'received') return ({ receivedMs }) => fits(Math.floor(receivedMs / DAY_MS))
  if (of === 'saved') return ({ savedMs }) => fits(Math.floor(savedMs / DAY_MS))
  return (_, haystack) => {
    const date = parseDate(haystack?.values('date')[0] ?? '')
    return date !== undefined && fits(writtenDay(date))
  }
}

function headerPredicate(name: string, text: string): Predicate {
  const folded = fold(text)
  return (_, haystack) => (haystack?.values(name) ?? []).some((value) => fold(value).includes(folded))
}

function textPredicate(text: string, withHeader: boolean): Predicate {
  const needle = needleOf(text)
  return (_, haystack) =>
    haystack !== undefined && ((withHeader && haystack.headerHas(needle)) || haystack.bodyHas(needle))
}

function allOf(parts: readonly Compiled[]): Compiled {
  const holds = byCost(parts).map((part) => part.holds)
  return { needs: mostOf(parts), holds: (message, haystack) => holds.every((one) => one(message, haystack)) }
}

function anyOf(parts: readonly Compiled[]): Compiled {
  const holds = byCost(parts).map((part) => part.holds)
  return { needs: mostOf(parts), holds: (message, haystack) => holds.some((one) => one(message, haystack)) }
}

function byCost(parts: readonly Compiled[]): Compiled[] {
  return parts.toSorted((left, right) => COST[left.needs] - COST[right.needs])
}

function mostOf(parts: readonly Compiled[]): SearchNeeds {
  return byCost(parts).at(-1)?.needs ?? 'flags'
}
