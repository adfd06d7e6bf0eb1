// THREAD=REFERENCES (RFC 5256 §3), step by step as it stands there. Trees may be as deep as a mailbox is long, so nothing
// here calls itself.

import { bySent, type Thread, type ThreadEntry } from './thread-tree.ts'

/** Ancestors that are looked at for a loop; a link further down is left out. Ours, against mail made to be slow. */
const ANCESTORS_MAX = 10_000

interface Node extends Thread {
  /** `undefined`: a message that is only known from references, or a holder of threads with one subject. */
  entry: ThreadEntry | undefined
  parent: Node | undefined
  /** Children that are linked to it: while there are none it is nobody's ancestor. */
  links: number
  children: Node[]
}

export function threadByReferences(entries: readonly ThreadEntry[]): Thread[] {
  const nodes = linked(entries)
  const roots = rooted(nodes)
  prune(roots)
  const kept = roots.flatMap(promoted)
  sortSiblings(kept)
  const threads = gathered(kept.toSorted(bySentOf))
  sortSiblings(threads)
  return threads.toSorted(bySentOf)
}

/** Step 1: each message, and each that they refer to, with its parent. */
function linked(entries: readonly ThreadEntry[]): readonly Node[] {
  const byId = new Map<string, Node>()
  const nodes: Node[] = []
  const nodeOf = (id: string): Node => {
    const known = byId.get(id)
    if (known !== undefined) return known
    const made = newNode(undefined)
    nodes.push(made)
    byId.set(id, made)
    return made
  }
  for (const entry of entries.toSorted((left, right) => left.sequence - right.sequence)) {
    const node = ownNode(entry, nodeOf, nodes)
    const chain = entry.references.map(nodeOf)
    for (const [at, child] of chain.entries()) {
      const parent = chain[at - 1]
      if (parent !== undefined && child.parent === undefined) link(parent, child)
    }
    const last = chain.at(-1)
    if (last === undefined) unlink(node)
    else link(last, node)
  }
  return nodes
}

/** The node of a message. Without an id, or with one that an earlier message has, it has one of its own. */
function ownNode(entry: ThreadEntry, nodeOf: (id: string) => Node, nodes: Node[]): Node {
  const known = entry.messageId === undefined ? undefined : nodeOf(entry.messageId)
  if (known !== undefined && known.entry === undefined) {
    known.entry = entry
    return known
  }
  const made = newNode(entry)
  nodes.push(made)
  return made
}

function newNode(entry: ThreadEntry | undefined): Node {
  return { entry, parent: undefined, links: 0, children: [] }
}

/** Makes `parent` the one parent of `child`, unless that would be a loop. */
function link(parent: Node, child: Node): void {
  if (parent === child || isAncestor(child, parent)) return
  unlink(child)
  child.parent = parent
  parent.links++
}

function unlink(child: Node): void {
  if (child.parent !== undefined) child.parent.links--
  child.parent = undefined
}

function isAncestor(node: Node, of: Node): boolean {
  if (node.links === 0) return false
  let steps = 0
  for (let above = of.parent; above !== undefined; above = above.parent) {
    if (above === node || ++steps > ANCESTORS_MAX) return true
  }
  return false
}

/** Step 2: those without a parent; the others become children of theirs. */
function rooted(nodes: readonly Node[]): Node[] {
  for (const node of nodes) node.parent?.children.push(node)
  return nodes.filter((node) => node.parent === undefined)
}

/** Parents before their children. */
function downwards(roots: readonly Node[]): Node[] {
  const order = [...roots]
  for (const node of order) for (const child of node.children) order.push(child)
  return order
}

/** Step 3, below the top: children of what is no message take its place. */
function prune(roots: readonly Node[]): void {
  for (const node of downwards(roots).toReversed()) {
    if (node.children.some(({ entry }) => entry === undefined)) {
      node.children = node.children.flatMap((child) => (child.entry === undefined ? child.children : [child]))
    }
  }
}

/** Step 3, at the top: what is no message stays where it holds several together. */
function promoted(root: Node): Node[] {
  return root.entry === undefined && root.children.length < 2 ? root.children : [root]
}

/** The message by which a thread is sorted and has its subject: its own or, for want of one, that of its first child. */
function firstOf(node: Node): ThreadEntry | undefined {
  return node.entry ?? node.children[0]?.entry
}

function bySentOf(left: Node, right: Node): number {
  const [first, second] = [firstOf(left), firstOf(right)]
  return first === undefined || second === undefined ? 0 : bySent(first, second)
}

/** Steps 4 and 6 below the top: children before their parents, since those may be sorted by them. */
function sortSiblings(roots: readonly Node[]): void {
  for (const node of downwards(roots).toReversed()) if (node.children.length > 1) node.children.sort(bySentOf)
}

/** Step 5: threads of one subject become one. */
function gathered(threads: readonly Node[]): Node[] {
  const bySubject = subjectTable(threads)
  const gone = new Set<Node>()
  const holders = new Map<Node, Node>()
  for (const thread of threads) {
    const subject = firstOf(thread)?.subject.text ?? ''
    const held = bySubject.get(subject)
    if (held === undefined || held === thread) continue
    if (thread.entry === undefined && held.entry === undefined) held.children = [...held.children, ...thread.children]
    else if (held.entry === undefined || (isReply(thread) && !isReply(held))) held.children.push(thread)
    else {
      const holder = { ...newNode(undefined), children: [held, thread] }
      bySubject.set(subject, holder)
      holders.set(held, holder)
    }
    gone.add(thread)
  }
  return threads.filter((thread) => !gone.has(thread)).map((thread) => holders.get(thread) ?? thread)
}

/** Step 5 (B): for each subject the thread that takes the others: a holder before a message, a message before a reply. */
function subjectTable(threads: readonly Node[]): Map<string, Node> {
  const table = new Map<string, Node>()
  for (const thread of threads) {
    const subject = firstOf(thread)?.subject.text ?? ''
    if (subject === '') continue
    const held = table.get(subject)
    if (held === undefined || isBetter(thread, held)) table.set(subject, thread)
  }
  return table
}

function isBetter(thread: Node, held: Node): boolean {
  if (thread.entry === undefined || held.entry === undefined) {
    return thread.entry === undefined && held.entry !== undefined
  }
  return isReply(held) && !isReply(thread)
}

function isReply(node: Node): boolean {
  return firstOf(node)?.subject.isReplyOrForward ?? false
}
