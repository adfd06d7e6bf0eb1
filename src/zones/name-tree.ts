// Names below an apex as a tree of labels: a node knows its parent and its own label, and a hash table leads from both to the
// node. So a name costs its first label, and a walk from the apex finds what exists on the way. No object is made for a name.

import type { Name } from '../core/name.ts'
import { nameBytes, readName } from '../shared/dns/codec/name.ts'
import { NAME_MAX_BYTES } from '../shared/dns/messages.ts'
import { Reader } from '../wire/reader.ts'
import { Arena, CHUNK_BITS, CHUNK_MASK } from './arena.ts'

/** Of a node: its parent, the place of its label, the place of its first record or 0, and how many children it has. */
const STRIDE = 4
const PARENT = 0
const LABEL = 1
const HEAD = 2
const CHILDREN = 3
const FIRST_NODES = 4
/** FNV-1a, 32 bits. */
const HASH_PRIME = 0x01000193
/** Labels of a name at most. */
const LABELS_MAX = 128
/** The node of the apex. */
export const APEX_NODE = 0

export class NameTree {
  readonly apex: Name
  count = 1
  readonly #apexWire: Uint8Array
  readonly #labels = new Arena()
  #nodes = new Int32Array(FIRST_NODES * STRIDE)
  /** Nodes by hash, 0 for none: the apex is found without. Twice as many as nodes at least. */
  #table = new Int32Array(FIRST_NODES * 4)
  /** Where the labels of the name begin that is being looked up. */
  readonly #starts = new Uint8Array(LABELS_MAX)
  /** Whether that name is not below the apex. */
  #outside = false
  readonly #wire = new Uint8Array(NAME_MAX_BYTES + 1)

  constructor(apex: Name) {
    this.apex = apex
    this.#apexWire = nameBytes(apex)
    this.#nodes[PARENT] = -1
  }

  get labels(): Arena {
    return this.#labels
  }

  parent(node: number): number {
    return this.#nodes[node * STRIDE + PARENT]!
  }

  /** Place of the label in `labels`: its length in one octet, then its octets. */
  label(node: number): number {
    return this.#nodes[node * STRIDE + LABEL]!
  }

  head(node: number): number {
    return this.#nodes[node * STRIDE + HEAD]!
  }

  setHead(node: number, place: number): void {
    this.#nodes[node * STRIDE + HEAD] = place
  }

  children(node: number): number {
    return this.#nodes[node * STRIDE + CHILDREN]!
  }

