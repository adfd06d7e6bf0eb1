// cp and mv.

import { failure, isFailure, type Failure } from '../../../../core/failure.ts'
import type { FileStat } from '../../../../core/files.ts'
import { systemMessage } from '../run/messages.ts'
import type { Call } from '../run/shell.ts'
import { baseName, joinPath, pathOf, walkedOne, quoteName } from './operands.ts'
import { misuse, readOptions, type Options } from './options.ts'

const COPY_BYTES = 256 << 10

const LONG = {
  recursive: 'r',
  archive: 'a',
  force: 'f',
  preserve: 'p',
  'no-clobber': 'n',
  verbose: 'v',
  'target-directory': 't',
  'no-target-directory': 'T',
}

interface Pair {
  readonly from: string
  readonly to: string
}

/** Sources and where each of them goes; a number: misuse. */
async function readPairs(call: Call, { operands, flags, values }: Options): Promise<readonly Pair[] | number> {
  const folder = values.get('t')
  const sources = folder === undefined ? operands.slice(0, -1) : operands
  const last = folder ?? operands.at(-1)
  if (last === undefined) return misuse(call, 'missing file operand')
  if (sources.length === 0) return misuse(call, `missing destination file operand after ${quoteName(last)}`)
  const stat = await call.tree.stat(pathOf(call, last))
  const isFolder = !isFailure(stat) && stat.kind === 'folder' && !flags.has('T')
  if (!isFolder && (sources.length > 1 || folder !== undefined)) {
    const why = isFailure(stat) ? systemMessage(stat) : 'Not a directory'
    call.stderr.print(`${call.name}: target ${quoteName(last)}: ${why}\n`)
    return 1
  }
  return sources.map((from) => ({ from, to: isFolder ? joinPath(last, baseName(from)) : last }))
}

export async function cp(call: Call): Promise<number> {
  const options = readOptions(call, { letters: 'rRafpnvt:TdLPl', long: LONG })
  if (typeof options === 'number') return options
  const pairs = await readPairs(call, options)
  if (typeof pairs === 'number') return pairs
  const copier = new Copier(call, options.flags)
  let status = 0
  for (const { from, to } of pairs) status = Math.max(status, await copier.operand(from, to))
  return status
}

class Copier {
  readonly #call: Call
  readonly #flags: ReadonlySet<string>
  readonly #recursive: boolean
  readonly #keeps: boolean

  constructor(call: Call, flags: ReadonlySet<string>) {
    this.#call = call
    this.#flags = flags
    this.#recursive = ['r', 'R', 'a'].some((letter) => flags.has(letter))
    this.#keeps = flags.has('p') || flags.has('a')
  }

