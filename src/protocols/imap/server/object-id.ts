// Object identifiers (RFC 8474): letters and digits that stand for a mailbox or a message for good.

import type { Mailbox, Message } from '../../../core/index.ts'

export function mailboxId(mailbox: Mailbox): string {
  return `F${mailbox.id}`
}

/** Copies of one message have the same. */
export function emailId(message: Message): string {
  return `M${message.contentId}`
}
