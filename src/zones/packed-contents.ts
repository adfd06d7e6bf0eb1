// Contents of a zone in arenas: some 50 octets for a name with one address, and nothing that a garbage collector follows.

import { crc32 } from 'node:zlib'
import type { Name } from '../core/name.ts'
import type { RecordSet } from '../core/zones.ts'
import type { Arena } from './arena.ts'
import type { Contents, ZoneNode } from './contents.ts'
import type { NameTree } from './name-tree.ts'
import type { RecordChains } from './record-chains.ts'
import { SortedTree } from './sorted-tree.ts'

/** Names with others below them that are kept as objects; ours, some 500 kB. */
const PARENTS_MAX = 1024

export class PackedContents implements Contents {
  readonly count: number
  readonly #tree: NameTree
  readonly #records: RecordChains
  /** Names that have others below them, as they were read: whoever looks for those comes by each time. */
  readonly #parents = new Map<number, ZoneNode>()
  #sorted: SortedTree | undefined
  #digest: number | undefined

  constructor(tree: NameTree, records: RecordChains, count: number) {
    this.#tree = tree
    this.#records = records
    this.count = count
  }

  get apex(): Name {
    return this.#tree.apex
  }

  get names(): number {
    return this.#tree.count
  }

  get digest(): number {
    return (this.#digest ??= digestOf(this.#records.arena, digestOf(this.#tree.labels, 0)))
  }

  get sorted(): SortedTree {
    return (this.#sorted ??= new SortedTree(this.#tree))
  }

  node(name: Name): ZoneNode | undefined {
    const node = this.#tree.findName(name)
    if (node === -1) return undefined
    const children = this.#tree.children(node)
    if (children === 0) return { sets: this.#records.sets(this.#tree.head(node)), children }
    return this.#parents.get(node) ?? this.#parent(node, children)
  }

  setAt(name: Name, type: number): RecordSet | undefined {
    const node = this.#tree.findName(name)
    return node === -1 ? undefined : this.#records.set(this.#tree.head(node), type)
  }

  has(name: Name): boolean {
    return this.#tree.findName(name) !== -1
  }

  *nodes(): Iterable<{ readonly name: Name; readonly sets: readonly RecordSet[] }> {
    for (const node of this.sorted.order) {
      const head = this.#tree.head(node)
      if (head !== 0) yield { name: this.#tree.nameOf(node), sets: this.#records.sets(head) }
    }
  }

  #parent(node: number, children: number): ZoneNode {
    const read = { sets: this.#records.sets(this.#tree.head(node)), children }
    if (this.#parents.size >= PARENTS_MAX) this.#parents.clear()
    this.#parents.set(node, read)
    return read
  }
}

function digestOf({ bytes }: Arena, start: number): number {
  return bytes.reduce((sum, chunk) => crc32(chunk, sum), start)
}