  async operand(from: string, to: string): Promise<number> {
    const { tree } = this.#call
    const path = pathOf(this.#call, from)
    const follows = !this.#recursive || this.#flags.has('L')
    const stat = await (follows ? tree.stat(path) : tree.lstat(path))
    if (isFailure(stat)) return this.#say(`cannot stat ${quoteName(from)}: ${systemMessage(stat)}`)
    if (stat.kind === 'folder' && !this.#recursive)
      return this.#say(`-r not specified; omitting directory ${quoteName(from)}`)
    const target = await tree.stat(pathOf(this.#call, to))
    if (!isFailure(target) && target.id === stat.id)
      return this.#say(`${quoteName(from)} and ${quoteName(to)} are the same file`)
    if (stat.kind === 'folder' && (await this.#isInside(path, to))) {
      return this.#say(`cannot copy a directory, ${quoteName(from)}, into itself, ${quoteName(to)}`)
    }
    return this.#copy(from, to, stat)
  }

  #say(message: string): 1 {
    this.#call.stderr.print(`cp: ${message}\n`)
    return 1
  }

  async #isInside(path: string, to: string): Promise<boolean> {
    const { tree } = this.#call
    const own = await tree.resolve(path)
    const parent = await tree.resolve(joinPath(pathOf(this.#call, to), '..'))
    return !isFailure(own) && !isFailure(parent) && `${parent}/`.startsWith(`${own}/`)
  }

  async #copy(from: string, to: string, stat: FileStat): Promise<number> {
    if (!(await walkedOne(this.#call))) return 1
    if (this.#flags.has('v')) this.#call.stdout.print(`${quoteName(from)} -> ${quoteName(to)}\n`)
    if (stat.kind === 'folder') return this.#folder(from, to, stat)
    const problem = stat.kind === 'link' ? await this.#link(from, to) : await this.#file(from, to, stat)
    if (problem === undefined) return 0
    return this.#say(
      `cannot create ${stat.kind === 'link' ? 'symbolic link' : 'regular file'} ${quoteName(to)}: ${systemMessage(problem)}`,
    )
  }

  async #link(from: string, to: string): Promise<Failure | undefined> {
    const { tree } = this.#call
    const target = await tree.readLink(pathOf(this.#call, from))
    return isFailure(target) ? target : tree.symlink(target, pathOf(this.#call, to))
  }

  async #file(from: string, to: string, stat: FileStat): Promise<Failure | undefined> {
    const { tree, shell } = this.#call
    const path = pathOf(this.#call, to)
    if (this.#flags.has('n') && !isFailure(await tree.lstat(path))) return undefined
    const mode = this.#keeps ? stat.mode : stat.mode & ~shell.state.umask
    const problem = await copyFile(this.#call, pathOf(this.#call, from), path, mode)
    if (problem !== undefined || !this.#keeps) return problem
    return tree.change(path, { mode, modifiedMs: stat.modifiedMs, accessedMs: stat.accessedMs })
  }

  async #folder(from: string, to: string, stat: FileStat): Promise<number> {
    const { tree, shell } = this.#call
    const path = pathOf(this.#call, to)
    const there = await tree.stat(path)
    if (!isFailure(there) && there.kind !== 'folder') {
      return this.#say(`cannot overwrite non-directory ${quoteName(to)} with directory ${quoteName(from)}`)
    }
    const made = isFailure(there) ? await tree.makeFolder(path, (stat.mode & ~shell.state.umask) | 0o700) : undefined
    if (made !== undefined) return this.#say(`cannot create directory ${quoteName(to)}: ${systemMessage(made)}`)
    const entries = await tree.entries(pathOf(this.#call, from))
    if (isFailure(entries)) return this.#say(`cannot access ${quoteName(from)}: ${systemMessage(entries)}`)
    let status = 0
    for (const entry of entries) {
      status = Math.max(status, await this.#copy(joinPath(from, entry.name), joinPath(to, entry.name), entry.stat))
    }
    if (this.#keeps) await tree.change(path, { mode: stat.mode, modifiedMs: stat.modifiedMs })
    return status
  }
}

/** The whole content under another name; what was there before stands until the copy is whole. */
async function copyFile(call: Call, from: string, to: string, mode: number): Promise<Failure | undefined> {
  const source = await call.tree.open(from)
  if (isFailure(source)) return source
  const upload = await call.tree.upload(to, { mode })
  let problem: Failure | undefined = isFailure(upload) ? upload : undefined
  for (let offset = 0; problem === undefined && !isFailure(upload);) {
    const bytes = await source.read(offset, COPY_BYTES)
    if (bytes.length === 0) break
    problem = (await upload.write(offset, bytes)) ?? ((await walkedOne(call)) ? undefined : STOPPED)
    offset += bytes.length
  }
  await source.close()
  if (isFailure(upload)) return upload
  if (problem === undefined) {
    const done = await upload.commit()
    return isFailure(done) ? done : undefined
  }
  await upload.close()
  return problem
}

const STOPPED = failure('EINTR', 'Interrupted system call')

export async function mv(call: Call): Promise<number> {
  const options = readOptions(call, { letters: 'fnvt:Ti', long: LONG })
  if (typeof options === 'number') return options
  const pairs = await readPairs(call, options)
  if (typeof pairs === 'number') return pairs
  let status = 0
  for (const { from, to } of pairs) status = Math.max(status, await moveOne(call, from, to, options.flags))
  return status
}

async function moveOne(call: Call, from: string, to: string, flags: ReadonlySet<string>): Promise<number> {
  const say = (message: string): 1 => {
    call.stderr.print(`mv: ${message}\n`)
    return 1
  }
  const [source, target] = [await call.tree.lstat(pathOf(call, from)), await call.tree.lstat(pathOf(call, to))]
  if (isFailure(source)) return say(`cannot stat ${quoteName(from)}: ${systemMessage(source)}`)
  if (!isFailure(target)) {
    if (flags.has('n')) return 0
    if (target.id === source.id) return say(`${quoteName(from)} and ${quoteName(to)} are the same file`)
    const folders = [source.kind === 'folder', target.kind === 'folder']
    if (folders[0] === true && folders[1] === false) {
      return say(`cannot overwrite non-directory ${quoteName(to)} with directory ${quoteName(from)}`)
    }
    if (folders[0] === false && folders[1] === true) {
      return say(`cannot overwrite directory ${quoteName(to)} with non-directory ${quoteName(from)}`)
    }
  }
  const problem = await call.tree.rename(pathOf(call, from), pathOf(call, to), true)
  if (problem === undefined) {
    if (flags.has('v')) call.stdout.print(`renamed ${quoteName(from)} -> ${quoteName(to)}\n`)
    return 0
  }
  if (problem.code === 'EINVAL')
    return say(`cannot move ${quoteName(from)} to a subdirectory of itself, ${quoteName(to)}`)
  const what =
    problem.code === 'ENOTEMPTY'
      ? `cannot overwrite ${quoteName(to)}`
      : `cannot move ${quoteName(from)} to ${quoteName(to)}`
  return say(`${what}: ${systemMessage(problem)}`)
}
