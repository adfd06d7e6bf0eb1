// One line for people for each message. Passwords are never in it.

import { formatCommand } from './codec/command.ts'
import type { BadCommand, Command, Reply } from './messages.ts'

/** Characters of one line. */
const LINE_MAX_CHARS = 200

/** `RETR a file`, `PASS ***`. */
export function describeCommand(command: Command | BadCommand): string {
  if (command.kind === 'bad') return `no command: ${command.reason}`
  if (command.verb === 'PASS' || command.verb === 'ACCT') return `${command.verb} ***`
  return shown(formatCommand(command))
}

/** `226 Transfer complete.`; of several lines the first, and how many there are. */
export function describeReply({ code, lines }: Reply): string {
  const more = lines.length > 1 ? ` (${lines.length} lines)` : ''
  return shown(`${code} ${lines[0] ?? ''}`) + more
}

/** What a peer wrote stays on its line; bytes that are no text show as such. */
export function shown(text: string): string {
  const plain = text.replaceAll(/[\p{Cc}\u2028\u2029\ud800-\udfff]/gu, '\u{fffd}')
  return plain.length > LINE_MAX_CHARS ? `${plain.slice(0, LINE_MAX_CHARS)}…` : plain
}
