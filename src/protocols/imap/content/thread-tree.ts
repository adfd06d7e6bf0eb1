// Trees of messages, and how a THREAD response writes them (RFC 5256 §4). They may be as deep as a mailbox is long, so
// nothing here calls itself.

import type { BaseSubject } from './subject.ts'

export interface ThreadEntry {
  readonly uid: number
  readonly sequence: number
  readonly sentMs: number
  readonly subject: BaseSubject
  /** Without brackets; `undefined` where there is none, and for ORDEREDSUBJECT. */
  readonly messageId: string | undefined
  /** Oldest first. */
  readonly references: readonly string[]
}

/** A message, or what only holds its replies together, and what hangs from it. */
export interface Thread {
  readonly entry: ThreadEntry | undefined
  readonly children: readonly Thread[]
}

/** The order of siblings: by date and, where that is the same, as in the mailbox. */
export function bySent(left: ThreadEntry, right: ThreadEntry): number {
  return left.sentMs - right.sentMs || left.sequence - right.sequence
}

/** `(2)(3 6 (4 23)(44 7 96))` (RFC 5256 §4). `numberOf` tells a sequence number or uid. */
export function formatThreads(threads: readonly Thread[], numberOf: (entry: ThreadEntry) => number): string {
  const out: string[] = []
  const open: (Thread | ')')[] = threads.toReversed()
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next === ')') {
      out.push(')')
      continue
    }
    out.push('(')
    let thread = next
    const numbers: number[] = thread.entry === undefined ? [] : [numberOf(thread.entry)]
    while (thread.children.length === 1 && thread.children[0] !== undefined) {
      thread = thread.children[0]
      if (thread.entry !== undefined) numbers.push(numberOf(thread.entry))
    }
    out.push(numbers.join(' '))
    if (thread.children.length > 0 && numbers.length > 0) out.push(' ')
    open.push(')', ...thread.children.toReversed())
  }
  return out.join('')
}
