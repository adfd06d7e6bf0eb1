// Reports to the sender of a mail (RFC 3464 in the form of RFC 6522, asked for as RFC 3461 says): what was not delivered, is late, or
// was. Who gets it, and how it gets there, is not decided here.

import type { BodyKind } from '../../../core/post.ts'
import { formatDate } from '../../../shared/mime/index.ts'
import { bufferOf } from '../../../wire/text.ts'
import { isAscii } from '../codec/address.ts'
import { decodeXtext } from '../codec/xtext.ts'
import { hasPlainHeader, isSevenBit, isText } from '../client/content.ts'

/** RFC 3464 §2.3.3, Action. `relayed`: to a server that cannot report itself. */
export type ReportKind = 'failed' | 'delayed' | 'relayed' | 'delivered'

export interface ReportedMail {
  readonly sender: string
  readonly content: Uint8Array
  /** As its sender named it: ENVID, decoded. */
  readonly envelopeId?: string | undefined
  readonly returns?: 'FULL' | 'HDRS' | undefined
  /** When this server took it: world's wall clock, milliseconds. */
  readonly arrivedMs: number
  readonly messageId: string
}

export interface ReportedRecipient {
  readonly address: string
  /** ORCPT as it was given. */
  readonly originalRecipient?: string | undefined
  /** RFC 3463. */
  readonly status: string
  /** What the other server said, or why there was none to say it. */
  readonly diagnostic?: { readonly type: 'smtp' | 'x-portolan'; readonly text: string } | undefined
  /** The server that said so. */
  readonly remote?: string | undefined
  /** Until when it will be tried; for `delayed`. World's wall clock, milliseconds. */
  readonly retryUntilMs?: number | undefined
}

export interface Report {
  readonly kind: ReportKind
  /** The host that reports. */
  readonly host: string
  /** World's wall clock, milliseconds: when the recipients were last tried, too. */
  readonly wallMs: number
  /** Letters and digits that stand nowhere in the mail: 24 random hexadecimal digits. */
  readonly token: string
  readonly mail: ReportedMail
  readonly recipients: readonly ReportedRecipient[]
}

export interface ReportMessage {
  readonly content: Uint8Array
  readonly messageId: string
  readonly body: BodyKind
  readonly smtpUtf8: boolean
}

/** A mail above this comes back as its header alone, unless RET=FULL asked for it: Postfix's bounce_size_limit. */
const RETURNED_MAX_BYTES = 50_000
/** Even with RET=FULL: ours. */
const RETURNED_FULL_MAX_BYTES = 1_048_576
/** A line of a report (RFC 5322 §2.1.1). */
const LINE_MAX_CHARS = 900

const SUBJECT: Readonly<Record<ReportKind, string>> = {
  failed: 'Your mail could not be delivered',
  delayed: 'Your mail is not delivered yet',
  relayed: 'Your mail was passed on',
  delivered: 'Your mail was delivered',
}

const EXPLANATION: Readonly<Record<ReportKind, string>> = {
  failed: 'Your mail could not be delivered to the recipients below. It will not be tried again.',
  delayed:
    'Your mail could not be delivered yet to the recipients below. It will be tried again; there is nothing to do.',
  relayed: 'Your mail for the recipients below was passed on to a server that cannot say what becomes of it.',
  delivered: 'Your mail was delivered to the recipients below.',
}

/** A multipart/report, lines ending in CRLF. */
export function formatReport(report: Report): ReportMessage {
  const { kind, mail, host, token, recipients } = report
  const isWhole = kind === 'failed' && comesBackWhole(mail)
  const returned = isWhole ? mail.content : headerOf(mail.content)
  const global = !recipients.every(({ address }) => isAscii(address)) || !isAscii(mail.sender)
  const smtpUtf8 = global || !hasPlainHeader(mail.content)
  const messageId = `${token}@${host}`
  const boundary = `=_${token}`
  const parts = [
    ['text/plain; charset=utf-8', Buffer.from(textFor(report))],
    [`message/${global ? 'global-' : ''}delivery-status`, Buffer.from(statusFor(report, global))],
    [returnedType(isWhole, smtpUtf8), returned],
  ] as const
  const octets = parts.flatMap(([type, part]) => [Buffer.from(partHead(boundary, type, part)), part, CRLF])
  const body: BodyKind = octets.every(isSevenBit) ? '7BIT' : '8BITMIME'
  const head = headerFor(report, messageId, boundary, body)
  const content = Buffer.concat([Buffer.from(head), ...octets, Buffer.from(`--${boundary}--\r\n`)])
  return { content, messageId, body, smtpUtf8 }
}

const CRLF = Buffer.from('\r\n')

