// How a mail is shown: to people, to programs over the control socket, and to tests. All text is decoded; addresses have
// no names with them.

/** What is wanted. Every field that is given has to fit. */
export interface MailFilter {
  /** The account that it lies in; where none has this address, one of To, Cc and Delivered-To. `@domain`: any address there. */
  readonly to?: string
  /** An address of From or Sender, or `@domain`. */
  readonly from?: string
  /** A part of the subject, in any case. */
  readonly subject?: string
  /** Its name; `*` for all. Default: all but those for what was sent and what is not finished. */
  readonly mailbox?: string
}

export interface MailWait extends MailFilter {
  readonly count: number
  readonly timeoutMs: number
  /** What has come before does not count. */
  readonly onlyNew: boolean
}

export interface AttachmentView {
  /** From 1, in the order of the mail. */
  readonly number: number
  readonly name: string
  readonly type: string
  /** Octets, decoded. */
  readonly size: number
}

export interface MailSummary {
  /** Counted from 1 through all mailboxes, in the order of arrival. Stays as long as nothing before it is removed. */
  readonly number: number
  /** The Message-ID without brackets; '' where it has none. */
  readonly id: string
  readonly account: string
  readonly mailbox: string
  readonly uid: number
  /** World's wall clock, milliseconds. */
  readonly receivedMs: number
  readonly from: string
  readonly to: readonly string[]
  readonly subject: string
  /** Octets. */
  readonly size: number
  readonly flags: readonly string[]
  readonly attachments: readonly AttachmentView[]
}

export interface MailView extends MailSummary {
  /** What the sender says, milliseconds; null where it says nothing that is a date. */
  readonly dateMs: number | null
  /** Decoded, in the order of the mail. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  /** Of its text/plain parts; made from the HTML where there are none. */
  readonly text: string
  /** null where it has none. */
  readonly html: string | null
}
