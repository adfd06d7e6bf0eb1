// LIST with selections and returns (RFC 9051 §6.3.9, RFC 5258, RFC 5819, RFC 6154), LSUB and STATUS.

import type { Account, Mailbox } from '../../../../core/index.ts'
import { SEPARATOR, type CommandOf, type ListSelection, type StatusItem } from '../../messages.ts'
import { enableCondstore } from '../capabilities.ts'
import { mailboxId } from '../object-id.ts'
import { no, ok, type Outcome } from '../outcome.ts'
import type { Session } from '../session.ts'
import { matcherOf } from '../name-pattern.ts'

/** A name that LIST may show: a mailbox, or what is only subscribed to, or only stands above others. */
interface Listed {
  readonly name: string
  readonly mailbox: Mailbox | undefined
  readonly hasChildren: boolean
  readonly isSubscribed: boolean
}

export function list(session: Session, command: CommandOf<'LIST'>): Outcome {
  const { account, out } = session
  if (account === undefined) return no('nobody is logged in')
  const isExtended = command.selections.length > 0 || command.returns.length > 0 || command.patterns.length > 1
  if (command.patterns[0] === '' && !isExtended) {
    out.text(`* LIST (\\Noselect) "${SEPARATOR}" ""\r\n`)
    return ok('levels stand apart by it')
  }
  return new ListTask(session, command, namesOf(account))
}

/** Names in one turn: some milliseconds of work, whatever the patterns are. */
const NAMES_PER_TURN = 256

/** Name by name, so that many of them and odd patterns keep nobody else waiting. */
class ListTask {
  readonly kind = 'task'
  readonly stepsPerTurn = NAMES_PER_TURN
  readonly #session: Session
  readonly #command: CommandOf<'LIST'>
  readonly #names: readonly Listed[]
  readonly #matches: (name: string) => boolean
  readonly #above: ChosenAbove
  #at = 0

  constructor(session: Session, command: CommandOf<'LIST'>, names: readonly Listed[]) {
    this.#session = session
    this.#command = command
    this.#names = names
    this.#matches = matcherOf(command.reference, command.patterns)
    this.#above = command.selections.includes('RECURSIVEMATCH') ? chosenAbove(names, command) : []
  }

