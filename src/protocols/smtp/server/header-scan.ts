// What a server must know of a message's header (RFC 5322 §3.6) to take it: its name, how often it was handed on, to whom it
// came before, and which fields its sender forgot. Its structure beyond that is not looked at.

import { mailNameIn } from '../../../shared/mime/index.ts'
import { bufferOf } from '../../../wire/text.ts'

/** Octets of a header that are looked at. Ours: a long header is 16 KiB. */
const HEADER_MAX_BYTES = 262_144

export interface HeaderFacts {
  /** Without its brackets; `undefined`: there is none that can be read. */
  readonly messageId: string | undefined
  readonly hasMessageId: boolean
  readonly hasDate: boolean
  /** Received fields: the hosts that it went through (RFC 5321 §6.3). */
  readonly hops: number
  /** Addresses in Delivered-To fields, in lower case. */
  readonly deliveredTo: readonly string[]
  /** The domain of its author, in lower case; of the first, if there are several. */
  readonly authorDomain: string | undefined
  /** It begins with a header or with the empty line behind none: fields may be put in front. */
  readonly startsWell: boolean
}

const FIELD = /^(received|delivered-to|message-id|date|from)[ \t]*:((?:.*)(?:\r\n[ \t].*)*)/gim
const FIRST_LINE = /^(?:[!-9;-~]+[ \t]*:|\r\n)/
const AUTHOR_DOMAIN = /@([^\s<>@,;:"()]+)/

/** `content`: a message from its first octet on, all of its header if it is no longer than that. */
export function scanHeader(content: Uint8Array): HeaderFacts {
  const header = headerText(content)
  const deliveredTo: string[] = []
  let hops = 0
  let hasDate = false
  let messageId: string | undefined
  let hasMessageId = false
  let authorDomain: string | undefined
  for (const [, name = '', value = ''] of header.matchAll(FIELD)) {
    const word = name.toLowerCase()
    if (word === 'received') hops++
    else if (word === 'delivered-to') deliveredTo.push(value.trim().toLowerCase())
    else if (word === 'date') hasDate = true
    else if (word === 'from') authorDomain ??= authorDomainOf(value)
    else {
      hasMessageId = true
      messageId ??= mailNameIn(value)
    }
  }
  const startsWell = content.length === 0 || FIRST_LINE.test(header)
  return { messageId, hasMessageId, hasDate, hops, deliveredTo, authorDomain, startsWell }
}

/** Names in quotes and comments are not told apart: it only chooses the key that a mail is signed with. */
function authorDomainOf(value: string): string | undefined {
  const inBrackets = /<([^<>]*)>/.exec(value)?.[1] ?? value
  return AUTHOR_DOMAIN.exec(inBrackets)?.[1]?.toLowerCase()
}

function headerText(content: Uint8Array): string {
  const bytes = bufferOf(content.subarray(0, HEADER_MAX_BYTES))
  if (bytes[0] === 13 && bytes[1] === 10) return '\r\n'
  const end = bytes.indexOf('\r\n\r\n')
  return bytes.toString('latin1', 0, end === -1 ? bytes.length : end)
}
