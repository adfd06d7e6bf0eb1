// One line for people for each message. What stands for a password is never in it.

import { formatCommand } from './codec/command.ts'
import { formatReply } from './codec/reply.ts'
import type { BadCommand, Command, Reply } from './messages.ts'

/** Characters of one line. */
const LINE_MAX_CHARS = 200

/** `MAIL FROM:<alice@harbor.test> SIZE=1000`, `AUTH PLAIN ***`. */
export function describeCommand(command: Command | BadCommand): string {
  switch (command.kind) {
    case 'bad':
      return `no command: ${shown(command.reply.lines.join(' '))}`
    case 'AUTH':
      return shown(`AUTH ${command.mechanism}${command.initial === undefined ? '' : ' ***'}`)
    default:
      return shown(formatCommand(command))
  }
}

/** `250 2.1.0 the sender is fine`; of several lines the first, and how many follow. */
export function describeReply(reply: Reply): string {
  const [first = '', ...more] = reply.lines
  const line = shown(formatReply({ ...reply, lines: [first] }).trimEnd())
  return more.length === 0 ? line : `${line}, ${more.length} more ${more.length === 1 ? 'line' : 'lines'}`
}

/** What a peer wrote stays on its line. */
function shown(text: string): string {
  const plain = text.replaceAll(/[\p{Cc}\u2028\u2029]/gu, '\u{fffd}')
  return plain.length > LINE_MAX_CHARS ? `${plain.slice(0, LINE_MAX_CHARS)}…` : plain
}
