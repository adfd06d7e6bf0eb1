// Mail in words for a terminal. What a mail says is made fit for one here: nothing of it moves the cursor.

import type { AttachmentView, MailSummary, MailView } from '../net/mail/index.ts'
import { plainLine, plainText } from '../net/mail/plain-text.ts'
import { styled, table } from './output.ts'

const ADDRESS_MAX_CHARS = 40 // ours: two of them, the time and half a subject fit into 120 columns
const SUBJECT_MAX_CHARS = 60
const FIELD_MAX_CHARS = 1000

/** Newest last. */
export function formatMails(mails: readonly MailSummary[]): string {
  const rows = mails.map((mail) => [
    String(mail.number),
    timeOf(mail.receivedMs),
    plainLine(mail.from, ADDRESS_MAX_CHARS),
    placeOf(mail),
    plainLine(mail.subject, SUBJECT_MAX_CHARS),
    String(mail.size),
    String(mail.attachments.length),
    plainLine(mail.flags.join(' '), ADDRESS_MAX_CHARS),
  ])
  return table(['#', 'time', 'from', 'for', 'subject', 'bytes', 'files', 'flags'], rows)
}

export function formatMail(mail: MailView): string {
  const { headers, attachments, text, html } = mail
  const shown = ['From', 'To', 'Cc', 'Reply-To', 'Date', 'Subject', 'Message-ID', 'Authentication-Results']
  const fields = shown.flatMap((name) =>
    headers
      .filter(([field]) => field.toLowerCase() === name.toLowerCase())
      .map(([, value]) => `${styled('bold', `${name}:`)} ${plainLine(value, FIELD_MAX_CHARS)}`),
  )
  const flags = mail.flags.length === 0 ? '' : `, ${plainLine(mail.flags.join(' '), FIELD_MAX_CHARS)}`
  const where = `mail ${mail.number} for ${placeOf(mail)}, ${timeOf(mail.receivedMs)}, ${mail.size} bytes${flags}`
  const body = plainText(text).trimEnd()
  const note = html !== null && body === '' ? ['(an HTML page without words)'] : []
  return [styled('dim', where), ...fields, '', body, ...note, ...attachments.map(attachmentLine)].join('\n')
}

function attachmentLine({ number, name, type, size }: AttachmentView, index: number): string {
  const line = `attachment ${number}: ${plainLine(name, FIELD_MAX_CHARS)}, ${plainLine(type, ADDRESS_MAX_CHARS)}, ${size} bytes`
  return index === 0 ? `\n${line}` : line
}

function placeOf({ account, mailbox }: MailSummary): string {
  const address = plainLine(account, ADDRESS_MAX_CHARS)
  return mailbox === 'INBOX' ? address : `${address} ${plainLine(mailbox, ADDRESS_MAX_CHARS)}`
}

/** UTC, as the world's clock says. */
function timeOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19).replace('T', ' ')
}
