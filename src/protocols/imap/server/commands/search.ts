// SEARCH (RFC 9051 §6.4.4, RFC 3501 §6.4.4, RFC 4731, RFC 5182), SORT and THREAD (RFC 5256): a turn's worth of messages at
// a time.

import { compileSearch, type Search } from '../../content/search.ts'
import type { SearchKey } from '../../content/search-key.ts'
import { sortEntries, sortEntry, type SortEntry } from '../../content/sort.ts'
import { formatThreads, threadEntries, threadEntry, type ThreadEntry } from '../../content/thread.ts'
import { formatNumbers } from '../../codec/number-set.ts'
import type { CommandOf, SearchReturn } from '../../messages.ts'
import { enableCondstore } from '../capabilities.ts'
import { READ_PER_TURN_BYTES } from '../limits.ts'
import { no, ok, type Outcome } from '../outcome.ts'
import { Searched, searchedMailbox } from '../searched.ts'
import type { Selected } from '../selected.ts'
import type { Session } from '../session.ts'

/** Messages in one turn, by what has to be read of each: some milliseconds of work. */
const PER_TURN = { flags: 4096, header: 512, body: 256 } as const

/** Goes through a view; what comes of it is told by `finish`. */
class SearchTask<Found> {
  readonly kind = 'task'
  readonly stepsPerTurn: number
  readonly #selected: Selected
  readonly #search: Search
  readonly #found: Found[] = []
  readonly #take: (searched: Searched) => Found
  readonly #finish: (found: readonly Found[]) => Outcome
  /** How often the content of one message may be gone through. */
  readonly #readings: number
  #place = 0
  #readBytes = 0

