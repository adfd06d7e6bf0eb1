// One command line, both ways (RFC 1939 §3, RFC 2449 §4): `RETR 1`. Keywords in any case; further spaces are no error.

import { utf8 } from '../../../wire/text.ts'
import type { BadCommand, Command, CommandKind } from '../messages.ts'

/** Message numbers and line counts: more digits than any maildrop has messages. */
const NUMBER = /^\d{1,10}$/

type Parse = (argument: string) => Command | BadCommand

const bare =
  (kind: 'CAPA' | 'NOOP' | 'QUIT' | 'RSET' | 'STAT' | 'STLS'): Parse =>
  (argument) =>
    argument === '' ? { kind } : bad(`${kind} takes no argument`)

const numbered =
  (kind: 'RETR' | 'DELE'): Parse =>
  (argument) => {
    const number = parseNumber(argument)
    return number === undefined ? bad(`${kind} takes the number of a message`) : { kind, number }
  }

const listing =
  (kind: 'LIST' | 'UIDL'): Parse =>
  (argument) => {
    if (argument === '') return { kind }
    const number = parseNumber(argument)
    return number === undefined ? bad(`${kind} takes the number of a message, or nothing`) : { kind, number }
  }

const PARSERS: Readonly<Record<CommandKind, Parse>> = {
  AUTH: parseAuth,
  CAPA: bare('CAPA'),
  DELE: numbered('DELE'),
  LIST: listing('LIST'),
  NOOP: bare('NOOP'),
  PASS: (password) => (password === '' ? bad('PASS takes a password') : { kind: 'PASS', password }),
  QUIT: bare('QUIT'),
  RETR: numbered('RETR'),
  RSET: bare('RSET'),
  STAT: bare('STAT'),
  STLS: bare('STLS'),
  TOP: parseTop,
  UIDL: listing('UIDL'),
  USER: (name) => (name === '' ? bad('USER takes a name') : { kind: 'USER', name }),
}

/** `line`: without its end; arguments are UTF-8. A password is all that stands behind the first space. */
export function parseCommand(line: Uint8Array): Command | BadCommand {
  const text = utf8(line)
  const space = text.indexOf(' ')
  const keyword = (space === -1 ? text : text.slice(0, space)).toUpperCase()
  if (!isKind(keyword)) return bad('no such command')
  const argument = space === -1 ? '' : text.slice(space + 1)
  if (argument.includes('\0')) return bad('a command has no NUL')
  return PARSERS[keyword](keyword === 'PASS' ? argument : argument.trim())
}

/** Without its end. */
export function formatCommand(command: Command): string {
  const words = (...more: readonly (string | number | undefined)[]): string =>
    [command.kind, ...more].filter((word) => word !== undefined).join(' ')
  switch (command.kind) {
    case 'USER':
      return words(command.name)
    case 'PASS':
      return words(command.password)
    case 'AUTH':
      return words(command.mechanism, command.initial)
    case 'LIST':
    case 'UIDL':
    case 'RETR':
    case 'DELE':
      return words(command.number)
    case 'TOP':
      return words(command.number, command.lines)
    default:
      return command.kind
  }
}

/** RFC 5034 §4. */
function parseAuth(argument: string): Command | BadCommand {
  const [mechanism = '', initial, ...more] = argument.split(/ +/)
  if (more.length > 0) return bad('AUTH takes a mechanism and one response')
  if (mechanism === '') return { kind: 'AUTH' }
  return { kind: 'AUTH', mechanism: mechanism.toUpperCase(), ...(initial === undefined ? {} : { initial }) }
}

function parseTop(argument: string): Command | BadCommand {
  const [first = '', second = '', ...more] = argument.split(/ +/)
  const [number, lines] = [parseNumber(first), parseNumber(second)]
  if (number === undefined || lines === undefined || more.length > 0) {
    return bad('TOP takes the number of a message and a number of lines')
  }
  return { kind: 'TOP', number, lines }
}

function parseNumber(text: string): number | undefined {
  return NUMBER.test(text) ? Number(text) : undefined
}

function isKind(keyword: string): keyword is CommandKind {
  return Object.hasOwn(PARSERS, keyword)
}

function bad(reason: string): BadCommand {
  return { kind: 'bad', reason }
}
