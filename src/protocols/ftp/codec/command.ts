// One command line, both ways (RFC 959 §5.3, RFC 3659 §2.2): `RETR a file`. Words in any case.

import { pathBytes, pathText } from '../../../wire/path-text.ts'
import { OTHER_WORDS, VERBS, type BadCommand, type Command, type Verb } from '../messages.ts'
import { escapeTelnet, telnetLine } from './telnet.ts'

export interface CommandLine {
  readonly command: Command | BadCommand
  /** Telnet's part of the answer, often empty. */
  readonly answer: Uint8Array
}

/** What urgent data leaves before a word: its own bytes are told apart by no Telnet any more. */
const STRAY = /^[^\x21-\x7e]+/

/** `line`: without its end, as it came. */
export function readCommand(line: Uint8Array): CommandLine {
  const { text, answer } = telnetLine(line)
  return { command: parseCommand(pathText(text)), answer }
}

/** `line`: without its end and without Telnet. */
export function parseCommand(line: string): Command | BadCommand {
  const text = line.replace(STRAY, '')
  const space = text.indexOf(' ')
  const word = (space === -1 ? text : text.slice(0, space)).toUpperCase()
  const verb = Object.hasOwn(OTHER_WORDS, word) ? OTHER_WORDS[word] : word
  if (verb === undefined || !isVerb(verb)) return bad(500, 'Unknown command.')
  const argument = space === -1 ? '' : text.slice(space + 1)
  // eslint-disable-next-line no-control-regex -- those are what it looks for
  if (/[\0\r\n]/.test(argument)) return bad(501, 'An argument has no CR, LF or NUL.')
  return withArgument(verb, argument)
}

/** The bytes of a line with its end; Telnet's 0xFF doubled. */
export function encodeCommand(command: Pick<Command, 'verb' | 'argument'>): Uint8Array {
  return escapeTelnet(pathBytes(`${formatCommand(command)}\r\n`))
}

/** Without its end. */
export function formatCommand({ verb, argument }: Pick<Command, 'verb' | 'argument'>): string {
  return argument === '' ? verb : `${verb} ${argument}`
}

function withArgument(verb: Verb, given: string): Command | BadCommand {
  const form = VERBS[verb]
  const argument = form === 'path' || form === 'path?' || form === 'text' ? given : given.trim()
  if (form === 'none' && argument !== '') return bad(501, `${verb} takes no argument.`)
  if ((form === 'path' || form === 'word') && argument === '') return bad(501, `${verb} takes an argument.`)
  return { kind: 'command', verb, argument }
}

function isVerb(word: string): word is Verb {
  return Object.hasOwn(VERBS, word)
}

function bad(code: 500 | 501, reason: string): BadCommand {
  return { kind: 'bad', code, reason }
}