  constructor(
    session: Session,
    selected: Selected,
    key: SearchKey,
    take: { readonly reads: boolean; readonly entry: (searched: Searched) => Found },
    finish: (found: readonly Found[]) => Outcome,
  ) {
    this.#selected = selected
    this.#search = compileSearch(key, searchedMailbox(session, selected))
    const { needs } = this.#search
    this.#readings = Math.max(1, readingKeys(key))
    this.stepsPerTurn = Math.ceil(PER_TURN[take.reads && needs === 'flags' ? 'header' : needs] / this.#readings)
    this.#take = take.entry
    this.#finish = finish
  }

  step(): Outcome | 'enough' | undefined {
    const message = this.#selected.view[this.#place]
    if (message === undefined) return this.#finish(this.#found)
    this.#place++
    const searched = new Searched(this.#selected, message, this.#place)
    if (this.#search.matches(searched)) this.#found.push(this.#take(searched))
    if (this.#search.needs !== 'body') return undefined
    this.#readBytes += message.size * this.#readings
    if (this.#readBytes < READ_PER_TURN_BYTES) return undefined
    this.#readBytes = 0
    return 'enough'
  }
}

interface Found {
  readonly uid: number
  readonly number: number
  readonly modSeq: number
}

export function search(session: Session, command: CommandOf<'SEARCH'>, tag: string): Outcome {
  const { selected } = session
  if (selected === undefined) return no('nothing is selected')
  const wantsModSeq = asksForModSeq(command.key)
  if (wantsModSeq) enableCondstore(session)
  const entry = (searched: Searched): Found => ({
    uid: searched.uid,
    number: command.uid ? searched.uid : searched.sequence,
    modSeq: searched.modSeq,
  })
  return new SearchTask(session, selected, command.key, { reads: false, entry }, (found) => {
    const { returns = session.enabled.rev2 ? ['ALL'] : undefined } = command
    if (returns === undefined) tellOlder(session, found, wantsModSeq)
    else tellExtended(session, { tag, uid: command.uid, returns, found, wantsModSeq })
    if (returns?.includes('SAVE') === true) selected.saved = savedOf(returns, found)
    return ok('searched')
  })
}

/** RFC 3501 §7.2.5, RFC 7162 §3.1.5. */
function tellOlder({ out }: Session, found: readonly Found[], wantsModSeq: boolean): void {
  const numbers = found.map(({ number }) => ` ${number}`).join('')
  const modSeq = wantsModSeq && found.length > 0 ? ` (MODSEQ ${highest(found)})` : ''
  out.text(`* SEARCH${numbers}${modSeq}\r\n`)
}

interface Extended {
  readonly tag: string
  readonly uid: boolean
  readonly returns: readonly SearchReturn[]
  readonly found: readonly Found[]
  readonly wantsModSeq: boolean
}

/** RFC 9051 §7.3.4. MIN, MAX and ALL are left out where nothing was found. */
function tellExtended({ out }: Session, { tag, uid, returns, found, wantsModSeq }: Extended): void {
  if (returns.every((each) => each === 'SAVE')) return
  const [first, last] = [found[0], found.at(-1)]
  const told = [
    ...(uid ? ['UID'] : []),
    ...(returns.includes('MIN') && first !== undefined ? [`MIN ${first.number}`] : []),
    ...(returns.includes('MAX') && last !== undefined ? [`MAX ${last.number}`] : []),
    ...(returns.includes('ALL') && first !== undefined
      ? [`ALL ${formatNumbers(found.map((each) => each.number))}`]
      : []),
    ...(returns.includes('COUNT') ? [`COUNT ${found.length}`] : []),
    ...(wantsModSeq && found.length > 0 ? [`MODSEQ ${highest(reported(returns, found))}`] : []),
  ]
  out.text(`* ESEARCH (TAG "${tag}")${told.map((each) => ` ${each}`).join('')}\r\n`)
}

/** With MIN or MAX alone, those count (RFC 4731 §3.2). */
function reported(returns: readonly SearchReturn[], found: readonly Found[]): readonly Found[] {
  if (returns.includes('ALL') || returns.includes('COUNT')) return found
  return found.filter(
    (_, at) => (at === 0 && returns.includes('MIN')) || (at === found.length - 1 && returns.includes('MAX')),
  )
}

/** What `$` stands for from now on (RFC 5182 §2.4). */
function savedOf(returns: readonly SearchReturn[], found: readonly Found[]): number[] {
  const ends = returns.includes('MIN') || returns.includes('MAX')
  return (ends ? reported(returns, found) : found).map(({ uid }) => uid)
}

function highest(found: readonly Found[]): number {
  return found.reduce((most, { modSeq }) => Math.max(most, modSeq), 0)
}

/** Keys that look into messages. */
function readingKeys(key: SearchKey): number {
  switch (key.kind) {
    case 'header':
    case 'body':
    case 'text':
    case 'date':
      return 1
    case 'not':
      return readingKeys(key.key)
    case 'or':
      return readingKeys(key.left) + readingKeys(key.right)
    case 'and':
      return key.keys.reduce((sum, inner) => sum + readingKeys(inner), 0)
    default:
      return 0
  }
}

function asksForModSeq(key: SearchKey): boolean {
  switch (key.kind) {
    case 'modseq':
      return true
    case 'not':
      return asksForModSeq(key.key)
    case 'or':
      return asksForModSeq(key.left) || asksForModSeq(key.right)
    case 'and':
      return key.keys.some(asksForModSeq)
    default:
      return false
  }
}

/** RFC 5256 §3 SORT. */
export function sort(session: Session, { key, criteria, uid }: CommandOf<'SORT'>): Outcome {
  const { selected } = session
  if (selected === undefined) return no('nothing is selected')
  const entry = (searched: Searched): SortEntry => sortEntry(searched, criteria)
  return new SearchTask(session, selected, key, { reads: true, entry }, (found) => {
    const numbers = sortEntries(found, criteria).map((each) => (uid ? each.uid : each.sequence))
    session.out.text(`* SORT${numbers.map((number) => ` ${number}`).join('')}\r\n`)
    return ok('sorted')
  })
}

/** RFC 5256 §3 THREAD. */
export function thread(session: Session, { key, algorithm, uid }: CommandOf<'THREAD'>): Outcome {
  const { selected } = session
  if (selected === undefined) return no('nothing is selected')
  const entry = (searched: Searched): ThreadEntry => threadEntry(searched, algorithm)
  return new SearchTask(session, selected, key, { reads: true, entry }, (found) => {
    const threads = formatThreads(threadEntries(found, algorithm), (each) => (uid ? each.uid : each.sequence))
    session.out.text(`* THREAD${threads === '' ? '' : ` ${threads}`}\r\n`)
    return ok('threaded')
  })
}
