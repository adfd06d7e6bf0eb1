// One line for people about a message: `www.harbor.test A → 192.0.2.10`.

import { formatName } from './codec/name.ts'
import { formatRdata } from './codec/rdata.ts'
import {
  CLASS,
  OPCODE,
  RCODE,
  TYPE,
  className,
  opcodeName,
  rcodeName,
  typeName,
  type DomainName,
  type Message,
  type Question,
  type ResourceRecord,
} from './messages.ts'

/** Records shown in one line; the rest is counted. */
const SHOWN_MAX = 4
/** Characters of one record's data in a line. */
const DATA_MAX_CHARS = 120

/** Of these, what they are for is shown without the key. */
const KEYS: ReadonlySet<number> = new Set([TYPE.DNSKEY, TYPE.CDNSKEY])

export function describeQuestion(question: Question): string {
  const kind = question.class === CLASS.IN ? '' : `${className(question.class)} `
  return `${shownName(question.name)} ${kind}${typeName(question.type)}`
}

/** Any message; a query is its question alone, an update what it asks for. */
export function describe(message: Message): string {
  if (message.opcode === OPCODE.UPDATE) return describeUpdate(message)
  const asked = message.questions.map(describeQuestion).join(', ') || 'no question'
  const opcode = message.opcode === OPCODE.QUERY ? '' : `${opcodeName(message.opcode)} `
  return message.response ? `${opcode}${asked} → ${outcome(message)}` : `${opcode}${asked}?`
}

function shownName(name: DomainName): string {
  return name === '' ? '.' : name
}

function shownData(record: ResourceRecord): string {
  const text = formatRdata(record.type, record.data)
  if (KEYS.has(record.type)) return `${text.split(' ').slice(0, 3).join(' ')} ...`
  return text.length > DATA_MAX_CHARS ? `${text.slice(0, DATA_MAX_CHARS)}...` : text
}

/** Some of many, and how many there are besides. */
function someOf<T>(items: readonly T[], show: (item: T) => string): string {
  const shown = items.slice(0, SHOWN_MAX).map(show).join(', ')
  return items.length > SHOWN_MAX ? `${shown} and ${items.length - SHOWN_MAX} more` : shown
}

function outcome(message: Message): string {
  if (message.truncated) return 'truncated'
  if (message.rcode !== RCODE.NOERROR) return rcodeName(message.rcode)
  if (message.opcode === OPCODE.NOTIFY) return 'heard'
  if (message.answers.length > 0) return answersOf(message)
  const cut = message.authorities.find((record) => record.type === TYPE.NS)
  return cut === undefined ? 'no data' : `referral to the servers of ${formatName(cut.name)}`
}

/** Signatures are told of only where they were asked for. */
function answersOf(message: Message): string {
  const type = message.questions[0]?.type
  const told = message.answers.filter((record) => record.type !== TYPE.RRSIG || type === TYPE.RRSIG)
  return someOf(told, (record) =>
    record.type === type ? shownData(record) : `${typeName(record.type)} ${shownData(record)}`,
  )
}

/** The sections of an update are a zone, prerequisites and changes (RFC 2136 §2). */
function describeUpdate(message: Message): string {
  const zone = `UPDATE ${message.questions.map(({ name }) => shownName(name)).join(', ') || 'no zone'}`
  if (message.response) return `${zone} → ${message.rcode === RCODE.NOERROR ? 'done' : rcodeName(message.rcode)}`
  const conditions = someOf(message.answers, condition)
  const changes = someOf(message.authorities, change) || 'nothing'
  return conditions === '' ? `${zone}: ${changes}` : `${zone}: ${changes}, if ${conditions}`
}

/** RFC 2136 §2.4: class ANY asks for what is there, class NONE for what is not. */
function condition(record: ResourceRecord): string {
  const name = shownName(record.name)
  const what = record.type === TYPE.ANY ? name : `${name} ${typeName(record.type)}`
  if (record.class === CLASS.ANY) return `there is ${what}`
  return record.class === CLASS.NONE ? `there is no ${what}` : `there is ${what} ${shownData(record)}`
}

/** RFC 2136 §2.5: class ANY takes out sets, class NONE single records. */
function change(record: ResourceRecord): string {
  const name = shownName(record.name)
  if (record.class === CLASS.ANY) return record.type === TYPE.ANY ? `-${name}` : `-${name} ${typeName(record.type)}`
  return `${record.class === CLASS.NONE ? '-' : '+'}${name} ${typeName(record.type)} ${shownData(record)}`
}
