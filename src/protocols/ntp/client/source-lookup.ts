// The names of servers to follow, looked up through the world's name servers until they lead to addresses.

import { familyOf } from '../../../core/address.ts'
import { isFailure, type Failure } from '../../../core/failure.ts'
import type { Io } from '../../../core/io.ts'
import type { LookupType, NameResolver, WorldView } from '../../../core/world-view.ts'
import { ipBytes } from '../../../wire/ip.ts'

/** The first wait before a name is asked for again, doubled up to the last; ours. */
const RETRY_MIN_MS = 2000
const RETRY_MAX_MS = 1_024_000
/** Of one name; ours: as many as a pool's name commonly has, twice over. */
const ADDRESSES_MAX = 8
const TIMER = 'ntp lookup '

export interface LookupResult {
  found(name: string, addresses: readonly string[]): void
  /** It is tried again. Told once for each name. */
  failed(name: string, message: string): void
}

interface Sought {
  readonly name: string
  readonly types: readonly LookupType[]
  waitMs: number
  isTold: boolean
}

export class SourceLookup {
  readonly #io: Io
  readonly #world: Pick<WorldView, 'host' | 'openResolver'>
  readonly #result: LookupResult
  readonly #sought = new Map<string, Sought>()
  #resolver: NameResolver | undefined

  constructor(io: Io, world: Pick<WorldView, 'host' | 'openResolver'>, result: LookupResult) {
    this.#io = io
    this.#world = world
    this.#result = result
  }

  /** An address is found at once. */
  find(name: string): void {
    if (ipBytes(name) !== undefined) return this.#result.found(name, [name])
    const families = new Set(this.#world.host.addresses.map(familyOf))
    const types = [...families].map((family) => (family === 4 ? 'A' : 'AAAA'))
    const sought: Sought = { name, types, waitMs: RETRY_MIN_MS, isTold: false }
    this.#sought.set(name, sought)
    this.#ask(sought)
  }

  /** Whether the timer was one of these. */
  woke(timer: string): boolean {
    if (!timer.startsWith(TIMER)) return false
    const sought = this.#sought.get(timer.slice(TIMER.length))
    if (sought !== undefined) this.#ask(sought)
    return true
  }

  stop(): void {
    for (const name of this.#sought.keys()) this.#io.cancel(TIMER + name)
    this.#sought.clear()
  }

  #ask(sought: Sought): void {
    if (this.#resolver !== undefined) return this.#resolve(this.#resolver, sought, 0)
    this.#world.openResolver(this.#io, (opened) => {
      if (isFailure(opened)) return this.#failed(sought, opened)
      this.#resolver ??= opened
      this.#resolve(this.#resolver, sought, 0)
    })
  }

  /** All addresses of the first family that the name has any of: the same server twice would count twice. */
  #resolve(resolver: NameResolver, sought: Sought, at: number): void {
    const type = sought.types[at]
    if (type === undefined) return
    resolver.resolve(sought.name, type, (result) => {
      if (!this.#sought.has(sought.name)) return
      if (!isFailure(result)) return this.#found(sought, result)
      if (at + 1 < sought.types.length) this.#resolve(resolver, sought, at + 1)
      else this.#failed(sought, result)
    })
  }

  #found({ name }: Sought, records: readonly (readonly string[])[]): void {
    this.#sought.delete(name)
    const addresses = records.flatMap(([ip]) => (ip === undefined ? [] : [ip]))
    this.#result.found(name, addresses.slice(0, ADDRESSES_MAX))
  }

  #failed(sought: Sought, { message }: Failure): void {
    if (!sought.isTold) this.#result.failed(sought.name, message)
    sought.isTold = true
    this.#io.wakeAt(TIMER + sought.name, this.#io.now + sought.waitMs)
    sought.waitMs = Math.min(RETRY_MAX_MS, sought.waitMs * 2)
  }
}
