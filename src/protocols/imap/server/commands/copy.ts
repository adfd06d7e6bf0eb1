// COPY and MOVE (RFC 9051 §6.4.7, §6.4.8, RFC 4315 §3), and EXPUNGE (RFC 9051 §6.4.3, RFC 4315 §2.1).

import type { Copied } from '../../../../core/index.ts'
import { formatNumbers } from '../../codec/number-set.ts'
import type { CommandOf } from '../../messages.ts'
import { bad, change, no, ok, TARGET_CODES, type Outcome } from '../outcome.ts'
import type { Session } from '../session.ts'
import { tellChanges } from '../tell.ts'

export function copy(session: Session, command: CommandOf<'COPY' | 'MOVE'>): Outcome {
  const { selected, account } = session
  if (selected === undefined || account === undefined) return no('nothing is selected')
  if (command.kind === 'MOVE' && selected.readOnly) return no('the mailbox is selected read-only', 'CANNOT')
  const places = selected.resolve(command.set, command.uid)
  if (places === undefined) return bad('there is no message with this number')
  const to = account.mailbox(command.mailbox)
  if (to === undefined) return no('there is no such mailbox', 'TRYCREATE')
  const messages = selected.messagesAt(places)
  if (messages.length === 0) return ok('no messages, nothing to do')
  const { mailbox } = selected
  const copied = command.kind === 'COPY' ? mailbox.copy(messages, to) : mailbox.move(messages, to)
  return change(copied, (result) => told(session, command, result), TARGET_CODES)
}

/** MOVE tells where messages went before it says that they are gone (RFC 6851 §4.3). */
function told(session: Session, { kind, uid }: CommandOf<'COPY' | 'MOVE'>, { to, sources, copies }: Copied): Outcome {
  const { context, io, address, out } = session
  const transfer = { user: address, mailbox: to, messages: copies }
  context.log.copied(io, transfer, kind === 'COPY' ? 'copy' : 'move')
  const code = `COPYUID ${to.uidValidity} ${uids(sources)} ${uids(copies)}`
  if (kind === 'COPY') return ok('copied', code)
  out.text(`* OK [${code}] moved\r\n`)
  tellChanges(session, true, uid)
  const { selected, enabled } = session
  if (selected === undefined || !enabled.qresync) return ok('moved')
  return ok('moved', `HIGHESTMODSEQ ${selected.mailbox.highestModSeq}`)
}

function uids(messages: readonly { readonly uid: number }[]): string {
  return formatNumbers(messages.map(({ uid }) => uid))
}

export function expunge(session: Session, { uids: wanted }: CommandOf<'EXPUNGE'>): Outcome {
  const { selected } = session
  if (selected === undefined) return no('nothing is selected')
  if (selected.readOnly) return no('the mailbox is selected read-only', 'CANNOT')
  const { mailbox } = selected
  const places = wanted === undefined ? undefined : selected.resolve(wanted, true)
  const candidates = places === undefined ? mailbox.messages : selected.messagesAt(places)
  const deleted = mailbox.deleted === 0 ? [] : candidates.filter(({ flags }) => flags.lower.has('\\deleted'))
  if (deleted.length === 0) return ok('nothing to expunge')
  return change(mailbox.expunge(deleted), (messages) => {
    session.context.log.expunged(session.io, { user: session.address, mailbox, messages })
    return session.enabled.qresync ? ok('expunged', `HIGHESTMODSEQ ${mailbox.highestModSeq}`) : ok('expunged')
  })
}
