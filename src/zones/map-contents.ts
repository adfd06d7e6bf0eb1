// Contents of a zone as a map of names.
import { crc32 } from 'node:zlib'
import type { Name } from '../core/name.ts'
import type { RecordSet, ZoneRecord } from '../core/zones.ts'
import { isFailure, type Failure } from '../core/failure.ts'
import { NodeDraft } from './node-draft.ts'
import { recordProblem } from './change-problem.ts'
import type { Contents, SortedNames, ZoneNode } from './contents.ts'
import { Layer } from './layer.ts'

export class ContentsBuilder {
  readonly apex: Name
  readonly #draft: NodeDraft
  count = 0
  constructor(apex: Name) {
    this.apex = apex
    this.#draft = new NodeDraft({ apex, node: (name) => (name === apex ? { sets: [], children: 0 } : undefined) })
  }
  hasSet(name: Name, type: number): boolean {
    return this.#draft.setAt(name, type) !== undefined
  }
  dropSet(name: Name, type: number): void {
    this.count -= this.#draft.setAt(name, type)?.data.length ?? 0
    this.#draft.keepSets(name, (set) => set.type !== type)
  }
  add(record: ZoneRecord): Failure | undefined {
    const problem = recordProblem(this.apex, record)
    if (isFailure(problem)) return problem
    const { name, type, ttlSeconds, data } = record
    const set = this.#draft.setAt(name, type)
    const there = set?.data.some((one) => Buffer.compare(one, data) === 0) === true
    if (!there) this.count += 1
    this.#draft.putSet(name, { type, ttlSeconds, data: there ? set.data : [...(set?.data ?? []), data] })
    return undefined
  }
  finish(): Contents {
    return new MapContents(this.apex, this.#draft.changed, this.count)
  }
}

class MapContents implements Contents {
  readonly apex: Name
  readonly count: number
  readonly #nodes: Map<Name, ZoneNode>
  readonly #layer: Layer
  constructor(apex: Name, changed: ReadonlyMap<Name, ZoneNode | undefined>, count: number) {
    this.apex = apex
    this.count = count
    this.#nodes = new Map<Name, ZoneNode>([[apex, { sets: [] as readonly RecordSet[], children: 0 }]])
    for (const [name, node] of changed) if (node !== undefined) this.#nodes.set(name, node)
    this.#layer = new Layer(this.#nodes)
  }
  get names(): number {
    return this.#nodes.size
  }
  get digest(): number {
    let sum = 0
    for (const [name, { sets }] of this.#nodes)
      for (const { type, ttlSeconds, data } of sets)
        for (const one of data) sum = crc32(one, crc32(`${name} ${type} ${ttlSeconds} `, sum))
    return sum
  }
  node(name: Name): ZoneNode | undefined {
    return this.#nodes.get(name)
  }
  get sorted(): SortedNames {
    return this.#layer.sorted
  }
}
