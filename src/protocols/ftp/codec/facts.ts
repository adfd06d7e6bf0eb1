// Facts of MLSD and MLST, both ways (RFC 3659 §7): `type=file;size=6;modify=20260101000000; a name`.

import type { FileStat } from '../../../core/files.ts'
import { FACTS, type Fact, type FactLine } from '../messages.ts'
import { formatTime } from './time.ts'

export interface FactSubject {
  readonly stat: FileStat
  /** The folder that is listed itself, or the one above it. */
  readonly role?: 'cdir' | 'pdir'
  /** What a link says. */
  readonly target?: string | undefined
  /** Whether the place can be written. */
  readonly writable: boolean
}

/** With the space behind them, ready for the name. */
export function formatFacts(subject: FactSubject, wanted: ReadonlySet<Fact>): string {
  let text = ''
  for (const fact of FACTS) if (wanted.has(fact)) text += factText(fact, subject)
  return `${text} `
}

/** One line without its end. `undefined`: it is none. */
export function parseFacts(line: string): FactLine | undefined {
  const space = line.indexOf(' ')
  if (space === -1) return undefined
  const facts = new Map<string, string>()
  const parts = line.slice(0, space).split(';')
  if (parts.pop() !== '') return undefined
  for (const part of parts) {
    const equals = part.indexOf('=')
    if (equals < 1) return undefined
    facts.set(part.slice(0, equals).toLowerCase(), part.slice(equals + 1))
  }
  return { facts, name: line.slice(space + 1) }
}

/** What FEAT says: all facts, and a star behind each that is told (RFC 3659 §7.8). */
export function formatFactFeature(told: ReadonlySet<Fact>): string {
  return `MLST ${FACTS.map((fact) => `${fact}${told.has(fact) ? '*' : ''};`).join('')}`
}

/** Of OPTS MLST: those that are known, in their own order (RFC 3659 §7.9). */
export function parseFactOptions(text: string): ReadonlySet<Fact> {
  const named = new Set(text.toLowerCase().split(';'))
  return new Set(FACTS.filter((fact) => named.has(fact)))
}

function factText(fact: Fact, { stat, role, target, writable }: FactSubject): string {
  switch (fact) {
    case 'type':
      return `type=${role ?? typeOf(stat, target)};`
    case 'size':
      return stat.kind === 'file' ? `size=${stat.size};` : ''
    case 'modify':
      return `modify=${formatTime(stat.modifiedMs)};`
    case 'perm':
      return `perm=${permissions(stat, writable)};`
    case 'unique':
      return `unique=${stat.id};`
    case 'unix.mode':
      return `unix.mode=0${(stat.mode & 0o7777).toString(8).padStart(3, '0')};`
  }
}

/** A link's target is told where a fact can hold it. */
function typeOf({ kind }: FileStat, target: string | undefined): string {
  if (kind === 'folder') return 'dir'
  if (kind === 'file') return 'file'
  return target === undefined || /[;\s]/.test(target) ? 'OS.unix=slink' : `OS.unix=slink:${target}`
}

/** RFC 3659 §7.5.5. */
function permissions({ kind }: FileStat, writable: boolean): string {
  if (kind === 'folder') return writable ? 'cdeflmp' : 'el'
  return writable ? 'adfrw' : 'r'
}
