// What a running world answers about its mail: the desk and the record, in plain values.

import type { Post } from '../../core/post.ts'
import { bufferOf } from '../../wire/text.ts'
import type { Ledger } from '../record/flow-record.ts'
import { MailDesk } from './desk.ts'
import type { MailFilter, MailSummary, MailView, MailWait } from './mail.ts'
import { traceMail, type MailTrace } from './trace.ts'

/** What an `Assembly` has. */
export interface MailCallsOptions {
  readonly post: Post
  readonly record: Ledger
  readonly state: { nameOf(ip: string): string | undefined }
  readonly world: { readonly users: readonly { readonly address: string }[] }
}

interface Refusal {
  readonly refused: string
}

const NO_MAIL: Refusal = { refused: 'no mail has arrived' }

/** `which`: a number, a Message-ID, or '' for the last one. */
export function mailCalls({ post, record, state, world }: MailCallsOptions) {
  const desk = new MailDesk(
    post,
    world.users.map((user) => user.address),
  )
  return {
    mails: (filter: MailFilter): readonly MailSummary[] => desk.list(filter).map((lying) => desk.summary(lying)),
    mail(which: string): MailView | Refusal {
      const lying = desk.find(which)
      return lying === undefined ? missing(which) : desk.view(lying)
    },
    mailBytes(which: string, part: number | undefined): string | Refusal {
      const lying = desk.find(which)
      if (lying === undefined) return missing(which)
      if (part === undefined) return base64(desk.raw(lying))
      const attachments = desk.attachments(lying)
      const attachment = attachments[part - 1]
      if (attachment !== undefined) return base64(attachment.bytes)
      return { refused: `this mail has ${attachments.length} attachments, and ${part} is none of them` }
    },
    awaitMail: async (wanted: MailWait, signal: AbortSignal): Promise<readonly MailView[]> =>
      (await desk.wait(wanted, signal)).map((lying) => desk.view(lying)),
    trace: (which: string): MailTrace | Refusal =>
      traceMail(record, (ip) => state.nameOf(ip), which === '' ? undefined : which) ??
      (which === ''
        ? { refused: 'no mail was heard of' }
        : { refused: `no mail was heard of with the Message-ID ${which}` }),
  }
}

function missing(which: string): Refusal {
  return which === '' ? NO_MAIL : { refused: `there is no mail ${which}` }
}

function base64(bytes: Uint8Array): string {
  return bufferOf(bytes).toString('base64')
}
