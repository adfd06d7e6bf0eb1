// One command from its text (RFC 9051 §9): which words there are, and who reads what follows each.

import type { BadCommand, Command } from '../../messages.ts'
import { tagOf, type CommandText } from '../command-reader.ts'
import { Scanner, type NameForm } from '../scanner.ts'
import { parseAppend } from './append.ts'
import { parseFetch, parseStore } from './fetch.ts'
import { parseList, parseLsub } from './list.ts'
import { parseSearch, parseSort, parseThread } from './search.ts'
import { parseSelect } from './select.ts'
import { statusItems } from './status.ts'

export interface TaggedCommand {
  readonly tag: string
  readonly command: Command | BadCommand
}

type Parse = (scan: Scanner) => Command | BadCommand

/** What stands alone. */
type Bare = 'CAPABILITY' | 'NOOP' | 'LOGOUT' | 'STARTTLS' | 'NAMESPACE' | 'IDLE' | 'CHECK' | 'CLOSE' | 'UNSELECT'

const simple =
  (kind: Bare): Parse =>
  () => ({ kind })

/** What follows the word, a space included. */
const WORDS: Readonly<Record<string, Parse>> = {
  CAPABILITY: simple('CAPABILITY'),
  NOOP: simple('NOOP'),
  LOGOUT: simple('LOGOUT'),
  STARTTLS: simple('STARTTLS'),
  NAMESPACE: simple('NAMESPACE'),
  IDLE: simple('IDLE'),
  CHECK: simple('CHECK'),
  CLOSE: simple('CLOSE'),
  UNSELECT: simple('UNSELECT'),
  EXPUNGE: () => ({ kind: 'EXPUNGE' }),
  ID: parseId,
  AUTHENTICATE: parseAuthenticate,
  LOGIN: parseLogin,
  ENABLE: parseEnable,
  COMPRESS: (scan) => ({ kind: 'COMPRESS', mechanism: (scan.space(), scan.word('a mechanism')) }),
  SELECT: (scan) => parseSelect(scan, 'SELECT'),
  EXAMINE: (scan) => parseSelect(scan, 'EXAMINE'),
  CREATE: parseCreate,
  DELETE: (scan) => ({ kind: 'DELETE', mailbox: named(scan) }),
  SUBSCRIBE: (scan) => ({ kind: 'SUBSCRIBE', mailbox: named(scan) }),
  UNSUBSCRIBE: (scan) => ({ kind: 'UNSUBSCRIBE', mailbox: named(scan) }),
  RENAME: (scan) => ({ kind: 'RENAME', from: named(scan), to: named(scan) }),
  LIST: parseList,
  LSUB: parseLsub,
  STATUS: (scan) => ({ kind: 'STATUS', mailbox: named(scan), items: (scan.space(), statusItems(scan)) }),
  APPEND: parseAppend,
  GETQUOTA: (scan) => ({ kind: 'GETQUOTA', root: (scan.space(), scan.utf8('a quota root')) }),
  GETQUOTAROOT: (scan) => ({ kind: 'GETQUOTAROOT', mailbox: named(scan) }),
  SEARCH: (scan) => parseSearch(scan, false),
  SORT: (scan) => parseSort(scan, false),
  THREAD: (scan) => parseThread(scan, false),
  FETCH: (scan) => parseFetch(scan, false),
  STORE: (scan) => parseStore(scan, false),
  COPY: (scan) => parseCopy(scan, 'COPY', false),
  MOVE: (scan) => parseCopy(scan, 'MOVE', false),
}

/** The same behind UID (RFC 9051 §6.4.9). */
const UID_WORDS: Readonly<Record<string, Parse>> = {
  FETCH: (scan) => parseFetch(scan, true),
  STORE: (scan) => parseStore(scan, true),
  SEARCH: (scan) => parseSearch(scan, true),
  SORT: (scan) => parseSort(scan, true),
  THREAD: (scan) => parseThread(scan, true),
  COPY: (scan) => parseCopy(scan, 'COPY', true),
  MOVE: (scan) => parseCopy(scan, 'MOVE', true),
  EXPUNGE: (scan) => ({ kind: 'EXPUNGE', uids: (scan.space(), scan.messageSet()) }),
}

