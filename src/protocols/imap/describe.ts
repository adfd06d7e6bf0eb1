// One line for people for each message. Passwords and what stands for them are never in it.

import { formatCommand } from './codec/format-command.ts'
import type { BadCommand, Command, Response, Value } from './messages.ts'

/** Characters of one line. */
const LINE_MAX_CHARS = 200

/** `UID FETCH 1:* (FLAGS)`, `LOGIN alice ***`. */
export function describeCommand(command: Command | BadCommand): string {
  switch (command.kind) {
    case 'bad':
      return shown(`no command: ${command.reason}`)
    case 'LOGIN':
      return shown(`LOGIN ${command.user} ***`)
    case 'AUTHENTICATE':
      return shown(`AUTHENTICATE ${command.mechanism}${command.initial === undefined ? '' : ' ***'}`)
    default:
      return shown(
        formatCommand(command, 'utf-8')
          .map((piece) => (typeof piece === 'string' ? piece : `{${piece.length} octets}`))
          .join(''),
      )
  }
}

/** `* OK [UIDNEXT 7] the next uid`, `* 3 FETCH (BODY[] {4096 octets})`. */
export function describeResponse(response: Response): string {
  switch (response.kind) {
    case 'continue':
      return shown(`+ ${response.text}`)
    case 'status': {
      const code = [response.code, response.codeText].filter(Boolean).join(' ')
      return shown(`${response.tag ?? '*'} ${response.status}${code === '' ? '' : ` [${code}]`} ${response.text}`)
    }
    case 'data': {
      const number = response.number === undefined ? '' : `${response.number} `
      return shown(`* ${number}${response.name} ${response.values.map(valueText).join(' ')}`)
    }
  }
}

/** Short strings as they are, others by their size. */
const STRING_MAX_BYTES = 60

function valueText(value: Value): string {
  if (value === null) return 'NIL'
  if (typeof value === 'string') return value
  if (!(value instanceof Uint8Array)) return `(${value.map(valueText).join(' ')})`
  return value.length > STRING_MAX_BYTES ? `{${value.length} octets}` : `"${Buffer.from(value).toString('utf8')}"`
}

/** What a peer wrote stays on its line. */
function shown(text: string): string {
  const plain = text.replaceAll(/[\p{Cc}\u2028\u2029]/gu, '�')
  return plain.length > LINE_MAX_CHARS ? `${plain.slice(0, LINE_MAX_CHARS)}…` : plain
}
