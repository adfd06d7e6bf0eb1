// Whether a mail is one that is wanted.

import type { MailFilter } from './mail.ts'

/** What a filter looks at. Addresses in lower case. */
export interface Sought {
  readonly account: string
  readonly mailbox: string
  /** What the mailbox is for (RFC 6154), if it says so. */
  readonly specialUse: string | undefined
  readonly from: readonly string[]
  /** Of To, Cc and Delivered-To. */
  readonly recipients: readonly string[]
  readonly subject: string
}

/** Mail that never arrived: it was put there by who wrote it. */
const OWN: ReadonlySet<string | undefined> = new Set(['\\Sent', '\\Drafts'])

/** `isAccount`: whether somebody has this address. */
export function compileFilter(filter: MailFilter, isAccount: (address: string) => boolean): (mail: Sought) => boolean {
  const { to, from, subject, mailbox } = filter
  const wanted = to?.toLowerCase()
  const byAccount = wanted !== undefined && isAccount(wanted)
  const words = subject?.toLowerCase()
  return (mail) => {
    if (!fitsMailbox(mail, mailbox)) return false
    if (wanted !== undefined && !fitsRecipient(mail, wanted, byAccount)) return false
    if (from !== undefined && !mail.from.some((address) => fitsAddress(address, from.toLowerCase()))) return false
    return words === undefined || mail.subject.toLowerCase().includes(words)
  }
}

function fitsMailbox({ mailbox, specialUse }: Sought, wanted: string | undefined): boolean {
  if (wanted === undefined) return !OWN.has(specialUse)
  return wanted === '*' || mailbox.toLowerCase() === wanted.toLowerCase()
}

function fitsRecipient({ account, recipients }: Sought, wanted: string, byAccount: boolean): boolean {
  if (fitsAddress(account, wanted)) return true
  return !byAccount && recipients.some((address) => fitsAddress(address, wanted))
}

function fitsAddress(address: string, wanted: string): boolean {
  return wanted.startsWith('@') ? address.endsWith(wanted) : address === wanted
}
