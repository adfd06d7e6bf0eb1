// APPEND (RFC 9051 §6.3.12), several messages at once too (RFC 3502).

import type { AppendedMessage, Command } from '../../messages.ts'
import type { Scanner } from '../scanner.ts'

export function parseAppend(scan: Scanner): Command {
  scan.space()
  const mailbox = scan.mailbox()
  const messages: AppendedMessage[] = []
  do {
    scan.space()
    messages.push(message(scan))
  } while (scan.failed === undefined && scan.next === ' ')
  return { kind: 'APPEND', mailbox, messages }
}

function message(scan: Scanner): AppendedMessage {
  const flags = scan.next === '(' ? scan.flags() : []
  if (scan.text[scan.at - 1] === ')') scan.space()
  const dateMs = scan.next === '"' ? scan.dateTime() : undefined
  if (dateMs !== undefined) scan.space()
  const content = scan.literal('a message')
  return { flags, content, ...(dateMs === undefined ? {} : { dateMs }) }
}
