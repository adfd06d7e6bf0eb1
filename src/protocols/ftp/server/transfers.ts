// The beginning of a transfer: what RETR, STOR, STOU, APPE, LIST, NLST and MLSD open, before a data connection is needed.

import { isFailure, type Failure, type Io, type StreamIo, type Tree } from '../../../core/index.ts'
import { reply } from '../codec/reply.ts'
import type { Command, Reply, Verb } from '../messages.ts'
import type { BlockPool } from './block-pool.ts'
import { Download } from './download.ts'
import { refusal, uploadRefusal } from './file-replies.ts'
import type { Job, JobDone } from './job.ts'
import { list, listFacts, parseListArgument } from './listings.ts'
import type { Session } from './session.ts'
import { FileSource, LineSource } from './source.ts'
import { UploadJob } from './upload.ts'

export interface TransferTerms {
  readonly session: Session
  readonly tree: Tree
  readonly command: Command
  /** The service's own. */
  readonly io: Io
  readonly blocks: BlockPool
  /** The control connection's, for chance. */
  readonly control: Pick<StreamIo, 'random'>
  readonly wallMs: number
  readonly isPrivate: boolean
  readonly stallMs: number
  readonly done: JobDone
}

export interface OpenedTransfer {
  readonly kind: 'opened'
  readonly job: Job
  /** Absolute, within the user's place. */
  readonly path: string
  /** The 150. */
  readonly opening: Reply
}

type Open = (terms: TransferTerms) => Promise<OpenedTransfer | Reply>

const OPENERS: Readonly<Partial<Record<Verb, Open>>> = {
  APPE: (terms) => store(terms, terms.session.path(terms.command.argument), { from: 'end' }, 'Ok to send data.'),
  LIST: (terms) => showList(terms, true),
  MLSD: showFacts,
  NLST: (terms) => showList(terms, false),
  RETR: retrieve,
  STOR: (terms) => {
    const from = terms.session.takeRestart()
    return store(terms, terms.session.path(terms.command.argument), { from }, 'Ok to send data.')
  },
  STOU: storeUnique,
}

export function isTransfer(verb: Verb): boolean {
  return OPENERS[verb] !== undefined
}

/** A reply: there is nothing to transfer, and this says why. */
export async function openTransfer(terms: TransferTerms): Promise<OpenedTransfer | Reply> {
  const open = OPENERS[terms.command.verb]
  return open === undefined ? reply(502, 'It is not implemented.') : open(terms)
}

async function retrieve(terms: TransferTerms): Promise<OpenedTransfer | Reply> {
  const { session, tree, command } = terms
  const [restart, path, isAscii] = [session.takeRestart(), session.path(command.argument), session.type === 'A']
  if (isAscii && restart > 0) return reply(550, 'No support for resume of ASCII transfer.')
  const file = await tree.open(path)
  if (isFailure(file)) return retrievalRefusal(file)
  if (restart > file.stat.size) {
    await file.close()
    return reply(554, 'The file has fewer bytes than REST said.')
  }
  const source = new FileSource(file, restart)
  await source.prepare()
  const job = new Download(source, { ...terms, isAscii, doneText: 'Transfer complete.' })
  const mode = isAscii ? 'ASCII' : 'BINARY'
  const size = `${file.stat.size} bytes`
  const opening = reply(150, `Opening ${mode} mode data connection for ${command.argument} (${size}).`)
  return { kind: 'opened', job, path: session.shownPath(command.argument), opening }
}

function retrievalRefusal(failed: Failure): Reply {
  const told = refusal(failed)
  return told.code === 550 ? reply(550, `Failed to open file: ${told.lines[0] ?? ''}`) : told
}

interface StoreOptions {
  readonly from?: number | 'end'
  readonly exclusive?: boolean
}

async function store(
  terms: TransferTerms,
  path: string,
  options: StoreOptions,
  opening: string,
): Promise<OpenedTransfer | Reply> {
  const { session, tree } = terms
  session.restart = 0
  const isAscii = session.type === 'A'
  if (isAscii && options.from !== undefined && options.from !== 'end' && options.from > 0) {
    return reply(550, 'No support for resume of ASCII transfer.')
  }
  const upload = await tree.upload(path, options)
  if (isFailure(upload)) return uploadRefusal(upload)
  const job = new UploadJob(upload, { ...terms, isAscii })
  return { kind: 'opened', job, path: session.shownPath(path), opening: reply(150, opening) }
}

/** RFC 1123 §4.1.2.9: the name is told at once, in this form. Chance, not a count, keeps two clients apart. */
async function storeUnique(terms: TransferTerms): Promise<OpenedTransfer | Reply> {
  const { argument } = terms.command
  const suffix = Buffer.from(terms.control.random(6)).toString('hex')
  const name = `${argument === '' ? 'STOU' : argument}.${suffix}`
  return store(terms, terms.session.path(name), { exclusive: true }, `FILE: ${name}`)
}

async function showList(terms: TransferTerms, long: boolean): Promise<OpenedTransfer | Reply> {
  const { session, tree, command, wallMs } = terms
  const request = parseListArgument(command.argument)
  return shown(terms, await list(session, tree, request, long, wallMs), request.path)
}

async function showFacts(terms: TransferTerms): Promise<OpenedTransfer | Reply> {
  const lines = await listFacts(terms.session, terms.tree, terms.command.argument)
  if (isFailure(lines) && lines.code === 'ENOTDIR') return reply(501, 'MLSD is of directories only.')
  return shown(terms, lines, terms.command.argument)
}

function shown(terms: TransferTerms, lines: Iterable<string> | Failure, argument: string): OpenedTransfer | Reply {
  terms.session.restart = 0
  if (isFailure(lines)) return refusal(lines)
  const job = new Download(new LineSource(lines), { ...terms, isAscii: false, doneText: 'Directory send OK.' })
  const opening = reply(150, 'Here comes the directory listing.')
  return { kind: 'opened', job, path: terms.session.shownPath(argument), opening }
}