  step(): Outcome | undefined {
    const listed = this.#names[this.#at++]
    if (listed === undefined) return ok('listed')
    if (this.#matches(listed.name)) this.#show(listed)
    return undefined
  }

  #show(listed: Listed): void {
    const below = this.#above.flatMap(([selection, names]) => (names.has(listed.name) ? [selection] : []))
    if (!isShown(listed, this.#command) && below.length === 0) return
    const { out } = this.#session
    const info = below.length === 0 ? '' : ` ("CHILDINFO" (${below.map((word) => `"${word}"`).join(' ')}))`
    const name = this.#session.mailboxName(listed.name)
    out.text(`* LIST (${shownAttributes(listed, this.#command)}) "${SEPARATOR}" ${name}${info}\r\n`)
    const { status } = this.#command
    if (listed.mailbox !== undefined && status.length > 0) tellStatus(this.#session, listed.mailbox, status)
  }
}

/** RFC 3501 §6.3.9. */
export function lsub(session: Session, { reference, pattern }: CommandOf<'LSUB'>): Outcome {
  const { account, out } = session
  if (account === undefined) return no('nobody is logged in')
  const matches = matcherOf(reference, [pattern])
  const subscribed = new Set(account.subscriptions())
  const shown = new Map<string, string>()
  for (const name of subscribed) {
    if (matches(name)) shown.set(name, '')
    else if (pattern.endsWith('%')) {
      const above = levelsAbove(name).find((each) => matches(each) && !subscribed.has(each))
      if (above !== undefined && !shown.has(above)) shown.set(above, '\\Noselect')
    }
  }
  for (const name of [...shown.keys()].toSorted()) {
    out.text(`* LSUB (${shown.get(name)}) "${SEPARATOR}" ${session.mailboxName(name)}\r\n`)
  }
  return ok('listed')
}

export function status(session: Session, { mailbox: name, items }: CommandOf<'STATUS'>): Outcome {
  const mailbox = session.account?.mailbox(name)
  if (mailbox === undefined) return no('there is no such mailbox', 'NONEXISTENT')
  tellStatus(session, mailbox, items)
  return ok('this is its state')
}

/** Attributes of a mailbox that was selected (RFC 9051 §6.3.2). */
export function attributesOf(session: Session, mailbox: Mailbox): string {
  const listed =
    session.account === undefined ? undefined : namesOf(session.account).find((each) => each.mailbox === mailbox)
  return listed === undefined ? '' : attributes(listed).join(' ')
}

function tellStatus(session: Session, mailbox: Mailbox, items: readonly StatusItem[]): void {
  if (items.includes('HIGHESTMODSEQ')) enableCondstore(session)
  const values = items.map((item) => `${item} ${statusValue(mailbox, item)}`).join(' ')
  session.out.text(`* STATUS ${session.mailboxName(mailbox.name)} (${values})\r\n`)
}

function statusValue(mailbox: Mailbox, item: StatusItem): string | number {
  switch (item) {
    case 'MESSAGES':
      return mailbox.count
    case 'RECENT':
      return recentIn(mailbox)
    case 'UIDNEXT':
      return mailbox.uidNext
    case 'UIDVALIDITY':
      return mailbox.uidValidity
    case 'UNSEEN':
      return mailbox.unseen
    case 'DELETED':
      return mailbox.deleted
    case 'DELETED-STORAGE':
      return mailbox.deleted === 0 ? 0 : deletedBytes(mailbox)
    case 'SIZE':
      return mailbox.storageBytes
    case 'HIGHESTMODSEQ':
      return mailbox.highestModSeq
    case 'MAILBOXID':
      return `(${mailboxId(mailbox)})`
  }
}

function recentIn(mailbox: Mailbox): number {
  const from = mailbox.recentFrom(false)
  return from >= mailbox.uidNext ? 0 : mailbox.messages.filter(({ uid }) => uid >= from).length
}

function deletedBytes({ messages }: Mailbox): number {
  return messages.reduce((sum, { flags, size }) => (flags.lower.has('\\deleted') ? sum + size : sum), 0)
}

/** All names, INBOX first: mailboxes, subscriptions, and the levels above either. */
function namesOf(account: Account): readonly Listed[] {
  const mailboxes = new Map(account.mailboxes().map((mailbox) => [mailbox.name, mailbox]))
  const subscribed = new Set(account.subscriptions())
  const parents = new Set([...mailboxes.keys()].flatMap(levelsAbove))
  const names = new Set([...mailboxes.keys(), ...subscribed, ...parents])
  const others = [...names].filter((name) => name !== 'INBOX').toSorted()
  return ['INBOX', ...others].map((name) => ({
    name,
    mailbox: mailboxes.get(name),
    hasChildren: parents.has(name),
    isSubscribed: subscribed.has(name),
  }))
}

function levelsAbove(name: string): string[] {
  const levels = name.split(SEPARATOR)
  return levels.slice(1).map((_, at) => levels.slice(0, at + 1).join(SEPARATOR))
}

/** Whether the selections of the command have it. Without one, names that are only subscribed to are left out. */
function isShown(listed: Listed, { selections }: CommandOf<'LIST'>): boolean {
  if (selections.includes('SUBSCRIBED') && !listed.isSubscribed) return false
  if (selections.includes('SPECIAL-USE') && listed.mailbox?.specialUse === undefined) return false
  return listed.mailbox !== undefined || listed.hasChildren || selections.includes('SUBSCRIBED')
}

type ChosenAbove = readonly (readonly [ListSelection, ReadonlySet<string>])[]

/** By selection, the names that something below meets it (RFC 5258 §3.5). */
function chosenAbove(names: readonly Listed[], { selections }: CommandOf<'LIST'>): ChosenAbove {
  const above = (chosen: (listed: Listed) => boolean): ReadonlySet<string> =>
    new Set(names.filter(chosen).flatMap(({ name }) => levelsAbove(name)))
  const known: ChosenAbove = [
    ['SUBSCRIBED', above(({ isSubscribed }) => isSubscribed)],
    ['SPECIAL-USE', above(({ mailbox }) => mailbox?.specialUse !== undefined)],
  ]
  return known.filter(([selection]) => selections.includes(selection))
}

function attributes({ mailbox, hasChildren }: Listed): string[] {
  return [
    ...(mailbox === undefined ? ['\\NonExistent'] : []),
    hasChildren ? '\\HasChildren' : '\\HasNoChildren',
    ...(mailbox?.specialUse === undefined ? [] : [mailbox.specialUse]),
  ]
}

function shownAttributes(listed: Listed, { selections, returns }: CommandOf<'LIST'>): string {
  const tellsSubscribed = selections.includes('SUBSCRIBED') || returns.includes('SUBSCRIBED')
  const all = attributes(listed)
  const isOlder = selections.length === 0 && returns.length === 0
  const shown = isOlder ? all.map((word) => (word === '\\NonExistent' ? '\\Noselect' : word)) : all
  return [...shown, ...(tellsSubscribed && listed.isSubscribed ? ['\\Subscribed'] : [])].join(' ')
}
