// One line for people for each message. Passwords and what stands for them are never in it.

import { formatCommand } from './codec/command.ts'
import { formatReply } from './codec/reply.ts'
import type { BadCommand, Command, Reply } from './messages.ts'

/** Characters of one line. */
const LINE_MAX_CHARS = 200

/** `RETR 1`, `PASS ***`. */
export function describeCommand(command: Command | BadCommand): string {
  switch (command.kind) {
    case 'bad':
      return `no command: ${command.reason}`
    case 'PASS':
      return 'PASS ***'
    case 'AUTH':
      return shown(
        ['AUTH', command.mechanism, command.initial === undefined ? undefined : '***'].filter(Boolean).join(' '),
      )
    default:
      return shown(formatCommand(command))
  }
}

/** `-ERR [IN-USE] another session has this maildrop open`. `bytes`: of a multi-line response, as sent. */
export function describeReply(reply: Reply, bytes?: number): string {
  const line = shown(formatReply(reply))
  return bytes === undefined ? line : `${line}, ${bytes} bytes`
}

/** What a peer wrote stays on its line. */
function shown(text: string): string {
  const plain = text.replaceAll(/[\p{Cc}\u2028\u2029]/gu, '�')
  return plain.length > LINE_MAX_CHARS ? `${plain.slice(0, LINE_MAX_CHARS)}…` : plain
}
