// What LIST, NLST, MLSD and STAT show: options as of ls(1), patterns in the last place of a path, and names that FTP can say.

import { isFailure, type Entry, type Failure, type FileStat, type Tree } from '../../../core/index.ts'
import { formatFacts } from '../codec/facts.ts'
import { isGlob, parseGlob } from '../codec/glob.ts'
import { formatListLine } from '../codec/listing.ts'
import type { Fact } from '../messages.ts'
import type { Session } from './session.ts'

/** Of the options of ls(1): those that change what is shown; all others are let pass. */
interface ListOptions {
  /** `-a`: names with a dot in front, `.` and `..`; `-A`: without those two. */
  readonly dots: 'none' | 'all' | 'almost'
  /** `-l` makes NLST long. */
  readonly long: boolean
  /** `-t`: latest first. */
  readonly byTime: boolean
  /** `-r`. */
  readonly reversed: boolean
  /** `-d`: a folder itself. */
  readonly itself: boolean
}

export interface ListRequest {
  readonly options: ListOptions
  readonly path: string
}

interface Shown extends Entry {
  readonly target?: string | undefined
}

interface Found {
  /** The folder in which the names stand, but those that begin with a slash. */
  readonly base: string
  /** What NLST says before each name, so that it can be asked for as it is (RFC 1123 §4.1.2.7). */
  readonly prefix: string
  readonly entries: readonly Entry[]
}

/** `-la a path`; behind `--` all is a path. */
export function parseListArgument(argument: string): ListRequest {
  let [flags, rest] = ['', argument]
  for (;;) {
    const found = /^-(-|[a-zA-Z0-9]+)(?: +|$)/.exec(rest)
    if (found === null) break
    rest = rest.slice(found[0].length)
    if (found[1] === '-') break
    flags += found[1]
  }
  const has = (flag: string): boolean => flags.includes(flag)
  const dots = has('a') ? 'all' : has('A') ? 'almost' : 'none'
  const options = { dots, long: has('l'), byTime: has('t'), reversed: has('r'), itself: has('d') } as const
  return { options, path: rest }
}

/** Lines of LIST (`long`) or NLST, without their ends. */
export async function list(
  session: Session,
  tree: Tree,
  { options, path }: ListRequest,
  long: boolean,
  nowMs: number,
): Promise<Iterable<string> | Failure> {
  const found = await find(session, tree, path, options)
  if (isFailure(found)) return found
  const { base, entries } = found
  const sorted = options.byTime ? entries.toSorted((a, b) => b.stat.modifiedMs - a.stat.modifiedMs) : entries
  const shown = options.reversed ? sorted.toReversed() : sorted
  if (!long && !options.long) return namesOf(shown, found.prefix)
  return longLines(await withTargets(tree, base, shown), nowMs)
}

/** Lines of MLSD (RFC 3659 §7): the folder and the one above it first. */
export async function listFacts(session: Session, tree: Tree, argument: string): Promise<Iterable<string> | Failure> {
  const path = session.path(argument)
  const stat = await tree.stat(path)
  if (isFailure(stat)) return stat
  const entries = await tree.entries(path)
  if (isFailure(entries)) return entries
  const shown = await withTargets(tree, path, entries)
  return factLines({ stat, shown, tree, facts: session.facts })
}

interface FactListing {
  readonly stat: FileStat
  readonly shown: readonly Shown[]
  readonly tree: Tree
  readonly facts: ReadonlySet<Fact>
}

function* factLines({ stat, shown, tree, facts }: FactListing): Iterable<string> {
  const { writable } = tree
  yield `${formatFacts({ stat, role: 'cdir', writable }, facts)}.`
  yield `${formatFacts({ stat, role: 'pdir', writable }, facts)}..`
  for (const entry of shown) {
    if (isSayable(entry.name))
      yield formatFacts({ stat: entry.stat, target: entry.target, writable }, facts) + entry.name
  }
}

/** A name with a line end cannot be said in FTP: asking for it would be another. */
function isSayable(name: string): boolean {
  return !name.includes('\n') && !name.includes('\r')
}

function* namesOf(entries: readonly Entry[], prefix: string): Iterable<string> {
  for (const { name } of entries) if (isSayable(name)) yield prefix + name
}

/** For people too: what cannot be said shows as `?`. */
function* longLines(entries: readonly Shown[], nowMs: number): Iterable<string> {
  for (const { name, stat, target } of entries) {
    yield formatListLine(stat, name, nowMs, target).replaceAll(/[\r\n]/g, '?')
  }
}

/** What a path names: a file, the entries of a folder, or what a pattern fits where nothing has that very name. */
async function find(session: Session, tree: Tree, argument: string, options: ListOptions): Promise<Found | Failure> {
  const path = session.path(argument)
  const stat = await tree.stat(path)
  if (isFailure(stat)) return stat.code === 'ENOENT' ? unresolved(session, tree, argument, stat) : stat
  if (stat.kind !== 'folder' || options.itself) {
    return { base: session.cwd, prefix: '', entries: [{ name: argument === '' ? '.' : argument, stat }] }
  }
  const all = await tree.entries(path)
  if (isFailure(all)) return all
  return { base: path, prefix: prefixOf(argument), entries: await withDots(tree, path, stat, all, options) }
}

function prefixOf(argument: string): string {
  if (argument === '' || argument === '.') return ''
  return argument.endsWith('/') ? argument : `${argument}/`
}

async function withDots(
  tree: Tree,
  path: string,
  stat: FileStat,
  entries: readonly Entry[],
  { dots }: ListOptions,
): Promise<readonly Entry[]> {
  if (dots === 'none') return entries.filter(({ name }) => !name.startsWith('.'))
  if (dots === 'almost') return entries
  const above = await tree.stat(`${path}/..`)
  return [{ name: '.', stat }, { name: '..', stat: isFailure(above) ? stat : above }, ...entries]
}

/** A link to nothing, or a pattern. */
async function unresolved(session: Session, tree: Tree, argument: string, why: Failure): Promise<Found | Failure> {
  const link = await tree.lstat(session.path(argument))
  if (!isFailure(link)) return { base: session.cwd, prefix: '', entries: [{ name: argument, stat: link }] }
  const folder = folderOf(argument)
  const pattern = argument.slice(folder.length)
  if (!isGlob(pattern)) return why
  const all = await tree.entries(session.path(folder))
  if (isFailure(all)) return all
  const fits = parseGlob(pattern)
  const entries = all.filter(({ name }) => fits(name)).map(({ name, stat }) => ({ name: folder + name, stat }))
  return { base: session.cwd, prefix: '', entries }
}

/** With its slash; `''` if there is none. */
function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/') + 1)
}

async function withTargets(tree: Tree, base: string, entries: readonly Entry[]): Promise<readonly Shown[]> {
  if (!entries.some(({ stat }) => stat.kind === 'link')) return entries
  return Promise.all(entries.map((entry) => withTarget(tree, base, entry)))
}

async function withTarget(tree: Tree, base: string, entry: Entry): Promise<Shown> {
  if (entry.stat.kind !== 'link') return entry
  const target = await tree.readLink(entry.name.startsWith('/') ? entry.name : `${base}/${entry.name}`)
  return isFailure(target) ? entry : { ...entry, target }
}
