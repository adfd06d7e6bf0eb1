// The commands that set how transfers go and tell what there is: TYPE, MODE, STRU, REST, ALLO, OPTS, LANG, PBSZ, PROT, FEAT,
// HELP. They touch no file.

import { formatFactFeature, parseFactOptions } from '../codec/facts.ts'
import { reply } from '../codec/reply.ts'
import { VERBS, type Reply, type Verb } from '../messages.ts'
import type { Session } from './session.ts'

/** Digits of an offset: no file is longer. */
const OFFSET = /^\d{1,15}$/
const VERBS_PER_LINE = 14

export type Parameter = (session: Session, argument: string, isSecure: boolean) => Reply

export const PARAMETERS: Readonly<Partial<Record<Verb, Parameter>>> = {
  ACCT: () => reply(202, 'No account is needed.'),
  ALLO: () => reply(202, 'No storage allocation is needed.'),
  FEAT: features,
  HELP: () => help(),
  LANG: (_session, argument) => language(argument),
  MODE: (_session, argument) => only(argument, 'S', 'Mode set to S.', 'The mode is stream only.'),
  NOOP: () => reply(200, 'NOOP ok.'),
  OPTS: options,
  PBSZ: bufferSize,
  PROT: protection,
  REST: restart,
  SMNT: () => reply(502, 'SMNT is not implemented.'),
  STRU: (_session, argument) => only(argument, 'F', 'Structure set to F.', 'The structure is file only.'),
  SYST: () => reply(215, 'UNIX Type: L8'),
  TYPE: type,
}

function only(argument: string, known: string, done: string, refused: string): Reply {
  return argument.toUpperCase() === known ? reply(200, done) : reply(504, refused)
}

/** RFC 959 §3.1.1, §5.3.2. */
function type(session: Session, argument: string): Reply {
  switch (argument.toUpperCase().replaceAll(/ +/g, ' ')) {
    case 'A':
    case 'A N':
      session.type = 'A'
      return reply(200, 'Switching to ASCII mode.')
    case 'I':
    case 'L 8':
    case 'L8':
      session.type = 'I'
      return reply(200, 'Switching to Binary mode.')
    default:
      return reply(504, 'The type is A, I or L 8.')
  }
}

function restart(session: Session, argument: string): Reply {
  if (!OFFSET.test(argument)) return reply(501, 'REST takes the number of an octet.')
  session.restart = Number(argument)
  return reply(350, `Restart position accepted (${session.restart}).`)
}

/** RFC 2389 §4, RFC 3659 §7.9; UTF8 is of a draft that clients follow. */
function options(session: Session, argument: string): Reply {
  const [word = '', ...rest] = argument.split(' ')
  switch (word.toUpperCase()) {
    case 'MLST':
      session.facts = parseFactOptions(rest.join(''))
      return reply(200, `MLST OPTS ${[...session.facts].map((fact) => `${fact};`).join('')}`.trim())
    case 'UTF8':
    case 'UTF-8':
      if (/^(?:on)?$/i.test(rest.join(''))) return reply(200, 'Always in UTF8 mode.')
      return reply(504, 'Names are UTF-8 always.')
    default:
      return reply(501, 'There are no options of that command.')
  }
}

/** RFC 2640 §4.1. */
function language(argument: string): Reply {
  if (argument === '' || /^en(?:-[a-z]+)?$/i.test(argument)) return reply(200, 'Replies are in English.')
  return reply(504, 'Replies are in English only.')
}

/** RFC 4217 §9: the stream is one buffer. */
function bufferSize(session: Session, argument: string, isSecure: boolean): Reply {
  if (!isSecure) return reply(503, 'PBSZ comes after AUTH.')
  if (!OFFSET.test(argument)) return reply(501, 'PBSZ takes a size.')
  session.hasBufferSize = true
  return reply(200, 'PBSZ set to 0.')
}

/** RFC 4217 §9. */
function protection(session: Session, argument: string, isSecure: boolean): Reply {
  const level = argument.toUpperCase()
  if (!isSecure || !session.hasBufferSize) return reply(503, 'PROT comes after AUTH and PBSZ.')
  if (level === 'S' || level === 'E') return reply(536, 'The levels are C and P.')
  if (level !== 'C' && level !== 'P') return reply(504, 'The levels are C and P.')
  session.protection = level
  return reply(200, `PROT now ${level === 'P' ? 'Private' : 'Clear'}.`)
}

function features({ facts }: Session): Reply {
  const lines = [
    'AUTH TLS',
    'EPRT',
    'EPSV',
    'HOST',
    'LANG EN*',
    'MDTM',
    'MFMT',
    formatFactFeature(facts),
    'PASV',
    'PBSZ',
    'PROT',
    'REST STREAM',
    'SIZE',
    'TVFS',
    'UTF8',
  ]
  return reply(211, 'Features:', ...lines.map((line) => ` ${line}`), 'End')
}

function help(): Reply {
  const verbs = Object.keys(VERBS)
  const lines: string[] = []
  for (let at = 0; at < verbs.length; at += VERBS_PER_LINE) {
    lines.push(
      ` ${verbs
        .slice(at, at + VERBS_PER_LINE)
        .map((verb) => verb.padEnd(4))
        .join(' ')}`,
    )
  }
  return reply(214, 'The following commands are recognized.', ...lines, 'Help OK.')
}
