// STORE and UID STORE (RFC 9051 §6.4.6, RFC 7162 §3.1.3).

import { SYSTEM_FLAGS, type FlagsChanged, type Message } from '../../../../core/index.ts'
import { formatNumbers } from '../../codec/number-set.ts'
import type { CommandOf } from '../../messages.ts'
import { enableCondstore } from '../capabilities.ts'
import { bad, change, no, ok, type Outcome, type Tagged } from '../outcome.ts'
import type { Selected } from '../selected.ts'
import type { Session } from '../session.ts'
import { tellFlags, tellKeywords } from '../tell.ts'

const SYSTEM: ReadonlySet<string> = new Set(SYSTEM_FLAGS.map((flag) => flag.toLowerCase()))

export function store(session: Session, command: CommandOf<'STORE'>): Outcome {
  const { selected } = session
  if (selected === undefined) return no('nothing is selected')
  if (selected.readOnly) return no('the mailbox is selected read-only', 'CANNOT')
  if (command.flags.some(isForeign)) return bad('there is no such system flag')
  const places = selected.resolve(command.set, command.uid)
  if (places === undefined) return bad('there is no message with this number')
  if (command.unchangedSince !== undefined) enableCondstore(session)
  const { change: kind, flags, unchangedSince } = command
  const wanted = { kind, flags, ...(unchangedSince === undefined ? {} : { unchangedSince }) }
  const messages = selected.messagesAt(places)
  if (messages.length === 0) return ok('no messages, no flags')
  return change(selected.mailbox.changeFlags(messages, wanted, selected), (result) =>
    stored(session, selected, command, { ...result, messages }),
  )
}

/** A flag of the system that is none, or \Recent, which nobody sets. */
function isForeign(flag: string): boolean {
  return flag.startsWith('\\') && !SYSTEM.has(flag.toLowerCase())
}

function stored(
  session: Session,
  selected: Selected,
  command: CommandOf<'STORE'>,
  { changed, modified, messages }: FlagsChanged & { readonly messages: readonly Message[] },
): Tagged {
  const refused = new Set(modified)
  const present = selected.present(messages)
  tellKeywords(session, messages)
  const told = command.silent ? (session.enabled.condstore ? changed : []) : present
  for (const message of told) if (!refused.has(message)) tell(session, selected, command, message)
  selected.told(messages.filter((message) => !refused.has(message)))
  if (modified.length === 0 && present.length < messages.length) {
    return no('some of these messages are no more', 'EXPUNGEISSUED')
  }
  if (modified.length === 0) return ok('stored')
  const numbers = modified.map((message) => (command.uid ? message.uid : selected.placeOf(message) + 1))
  return ok('some were changed by others meanwhile', `MODIFIED ${formatNumbers(numbers.filter((each) => each > 0))}`)
}

/** With .SILENT, only the mod-sequence (RFC 7162 §3.1.3). */
function tell(session: Session, selected: Selected, { silent, uid }: CommandOf<'STORE'>, message: Message): void {
  if (!silent) return tellFlags(session, message, uid)
  const place = selected.placeOf(message)
  if (place === -1) return
  const uidText = uid || session.enabled.qresync || session.enabled.rev2 ? `UID ${message.uid} ` : ''
  session.out.text(`* ${place + 1} FETCH (${uidText}MODSEQ (${message.modSeq}))\r\n`)
}
