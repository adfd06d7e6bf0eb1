// One command line, both ways (RFC 5321 §4.1.1): `MAIL FROM:<alice@harbor.test> SIZE=1000`. Whether the command is legal
// now is the session's to know.

import { utf8 } from '../../../wire/text.ts'
import { reply, type BadCommand, type Command, type CommandKind } from '../messages.ts'
import { parseMail, parseRcpt } from './envelope.ts'
import { formatParameters } from './parameters.ts'

type Parse = (argument: string) => Command | BadCommand

const CONTROL = /[\p{Cc}\ufffd]/u
const HELLO_MAX_CHARS = 255 // RFC 5321 §4.5.3.1.2
const BDAT = /^(\d{1,15})(?: +(LAST))?$/i

/** What is said to them has no enhanced code (RFC 2034 §4). */
const hello =
  (kind: 'EHLO' | 'HELO'): Parse =>
  (name) =>
    name === '' || name.includes(' ') || name.length > HELLO_MAX_CHARS
      ? badSyntax(kind, undefined, `${kind} takes the name of the client`)
      : { kind, name }

const bare =
  (kind: 'DATA' | 'RSET' | 'QUIT' | 'STARTTLS'): Parse =>
  (argument) =>
    argument === '' ? { kind } : badSyntax(kind, '5.5.4', `${kind} takes no argument`)

const free =
  (kind: 'EXPN' | 'HELP' | 'NOOP'): Parse =>
  (argument) => ({ kind, argument })

const PARSERS: Readonly<Record<CommandKind, Parse>> = {
  AUTH: parseAuth,
  BDAT: parseBdat,
  DATA: bare('DATA'),
  EHLO: hello('EHLO'),
  EXPN: free('EXPN'),
  HELO: hello('HELO'),
  HELP: free('HELP'),
  MAIL: parseMail,
  NOOP: free('NOOP'),
  QUIT: bare('QUIT'),
  RCPT: parseRcpt,
  RSET: bare('RSET'),
  STARTTLS: bare('STARTTLS'),
  VRFY: parseVrfy,
}

/** `line`: without its CRLF; its text is UTF-8 (RFC 6531 §3.3). A CR or LF within it is refused like any control character. */
export function parseCommand(line: Uint8Array): Command | BadCommand {
  const text = utf8(line).trimEnd()
  if (CONTROL.test(text)) return bad(500, '5.5.2', 'a command has no control characters, and is ASCII or UTF-8')
  const space = text.indexOf(' ')
  const verb = (space === -1 ? text : text.slice(0, space)).toUpperCase()
  if (!isKind(verb)) return bad(500, '5.5.1', 'no such command')
  return PARSERS[verb](space === -1 ? '' : text.slice(space + 1).trim())
}

/** Without its end. */
export function formatCommand(command: Command): string {
  switch (command.kind) {
    case 'EHLO':
    case 'HELO':
      return `${command.kind} ${command.name}`
    case 'MAIL':
      return `MAIL FROM:<${command.sender?.address ?? ''}>${formatParameters(command)}`
    case 'RCPT':
      return `RCPT TO:<${command.recipient.address}>${formatParameters(command)}`
    case 'BDAT':
      return `BDAT ${command.size}${command.last ? ' LAST' : ''}`
    case 'AUTH':
      return `AUTH ${command.mechanism}${command.initial === undefined ? '' : ` ${command.initial}`}`
    case 'VRFY':
    case 'EXPN':
    case 'HELP':
    case 'NOOP':
      return command.argument === '' ? command.kind : `${command.kind} ${command.argument}`
    default:
      return command.kind
  }
}

function parseVrfy(argument: string): Command | BadCommand {
  return argument === '' ? badSyntax('VRFY', '5.5.4', 'VRFY takes a name') : { kind: 'VRFY', argument }
}

/** RFC 4954 §4. */
function parseAuth(argument: string): Command | BadCommand {
  const [mechanism = '', initial, ...more] = argument.split(/ +/)
  if (mechanism === '' || more.length > 0) {
    return badSyntax('AUTH', '5.5.4', 'AUTH takes a mechanism, and perhaps one response')
  }
  return { kind: 'AUTH', mechanism: mechanism.toUpperCase(), ...(initial === undefined ? {} : { initial }) }
}

/** RFC 3030 §2. */
function parseBdat(argument: string): Command | BadCommand {
  const [, size, last] = BDAT.exec(argument) ?? []
  if (size === undefined) return badSyntax('BDAT', '5.5.4', 'BDAT takes a number of octets, and perhaps LAST')
  return { kind: 'BDAT', size: Number(size), last: last !== undefined }
}

function isKind(verb: string): verb is CommandKind {
  return Object.hasOwn(PARSERS, verb)
}

function badSyntax(verb: CommandKind, enhanced: string | undefined, text: string): BadCommand {
  return { ...bad(501, enhanced, text), verb }
}

function bad(code: number, enhanced: string | undefined, text: string): BadCommand {
  return { kind: 'bad', reply: reply(code, enhanced, text) }
}
