// FETCH and UID FETCH (RFC 9051 §6.4.5, RFC 7162 §3.1.4, §3.2.6): message by message, as fast as the client takes them.

import type { Message } from '../../../../core/index.ts'
import { formatNumbers, isInSet } from '../../codec/number-set.ts'
import type { CommandOf, FetchItem } from '../../messages.ts'
import { enableCondstore } from '../capabilities.ts'
import { Fetched } from '../fetched.ts'
import { itemWriter, marksSeen, mostOf, needsOf, readsContent, type Needs, type WriteItem } from '../fetch-items.ts'
import { READ_PER_TURN_BYTES } from '../limits.ts'
import { bad, change, no, ok, type Outcome } from '../outcome.ts'
import type { Places, Selected } from '../selected.ts'
import type { Session } from '../session.ts'
import { goneSince } from './select.ts'

/** Messages in one turn: some milliseconds of work where contents are read, and where they are not. */
const READ_PER_TURN = 256
const GLANCED_PER_TURN = 4096
/** Octets of a message from which each of its items is a step of its own, and leaves before the next is made. Ours. */
const LARGE_BYTES = 65_536

/** A large message, some of its items written. */
interface Halfway {
  readonly fetched: Fetched
  readonly writers: readonly WriteItem[]
  next: number
  /** Something stands before the next one. */
  before: boolean
}

export function fetch(session: Session, command: CommandOf<'FETCH'>): Outcome {
  const { selected } = session
  if (selected === undefined) return no('nothing is selected')
  if (command.vanished && !session.enabled.qresync) return bad('QRESYNC is not enabled')
  const places = selected.resolve(command.set, command.uid)
  if (places === undefined) return bad('there is no message with this number')
  if (command.changedSince !== undefined || command.items.some(({ kind }) => kind === 'MODSEQ'))
    enableCondstore(session)
  if (command.vanished) tellVanished(session, selected, command)
  return marked(session, selected, command, places)
}

/** What is read becomes \Seen first, and says so (RFC 9051 §6.4.5). */
function marked(session: Session, selected: Selected, command: CommandOf<'FETCH'>, places: readonly Places[]): Outcome {
  if (selected.readOnly || !command.items.some(marksSeen)) return new FetchTask(session, selected, command, places)
  const unseen = selected.messagesAt(places).filter(({ flags }) => !flags.lower.has('\\seen'))
  if (unseen.length === 0) return new FetchTask(session, selected, command, places)
  const seen = { kind: 'add', flags: ['\\Seen'] } as const
  return change(selected.mailbox.changeFlags(unseen, seen, selected), ({ changed }) => {
    return new FetchTask(session, selected, command, places, new Set(changed))
  })
}

class FetchTask {
  readonly kind = 'task'
  readonly stepsPerTurn: number
  readonly #session: Session
  readonly #selected: Selected
  readonly #view: readonly Message[]
  readonly #places: readonly Places[]
  readonly #writers: readonly WriteItem[]
  /** With what it shows of messages whose flags this command has changed. */
  readonly #writersOfChanged: readonly WriteItem[]
  readonly #changed: ReadonlySet<Message>
  readonly #changedSince: number
  readonly #needs: Needs
  /** Bodies, or parts of them, are told of in events. */
  readonly #reads: boolean
  readonly #read: Message[] = []
  #range = 0
  #place: number
  #isMissing = false
  #isUndecoded = false
  #halfway: Halfway | undefined
  #readBytes = 0

  constructor(
    session: Session,
    selected: Selected,
    { items, uid, changedSince }: CommandOf<'FETCH'>,
    places: readonly Places[],
    changed: ReadonlySet<Message> = new Set(),
  ) {
    this.#session = session
    this.#selected = selected
    this.#view = selected.view
    this.#places = places
    this.#place = places[0]?.from ?? 0
    this.#changed = changed
    this.#changedSince = changedSince ?? -1
    const wanted = wantedItems(items, uid, changedSince !== undefined)
    this.#writers = wanted.map((item) => itemWriter(item, selected))
    const withFlags = wantedItems([...wanted, { kind: 'FLAGS' }], uid, session.enabled.condstore)
    this.#writersOfChanged = withFlags.map((item) => itemWriter(item, selected))
    this.#needs = mostOf(wanted.map(needsOf))
    this.#reads = items.some(readsContent)
    this.stepsPerTurn = this.#needs === 'nothing' ? GLANCED_PER_TURN : READ_PER_TURN
  }

