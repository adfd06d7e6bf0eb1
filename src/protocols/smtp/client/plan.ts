// How one mail goes to one server, or why it cannot: decided from the mail and what EHLO offered, before a word is said.

import { reply, type Reply } from '../messages.ts'
import { isAscii } from '../codec/address.ts'
import { bodyKindOf, hasPlainHeader, isSevenBit, isText } from './content.ts'
import { mailLine, rcptLine, type MailNeeds } from './commands.ts'
import type { Offered, OutgoingMail } from './outgoing.ts'

/** Up to here, BDAT and its chunk go out along with MAIL and RCPT, before their replies. One round trip against one wasted mail. */
const EAGER_MAX_BYTES = 65_536

export interface Plan {
  readonly mail: string
  readonly recipients: readonly string[]
  /** `pipelined`: MAIL, RCPT and DATA in one flight; `eager`: the chunk too; `step`: one after the other. */
  readonly pace: 'step' | 'pipelined' | 'eager'
  readonly verb: 'DATA' | 'BDAT'
}

/** A reply, as the server would have to give it, where this mail cannot go there. */
export function planFor(mail: OutgoingMail, offered: Offered): Plan | Reply {
  if (!isWritable(mail)) return reply(501, '5.1.3', 'An address has characters that no line can carry')
  const needs = needsOf(mail, offered)
  if ('code' in needs) return needs
  const { extensions, sizeMaxBytes = Infinity } = offered
  if (mail.content.length > sizeMaxBytes) {
    return reply(552, '5.3.4', `The message has ${mail.content.length} octets; the server takes ${sizeMaxBytes}`)
  }
  const verb = extensions.has('CHUNKING') ? 'BDAT' : 'DATA'
  const isSmall = verb === 'BDAT' && mail.content.length <= EAGER_MAX_BYTES
  return {
    mail: mailLine(mail, needs, offered),
    recipients: mail.recipients.map((to) => rcptLine(to, offered)),
    pace: !extensions.has('PIPELINING') ? 'step' : isSmall ? 'eager' : 'pipelined',
    verb,
  }
}

const UNWRITABLE = /\p{Cc}/u
const UNWRITABLE_WORD = /[\p{Cc} ]/u

/** Nothing in the envelope ends its line. */
function isWritable({ sender, recipients }: OutgoingMail): boolean {
  const words = recipients.map((to) => to.originalRecipient ?? '')
  const addresses = [sender, ...recipients.map((to) => to.address)]
  return !addresses.some((text) => UNWRITABLE.test(text)) && !words.some((text) => UNWRITABLE_WORD.test(text))
}

function needsOf(mail: OutgoingMail, { extensions }: Offered): MailNeeds | Reply {
  const smtpUtf8 = mail.smtpUtf8 !== false && !isAllAscii(mail)
  if (smtpUtf8 && !extensions.has('SMTPUTF8')) {
    return reply(553, '5.6.7', 'The server does not take internationalized addresses or headers')
  }
  const body = bodyFor(mail, extensions)
  return body === undefined ? reply(554, '5.6.3', 'The server takes 7-bit text only') : { body, smtpUtf8 }
}

/** RFC 6531 §3.5: only what has something to be internationalized for. */
function isAllAscii(mail: OutgoingMail): boolean {
  const addresses = [mail.sender, ...mail.recipients.map((to) => to.address)]
  return addresses.every(isAscii) && hasPlainHeader(mail.content)
}

/** What the mail is said to be may be more than it is: then the server need not offer it. */
function bodyFor(mail: OutgoingMail, extensions: ReadonlySet<string>): MailNeeds['body'] | undefined {
  const takesBinary = extensions.has('BINARYMIME') && extensions.has('CHUNKING')
  const said = mail.body ?? bodyKindOf(mail.content)
  if (said === 'BINARYMIME' && takesBinary) return said
  if (said === 'BINARYMIME' && !isText(mail.content)) return undefined
  if (isSevenBit(mail.content)) return '7BIT'
  return extensions.has('8BITMIME') ? '8BITMIME' : undefined
}
