// ESMTP parameters of MAIL and RCPT (RFC 5321 §4.1.2, `esmtp-param`), one row each with its extension's section.

import type { BodyKind } from '../../../core/post.ts'
import {
  ENVELOPE_ID_MAX_BYTES,
  ORIGINAL_RECIPIENT_MAX_BYTES,
  SIZE_MAX_DIGITS,
  type MailCommand,
  type Notify,
  type RcptCommand,
} from '../messages.ts'
import { decodeXtext, encodeXtext } from './xtext.ts'

/** What is wrong with parameters, and with which code to say so: 555 for one that is not known (RFC 5321 §4.1.1.11). */
export interface WrongParameters {
  readonly wrong: string
  readonly code: 501 | 555
}

/** What one parameter adds to its command; `undefined`: its value is wrong. */
type Read<Part> = (value: string | undefined) => Part | undefined
type Table<Part> = Readonly<Record<string, Read<Part>>>

type MailPart = Partial<Omit<MailCommand, 'kind' | 'sender'>>
type RcptPart = Partial<Omit<RcptCommand, 'kind' | 'recipient'>>

const BODIES: readonly BodyKind[] = ['7BIT', '8BITMIME', 'BINARYMIME']
const NOTIFICATIONS: readonly Notify[] = ['NEVER', 'SUCCESS', 'FAILURE', 'DELAY']
/** The type of an address and the address in xtext, or in the UTF-8 forms of RFC 6533 §3. */
const ORIGINAL_RECIPIENT = /^[a-z0-9-]+;[^\s=]+$/i

export const MAIL_PARAMETERS: Table<MailPart> = {
  /** RFC 1870 §6. */
  SIZE: (value) =>
    value !== undefined && /^\d+$/.test(value) && value.length <= SIZE_MAX_DIGITS ? { size: Number(value) } : undefined,
  /** RFC 6152 §3, RFC 3030 §3. */
  BODY: (value) => {
    const body = BODIES.find((kind) => kind === value?.toUpperCase())
    return body === undefined ? undefined : { body }
  },
  /** RFC 6531 §3.4. */
  SMTPUTF8: (value) => (value === undefined ? { smtpUtf8: true } : undefined),
  /** RFC 3461 §4.3. */
  RET: (value) => {
    const returns = value?.toUpperCase()
    return returns === 'FULL' || returns === 'HDRS' ? { returns } : undefined
  },
  /** RFC 3461 §4.4. */
  ENVID: (value) => {
    const envelopeId = decodeXtext(value ?? '')
    return envelopeId && envelopeId.length <= ENVELOPE_ID_MAX_BYTES ? { envelopeId } : undefined
  },
  /** RFC 4954 §5. */
  AUTH: (value) => {
    const authorization = decodeXtext(value ?? '')
    return authorization ? { authorization } : undefined
  },
}

export const RCPT_PARAMETERS: Table<RcptPart> = {
  /** RFC 3461 §4.1. */
  NOTIFY: (value) => {
    const notify = value?.toUpperCase().split(',').map(notification)
    if (notify === undefined || !notify.every((word) => word !== undefined)) return undefined
    return notify.includes('NEVER') && notify.length > 1 ? undefined : { notify: [...new Set(notify)] }
  },
  /** RFC 3461 §4.2. */
  ORCPT: (value) =>
    value !== undefined && value.length <= ORIGINAL_RECIPIENT_MAX_BYTES && ORIGINAL_RECIPIENT.test(value)
      ? { originalRecipient: value }
      : undefined,
}

const NOTHING = {}

/** `text`: what stands behind the path. Each may be given once. */
export function readParameters<Part extends object>(text: string, table: Table<Part>): Partial<Part> | WrongParameters {
  if (text === '') return NOTHING
  const seen = new Set<string>()
  const read: Partial<Part> = {}
  for (const word of text.split(/ +/)) {
    const equals = word.indexOf('=')
    const keyword = (equals === -1 ? word : word.slice(0, equals)).toUpperCase()
    const take = Object.hasOwn(table, keyword) ? table[keyword] : undefined
    if (take === undefined) return { wrong: 'a parameter that is not known here', code: 555 }
    const part = seen.has(keyword) ? undefined : take(equals === -1 ? undefined : word.slice(equals + 1))
    if (part === undefined) return { wrong: `a wrong value of ${keyword}`, code: 501 }
    seen.add(keyword)
    Object.assign(read, part)
  }
  return read
}

/** With a space before each. */
export function formatParameters(command: MailCommand | RcptCommand): string {
  const parameters = command.kind === 'MAIL' ? mailParameters(command) : rcptParameters(command)
  return parameters.map((parameter) => ` ${parameter}`).join('')
}

function mailParameters({ size, body, smtpUtf8, returns, envelopeId, authorization }: MailCommand): string[] {
  return [
    ...(size === undefined ? [] : [`SIZE=${size}`]),
    ...(body === undefined ? [] : [`BODY=${body}`]),
    ...(smtpUtf8 ? ['SMTPUTF8'] : []),
    ...(returns === undefined ? [] : [`RET=${returns}`]),
    ...(envelopeId === undefined ? [] : [`ENVID=${encodeXtext(envelopeId)}`]),
    ...(authorization === undefined ? [] : [`AUTH=${encodeXtext(authorization)}`]),
  ]
}

function rcptParameters({ notify, originalRecipient }: RcptCommand): string[] {
  return [
    ...(notify === undefined ? [] : [`NOTIFY=${notify.join(',')}`]),
    ...(originalRecipient === undefined ? [] : [`ORCPT=${originalRecipient}`]),
  ]
}

function notification(word: string): Notify | undefined {
  return NOTIFICATIONS.find((known) => known === word)
}
