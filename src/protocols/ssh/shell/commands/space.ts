// What is known of files and of the room they have: stat, du, df, readlink, realpath.

import { isFailure } from '../../../../core/failure.ts'
import type { FileStat } from '../../../../core/files.ts'
import { systemMessage } from '../run/messages.ts'
import type { Call } from '../run/shell.ts'
import { formatDate } from './date-format.ts'
import { formatMode } from './modes.ts'
import { complain, joinPath, pathOf, walkedOne, quoteName } from './operands.ts'
import { missingOperand, readOptions } from './options.ts'
import { formatSize } from './sizes.ts'

/** What a file takes at least, and in steps of which (du counts blocks of 1 KiB). */
const BLOCK_BYTES = 4096
const KIB = 1024
const KIND_NAMES: Readonly<Record<FileStat['kind'], string>> = {
  file: 'regular file',
  folder: 'directory',
  link: 'symbolic link',
}

export async function stat(call: Call): Promise<number> {
  const options = readOptions(call, { letters: 'Lc:', long: { format: 'c', dereference: 'L' } })
  if (typeof options === 'number') return options
  if (options.operands.length === 0) return missingOperand(call)
  let status = 0
  for (const name of options.operands) {
    const path = pathOf(call, name)
    const found = await (options.flags.has('L') ? call.tree.stat(path) : call.tree.lstat(path))
    if (isFailure(found)) {
      call.stderr.print(`stat: cannot statx ${quoteName(name)}: ${systemMessage(found)}\n`)
      status = 1
    } else call.stdout.print(`${formatStat(options.values.get('c') ?? WHOLE, name, found, call.shell.user)}\n`)
  }
  return status
}

const WHOLE = `  File: %n
  Size: %s\tBlocks: %b\tIO Block: ${BLOCK_BYTES}\t%F
Links: %h
Access: (%04a/%A)  Uid: ( 1000/%U)   Gid: ( 1000/%G)
Access: %x
Modify: %y`

const TIME = '%F %T.%N +0000'

function formatStat(format: string, name: string, found: FileStat, user: string): string {
  const kind = found.kind === 'file' && found.size === 0 ? 'regular empty file' : KIND_NAMES[found.kind]
  const fields: Readonly<Record<string, string>> = {
    '%': '%',
    n: name,
    N: quoteName(name),
    s: String(found.size),
    b: String(Math.ceil(found.size / BLOCK_BYTES) * (BLOCK_BYTES / 512)),
    B: '512',
    F: kind,
    h: String(found.links),
    i: /\d+$/.exec(found.id)?.[0] ?? '0',
    a: found.mode.toString(8),
    A: formatMode(found),
    u: '1000',
    g: '1000',
    U: user,
    G: user,
    x: formatDate(TIME, found.accessedMs),
    X: String(Math.floor(found.accessedMs / 1000)),
    y: formatDate(TIME, found.modifiedMs),
    Y: String(Math.floor(found.modifiedMs / 1000)),
  }
  return format.replace(/%(0?\d*)([a-zA-Z%])/g, (whole, width: string, letter: string) => {
    const text = fields[letter] ?? whole
    return width.startsWith('0') ? text.padStart(Number(width), '0') : text.padStart(Number(width || '0'))
  })
}

