// THREAD (RFC 5256 §3): messages by the conversation that they belong to. Each message becomes an entry, which reads its
// header; then entries become trees.

import { parseMessageId, parseMessageIds } from '../../../shared/mime/index.ts'
import type { ThreadAlgorithm } from '../messages.ts'
import { baseSubject } from './subject.ts'
import { HeaderFacts, type SortedMessage } from './header-facts.ts'
import { threadByReferences } from './thread-references.ts'
import { bySent, type Thread, type ThreadEntry } from './thread-tree.ts'

export { formatThreads, type Thread, type ThreadEntry } from './thread-tree.ts'

/** References of one message that count: the last ones. Ours. */
const REFERENCES_MAX = 100

/** Reads the header of a message. */
export function threadEntry(message: SortedMessage, algorithm: ThreadAlgorithm): ThreadEntry {
  const facts = new HeaderFacts(message)
  const { uid, sequence } = message
  const known = { uid, sequence, sentMs: facts.sentMs(), subject: baseSubject(facts.value('subject')) }
  if (algorithm === 'ORDEREDSUBJECT') return { ...known, messageId: undefined, references: [] }
  return { ...known, messageId: parseMessageId(facts.value('message-id') ?? ''), references: referencesOf(facts) }
}

/** In-Reply-To counts where there are no References, and of it the first id (RFC 5256 §3 REFERENCES (1)). */
function referencesOf(facts: HeaderFacts): string[] {
  const references = parseMessageIds(facts.value('references') ?? '')
  if (references.length > 0) return references.slice(-REFERENCES_MAX)
  const parent = parseMessageId(facts.value('in-reply-to') ?? '')
  return parent === undefined ? [] : [parent]
}

export function threadEntries(entries: readonly ThreadEntry[], algorithm: ThreadAlgorithm): Thread[] {
  return algorithm === 'REFERENCES' ? threadByReferences(entries) : threadBySubject(entries)
}

/** ORDEREDSUBJECT: the first message of a subject has all the others as its children. */
function threadBySubject(entries: readonly ThreadEntry[]): Thread[] {
  const threads = new Map<string, { readonly entry: ThreadEntry; readonly children: Thread[] }>()
  for (const entry of entries.toSorted(bySent)) {
    const thread = threads.get(entry.subject.text)
    if (thread === undefined) threads.set(entry.subject.text, { entry, children: [] })
    else thread.children.push({ entry, children: [] })
  }
  return [...threads.values()]
}
