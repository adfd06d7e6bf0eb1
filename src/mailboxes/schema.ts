// The tables of the mail database, and the check that a file has them.

import type { DatabaseSync } from 'node:sqlite'
import { failure, type Failure } from '../core/failure.ts'

/** `Ptln`, in SQLite's header at offset 68 (sqlite.org/fileformat.html §1.3.15): whose file it is. */
const APPLICATION_ID = 0x50_74_6c_6e
/** Raised with each change of the tables. */
const VERSION = 1

// `content` has the first 64 KiB, `rest` what follows. A content that one place uses has no row in `shared`.
const TABLES = `
CREATE TABLE counter (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE content (id INTEGER PRIMARY KEY, size INTEGER NOT NULL, first BLOB NOT NULL);
CREATE TABLE rest (content INTEGER PRIMARY KEY, bytes BLOB NOT NULL);
CREATE TABLE shared (content INTEGER PRIMARY KEY, uses INTEGER NOT NULL);
CREATE TABLE account (id INTEGER PRIMARY KEY, address TEXT NOT NULL UNIQUE, last_validity INTEGER NOT NULL);
CREATE TABLE subscription (account INTEGER, name TEXT, PRIMARY KEY (account, name)) WITHOUT ROWID;
CREATE TABLE gone (account INTEGER, name TEXT, uid_validity INTEGER NOT NULL, PRIMARY KEY (account, name)) WITHOUT ROWID;
CREATE TABLE mailbox (
  id INTEGER PRIMARY KEY, account INTEGER NOT NULL, name TEXT NOT NULL, special_use TEXT,
  uid_validity INTEGER NOT NULL, uid_next INTEGER NOT NULL, mod_seq INTEGER NOT NULL, recent_from INTEGER NOT NULL,
  messages INTEGER NOT NULL, bytes INTEGER NOT NULL, unseen INTEGER NOT NULL, deleted INTEGER NOT NULL,
  log_floor INTEGER NOT NULL, log_steps INTEGER NOT NULL
);
CREATE INDEX mailbox_of_account ON mailbox (account);
CREATE TABLE message (
  mailbox INTEGER, uid INTEGER, content INTEGER NOT NULL, size INTEGER NOT NULL, received INTEGER NOT NULL,
  saved INTEGER NOT NULL, flags TEXT NOT NULL, mod_seq INTEGER NOT NULL, head BLOB, PRIMARY KEY (mailbox, uid)
) WITHOUT ROWID;
CREATE TABLE expunged (mailbox INTEGER, mod_seq INTEGER, uids TEXT NOT NULL, PRIMARY KEY (mailbox, mod_seq)) WITHOUT ROWID;
CREATE TABLE queued (
  id INTEGER PRIMARY KEY, host TEXT NOT NULL, content INTEGER NOT NULL, size INTEGER NOT NULL, queued INTEGER NOT NULL,
  message_id TEXT NOT NULL, sender TEXT NOT NULL, body TEXT NOT NULL, smtp_utf8 INTEGER NOT NULL, envelope_id TEXT, returns TEXT
);
CREATE INDEX queued_of_host ON queued (host);
CREATE TABLE recipient (
  mail INTEGER, id INTEGER, address TEXT NOT NULL, original TEXT, notify TEXT, tries INTEGER NOT NULL, next INTEGER NOT NULL,
  last_reply TEXT, reported_delay INTEGER NOT NULL, under_way INTEGER NOT NULL, PRIMARY KEY (mail, id)
) WITHOUT ROWID;
`

/** Makes the tables in an empty database; refuses one that is another program's or a later version's. */
export function prepareSchema(connection: DatabaseSync): Failure | undefined {
  const id = pragma(connection, 'application_id')
  const version = pragma(connection, 'user_version')
  if (id === APPLICATION_ID && version === VERSION) return undefined
  if (id === APPLICATION_ID) return failure('EVERSION', `the mail database is of version ${version}, not ${VERSION}`)
  if (!isEmpty(connection)) return failure('ECORRUPT', 'this is a database of another program')
  connection.exec(
    `BEGIN IMMEDIATE; ${TABLES} PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${VERSION}; COMMIT`,
  )
  return undefined
}

function isEmpty(connection: DatabaseSync): boolean {
  return connection.prepare('SELECT 1 FROM sqlite_schema LIMIT 1').get() === undefined
}

function pragma(connection: DatabaseSync, name: string): unknown {
  return connection.prepare(`PRAGMA ${name}`).get()?.[name]
}
