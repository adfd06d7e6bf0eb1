// ENVELOPE (RFC 9051 §7.5.2): what the header of a message says, parsed. Missing pieces of addresses are named as Dovecot
// names them, since NIL there would mean the start or end of a group.

import {
  fieldsOf,
  fieldValue,
  parseAddresses,
  type AddressEntry,
  type HeaderSpan,
  type MailAddress,
} from '../../../shared/mime/index.ts'
import { formatNstring, formatString } from './strings.ts'

const ADDRESS_FIELDS = new Set(['from', 'sender', 'reply-to', 'to', 'cc', 'bcc'])
const TEXT_FIELDS = new Set(['date', 'subject', 'in-reply-to', 'message-id'])
const NO_LOCAL = 'MISSING_MAILBOX'
const NO_DOMAIN = 'MISSING_DOMAIN'

/** Latin-1: one character for each octet. Addresses of repeated fields come one after the other; of texts the first counts. */
export function formatEnvelope(bytes: Uint8Array, span: HeaderSpan): string {
  const texts = new Map<string, string>()
  const lists = new Map<string, string>()
  for (const field of fieldsOf(bytes, span)) {
    const { name } = field
    if (TEXT_FIELDS.has(name) && !texts.has(name)) texts.set(name, fieldValue(bytes, field))
    if (ADDRESS_FIELDS.has(name)) lists.set(name, (lists.get(name) ?? '') + formatAddresses(fieldValue(bytes, field)))
  }
  const text = (name: string): string => formatNstring(texts.get(name))
  const list = (name: string, instead = ''): string => listOf(lists.get(name) || instead)
  const from = lists.get('from')
  const who = `${list('from')} ${list('sender', from)} ${list('reply-to', from)} ${list('to')} ${list('cc')} ${list('bcc')}`
  return `(${text('date')} ${text('subject')} ${who} ${text('in-reply-to')} ${text('message-id')})`
}

function listOf(addresses: string): string {
  return addresses === '' ? 'NIL' : `(${addresses})`
}

function formatAddresses(value: string): string {
  return parseAddresses(value).map(formatEntry).join('')
}

function formatEntry(entry: AddressEntry): string {
  if (entry.kind === 'address') return formatAddress(entry)
  const start = `(NIL NIL ${formatString(entry.name)} NIL)`
  return `${start}${entry.members.map(formatAddress).join('')}(NIL NIL NIL NIL)`
}

function formatAddress({ name, route, local, domain }: MailAddress): string {
  const who = `${formatNstring(name)} ${formatNstring(route)}`
  return `(${who} ${formatString(local || NO_LOCAL)} ${formatString(domain || NO_DOMAIN)})`
}
