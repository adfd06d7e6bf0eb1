// The commands that ask of files or change them without a data connection: CWD, CDUP, PWD, MKD, RMD, DELE, RNFR, RNTO, SIZE,
// MDTM, MFMT, MLST and STAT of a path. SITE stands beside them.

import { isFailure, type Failure, type Tree } from '../../../core/index.ts'
import { AsciiOut } from '../codec/ascii.ts'
import { formatFacts } from '../codec/facts.ts'
import { formatQuoted } from '../codec/quoted.ts'
import { reply } from '../codec/reply.ts'
import { formatTime, parseTime } from '../codec/time.ts'
import type { Reply, Verb } from '../messages.ts'
import { refusal } from './file-replies.ts'
import { list, parseListArgument } from './listings.ts'
import type { Session } from './session.ts'
import { site } from './site-commands.ts'

/** A file whose size in TYPE A is counted. Ours. */
const TEXT_SIZE_MAX_BYTES = 1_048_576

/** `wallMs`: for listings. */
export type FileCommand = (session: Session, tree: Tree, argument: string, wallMs: number) => Promise<Reply> | Reply

export const FILE_COMMANDS: Readonly<Partial<Record<Verb, FileCommand>>> = {
  CDUP: (session, tree) => changeFolder(session, tree, '..'),
  CWD: changeFolder,
  DELE: (session, tree, argument) => did(tree.removeFile(session.path(argument)), 250, 'Delete operation successful.'),
  MDTM: modified,
  MFMT: modify,
  MKD: makeFolder,
  MLST: facts,
  PWD: (session) => reply(257, `${formatQuoted(session.cwd)} is the current directory`),
  RMD: (session, tree, argument) =>
    did(tree.removeFolder(session.path(argument)), 250, 'Remove directory operation successful.'),
  RNFR: renameFrom,
  RNTO: renameTo,
  SITE: (session, tree, argument) => site(session, tree, argument),
  SIZE: size,
  STAT: status,
}

/** The reply of something that either failed or is done. */
async function did(result: Promise<Failure | undefined>, code: number, text: string): Promise<Reply> {
  const failed = await result
  return failed === undefined ? reply(code, text) : refusal(failed)
}

async function changeFolder(session: Session, tree: Tree, argument: string): Promise<Reply> {
  const path = await tree.resolve(session.path(argument))
  const stat = isFailure(path) ? path : await tree.stat(path)
  if (isFailure(path) || isFailure(stat) || stat.kind !== 'folder') return reply(550, 'Failed to change directory.')
  session.cwd = path
  return reply(250, 'Directory successfully changed.')
}

function makeFolder(session: Session, tree: Tree, argument: string): Promise<Reply> {
  return did(tree.makeFolder(session.path(argument)), 257, `${formatQuoted(session.shownPath(argument))} created`)
}

async function renameFrom(session: Session, tree: Tree, argument: string): Promise<Reply> {
  const path = session.path(argument)
  const stat = await tree.lstat(path)
  if (isFailure(stat)) return refusal(stat)
  session.renameFrom = path
  return reply(350, 'Ready for RNTO.')
}

/** Over a file that stands there, as rename(2) does and clients count on. */
function renameTo(session: Session, tree: Tree, argument: string): Promise<Reply> | Reply {
  const from = session.renameFrom
  session.renameFrom = undefined
  if (from === undefined) return reply(503, 'RNFR required first.')
  return did(tree.rename(from, session.path(argument), true), 250, 'Rename successful.')
}

/** RFC 3659 §4. Of what was interrupted too, so that clients know where to go on. */
async function size(session: Session, tree: Tree, argument: string): Promise<Reply> {
  const path = session.path(argument)
  const stat = await tree.stat(path)
  if (!isFailure(stat)) {
    if (stat.kind !== 'file') return reply(550, 'Could not get file size.')
    return session.type === 'I' ? reply(213, String(stat.size)) : textSize(tree, path)
  }
  const interrupted = stat.code === 'ENOENT' && session.type === 'I' ? await tree.interrupted(path) : stat
  return isFailure(interrupted) ? reply(550, 'Could not get file size.') : reply(213, String(interrupted))
}

/** As many octets as RETR would send in TYPE A: it has to be read for that, and so has a bound. */
async function textSize(tree: Tree, path: string): Promise<Reply> {
  const file = await tree.open(path)
  if (isFailure(file)) return refusal(file)
  const isSmall = file.stat.size <= TEXT_SIZE_MAX_BYTES
  const bytes = isSmall ? await file.read(0, file.stat.size) : undefined
  await file.close()
  if (bytes === undefined) return reply(550, 'SIZE of a large file is of images only: TYPE I comes first.')
  return reply(213, String(new AsciiOut().convert(bytes).length))
}

/** RFC 3659 §3; with a time in front of the path it sets that, as clients do that know no MFMT. */
async function modified(session: Session, tree: Tree, argument: string): Promise<Reply> {
  const stat = await tree.stat(session.path(argument))
  if (!isFailure(stat)) return reply(213, formatTime(stat.modifiedMs))
  const [, time = '', path = ''] = /^(\d{14}(?:\.\d+)?) ([^]+)$/.exec(argument) ?? []
  if (path === '') return reply(550, 'Could not get file modification time.')
  return setTime(session, tree, time, path)
}

/** draft-somers-ftp-mfxx §3.1: the answer has the facts as they now are. */
function modify(session: Session, tree: Tree, argument: string): Promise<Reply> | Reply {
  const [, time = '', path = ''] = /^(\S+) ([^]+)$/.exec(argument) ?? []
  if (path === '') return reply(501, 'MFMT takes a time and a path.')
  return setTime(session, tree, time, path)
}

async function setTime(session: Session, tree: Tree, time: string, path: string): Promise<Reply> {
  const modifiedMs = parseTime(time)
  if (modifiedMs === undefined) return reply(501, 'A time is YYYYMMDDHHMMSS, in UTC.')
  return did(tree.change(session.path(path), { modifiedMs }), 213, `Modify=${formatTime(modifiedMs)}; ${path}`)
}

/** RFC 3659 §7.2. */
async function facts(session: Session, tree: Tree, argument: string): Promise<Reply> {
  const path = session.path(argument)
  const stat = await tree.lstat(path)
  if (isFailure(stat)) return refusal(stat)
  const target = stat.kind === 'link' ? await tree.readLink(path) : undefined
  const subject = { stat, writable: tree.writable, target: isFailure(target) ? undefined : target }
  return reply(250, 'Listing', ` ${formatFacts(subject, session.facts)}${session.shownPath(argument)}`, 'End')
}

/** RFC 959 §4.1.3: a listing over the control connection. */
async function status(session: Session, tree: Tree, argument: string, wallMs: number): Promise<Reply> {
  const lines = await list(session, tree, parseListArgument(argument), true, wallMs)
  if (isFailure(lines)) return refusal(lines)
  return reply(213, 'Status follows:', ...lines, 'End of status')
}
