// Every command both ways, and what is none: cut at every length, with bits flipped.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SeededRandom } from '../../../../sim/index.ts'
import { dayNumber, NEW_KEY, STAR } from '../../content/search-key.ts'
import type { Command, FetchItem } from '../../messages.ts'
import { formatCommand } from '../format-command.ts'
import { appendTarget, parseCommand } from './index.ts'

const SET = [
  { from: 1, to: 3 },
  { from: 7, to: STAR },
]
const ITEMS: FetchItem[] = [
  { kind: 'FLAGS' },
  { kind: 'BODYSTRUCTURE' },
  { kind: 'RFC822.SIZE' },
  { kind: 'section', label: 'BODY[]', peek: true, section: { part: [], text: undefined } },
  {
    kind: 'section',
    label: 'BODY[1.2.MIME]<5>',
    peek: false,
    section: { part: [1, 2], text: 'MIME' },
    partial: { from: 5, count: 9 },
  },
  {
    kind: 'section',
    label: 'BODY[HEADER.FIELDS.NOT (DATE "X Y")]',
    peek: true,
    section: { part: [], text: { fields: ['DATE', 'X Y'], not: true } },
  },
  { kind: 'binary', label: 'BINARY[1]<0>', peek: true, part: [1], partial: { from: 0, count: 1 } },
  { kind: 'binary-size', label: 'BINARY.SIZE[2.1]', part: [2, 1] },
]

const COMMANDS: readonly Command[] = [
  { kind: 'NOOP' },
  { kind: 'UNSELECT' },
  { kind: 'ID', fields: [] },
  {
    kind: 'ID',
    fields: [
      ['name', 'a "b"'],
      ['os', undefined],
    ],
  },
  { kind: 'AUTHENTICATE', mechanism: 'PLAIN' },
  { kind: 'AUTHENTICATE', mechanism: 'PLAIN', initial: '=' },
  { kind: 'LOGIN', user: 'alice', password: 'pa "ss\\word' },
  { kind: 'LOGIN', user: 'zoé', password: '' },
  { kind: 'ENABLE', capabilities: ['QRESYNC', 'IMAP4REV2'] },
  { kind: 'COMPRESS', mechanism: 'DEFLATE' },
  { kind: 'SELECT', mailbox: 'INBOX', condstore: false },
  { kind: 'EXAMINE', mailbox: 'a b', condstore: true },
  { kind: 'SELECT', mailbox: 'x', condstore: false, known: { uidValidity: 1, modSeq: 2 } },
  { kind: 'SELECT', mailbox: 'x', condstore: false, known: { uidValidity: 1, modSeq: 2, uids: SET } },
  { kind: 'CREATE', mailbox: 'Entwürfe', uses: ['\\Drafts'] },
  { kind: 'DELETE', mailbox: '&' },
  { kind: 'RENAME', from: 'a', to: 'b/c' },
  { kind: 'LIST', reference: '', patterns: ['*'], selections: [], returns: [], status: [] },
  {
    kind: 'LIST',
    reference: 'x/',
    patterns: ['%', 'ü*'],
    selections: ['SUBSCRIBED', 'RECURSIVEMATCH'],
    returns: ['CHILDREN', 'STATUS'],
    status: ['MESSAGES', 'SIZE'],
  },
  { kind: 'LSUB', reference: '', pattern: '%' },
  { kind: 'STATUS', mailbox: 'x', items: ['UIDNEXT', 'DELETED-STORAGE'] },
  { kind: 'APPEND', mailbox: 'x', messages: [{ flags: [], content: Buffer.from('one\r\n') }] },
  {
    kind: 'APPEND',
    mailbox: 'x y',
    messages: [
      { flags: ['\\Seen', '$Label'], dateMs: Date.UTC(1996, 6, 17), content: Buffer.from('{3}\r\n') },
      { flags: [], dateMs: Date.UTC(2026, 0, 2), content: Buffer.from('\0') },
    ],
  },
  { kind: 'GETQUOTA', root: 'User quota' },
  { kind: 'GETQUOTAROOT', mailbox: 'INBOX' },
  { kind: 'EXPUNGE' },
  { kind: 'EXPUNGE', uids: SET },
  { kind: 'SEARCH', uid: false, key: { kind: 'all' } },
  {
    kind: 'SEARCH',
    uid: true,
    returns: ['MIN', 'SAVE'],
    key: {
      kind: 'and',
      keys: [
        { kind: 'sequence', set: SET },
        { kind: 'or', left: { kind: 'text', text: 'grüße' }, right: NEW_KEY },
        { kind: 'not', key: { kind: 'header', name: 'x-y', text: '' } },
        { kind: 'date', of: 'sent', is: 'since', day: dayNumber(1994, 2, 1) },
        { kind: 'flag', flag: '$label', set: false },
        { kind: 'size', is: 'larger', octets: 7 },
        { kind: 'within', is: 'younger', seconds: 60 },
        { kind: 'modseq', from: 9 },
        { kind: 'uid', set: SET },
        { kind: 'saved' },
      ],
    },
  },
  {
    kind: 'SORT',
    uid: true,
    criteria: [
      { key: 'SUBJECT', reverse: true },
      { key: 'DATE', reverse: false },
    ],
    key: { kind: 'body', text: 'x' },
  },
  { kind: 'THREAD', uid: false, algorithm: 'REFERENCES', key: { kind: 'all' } },
  { kind: 'FETCH', uid: false, set: SET, items: ITEMS, vanished: false },
  { kind: 'FETCH', uid: true, set: 'saved', items: [{ kind: 'UID' }], changedSince: 5, vanished: true },
  { kind: 'STORE', uid: false, set: SET, change: 'replace', silent: false, flags: [] },
  { kind: 'STORE', uid: true, set: SET, change: 'add', silent: true, flags: ['\\Seen', 'x'], unchangedSince: 4 },
  { kind: 'COPY', uid: false, set: SET, mailbox: 'x' },
  { kind: 'MOVE', uid: true, set: SET, mailbox: 'x' },
]