/** `undefined`: not even a tag. */
export function parseCommand(text: CommandText, names: NameForm): TaggedCommand | undefined {
  const tag = tagOf(text.text)
  if (tag === undefined) return undefined
  const scan = new Scanner(text, names)
  scan.at = tag.length + 1
  return { tag, command: commandIn(scan) }
}

function commandIn(scan: Scanner): Command | BadCommand {
  if (scan.at > scan.text.length) return bad('expected a command')
  const name = scan.word('a command')
  const parse = name === 'UID' ? own(UID_WORDS, (scan.space(), scan.word('a command'))) : own(WORDS, name)
  if (parse === undefined || scan.failed !== undefined) return bad(scan.failed ?? 'there is no such command')
  const command = parse(scan)
  if (command.kind !== 'bad') scan.end()
  if (scan.failed === undefined) return command
  return scan.hasBadName ? { kind: 'bad', status: 'NO', code: 'CANNOT', reason: scan.failed } : bad(scan.failed)
}

function own(words: Readonly<Record<string, Parse>>, name: string): Parse | undefined {
  return Object.hasOwn(words, name) ? words[name] : undefined
}

function bad(reason: string): BadCommand {
  return { kind: 'bad', status: 'BAD', reason }
}

/** Where a message that is announced would go: the mailbox of an APPEND that is not whole yet. */
export function appendTarget(text: string, names: NameForm): string | undefined {
  const scan = new Scanner({ kind: 'command', text, literals: [] }, names)
  scan.at = (tagOf(text)?.length ?? 0) + 1
  scan.expect('APPEND ')
  if (scan.next === '{' || scan.text.startsWith('~{', scan.at)) return undefined
  const mailbox = scan.mailbox()
  return scan.failed === undefined ? mailbox : undefined
}

function named(scan: Scanner): string {
  scan.space()
  return scan.mailbox()
}

/** RFC 2971 §3.3. */
const ID_FIELDS_MAX = 30

function parseId(scan: Scanner): Command {
  const fields: [string, string | undefined][] = []
  scan.space()
  if (scan.skip('NIL')) return { kind: 'ID', fields }
  scan.list(() => {
    const name = scan.string('a name')
    scan.space()
    fields.push([name, scan.nstring('a value')])
    if (fields.length > ID_FIELDS_MAX) scan.fail('too many fields')
  })
  return { kind: 'ID', fields }
}

const INITIAL = /(?:=|[A-Za-z0-9+/]+={0,2})$/y

function parseAuthenticate(scan: Scanner): Command {
  scan.space()
  const mechanism = scan.word('a mechanism')
  if (!scan.skip(' ')) return { kind: 'AUTHENTICATE', mechanism }
  INITIAL.lastIndex = scan.at
  const initial = INITIAL.exec(scan.text)?.[0]
  if (initial === undefined) scan.fail('expected base64')
  scan.at += initial?.length ?? 0
  return { kind: 'AUTHENTICATE', mechanism, initial: initial ?? '' }
}

function parseLogin(scan: Scanner): Command {
  scan.space()
  const user = scan.utf8('a user name')
  scan.space()
  return { kind: 'LOGIN', user, password: scan.utf8('a password') }
}

function parseEnable(scan: Scanner): Command {
  const capabilities: string[] = []
  do {
    scan.space()
    capabilities.push(scan.word('a capability'))
  } while (scan.failed === undefined && scan.next === ' ')
  return { kind: 'ENABLE', capabilities }
}

/** RFC 6154 §3: `(USE (\Drafts))`. */
function parseCreate(scan: Scanner): Command {
  const mailbox = named(scan)
  const uses: string[] = []
  if (scan.skip(' ')) {
    scan.list(() => {
      scan.expect('USE ', 'USE')
      uses.push(...scan.flags())
    })
  }
  return { kind: 'CREATE', mailbox, uses }
}

function parseCopy(scan: Scanner, kind: 'COPY' | 'MOVE', uid: boolean): Command {
  scan.space()
  const set = scan.messageSet()
  return { kind, uid, set, mailbox: named(scan) }
}
