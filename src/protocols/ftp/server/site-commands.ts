// SITE (RFC 959 §4.1.3): CHMOD and UTIME, which clients have long used, and HELP.

import { isFailure, type Tree } from '../../../core/index.ts'
import { reply } from '../codec/reply.ts'
import { parseTime } from '../codec/time.ts'
import type { Reply } from '../messages.ts'
import { refusal } from './file-replies.ts'
import type { Session } from './session.ts'

/** `UTIME 20260101000000 path`; seconds may be left out. */
const TIME_FIRST = /^(\d{12}|\d{14}) ([^]+)$/
/** `UTIME path ACCESSED MODIFIED CREATED UTC`. */
const TIMES_LAST = /^([^]+) (\d{14}) (\d{14}) \d{14} UTC$/

export async function site(session: Session, tree: Tree, argument: string): Promise<Reply> {
  const [, word = '', rest = ''] = /^ *(\S+) ?([^]*)$/.exec(argument) ?? []
  switch (word.toUpperCase()) {
    case 'CHMOD':
      return changeMode(session, tree, rest)
    case 'UTIME':
      return changeTimes(session, tree, rest)
    case 'HELP':
      return reply(214, 'CHMOD UTIME HELP')
    default:
      return reply(500, 'Unknown SITE command.')
  }
}

async function changeMode(session: Session, tree: Tree, argument: string): Promise<Reply> {
  const [, digits = '', path = ''] = /^(0?[0-7]{3}) ([^]+)$/.exec(argument) ?? []
  if (path === '') return reply(501, 'SITE CHMOD takes three octal digits and a path.')
  const failed = await tree.change(session.path(path), { mode: Number.parseInt(digits, 8) })
  return failed === undefined ? reply(200, 'SITE CHMOD command ok.') : refusal(failed)
}

async function changeTimes(session: Session, tree: Tree, argument: string): Promise<Reply> {
  const [, accessed, modified, path] = timesOf(argument)
  const [accessedMs, modifiedMs] = [parseTime(accessed ?? ''), parseTime(modified ?? '')]
  if (path === undefined || accessedMs === undefined || modifiedMs === undefined) {
    return reply(501, 'SITE UTIME takes a time, YYYYMMDDHHMMSS in UTC, and a path.')
  }
  const failed = await tree.change(session.path(path), { accessedMs, modifiedMs })
  return isFailure(failed) ? refusal(failed) : reply(200, 'SITE UTIME command ok.')
}

function timesOf(argument: string): readonly (string | undefined)[] {
  const last = TIMES_LAST.exec(argument)
  if (last !== null) return ['', last[2], last[3], last[1]]
  const [, time = '', path] = TIME_FIRST.exec(argument) ?? []
  const whole = time.padEnd(14, '0')
  return ['', whole, whole, path]
}
