// Asks a running world about mail.

import type { Failure } from '../core/failure.ts'
import type { MailFilter, MailSummary, MailTrace, MailView, MailWait } from '../net/mail/index.ts'
import { asked, isList } from './asked.ts'

export function askMails(folder: string, filter: MailFilter): Promise<readonly MailSummary[] | Failure> {
  return asked(folder, 'mails', JSON.stringify(filter), isList<MailSummary>)
}

export function askMail(folder: string, which: string): Promise<MailView | Failure> {
  return asked(folder, 'mail', which, isMail)
}

/** In base64. */
export function askMailBytes(folder: string, which: string, part: number | undefined): Promise<string | Failure> {
  return asked(folder, 'mail-bytes', JSON.stringify({ which, part }), (value) => typeof value === 'string')
}

export function awaitMail(folder: string, wanted: MailWait): Promise<readonly MailView[] | Failure> {
  return asked(folder, 'await-mail', JSON.stringify(wanted), isList<MailView>, wanted.timeoutMs)
}

export function askTrace(folder: string, which: string): Promise<MailTrace | Failure> {
  return asked(folder, 'trace', which, isTrace)
}

function isMail(value: unknown): value is MailView {
  return typeof value === 'object' && value !== null && 'attachments' in value
}

function isTrace(value: unknown): value is MailTrace {
  return typeof value === 'object' && value !== null && 'steps' in value
}