export async function du(call: Call): Promise<number> {
  const options = readOptions(call, {
    letters: 'shacbkd:',
    long: { summarize: 's', 'human-readable': 'h', all: 'a', total: 'c', bytes: 'b', 'max-depth': 'd' },
  })
  if (typeof options === 'number') return options
  const { flags, values, operands } = options
  const depthMax = flags.has('s') ? 0 : Number(values.get('d') ?? Infinity)
  const print = (bytes: number, name: string): void => {
    const size = flags.has('h') ? formatSize(bytes) : flags.has('b') ? String(bytes) : String(Math.ceil(bytes / KIB))
    call.stdout.print(`${size}\t${name}\n`)
  }
  const weigh = (found: FileStat) =>
    flags.has('b')
      ? found.size
      : found.kind === 'link'
        ? 0
        : found.kind === 'folder'
          ? BLOCK_BYTES
          : Math.ceil(found.size / BLOCK_BYTES) * BLOCK_BYTES
  const seen = new Set<string>()
  const visit = async (name: string, found: FileStat, depth: number): Promise<number> => {
    if (!(await walkedOne(call)) || seen.has(found.id)) return 0
    if (found.links > 1 && found.kind === 'file') seen.add(found.id)
    let total = weigh(found)
    const entries = found.kind === 'folder' ? await call.tree.entries(pathOf(call, name)) : []
    for (const entry of isFailure(entries) ? [] : entries)
      total += await visit(joinPath(name, entry.name), entry.stat, depth + 1)
    if (depth === 0 || (depth <= depthMax && (found.kind === 'folder' || flags.has('a')))) print(total, name)
    return total
  }
  let status = 0
  let all = 0
  for (const name of operands.length === 0 ? ['.'] : operands) {
    const found = await call.tree.lstat(pathOf(call, name))
    if (isFailure(found)) {
      call.stderr.print(`du: cannot access ${quoteName(name)}: ${systemMessage(found)}\n`)
      status = 1
    } else all += await visit(name, found, 0)
  }
  if (flags.has('c')) print(all, 'total')
  return status
}

export async function df(call: Call): Promise<number> {
  const options = readOptions(call, { letters: 'hkTi', long: { 'human-readable': 'h', inodes: 'i' } })
  if (typeof options === 'number') return options
  const space = await call.tree.space()
  if (isFailure(space)) return complain(call, '/', space)
  const inodes = options.flags.has('i')
  const [total, free] = inodes ? [space.filesTotal, space.filesFree] : [space.bytesTotal, space.bytesFree]
  const used = Math.max(0, total - free)
  const human = options.flags.has('h')
  const shown = (value: number) => (human ? formatSize(value) : String(inodes ? value : Math.ceil(value / KIB)))
  const title = inodes
    ? ['Inodes', 'IUsed', 'IFree', 'IUse%']
    : [human ? 'Size' : '1K-blocks', 'Used', human ? 'Avail' : 'Available', 'Use%']
  const row = [shown(total), shown(used), shown(free), `${total === 0 ? 0 : Math.ceil((used / total) * 100)}%`]
  const widths = title.map((word, index) => Math.max(word.length, row[index]?.length ?? 0))
  const line = (cells: readonly string[]) => cells.map((cell, index) => cell.padStart(widths[index] ?? 0)).join(' ')
  call.stdout.print(`Filesystem ${line(title)} Mounted on\nfiles      ${line(row)} /\n`)
  return 0
}

export async function readlink(call: Call): Promise<number> {
  const options = readOptions(call, { letters: 'fenm', long: { canonicalize: 'f' } })
  if (typeof options === 'number') return options
  if (options.operands.length === 0) return missingOperand(call)
  let status = 0
  for (const name of options.operands) {
    const path = pathOf(call, name)
    const found =
      options.flags.has('f') || options.flags.has('e') ? await resolved(call, path) : await call.tree.readLink(path)
    if (isFailure(found)) status = 1
    else call.stdout.print(found + (options.flags.has('n') ? '' : '\n'))
  }
  return status
}

/** All but the last segment has to be there. */
async function resolved({ tree }: Call, path: string) {
  const trimmed = path.replace(/\/+$/, '')
  const folder = await tree.stat(trimmed.slice(0, Math.max(1, trimmed.lastIndexOf('/'))))
  return isFailure(folder) ? folder : tree.resolve(path)
}

export async function realpath(call: Call): Promise<number> {
  const options = readOptions(call, { letters: 'emq' })
  if (typeof options === 'number') return options
  if (options.operands.length === 0) return missingOperand(call)
  let status = 0
  for (const name of options.operands) {
    const found = await resolved(call, pathOf(call, name))
    if (isFailure(found)) status = complain(call, name, found)
    else call.stdout.print(`${found}\n`)
  }
  return status
}
