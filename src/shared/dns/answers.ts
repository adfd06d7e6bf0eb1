// What askers want out of a response, in their own terms: addresses, mail exchangers.

import { Reader } from '../../wire/reader.ts'
import { rdataFields } from './codec/rdata.ts'
import { RCODE, TYPE, type DomainName, type Message } from './messages.ts'

/** A mail exchanger (RFC 5321 §5.1). */
export interface Exchange {
  readonly preference: number
  /** Without the trailing dot; empty for a domain that takes no mail (RFC 7505 §3). */
  readonly host: DomainName
}

/** IPv4 and IPv6 addresses among the answers, in their order. */
export function addressesIn(message: Message): string[] {
  return fieldsOf(message, [TYPE.A, TYPE.AAAA]).map(([ip = '']) => ip)
}

/** Mail exchangers among the answers, most preferred first. */
export function exchangesIn(message: Message): Exchange[] {
  return fieldsOf(message, [TYPE.MX])
    .map(([preference, host = '']) => ({ preference: Number(preference), host: host.replace(/\.$/, '') }))
    .toSorted((a, b) => a.preference - b.preference)
}

/** Names among the PTR answers, without the trailing dot. */
export function namesIn(message: Message): DomainName[] {
  return fieldsOf(message, [TYPE.PTR]).map(([name = '']) => name.replace(/\.$/, ''))
}

/** The pieces of each TXT record among the answers, one character an octet (RFC 1035 §3.3.14). */
export function textsIn(message: Message): string[][] {
  if (message.rcode !== RCODE.NOERROR) return []
  return message.answers.filter((record) => record.type === TYPE.TXT).map(({ data }) => pieces(data))
}

function pieces(data: Uint8Array): string[] {
  const found: string[] = []
  for (const reader = new Reader(data); reader.left > 0 && !reader.short;)
    found.push(Buffer.from(reader.take(reader.u8())).toString('latin1'))
  return found
}

function fieldsOf(message: Message, types: readonly number[]): (readonly string[])[] {
  if (message.rcode !== RCODE.NOERROR) return []
  return message.answers
    .filter((record) => types.includes(record.type))
    .flatMap((record) => {
      const fields = rdataFields(record.type, record.data)
      return fields === undefined ? [] : [fields]
    })
}
