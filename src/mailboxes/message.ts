// One message in one mailbox, as memory has it: some hundred octets, and no content.

import type { Message } from '../core/post.ts'
import { integer, textOf, type Row } from './database.ts'
import type { Flags, FlagSets } from './flags.ts'

/** Columns in the order that `readMessage` wants. */
export const MESSAGE_COLUMNS = 'uid, size, received, saved, content, flags, mod_seq'

export class StoredMessage implements Message {
  readonly uid: number
  readonly size: number
  readonly receivedMs: number
  readonly savedMs: number
  readonly contentId: number
  flags: Flags
  modSeq: number

  constructor(
    uid: number,
    size: number,
    receivedMs: number,
    savedMs: number,
    contentId: number,
    flags: Flags,
    modSeq: number,
  ) {
    this.uid = uid
    this.size = size
    this.receivedMs = receivedMs
    this.savedMs = savedMs
    this.contentId = contentId
    this.flags = flags
    this.modSeq = modSeq
  }
}

export function readMessage(row: Row, flagSets: FlagSets): StoredMessage {
  return new StoredMessage(
    integer(row[0]),
    integer(row[1]),
    integer(row[2]),
    integer(row[3]),
    integer(row[4]),
    flagSets.stored(textOf(row[5])),
    integer(row[6]),
  )
}

/** Where the message of a uid stands in a list in rising order of uid; -1 where it does not. */
export function indexOfUid(messages: readonly Message[], uid: number): number {
  let low = 0
  let high = messages.length - 1
  while (low <= high) {
    const middle = (low + high) >>> 1
    const there = messages[middle]?.uid ?? 0
    if (there === uid) return middle
    if (there < uid) low = middle + 1
    else high = middle - 1
  }
  return -1
}

/** Those of `wanted` that are in `messages`, each once, in rising order of uid. */
export function present(messages: readonly StoredMessage[], wanted: readonly Message[]): StoredMessage[] {
  const found: StoredMessage[] = []
  let next = 0
  let rising = true
  for (const message of wanted) {
    const at = messages[next] === message ? next : indexOfUid(messages, message.uid)
    const there = messages[at]
    if (there === undefined || there !== message) continue
    rising &&= (found.at(-1)?.uid ?? 0) < there.uid
    found.push(there)
    next = at + 1
  }
  return rising ? found : [...new Set(found)].toSorted((left, right) => left.uid - right.uid)
}
