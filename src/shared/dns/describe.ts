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
  type Message,
  type Question,
} from './messages.ts'

/** Records shown in one line; the rest is counted. */
const SHOWN_MAX = 4
/** Characters of one record's data in a line. */
const DATA_MAX_CHARS = 120

export function describeQuestion(question: Question): string {
  const name = question.name === '' ? '.' : question.name
  const kind = question.class === CLASS.IN ? '' : `${className(question.class)} `
  return `${name} ${kind}${typeName(question.type)}`
}

/** Any message; a query is its question alone. */
export function describe(message: Message): string {
  const asked = message.questions.map(describeQuestion).join(', ') || 'no question'
  const opcode = message.opcode === OPCODE.QUERY ? '' : `${opcodeName(message.opcode)} `
  return message.response ? `${opcode}${asked} → ${outcome(message)}` : `${opcode}${asked}?`
}

function outcome(message: Message): string {
  if (message.truncated) return 'truncated'
  if (message.rcode !== RCODE.NOERROR) return rcodeName(message.rcode)
  if (message.answers.length > 0) return answersOf(message)
  const cut = message.authorities.find((record) => record.type === TYPE.NS)
  return cut === undefined ? 'no data' : `referral to the servers of ${formatName(cut.name)}`
}

function answersOf(message: Message): string {
  const type = message.questions[0]?.type
  const shown = message.answers.slice(0, SHOWN_MAX).map((record) => {
    const text = formatRdata(record.type, record.data)
    const data = text.length > DATA_MAX_CHARS ? `${text.slice(0, DATA_MAX_CHARS)}...` : text
    return record.type === type ? data : `${typeName(record.type)} ${data}`
  })
  const more = message.answers.length - shown.length
  return more > 0 ? `${shown.join(', ')} and ${more} more` : shown.join(', ')
}