/** RET (RFC 3461 §4.3) and size; what is not text cannot stand in a message as it is. */
function comesBackWhole({ content, returns }: ReportedMail): boolean {
  if (returns === 'HDRS' || content.length > RETURNED_FULL_MAX_BYTES) return false
  return (returns === 'FULL' || content.length <= RETURNED_MAX_BYTES) && isText(content)
}

/** RFC 6522 §4, RFC 6533 §6. */
function returnedType(isWhole: boolean, smtpUtf8: boolean): string {
  if (smtpUtf8) return isWhole ? 'message/global' : 'message/global-headers'
  return isWhole ? 'message/rfc822' : 'text/rfc822-headers'
}

function headerOf(content: Uint8Array): Uint8Array {
  const end = bufferOf(content).indexOf('\r\n\r\n')
  return end === -1
    ? content.subarray(0, RETURNED_MAX_BYTES)
    : content.subarray(0, Math.min(end + 2, RETURNED_MAX_BYTES))
}

function headerFor({ kind, host, wallMs, mail }: Report, messageId: string, boundary: string, body: BodyKind): string {
  const lines = [
    `From: Mail delivery <postmaster@${host}>`,
    `To: <${mail.sender}>`,
    `Subject: ${SUBJECT[kind]}`,
    `Date: ${formatDate(wallMs)}`,
    `Message-ID: <${messageId}>`,
    ...(isAscii(mail.messageId) && mail.messageId.includes('@') ? [`References: <${mail.messageId}>`] : []),
    // RFC 3834 §5.
    'Auto-Submitted: auto-replied',
    'MIME-Version: 1.0',
    `Content-Type: multipart/report; report-type=delivery-status;\r\n\tboundary="${boundary}"`,
    ...(body === '7BIT' ? [] : ['Content-Transfer-Encoding: 8bit']),
  ]
  return `${lines.join('\r\n')}\r\n\r\n`
}

function partHead(boundary: string, type: string, part: Uint8Array): string {
  const encoding = isSevenBit(part) ? '' : 'Content-Transfer-Encoding: 8bit\r\n'
  return `--${boundary}\r\nContent-Type: ${type}\r\n${encoding}\r\n`
}

function textFor({ kind, host, recipients, mail }: Report): string {
  const lines = [
    `This is the mail server of ${host}.`,
    '',
    EXPLANATION[kind],
    '',
    `Your mail: <${mail.messageId}> of ${formatDate(mail.arrivedMs)}`,
    '',
    ...recipients.map(({ address, remote, diagnostic }) => {
      const said =
        diagnostic === undefined ? '' : `: ${remote === undefined ? '' : `${remote} said: `}${diagnostic.text}`
      return `<${address}>${said}`
    }),
  ]
  return `${lines.map(oneLine).join('\r\n')}\r\n`
}

/** RFC 3464 §2: the fields of the mail, then those of each recipient. */
function statusFor(report: Report, global: boolean): string {
  const { host, mail, recipients } = report
  const perMessage = [
    `Reporting-MTA: dns; ${host}`,
    ...(mail.envelopeId === undefined ? [] : [`Original-Envelope-Id: ${mail.envelopeId}`]),
    `Arrival-Date: ${formatDate(mail.arrivedMs)}`,
  ]
  const groups = [perMessage, ...recipients.map((recipient) => recipientFields(report, recipient, global))]
  return groups.map((fields) => `${fields.map(oneLine).join('\r\n')}\r\n`).join('\r\n')
}

function recipientFields({ kind, wallMs }: Report, recipient: ReportedRecipient, global: boolean): string[] {
  const { address, originalRecipient, status, diagnostic, remote, retryUntilMs } = recipient
  return [
    ...(originalRecipient === undefined ? [] : [`Original-Recipient: ${decodedOriginal(originalRecipient)}`]),
    `Final-Recipient: ${global && !isAscii(address) ? 'utf-8' : 'rfc822'}; ${address}`,
    `Action: ${kind}`,
    `Status: ${status}`,
    ...(remote === undefined ? [] : [`Remote-MTA: dns; ${remote}`]),
    ...(diagnostic === undefined ? [] : [`Diagnostic-Code: ${diagnostic.type}; ${diagnostic.text}`]),
    `Last-Attempt-Date: ${formatDate(wallMs)}`,
    ...(retryUntilMs === undefined ? [] : [`Will-Retry-Until: ${formatDate(retryUntilMs)}`]),
  ]
}

/** RFC 3464 §2.3.1: what ORCPT held, its encoding undone. */
function decodedOriginal(given: string): string {
  const [type = '', ...rest] = given.split(';')
  const address = rest.join(';')
  return `${type}; ${decodeXtext(address) ?? address}`
}

function oneLine(text: string): string {
  return text.replaceAll(/[\r\n\0]+/g, ' ').slice(0, LINE_MAX_CHARS)
}
