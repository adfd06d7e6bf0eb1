// Which uids left one mailbox, and when, by mod-sequence: what QRESYNC tells a client that was away (RFC 7162 §3.2.5). The
// oldest steps go; `floor` is the mod-sequence up to which nothing is known any more.

import { integer, textOf, type Database } from './database.ts'
import { EXPUNGE_LOG_MAX } from './limits.ts'

/** Steps that go at once when the log is full. */
const DROP = Math.ceil(EXPUNGE_LOG_MAX / 10)

export interface LogState {
  readonly floor: number
  readonly steps: number
}

export function logExpunged(database: Database, mailbox: number, modSeq: number, uids: readonly number[]): void {
  database.run('INSERT INTO expunged (mailbox, mod_seq, uids) VALUES (?, ?, ?)', mailbox, modSeq, formatRanges(uids))
}

/** The state with one more step, after the oldest have gone where there are too many. */
export function bounded(database: Database, mailbox: number, state: LogState): LogState {
  if (state.steps < EXPUNGE_LOG_MAX) return { floor: state.floor, steps: state.steps + 1 }
  const oldest = 'SELECT mod_seq FROM expunged WHERE mailbox = ? ORDER BY mod_seq LIMIT 1 OFFSET ?'
  const floor = integer(database.row(oldest, mailbox, DROP - 1)?.[0])
  database.run('DELETE FROM expunged WHERE mailbox = ? AND mod_seq <= ?', mailbox, floor)
  return { floor, steps: state.steps + 1 - DROP }
}

/** Uids that went after `modSeq`, rising. */
export function expungedAfter(database: Database, mailbox: number, modSeq: number): readonly number[] {
  const sql = 'SELECT uids FROM expunged WHERE mailbox = ? AND mod_seq > ?'
  const uids = database.rows(sql, mailbox, modSeq).flatMap((row) => parseRanges(textOf(row[0])))
  return uids.toSorted((left, right) => left - right)
}

/** `1-3 7` for 1, 2, 3 and 7. */
function formatRanges(uids: readonly number[]): string {
  const ranges: string[] = []
  let from = 0
  for (let at = 0; at < uids.length; at++) {
    const uid = uids[at] ?? 0
    if (at === 0 || uid !== (uids[at - 1] ?? 0) + 1) from = uid
    if (uids[at + 1] !== uid + 1) ranges.push(from === uid ? `${uid}` : `${from}-${uid}`)
  }
  return ranges.join(' ')
}

function parseRanges(text: string): number[] {
  return text.split(' ').flatMap((range) => {
    const [from = 0, to = from] = range.split('-').map(Number)
    return Array.from({ length: to - from + 1 }, (_, at) => from + at)
  })
}
