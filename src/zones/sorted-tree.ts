// The names of a tree in canonical order (RFC 4034 §6.1): parents before children, those by their labels.

import type { Name } from '../core/name.ts'
import { CHUNK_BITS, CHUNK_MASK } from './arena.ts'
import type { SortedNames } from './contents.ts'
import { octetLabelsOf } from '../shared/dns/codec/labels.ts'
import { APEX_NODE, type NameTree } from './name-tree.ts'

/** Octets of labels that one step of sorting looks at: each as its number and one, 0 where the label has ended; 27 bits. */
const STEP_OCTETS = 3
/** Places within a group: the low bits beside a step's, so that both are one number that a double holds exactly. */
const PLACES = 2 ** 26
/** Groups up to here are sorted by comparing whole labels. */
const SMALL = 24

export class SortedTree implements SortedNames {
  readonly #tree: NameTree
  /** Nodes in order. */
  readonly order: Int32Array

  constructor(tree: NameTree) {
    this.#tree = tree
    this.order = preorder(tree)
  }

  get length(): number {
    return this.order.length
  }

  at(index: number): Name {
    return this.#tree.nameOf(this.order[index]!)
  }

  lowerBound(name: Name): number {
    const wanted = new Path(this.#tree, name)
    let low = 0
    let high = this.order.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (wanted.isBehind(this.order[middle]!)) low = middle + 1
      else high = middle
    }
    return low
  }
}

/** A name as its labels below the apex, the highest first. */
class Path {
  readonly #tree: NameTree
  readonly #labels: readonly string[]
  readonly #nodes: number[] = []

  constructor(tree: NameTree, name: Name) {
    this.#tree = tree
    const labels = octetLabelsOf(name)
    this.#labels = labels.slice(0, labels.length - octetLabelsOf(tree.apex).length).toReversed()
  }

  /** Whether the name comes after that of `node`. */
  isBehind(node: number): boolean {
    const nodes = this.#nodes
    let depth = 0
    for (let at = node; at !== APEX_NODE; at = this.#tree.parent(at)) nodes[depth++] = at
    for (let level = 0; level < this.#labels.length; level += 1) {
      if (level === depth) return true
      const order = compareText(this.#tree, nodes[depth - 1 - level]!, this.#labels[level]!)
      if (order !== 0) return order < 0
    }
    return false
  }
}

/** Below 0 where the node's label comes before `text`, one character an octet. */
function compareText(tree: NameTree, node: number, text: string): number {
  const place = tree.label(node)
  const bytes = tree.labels.bytes[place >>> CHUNK_BITS]!
  const start = (place & CHUNK_MASK) << 2
  const size = bytes[start]!
  const shared = Math.min(size, text.length)
  for (let index = 0; index < shared; index += 1) {
    const order = bytes[start + 1 + index]! - text.charCodeAt(index)
    if (order !== 0) return order
  }
  return size - text.length
}

function preorder(tree: NameTree): Int32Array {
  const { starts, siblings } = familiesOf(tree)
  const order = new Int32Array(tree.count)
  const stack = [APEX_NODE]
  for (let at = 0; stack.length > 0; at += 1) {
    const node = stack.pop()!
    order[at] = node
    const first = starts[node]!
    for (let child = first + tree.children(node) - 1; child >= first; child -= 1) stack.push(siblings[child]!)
  }
  return order
}

/** All nodes but the apex by their parents, those of one in order, and where the children of each begin. */
function familiesOf(tree: NameTree): { starts: Int32Array; siblings: Int32Array } {
  const { count } = tree
  const starts = new Int32Array(count)
  for (let node = 0, sum = 0; node < count; node += 1) {
    starts[node] = sum
    sum += tree.children(node)
  }
  const siblings = new Int32Array(count - 1)
  const free = new Int32Array(starts)
  for (let node = 1; node < count; node += 1) siblings[free[tree.parent(node)]!++] = node
  const sorter = new LabelSorter(tree)
  for (let node = 0; node < count; node += 1) {
    const size = tree.children(node)
    if (size > 1) sorter.sort(siblings.subarray(starts[node]!, starts[node]! + size), 0)
  }
  return { starts, siblings }
}

class LabelSorter {
  readonly #tree: NameTree

  constructor(tree: NameTree) {
    this.#tree = tree
  }

  /** Sorts nodes whose labels are the same up to octet `depth`. */
  sort(nodes: Int32Array, depth: number): void {
    if (nodes.length <= SMALL) return this.#insert(nodes)
    const before = new Int32Array(nodes)
    const keys = new Float64Array(nodes.length)
    for (let index = 0; index < nodes.length; index += 1)
      keys[index] = this.#step(before[index]!, depth) * PLACES + index
    keys.sort()
    let start = 0
    for (let index = 0; index < nodes.length; index += 1) {
      nodes[index] = before[keys[index]! % PLACES]!
      if (index === 0 || Math.floor(keys[index]! / PLACES) === Math.floor(keys[index - 1]! / PLACES)) continue
      if (index - start > 1) this.sort(nodes.subarray(start, index), depth + STEP_OCTETS)
      start = index
    }
    if (nodes.length - start > 1) this.sort(nodes.subarray(start), depth + STEP_OCTETS)
  }

  #step(node: number, depth: number): number {
    const place = this.#tree.label(node)
    const bytes = this.#tree.labels.bytes[place >>> CHUNK_BITS]!
    const start = (place & CHUNK_MASK) << 2
    const left = bytes[start]! - depth
    const at = start + 1 + depth
    const first = left > 0 ? bytes[at]! + 1 : 0
    const second = left > 1 ? bytes[at + 1]! + 1 : 0
    const third = left > 2 ? bytes[at + 2]! + 1 : 0
    return (first << 18) | (second << 9) | third
  }

  #insert(nodes: Int32Array): void {
    for (let index = 1; index < nodes.length; index += 1) {
      const node = nodes[index]!
      let at = index
      for (; at > 0 && this.#compare(nodes[at - 1]!, node) > 0; at -= 1) nodes[at] = nodes[at - 1]!
      nodes[at] = node
    }
  }

  #compare(one: number, other: number): number {
    const { bytes } = this.#tree.labels
    const [left, right] = [this.#tree.label(one), this.#tree.label(other)]
    const [a, b] = [bytes[left >>> CHUNK_BITS]!, bytes[right >>> CHUNK_BITS]!]
    const [start, otherStart] = [(left & CHUNK_MASK) << 2, (right & CHUNK_MASK) << 2]
    const [size, otherSize] = [a[start]!, b[otherStart]!]
    const shared = Math.min(size, otherSize)
    for (let index = 1; index <= shared; index += 1) {
      const order = a[start + index]! - b[otherStart + index]!
      if (order !== 0) return order
    }
    return size - otherSize
  }
}
