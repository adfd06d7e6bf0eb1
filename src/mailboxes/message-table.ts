// The rows of messages: each statement once, for whichever mailbox asks.

import type { Database, Row } from './database.ts'
import { UID_MAX } from './limits.ts'
import { MESSAGE_COLUMNS, type StoredMessage } from './message.ts'

const ADD = `INSERT INTO message (mailbox, uid, content, size, received, saved, flags, mod_seq, head) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`
const COPY = `INSERT INTO message (mailbox, uid, content, size, received, saved, flags, mod_seq, head)
  SELECT ?, ?, content, size, received, ?, flags, ?, head FROM message WHERE mailbox = ? AND uid = ?`
const MOVE = 'UPDATE message SET mailbox = ?, uid = ?, saved = ?, mod_seq = ? WHERE mailbox = ? AND uid = ?'
const FLAG = 'UPDATE message SET flags = ?, mod_seq = ? WHERE mailbox = ? AND uid = ?'
const CONTENT = `SELECT m.head, c.first, c.size FROM message m JOIN content c ON c.id = m.content WHERE m.mailbox = ? AND m.uid = ?`
const BELOW = `SELECT ${MESSAGE_COLUMNS} FROM message WHERE mailbox = ? AND uid < ? ORDER BY uid`

export function addMessage(
  database: Database,
  mailbox: number,
  message: StoredMessage,
  head: Uint8Array | undefined,
): void {
  const { uid, contentId, size, receivedMs, savedMs, flags, modSeq } = message
  const ahead = head === undefined || head.length === 0 ? null : head
  database.run(ADD, mailbox, uid, contentId, size, receivedMs, savedMs, flags.text, modSeq, ahead)
}

/** The row of `uid` again, or from now on, as that of `to` in the mailbox `toMailbox`. */
export function copyMessage(
  database: Database,
  from: { readonly mailbox: number; readonly uid: number },
  toMailbox: number,
  to: StoredMessage,
  leave: boolean,
): void {
  database.run(leave ? MOVE : COPY, toMailbox, to.uid, to.savedMs, to.modSeq, from.mailbox, from.uid)
}

/** Flags and mod-sequence as the message has them now. */
export function flagMessage(database: Database, mailbox: number, message: StoredMessage): void {
  database.run(FLAG, message.flags.text, message.modSeq, mailbox, message.uid)
}

export function dropMessage(database: Database, mailbox: number, uid: number): void {
  database.run('DELETE FROM message WHERE mailbox = ? AND uid = ?', mailbox, uid)
}

/** Everything that belongs to a mailbox. */
export function dropMailbox(database: Database, mailbox: number): void {
  database.run('DELETE FROM message WHERE mailbox = ?', mailbox)
  database.run('DELETE FROM expunged WHERE mailbox = ?', mailbox)
  database.run('DELETE FROM mailbox WHERE id = ?', mailbox)
}

/** The head of a copy, the first octets of its content, and how many octets that has in all. */
export function contentRow(database: Database, mailbox: number, uid: number): Row | undefined {
  return database.row(CONTENT, mailbox, uid)
}

/** `MESSAGE_COLUMNS` of all messages below a uid, in rising order. */
export function messagesBelow(database: Database, mailbox: number, uid: number): readonly Row[] {
  return database.rows(BELOW, mailbox, Math.min(uid, UID_MAX + 1))
}
