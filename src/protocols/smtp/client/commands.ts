// The lines that a client writes, and what EHLO's reply offers. Each line ends in CRLF.

import { encodeXtext } from '../codec/xtext.ts'
import type { Reply } from '../messages.ts'
import type { Offered, OutgoingMail, OutgoingRecipient } from './outgoing.ts'

export const NOTHING_OFFERED: Offered = { extensions: new Set(), sizeMaxBytes: undefined, mechanisms: [] }

/** The first line of the reply is the server's name. Keywords in any case of letters. */
export function offeredIn(reply: Reply): Offered {
  const extensions = new Set<string>()
  const mechanisms: string[] = []
  let sizeMaxBytes: number | undefined
  for (const line of reply.lines.slice(1)) {
    // `AUTH=LOGIN` is how servers of the last century wrote it.
    const [keyword = '', ...rest] = line
      .toUpperCase()
      .replace(/^AUTH=/, 'AUTH ')
      .trim()
      .split(/ +/)
    extensions.add(keyword)
    if (keyword === 'AUTH') mechanisms.push(...rest)
    // 0: no fixed bound (RFC 1870 §4).
    if (keyword === 'SIZE' && /^\d{1,15}$/.test(rest[0] ?? '') && Number(rest[0]) > 0) sizeMaxBytes = Number(rest[0])
  }
  return { extensions, sizeMaxBytes, mechanisms }
}

/** Which extensions this mail uses with this server. */
export interface MailNeeds {
  readonly body: '7BIT' | '8BITMIME' | 'BINARYMIME'
  readonly smtpUtf8: boolean
}

/** RFC 5321 §4.1.1.2 and the parameters of what was offered. */
export function mailLine(mail: OutgoingMail, needs: MailNeeds, { extensions }: Offered): string {
  let line = `MAIL FROM:<${mail.sender}>`
  if (extensions.has('SIZE')) line += ` SIZE=${mail.content.length}`
  if (needs.body !== '7BIT') line += ` BODY=${needs.body}`
  if (needs.smtpUtf8) line += ' SMTPUTF8'
  if (extensions.has('DSN')) {
    if (mail.returns !== undefined) line += ` RET=${mail.returns}`
    if (mail.envelopeId !== undefined) line += ` ENVID=${encodeXtext(mail.envelopeId)}`
  }
  return `${line}\r\n`
}

/** RFC 5321 §4.1.1.3, RFC 3461 §4.1 and §4.2. */
export function rcptLine(to: OutgoingRecipient, { extensions }: Offered): string {
  let line = `RCPT TO:<${to.address}>`
  if (extensions.has('DSN')) {
    if (to.notify !== undefined && to.notify.length > 0) line += ` NOTIFY=${to.notify.join(',')}`
    if (to.originalRecipient !== undefined) line += ` ORCPT=${to.originalRecipient}`
  }
  return `${line}\r\n`
}