  step(): Outcome | 'enough' | undefined {
    if (this.#halfway !== undefined) return this.#item(this.#halfway)
    const range = this.#places[this.#range]
    if (range === undefined) return this.#end()
    const message = this.#view[this.#place]
    if (message !== undefined && message.modSeq > this.#changedSince) this.#write(message)
    if (++this.#place >= range.to) {
      this.#range++
      this.#place = this.#places[this.#range]?.from ?? 0
    }
    return undefined
  }

  #write(message: Message): void {
    const { out } = this.#session
    const fetched = new Fetched(this.#selected.mailbox, message)
    if (this.#isGone(fetched)) {
      this.#isMissing = true
      return
    }
    out.text(`* ${this.#place + 1} FETCH (`)
    const writers = this.#changed.has(message) ? this.#writersOfChanged : this.#writers
    if (this.#needs !== 'nothing' && message.size > LARGE_BYTES) {
      this.#halfway = { fetched, writers, next: 0, before: false }
      return
    }
    let before = false
    for (const write of writers) before = this.#writeItem(fetched, write, before)
    this.#close(message)
  }

  /** One item of a large message. */
  #item(halfway: Halfway): 'enough' | undefined {
    const { fetched, writers } = halfway
    const write = writers[halfway.next++]
    if (write === undefined) {
      this.#halfway = undefined
      this.#close(fetched.message)
      return undefined
    }
    halfway.before = this.#writeItem(fetched, write, halfway.before)
    this.#readBytes += fetched.message.size
    if (this.#readBytes < READ_PER_TURN_BYTES) return undefined
    this.#readBytes = 0
    return 'enough'
  }

  /** Whether it was written. `before`: something stands before it. */
  #writeItem(fetched: Fetched, write: WriteItem, before: boolean): boolean {
    const { out } = this.#session
    if (before) out.text(' ')
    const written = write(out, fetched)
    if (written === 'gone') this.#isMissing = true
    if (written === 'unknown-cte') this.#isUndecoded = true
    return written !== 'gone'
  }

  #close(message: Message): void {
    this.#session.out.text(')\r\n')
    if (this.#reads) this.#read.push(message)
  }

  /** Looked at before anything is written; what is read for it is used after. */
  #isGone(fetched: Fetched): boolean {
    if (this.#needs === 'nothing') return false
    return this.#needs === 'content' ? fetched.content === undefined : fetched.header === undefined
  }

  #end(): Outcome {
    const { context, io, address } = this.#session
    const { mailbox } = this.#selected
    if (this.#reads) context.log.fetched(io, { user: address, mailbox, messages: this.#read })
    if (this.#isUndecoded) return no('some of this is in an encoding that is not known here', 'UNKNOWN-CTE')
    return this.#isMissing ? no('some of these messages are no more', 'EXPUNGEISSUED') : ok('fetched')
  }
}

/** UID FETCH tells the uid, and CHANGEDSINCE the mod-sequence, whether asked for or not. */
function wantedItems(items: readonly FetchItem[], uid: boolean, modSeq: boolean): FetchItem[] {
  const wanted: FetchItem[] = []
  const has = (kind: FetchItem['kind']): boolean => wanted.some((item) => item.kind === kind)
  if (uid) wanted.push({ kind: 'UID' })
  for (const item of items) {
    if (item.kind === 'section' || item.kind === 'binary' || item.kind === 'binary-size' || !has(item.kind)) {
      wanted.push(item)
    }
  }
  if (modSeq && !has('MODSEQ')) wanted.push({ kind: 'MODSEQ' })
  return wanted
}

/** RFC 7162 §3.2.6. */
function tellVanished(session: Session, selected: Selected, { set, changedSince = 0 }: CommandOf<'FETCH'>): void {
  const { mailbox } = selected
  const isAsked = set === 'saved' ? () => false : (uid: number) => isInSet(set, uid, mailbox.uidNext - 1)
  const gone = goneSince(mailbox, changedSince).filter(isAsked)
  if (gone.length > 0) session.out.text(`* VANISHED (EARLIER) ${formatNumbers(gone)}\r\n`)
}
