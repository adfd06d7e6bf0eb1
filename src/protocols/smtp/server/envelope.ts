// One mail under way at the server (RFC 5321 §3.3): from MAIL to the end of its message.

import type { Account } from '../../../core/post.ts'
import type { MailCommand, RcptCommand } from '../messages.ts'
import type { Destination } from '../policy.ts'

export interface EnvelopeRecipient {
  readonly command: RcptCommand
  readonly destination: Destination
}

export class Envelope {
  readonly mail: MailCommand
  readonly recipients: EnvelopeRecipient[] = []

  constructor(mail: MailCommand) {
    this.mail = mail
  }

  /** Empty: the null return path. */
  get sender(): string {
    return this.mail.sender?.address ?? ''
  }

  /** As they were given. */
  get addresses(): readonly string[] {
    return this.recipients.map(({ command }) => command.recipient.address)
  }

  /** Each mailbox once, however many recipients lead to it. */
  get accounts(): readonly Account[] {
    return [...new Set(this.recipients.flatMap(({ destination }) => destination.accounts))]
  }
}
