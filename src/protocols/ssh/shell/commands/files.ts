// mkdir, rmdir, rm, touch, ln, chmod.

import { isFailure } from '../../../../core/failure.ts'
import { systemMessage } from '../run/messages.ts'
import type { Call } from '../run/shell.ts'
import { changeMode } from './modes.ts'
import { baseName, joinPath, pathOf, walkedOne, quoteName } from './operands.ts'
import { misuse, missingOperand, readOptions } from './options.ts'

const FOLDER_MODE = 0o777
const FILE_MODE = 0o666

export async function mkdir(call: Call): Promise<number> {
  const options = readOptions(call, { letters: 'pvm:', long: { parents: 'p', verbose: 'v', mode: 'm' } })
  if (typeof options === 'number') return options
  if (options.operands.length === 0) return missingOperand(call)
  const wanted = options.values.get('m')
  const mode = wanted === undefined ? FOLDER_MODE & ~call.shell.state.umask : Number.parseInt(wanted, 8) & 0o777
  let status = 0
  for (const name of options.operands) {
    const path = pathOf(call, name)
    const made = options.flags.has('p') ? await makeFolders(call, name, mode) : await call.tree.makeFolder(path, mode)
    if (made === undefined) {
      if (options.flags.has('v')) call.stdout.print(`mkdir: created directory ${quoteName(name)}\n`)
      continue
    }
    call.stderr.print(`mkdir: cannot create directory ${quoteName(name)}: ${systemMessage(made)}\n`)
    status = 1
  }
  return status
}

async function makeFolders(call: Call, name: string, mode: number) {
  let path = name.startsWith('/') ? '/' : call.cwd
  for (const segment of name.split('/').filter((one) => one !== '')) {
    path = joinPath(path, segment)
    const made = await call.tree.makeFolder(path, mode)
    if (made === undefined) continue
    const stat = await call.tree.stat(path)
    if (isFailure(stat) || stat.kind !== 'folder') return made
  }
  return undefined
}

export async function rmdir(call: Call): Promise<number> {
  const options = readOptions(call, { letters: 'pv', long: { parents: 'p', verbose: 'v' } })
  if (typeof options === 'number') return options
  if (options.operands.length === 0) return missingOperand(call)
  let status = 0
  for (const operand of options.operands) {
    const segments = operand.replace(/\/+$/, '').split('/')
    for (let count = segments.length; count > 0; count -= options.flags.has('p') ? 1 : segments.length) {
      const name = segments.slice(0, count).join('/')
      if (name === '') break
      const problem = await call.tree.removeFolder(pathOf(call, name))
      if (problem === undefined) continue
      call.stderr.print(`rmdir: failed to remove ${quoteName(name)}: ${systemMessage(problem)}\n`)
      status = 1
      break
    }
  }
  return status
}

export async function rm(call: Call): Promise<number> {
  const options = readOptions(call, {
    letters: 'rRfdiv',
    long: { recursive: 'r', force: 'f', dir: 'd', verbose: 'v' },
  })
  if (typeof options === 'number') return options
  const { flags, operands } = options
  if (operands.length === 0) return flags.has('f') ? 0 : missingOperand(call)
  let status = 0
  for (const name of operands) status = Math.max(status, await removeOperand(call, name, flags))
  return status
}

async function removeOperand(call: Call, name: string, flags: ReadonlySet<string>): Promise<number> {
  const refuse = (why: string): 1 => {
    call.stderr.print(`rm: ${why}\n`)
    return 1
  }
  const base = baseName(name)
  const recursive = flags.has('r') || flags.has('R')
  if (recursive && (base === '.' || base === '..')) {
    return refuse(`refusing to remove '.' or '..' directory: skipping ${quoteName(name)}`)
  }
  if (recursive && base === '/') {
    return refuse("it is dangerous to operate recursively on '/'\nrm: use --no-preserve-root to override this failsafe")
  }
  const path = pathOf(call, name)
  const stat = await call.tree.lstat(path)
  if (isFailure(stat)) {
    const quiet = flags.has('f') && (stat.code === 'ENOENT' || stat.code === 'ENOTDIR')
    return quiet ? 0 : refuse(`cannot remove ${quoteName(name)}: ${systemMessage(stat)}`)
  }
  if (stat.kind === 'folder' && flags.has('d') && !recursive) {
    const problem = await call.tree.removeFolder(path)
    return problem === undefined ? 0 : refuse(`cannot remove ${quoteName(name)}: ${systemMessage(problem)}`)
  }
  if (stat.kind === 'folder' && !recursive) {
    return refuse(`cannot remove ${quoteName(name)}: Is a directory`)
  }
  return removeAll(call, path, name, stat.kind === 'folder', flags.has('v'))
}

