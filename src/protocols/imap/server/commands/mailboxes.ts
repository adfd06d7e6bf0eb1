// Making, naming and removing mailboxes, subscriptions (RFC 9051 §6.3.4 to §6.3.8), NAMESPACE and quotas (RFC 9208).

import { SPECIAL_USES, type Account } from '../../../../core/index.ts'
import { SEPARATOR, type CommandOf } from '../../messages.ts'
import { mailboxId } from '../object-id.ts'
import { change, no, ok, type Outcome } from '../outcome.ts'
import type { Session } from '../session.ts'

/** The whole account is one quota root. */
const QUOTA_ROOT = '"User quota"'
const QUOTA_ROOT_NAME = 'User quota'
const KIB = 1024

export function create(session: Session, { mailbox, uses }: CommandOf<'CREATE'>): Outcome {
  const account = session.account
  if (account === undefined) return no('nobody is logged in')
  const [use, another] = uses
  const specialUse = SPECIAL_USES.find((known) => known.toLowerCase() === use?.toLowerCase())
  if (use !== undefined && (specialUse === undefined || another !== undefined)) {
    return no('a mailbox has one use, and this is none', 'USEATTR')
  }
  return change(account.create(trimmed(mailbox), specialUse), (made) => ok('made', `MAILBOXID (${mailboxId(made)})`))
}

/** A session that has it selected itself has nothing selected then. */
export function remove(session: Session, { mailbox }: CommandOf<'DELETE'>): Outcome {
  const account = session.account
  if (account === undefined) return no('nobody is logged in')
  const isSelected = session.selected !== undefined && session.selected.mailbox === account.mailbox(mailbox)
  return change(account.remove(mailbox), () => {
    if (isSelected) session.unselect()
    return ok('deleted')
  })
}

export function rename(session: Session, { from, to }: CommandOf<'RENAME'>): Outcome {
  const account = session.account
  if (account === undefined) return no('nobody is logged in')
  return change(account.rename(from, trimmed(to)), () => ok('renamed'))
}

export function subscribe(session: Session, { kind, mailbox }: CommandOf<'SUBSCRIBE' | 'UNSUBSCRIBE'>): Outcome {
  const account = session.account
  if (account === undefined) return no('nobody is logged in')
  const isOn = kind === 'SUBSCRIBE'
  return change(account.subscribe(mailbox, isOn), () => ok(isOn ? 'subscribed' : 'unsubscribed'))
}

/** A separator at the end says that levels below will follow (RFC 9051 §6.3.4). */
function trimmed(name: string): string {
  return name.endsWith(SEPARATOR) ? name.slice(0, -1) : name
}

export function namespace(session: Session): Outcome {
  session.out.text(`* NAMESPACE (("" "${SEPARATOR}")) NIL NIL\r\n`)
  return ok('this is all')
}

export function getQuota(session: Session, { root }: CommandOf<'GETQUOTA'>): Outcome {
  if (root !== QUOTA_ROOT_NAME || session.account === undefined) return no('there is no such quota root', 'NONEXISTENT')
  session.out.text(quotaOf(session.account))
  return ok('this is the quota')
}

export function getQuotaRoot(session: Session, { mailbox }: CommandOf<'GETQUOTAROOT'>): Outcome {
  const { account, out } = session
  const found = account?.mailbox(mailbox)
  if (account === undefined || found === undefined) return no('there is no such mailbox', 'NONEXISTENT')
  out.text(`* QUOTAROOT ${session.mailboxName(found.name)} ${QUOTA_ROOT}\r\n${quotaOf(account)}`)
  return ok('this is the quota')
}

/** STORAGE counts in units of 1,024 octets (RFC 9208 §5.1). */
function quotaOf({ quota }: Account): string {
  const storage = `STORAGE ${Math.ceil(quota.storageBytes / KIB)} ${Math.floor(quota.storageMaxBytes / KIB)}`
  return `* QUOTA ${QUOTA_ROOT} (${storage} MESSAGE ${quota.messages} ${quota.messagesMax})\r\n`
}
