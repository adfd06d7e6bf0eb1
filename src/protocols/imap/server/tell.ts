// Untagged responses of a selected mailbox: flags, numbers and what has gone (RFC 9051 §7.4, §7.5; RFC 7162 §3.2.10).

import { SYSTEM_FLAGS, type Mailbox, type Message } from '../../../core/index.ts'
import { formatNumbers } from '../codec/number-set.ts'
import type { Session } from './session.ts'

/** Tells what others have changed. With `expunges` false the numbers of messages stay (RFC 9051 §7.5.1). */
export function tellChanges(session: Session, expunges: boolean, withUid = false): void {
  const { selected, out } = session
  if (selected === undefined || !selected.isStale) return
  if (selected.isRemoved) return session.bye('the selected mailbox was deleted')
  const changed = selected.takeChanged()
  tellKeywords(session, changed)
  for (const message of changed) tellFlags(session, message, withUid)
  const { gone, arrived } = expunges ? selected.catchUp() : selected.takeArrived()
  if (session.enabled.qresync && gone.length > 0) {
    out.text(`* VANISHED ${formatNumbers(gone.map(({ message }) => message.uid))}\r\n`)
  } else gone.forEach(({ place }, before) => out.text(`* ${place + 1 - before} EXPUNGE\r\n`))
  tellKeywords(session, arrived)
  if (arrived.length > 0) tellCount(session)
}

export function tellCount(session: Session): void {
  const { selected, out } = session
  if (selected === undefined) return
  out.text(`* ${selected.view.length} EXISTS\r\n`)
  if (selected.tellsRecent) out.text(`* ${selected.recents} RECENT\r\n`)
}

/** FETCH with the flags of one message, if the client knows of it. */
export function tellFlags(session: Session, message: Message, withUid: boolean): void {
  const { selected, out, enabled } = session
  const place = selected?.placeOf(message) ?? -1
  if (selected === undefined || place === -1) return
  const uid = withUid || enabled.qresync || enabled.rev2 ? `UID ${message.uid} ` : ''
  const modSeq = enabled.condstore ? ` MODSEQ (${message.modSeq})` : ''
  out.text(`* ${place + 1} FETCH (${uid}FLAGS (${selected.flagsText(message)})${modSeq})\r\n`)
}

export function flagsOf(mailbox: Mailbox): string {
  return [...SYSTEM_FLAGS, ...mailbox.keywords].join(' ')
}

/** FLAGS anew, where one of these messages has a keyword that it did not tell. */
export function tellKeywords({ selected, out }: Session, messages: readonly Message[]): void {
  if (selected === undefined || !selected.takeKeywords(messages)) return
  const flags = flagsOf(selected.mailbox)
  out.text(`* FLAGS (${flags})\r\n`)
  if (!selected.readOnly) out.text(`* OK [PERMANENTFLAGS (${flags} \\*)] flags\r\n`)
}
