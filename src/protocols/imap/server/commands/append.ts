// APPEND (RFC 9051 §6.3.12), of several messages as one (RFC 3502 §6.3.11).

import { formatNumbers } from '../../codec/number-set.ts'
import type { CommandOf } from '../../messages.ts'
import { change, no, ok, TARGET_CODES, type Outcome, type Tagged } from '../outcome.ts'
import type { Session } from '../session.ts'

export function append(session: Session, command: CommandOf<'APPEND'>): Outcome {
  const mailbox = session.account?.mailbox(command.mailbox)
  if (mailbox === undefined) return no('there is no such mailbox', 'TRYCREATE')
  if (command.messages.some(({ content }) => content.length === 0)) return no('a message without anything in it')
  const messages = command.messages.map(({ content, flags, dateMs }) => ({
    content,
    flags: flags.filter((flag) => flag.toLowerCase() !== '\\recent'),
    ...(dateMs === undefined ? {} : { receivedMs: dateMs }),
  }))
  return change(
    mailbox.append(messages),
    (added) => {
      session.context.log.appended(session.io, { user: session.address, mailbox, messages: added })
      return ok('added', `APPENDUID ${mailbox.uidValidity} ${formatNumbers(added.map(({ uid }) => uid))}`)
    },
    TARGET_CODES,
  )
}

/** Whether a message that is announced may come; `target` is where it would go, if that is known yet. */
export function refusedAhead({ account }: Session, target: string | undefined, octets: number): Tagged | undefined {
  if (account === undefined || target === undefined) return undefined
  if (account.mailbox(target) === undefined) return no('there is no such mailbox', 'TRYCREATE')
  const { storageBytes, storageMaxBytes, messages, messagesMax } = account.quota
  const isFull = storageBytes + octets > storageMaxBytes || messages >= messagesMax
  return isFull ? no('the account is full', 'OVERQUOTA') : undefined
}