async function removeAll(call: Call, path: string, name: string, isFolder: boolean, tells: boolean): Promise<number> {
  if (!(await walkedOne(call))) return 1
  let status = 0
  const entries = isFolder ? await call.tree.entries(path) : []
  for (const entry of isFailure(entries) ? [] : entries) {
    const inner = await removeAll(
      call,
      joinPath(path, entry.name),
      joinPath(name, entry.name),
      entry.stat.kind === 'folder',
      tells,
    )
    status = Math.max(status, inner)
  }
  if (status !== 0) return status
  const problem = isFolder ? await call.tree.removeFolder(path) : await call.tree.removeFile(path)
  if (problem === undefined) {
    if (tells) call.stdout.print(`removed ${isFolder ? 'directory ' : ''}${quoteName(name)}\n`)
    return 0
  }
  call.stderr.print(`rm: cannot remove ${quoteName(name)}: ${systemMessage(problem)}\n`)
  return 1
}

export async function touch(call: Call): Promise<number> {
  const options = readOptions(call, { letters: 'camd:r:', long: { 'no-create': 'c', date: 'd', reference: 'r' } })
  if (typeof options === 'number') return options
  if (options.operands.length === 0) return misuse(call, 'missing file operand')
  const when = await timeFor(call, options.values)
  if (when === undefined) return 1
  const onlyAccess = options.flags.has('a') && !options.flags.has('m')
  const onlyModified = options.flags.has('m') && !options.flags.has('a')
  const changes = { ...(onlyAccess ? {} : { modifiedMs: when }), ...(onlyModified ? {} : { accessedMs: when }) }
  let status = 0
  for (const name of options.operands) {
    const path = pathOf(call, name)
    let problem = await call.tree.change(path, changes)
    if (problem?.code === 'ENOENT') {
      if (options.flags.has('c')) continue
      const file = await call.tree.edit(path, { create: true, mode: FILE_MODE & ~call.shell.state.umask })
      problem = isFailure(file) ? file : await file.change(changes)
      if (!isFailure(file)) await file.close()
    }
    if (problem === undefined) continue
    call.stderr.print(`touch: cannot touch ${quoteName(name)}: ${systemMessage(problem)}\n`)
    status = 1
  }
  return status
}

async function timeFor(call: Call, values: ReadonlyMap<string, string>): Promise<number | undefined> {
  const [like, date] = [values.get('r'), values.get('d')]
  if (like !== undefined) {
    const stat = await call.tree.stat(pathOf(call, like))
    if (!isFailure(stat)) return stat.modifiedMs
    call.stderr.print(`touch: failed to get attributes of ${quoteName(like)}: ${systemMessage(stat)}\n`)
    return undefined
  }
  if (date === undefined) return call.shell.session.context.wallMs()
  const ms = parseDate(date)
  if (ms === undefined) call.stderr.print(`touch: invalid date format ${quoteName(date)}\n`)
  return ms
}

/** `@SECONDS`, and dates of ISO 8601 with a space for its `T`; without a zone, UTC. */
export function parseDate(text: string): number | undefined {
  const seconds = /^@(-?\d{1,12}(?:\.\d+)?)$/.exec(text)?.[1]
  if (seconds !== undefined) return Number(seconds) * 1000
  const [, day, time = '00:00', zone = 'Z'] =
    /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?))?(?: ?(Z|UTC|[-+]\d\d:?\d\d))?$/.exec(text) ?? []
  const ms = Date.parse(`${day}T${time}${zone === 'UTC' ? 'Z' : zone}`)
  return Number.isNaN(ms) ? undefined : ms
}

