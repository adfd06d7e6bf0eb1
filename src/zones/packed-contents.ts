// Contents of a zone in arenas: some 50 octets for a name with one address, and nothing that a garbage collector follows.

import { crc32 } from 'node:zlib'
import type { Name } from '../core/name.ts'
import type { Arena } from './arena.ts'
import type { Contents, SortedNames, ZoneNode } from './contents.ts'
import type { NameTree } from './name-tree.ts'
import type { RecordChains } from './record-chains.ts'
import { SortedTree } from './sorted-tree.ts'

export class PackedContents implements Contents {
  readonly count: number
  readonly #tree: NameTree
  readonly #records: RecordChains
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

  get sorted(): SortedNames {
    return (this.#sorted ??= new SortedTree(this.#tree))
  }

  node(name: Name): ZoneNode | undefined {
    const node = this.#tree.findName(name)
    if (node === -1) return undefined
    return { sets: this.#records.sets(this.#tree.head(node)), children: this.#tree.children(node) }
  }

  has(name: Name): boolean {
    return this.#tree.findName(name) !== -1
  }
}

function digestOf({ bytes }: Arena, start: number): number {
  return bytes.reduce((sum, chunk) => crc32(chunk, sum), start)
}
