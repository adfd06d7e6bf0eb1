// The names that were asked for, gathered from the events of DNS: `www.harbor.test A → 192.0.2.10`.

import type { Event } from '../../../core/event.ts'

export interface AskedName {
  readonly name: string
  readonly types: readonly string[]
  /** Data of the answers; for an unknown name, what it was told instead: `NXDOMAIN`. */
  readonly answers: readonly string[]
  readonly programs: readonly string[]
  readonly count: number
}

interface Gathered {
  readonly types: Set<string>
  readonly answers: Set<string>
  readonly programs: Set<string>
  count: number
}

/** Name, class if it is not IN, type, outcome. */
const LINE = /^(\S+) (?:[A-Z]+ )?([A-Z0-9]+) → (.+)$/u
const NO_DATA = 'no data'

export class Names {
  readonly #known = new Map<string, Gathered>()
  readonly #unknown = new Map<string, Gathered>()

  /** Whether the event told of a name. */
  take(event: Event, program: string | undefined): boolean {
    if (event.kind !== 'dns.query' && event.kind !== 'dns.unknown-name') return false
    const [, name, type, outcome] = LINE.exec(event.summary) ?? []
    if (name === undefined || type === undefined || outcome === undefined) return false
    const gathered = at(event.kind === 'dns.query' ? this.#known : this.#unknown, name)
    gathered.count++
    gathered.types.add(type)
    if (program !== undefined) gathered.programs.add(program)
    if (outcome !== NO_DATA) for (const answer of outcome.split(', ')) gathered.answers.add(answer)
    return true
  }

  known(): readonly AskedName[] {
    return listed(this.#known)
  }

  unknown(): readonly AskedName[] {
    return listed(this.#unknown)
  }
}

function at(names: Map<string, Gathered>, name: string): Gathered {
  const known = names.get(name)
  if (known) return known
  const fresh = { types: new Set<string>(), answers: new Set<string>(), programs: new Set<string>(), count: 0 }
  names.set(name, fresh)
  return fresh
}

function listed(names: ReadonlyMap<string, Gathered>): readonly AskedName[] {
  return [...names].map(([name, { types, answers, programs, count }]) => ({
    name,
    types: [...types],
    answers: [...answers],
    programs: [...programs],
    count,
  }))
}