export async function ln(call: Call): Promise<number> {
  const options = readOptions(call, { letters: 'sfnvT', long: { symbolic: 's', force: 'f', 'no-dereference': 'n' } })
  if (typeof options === 'number') return options
  const { operands, flags } = options
  if (operands.length === 0) return misuse(call, 'missing file operand')
  const last = operands.at(-1) ?? ''
  const given = operands.length === 1 ? '.' : last
  const stat = await (flags.has('n') ? call.tree.lstat(pathOf(call, given)) : call.tree.stat(pathOf(call, given)))
  const into = !flags.has('T') && !isFailure(stat) && stat.kind === 'folder'
  if (operands.length > 2 && !into) return misuse(call, `target ${quoteName(last)} is not a directory`)
  let status = 0
  for (const target of operands.length === 1 ? operands : operands.slice(0, -1)) {
    const name = into ? joinPath(given, baseName(target)) : given
    const shown = into && operands.length === 1 ? baseName(target) : name
    const problem = await linkOne(call, { target, name, flags })
    if (problem === undefined) continue
    const kind = flags.has('s') ? 'symbolic link' : 'hard link'
    const arrow = flags.has('s') || problem.code === 'EEXIST' ? '' : ` => ${quoteName(target)}`
    const missing =
      !flags.has('s') && problem.code === 'ENOENT' && isFailure(await call.tree.lstat(pathOf(call, target)))
    const words = missing
      ? `failed to access ${quoteName(target)}`
      : `failed to create ${kind} ${quoteName(shown)}${arrow}`
    call.stderr.print(`ln: ${words}: ${systemMessage(problem)}\n`)
    status = 1
  }
  return status
}

interface LinkWanted {
  readonly target: string
  readonly name: string
  readonly flags: ReadonlySet<string>
}

async function linkOne(call: Call, { target, name, flags }: LinkWanted) {
  const path = pathOf(call, name)
  const make = () => (flags.has('s') ? call.tree.symlink(target, path) : call.tree.link(pathOf(call, target), path))
  const problem = await make()
  if (problem?.code !== 'EEXIST' || !flags.has('f')) return problem
  return (await call.tree.removeFile(path)) ?? make()
}

export async function chmod(call: Call): Promise<number> {
  const spec = call.args[0] ?? ''
  const removes = /^-[rwxX]+$/.test(spec)
  const given = removes ? { ...call, args: call.args.slice(1) } : call
  const options = readOptions(given, { letters: 'Rvcf', long: { recursive: 'R' } })
  if (typeof options === 'number') return options
  const [mode, ...names] = removes ? [spec, ...options.operands] : options.operands
  if (mode === undefined) return missingOperand(call)
  if (names.length === 0) return misuse(call, `missing operand after ${quoteName(mode)}`)
  let status = 0
  for (const name of names) status = Math.max(status, await changeOne(call, name, mode, options.flags.has('R')))
  return status
}

async function changeOne(call: Call, name: string, text: string, recursive: boolean): Promise<number> {
  if (!(await walkedOne(call))) return 1
  const path = pathOf(call, name)
  const stat = await call.tree.stat(path)
  if (isFailure(stat)) {
    call.stderr.print(`chmod: cannot access ${quoteName(name)}: ${systemMessage(stat)}\n`)
    return 1
  }
  const mode = changeMode(text, stat, call.shell.state.umask)
  if (mode === undefined) return misuse(call, `invalid mode: ${quoteName(text)}`)
  const problem = await call.tree.change(path, { mode })
  if (problem !== undefined)
    call.stderr.print(`chmod: changing permissions of ${quoteName(name)}: ${systemMessage(problem)}\n`)
  let status = problem === undefined ? 0 : 1
  const entries = recursive && stat.kind === 'folder' ? await call.tree.entries(path) : []
  for (const entry of isFailure(entries) ? [] : entries) {
    if (entry.stat.kind !== 'link')
      status = Math.max(status, await changeOne(call, joinPath(name, entry.name), text, true))
  }
  return status
}
