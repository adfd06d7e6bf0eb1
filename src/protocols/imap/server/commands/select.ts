// SELECT and EXAMINE (RFC 9051 §6.3.2, §6.3.3), what QRESYNC adds to them (RFC 7162 §3.2.5), UNSELECT, CLOSE and CHECK.

import type { Mailbox, Message } from '../../../../core/index.ts'
import { formatNumbers, isInSet } from '../../codec/number-set.ts'
import type { CommandOf, KnownMailbox } from '../../messages.ts'
import { enableCondstore } from '../capabilities.ts'
import { mailboxId } from '../object-id.ts'
import { bad, change, no, ok, type Outcome } from '../outcome.ts'
import { Selected } from '../selected.ts'
import type { Session } from '../session.ts'
import { flagsOf, tellCount, tellFlags } from '../tell.ts'
import { attributesOf } from './list.ts'

export function select(session: Session, command: CommandOf<'SELECT' | 'EXAMINE'>): Outcome {
  const { account, out, context, io } = session
  if (command.known !== undefined && !session.enabled.qresync) return bad('QRESYNC is not enabled')
  const mailbox = account?.mailbox(command.mailbox)
  if (session.selected !== undefined) {
    session.unselect()
    out.text('* OK [CLOSED] the mailbox before is closed\r\n')
  }
  if (mailbox === undefined) return no('there is no such mailbox', 'NONEXISTENT')
  if (command.condstore) enableCondstore(session)
  const readOnly = command.kind === 'EXAMINE'
  const selected = new Selected(mailbox, { readOnly, tellsRecent: !session.enabled.rev2 }, () => session.host.stale())
  session.selected = selected
  tellState(session, selected)
  if (command.known !== undefined) tellSince(session, selected, command.known)
  context.log.selected(io, session.address, mailbox, readOnly)
  return ok(readOnly ? 'examined' : 'selected', readOnly ? 'READ-ONLY' : 'READ-WRITE')
}

function tellState(session: Session, selected: Selected): void {
  const { out, enabled } = session
  const { mailbox, view, readOnly } = selected
  const flags = flagsOf(mailbox)
  out.text(`* FLAGS (${flags})\r\n`)
  out.text(`* OK [PERMANENTFLAGS (${readOnly ? '' : `${flags} \\*`})] flags that stay\r\n`)
  tellCount(session)
  const unseen = enabled.rev2 || mailbox.unseen === 0 ? -1 : view.findIndex(({ flags }) => !flags.lower.has('\\seen'))
  if (unseen !== -1) out.text(`* OK [UNSEEN ${unseen + 1}] the first that is not seen\r\n`)
  out.text(`* OK [UIDVALIDITY ${mailbox.uidValidity}] uids are valid\r\n`)
  out.text(`* OK [UIDNEXT ${mailbox.uidNext}] the next uid\r\n`)
  out.text(`* OK [HIGHESTMODSEQ ${mailbox.highestModSeq}] the highest mod-sequence\r\n`)
  out.text(`* OK [MAILBOXID (${mailboxId(mailbox)})] the mailbox\r\n`)
  if (enabled.rev2) out.text(`* LIST (${attributesOf(session, mailbox)}) "/" ${session.mailboxName(mailbox.name)}\r\n`)
}

/** What has happened since the client was last here (RFC 7162 §3.2.5.1). */
function tellSince(session: Session, { mailbox, view }: Selected, known: KnownMailbox): void {
  if (known.uidValidity !== mailbox.uidValidity) return
  const isKnown = knownBy(known, mailbox)
  const gone = goneSince(mailbox, known.modSeq).filter(isKnown)
  if (gone.length > 0) session.out.text(`* VANISHED (EARLIER) ${formatNumbers(gone)}\r\n`)
  for (const message of view) {
    if (message.modSeq > known.modSeq && isKnown(message.uid)) tellFlags(session, message, true)
  }
}

function knownBy({ uids }: KnownMailbox, mailbox: Mailbox): (uid: number) => boolean {
  return uids === undefined ? () => true : (uid) => isInSet(uids, uid, mailbox.uidNext - 1)
}

/** Uids that are no more, rising: all that are missing where nobody remembers when they went. */
export function goneSince(mailbox: Mailbox, modSeq: number): readonly number[] {
  return mailbox.expungedSince(modSeq) ?? missingUids(mailbox.messages, mailbox.uidNext)
}

function missingUids(messages: readonly Message[], uidNext: number): number[] {
  const missing: number[] = []
  let uid = 1
  for (const message of messages) {
    for (; uid < message.uid; uid++) missing.push(uid)
    uid++
  }
  for (; uid < uidNext; uid++) missing.push(uid)
  return missing
}

export function unselect(session: Session): Outcome {
  session.unselect()
  return ok('unselected')
}

/** RFC 9051 §6.4.1: what is deleted goes without a word. */
export function close(session: Session): Outcome {
  const { selected } = session
  if (selected === undefined || selected.readOnly || selected.mailbox.deleted === 0) return unselect(session)
  const { mailbox } = selected
  const deleted = mailbox.messages.filter(({ flags }) => flags.lower.has('\\deleted'))
  return change(mailbox.expunge(deleted), (messages) => {
    session.context.log.expunged(session.io, { user: session.address, mailbox, messages })
    return unselect(session)
  })
}