  /** The node of a folded name on the wire; -1: it does not exist. */
  find(wire: Uint8Array, length: number): number {
    let node = APEX_NODE
    for (let label = this.#split(wire, length) - 1; label >= 0 && node !== -1; label -= 1)
      node = this.#child(node, wire, this.#starts[label]!)
    return this.#outside ? -1 : node
  }

  findName(name: Name): number {
    if (name === this.apex) return APEX_NODE
    return this.find(this.#wire, this.#encode(name))
  }

  /** The node of a folded name on the wire, made with all above it if need be; -1: it lies outside. */
  intern(wire: Uint8Array, length: number): number {
    let node = APEX_NODE
    for (let label = this.#split(wire, length) - 1; label >= 0; label -= 1)
      node = this.internChild(node, wire, this.#starts[label]!)
    return this.#outside ? -1 : node
  }

  internName(name: Name): number {
    return this.intern(this.#wire, this.#encode(name))
  }

  /** `at`: where the label's length stands in `wire`. */
  internChild(parent: number, wire: Uint8Array, at: number): number {
    const known = this.#child(parent, wire, at)
    return known === -1 ? this.#make(parent, wire, at) : known
  }

  nameOf(node: number): Name {
    if (node === APEX_NODE) return this.apex
    const wire = this.#wire
    let length = 0
    for (let at = node; at !== APEX_NODE; at = this.parent(at)) length = this.#copyLabel(at, wire, length)
    wire[length] = 0
    const below = readName(new Reader(wire, 0, length + 1))
    return this.apex === '' ? below : `${below}.${this.apex}`
  }

  finish(): void {
    this.#labels.finish()
    this.#nodes = this.#nodes.slice(0, this.count * STRIDE)
  }

  /** Finds where labels begin in front of the apex, which must be the end of the name: how many those are. */
  #split(wire: Uint8Array, length: number): number {
    const apex = this.#apexWire
    const end = length - apex.length
    let labels = 0
    let at = 0
    for (; at < end && labels < LABELS_MAX; at += wire[at]! + 1) this.#starts[labels++] = at
    this.#outside = at !== end
    for (let index = 0; index < apex.length && !this.#outside; index += 1)
      this.#outside = wire[end + index] !== apex[index]
    return this.#outside ? 0 : labels
  }

  #child(parent: number, wire: Uint8Array, at: number): number {
    const mask = this.#table.length - 1
    for (let slot = hashOf(parent, wire, at) & mask; ; slot = (slot + 1) & mask) {
      const node = this.#table[slot]!
      if (node === 0) return -1
      if (this.parent(node) === parent && this.#isLabel(node, wire, at)) return node
    }
  }

  #isLabel(node: number, wire: Uint8Array, at: number): boolean {
    const place = this.label(node)
    const bytes = this.#labels.bytes[place >>> CHUNK_BITS]!
    const start = (place & CHUNK_MASK) << 2
    const size = wire[at]!
    for (let index = 0; index <= size; index += 1) if (bytes[start + index] !== wire[at + index]) return false
    return true
  }

  #make(parent: number, wire: Uint8Array, at: number): number {
    const node = this.count++
    if (node * STRIDE >= this.#nodes.length) this.#nodes = grown(this.#nodes)
    if (node * 2 > this.#table.length) this.#spread()
    const size = wire[at]! + 1
    const place = this.#labels.take(size)
    const bytes = this.#labels.bytes[place >>> CHUNK_BITS]!
    const start = (place & CHUNK_MASK) << 2
    for (let index = 0; index < size; index += 1) bytes[start + index] = wire[at + index]!
    const row = node * STRIDE
    this.#nodes[row + PARENT] = parent
    this.#nodes[row + LABEL] = place
    this.#nodes[parent * STRIDE + CHILDREN]! += 1
    this.#enter(node, hashOf(parent, wire, at))
    return node
  }

  #enter(node: number, hash: number): void {
    const mask = this.#table.length - 1
    let slot = hash & mask
    while (this.#table[slot] !== 0) slot = (slot + 1) & mask
    this.#table[slot] = node
  }

  #spread(): void {
    this.#table = new Int32Array(this.#table.length * 2)
    for (let node = 1; node < this.count - 1; node += 1) {
      const place = this.label(node)
      const bytes = this.#labels.bytes[place >>> CHUNK_BITS]!
      this.#enter(node, hashOf(this.parent(node), bytes, (place & CHUNK_MASK) << 2))
    }
  }

  #copyLabel(node: number, wire: Uint8Array, to: number): number {
    const place = this.label(node)
    const bytes = this.#labels.bytes[place >>> CHUNK_BITS]!
    const start = (place & CHUNK_MASK) << 2
    const size = bytes[start]! + 1
    for (let index = 0; index < size; index += 1) wire[to + index] = bytes[start + index]!
    return to + size
  }

  /** The length of the name on the wire, which is in `#wire` then; 0 for none. */
  #encode(name: Name): number {
    if (name.length > NAME_MAX_BYTES || name.includes('\\')) return this.#encodeEscaped(name)
    const wire = this.#wire
    let start = 0
    for (let at = 0; at < name.length; at += 1) {
      const code = name.charCodeAt(at)
      if (code === 46) {
        wire[start] = at - start
        start = at + 1
      } else wire[at + 1] = code
    }
    if (name !== '') wire[start] = name.length - start
    const length = name === '' ? 0 : name.length + 1
    wire[length] = 0
    return length + 1
  }

  #encodeEscaped(name: Name): number {
    const bytes = nameBytes(name)
    if (bytes.length > NAME_MAX_BYTES) return 0
    this.#wire.set(bytes)
    return bytes.length
  }
}

function hashOf(parent: number, bytes: Uint8Array, at: number): number {
  let hash = Math.imul(parent ^ 0x811c9dc5, HASH_PRIME)
  for (let index = at + bytes[at]!; index >= at; index -= 1) hash = Math.imul(hash ^ bytes[index]!, HASH_PRIME)
  return hash ^ (hash >>> 15)
}

function grown(array: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(array.length * 2)
  larger.set(array)
  return larger
}