interface Wire {
  readonly text: string
  readonly literals: readonly Uint8Array[]
}

function wire(command: Command, names: 'utf-7' | 'utf-8' = 'utf-7'): Wire {
  const pieces = formatCommand(command, names)
  const text = pieces.map((piece) => (typeof piece === 'string' ? piece : `{${piece.length}}\r\n`)).join('')
  return { text: `tag ${text}`, literals: pieces.filter((piece) => typeof piece !== 'string') }
}

function parsed({ text, literals }: Wire, names: 'utf-7' | 'utf-8' = 'utf-7') {
  return parseCommand({ kind: 'command', text, literals }, names)
}

for (const command of COMMANDS) {
  test(`${wire(command).text.slice(0, 60)}: both ways, in either form of names`, () => {
    for (const names of ['utf-7', 'utf-8'] as const) {
      assert.deepEqual(parsed(wire(command, names), names), { tag: 'tag', command })
    }
  })

  test(`${wire(command).text.slice(0, 60)}: in small letters`, () => {
    const { text, literals } = wire(command)
    const small = text.replace(/^tag (?:UID )?[A-Z]+/, (word) => word.toLowerCase())
    assert.deepEqual(parsed({ text: small, literals })?.command, command)
  })
}

test('cut anywhere, or with a bit flipped, it is a command or a reason why not', () => {
  for (const command of COMMANDS) {
    const { text, literals } = wire(command)
    for (let end = 0; end < text.length; end++) parsed({ text: text.slice(0, end), literals })
    for (let bit = 0; bit < text.length * 8; bit++) {
      const bent = Buffer.from(text, 'latin1')
      bent[bit >> 3] = (bent[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      parsed({ text: bent.toString('latin1'), literals })
    }
  }
})

test('noise is no command', () => {
  const chance = new SeededRandom(5)
  for (let round = 0; round < 2000; round++) {
    const text = Buffer.from(chance.bytes(1 + (round % 40))).toString('latin1')
    parsed({ text: `a ${text}`, literals: [] })
  }
})

const WRONG = [
  '',
  'a',
  'a ',
  ' NOOP',
  '+ NOOP',
  'a  NOOP',
  'a NOOP x',
  'a UID NOOP',
  'a UID',
  'a LOGIN alice',
  'a LOGIN "al\0ice" x',
  'a SELECT',
  'a SELECT x (NOSUCH)',
  'a FETCH 1',
  'a FETCH 1 ()',
  'a FETCH 1 (FLAGS',
  'a FETCH 1 BODY[MIME]',
  'a FETCH 1 BODY[1.]',
  'a FETCH 1 BODY[0]',
  'a FETCH 1 BODY[HEADER.FIELDS ()]',
  'a FETCH 1 BODY[]<1>',
  'a FETCH 1 FLAGS (VANISHED)',
  'a UID FETCH 1 FLAGS (VANISHED)',
  'a STORE 1 FLAG (x)',
  'a STORE 1 FLAGS (x(y))',
  'a SEARCH',
  'a SEARCH NOT',
  'a SEARCH SINCE 31-Feb-2020',
  'a SEARCH RETURN (ALL) ',
  'a APPEND x "17-Jul-1996 02:44:25 -0700"',
  'a constructor',
  'a UID toString 1',
  'a LIST "" * RETURN (NOSUCH)',
  'a STATUS x MESSAGES',
  'a CREATE x (USE \\All)',
  'a COPY 0 x',
]

for (const text of WRONG) {
  test(`"${text}" is no command`, () => {
    const command = parsed({ text, literals: [] })?.command
    assert.ok(command === undefined || command.kind === 'bad', JSON.stringify(command))
  })
}

test('where an announced message goes', () => {
  assert.equal(appendTarget('a APPEND "Entw&APw-rfe" (\\Seen) {5}', 'utf-7'), 'Entwürfe')
  assert.equal(appendTarget('a APPEND {3}\r\n {5}', 'utf-7'), undefined)
})
