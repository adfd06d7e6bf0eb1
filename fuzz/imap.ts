// Broken IMAP sessions against the server, broken answers against the client.

import { isFailure, type StreamIo } from '../src/core/index.ts'
import { imap, ImapClient } from '../src/protocols/imap/index.ts'
import { mailWorld } from '../test/conformance/mail-world.ts'
import { fillInbox } from './inbox.ts'
import { ADDRESS, REFUSAL_MS, sessionTarget } from './sessions.ts'

const MAIL = Buffer.from(
  'From: a <a@b.test>\r\nSubject: one\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\nbody\r\n--x--\r\n',
)

const LOGIN = 'a LOGIN alice alice\r\n'
const SAMPLES = [
  `${LOGIN}b SELECT INBOX\r\nc FETCH 1:* (FLAGS UID ENVELOPE BODYSTRUCTURE BODY[1]<0.9> BINARY.SIZE[1])\r\nd LOGOUT\r\n`,
  `${LOGIN}b APPEND INBOX (\\Seen) "17-Jul-1996 02:44:25 -0700" {9+}\r\nSubject:x ~{3+}\r\n\0\r\n\r\nc SELECT INBOX\r\nd STORE 1:2 +FLAGS (\\Deleted $x)\r\ne EXPUNGE\r\n`,
  `${LOGIN}b ENABLE QRESYNC IMAP4rev2\r\nc SELECT INBOX (QRESYNC (1 1 1:9 (1:2 1:2)))\r\nd UID SEARCH RETURN (MIN ALL SAVE) OR (TEXT {3+}\r\nfoo) NOT SINCE 1-Feb-1994\r\ne UID FETCH $ (FLAGS) (CHANGEDSINCE 1 VANISHED)\r\n`,
  `${LOGIN}b LIST (SUBSCRIBED RECURSIVEMATCH) "" (% *) RETURN (CHILDREN STATUS (SIZE))\r\nc CREATE "x/&APw-" (USE (\\Junk))\r\nd RENAME x y\r\ne DELETE y\r\nf IDLE\r\nDONE\r\n`,
  `${LOGIN}b SELECT INBOX\r\nc SORT (REVERSE SUBJECT DATE) UTF-8 ALL\r\nd THREAD REFERENCES UTF-8 ALL\r\ne UID MOVE 1 Trash\r\nf COPY 1 Junk\r\ng COMPRESS DEFLATE\r\n`,
  'a AUTHENTICATE PLAIN AGFsaWNlAGFsaWNl\r\nb AUTHENTICATE SCRAM-SHA-256\r\n*\r\nc ID ("x" NIL)\r\n',
  '* OK [CAPABILITY IMAP4rev1 SASL-IR] hi\r\na1 OK in\r\n* CAPABILITY IMAP4rev1\r\na2 OK\r\n* 1 FETCH (BODY[] {3}\r\nabc FLAGS (\\Seen))\r\na3 OK x\r\n',
]
const WORDS = [
  '\r\n',
  '\n',
  '\0',
  ' ',
  '{5}',
  '{5+}',
  '{4294967295+}',
  '~{1+}\r\n',
  '"',
  '\\',
  '(',
  ')',
  '*',
  '1:*',
  '4294967296',
  '&',
  '\xff',
  '[',
  'UID ',
  'NOT ',
]

export const imapSessions = sessionTarget({
  name: 'imap',
  about: 'IMAP sessions against the server, answers against the client',
  samples: SAMPLES,
  words: WORDS,
  sides: async () => {
    const { post, view } = await mailWorld(ADDRESS, 'imap')
    return {
      service: imap,
      config: { 'plain-login': true },
      world: view,
      port: 143,
      client: asking,
      isAnswer,
      waitMs: REFUSAL_MS,
      before: () => fillInbox(post, MAIL),
    }
  },
})

/** Every answer must begin as one of IMAP's. */
function isAnswer(text: string): boolean {
  return text === '' || /^(?:\* |\+ |\S+ (?:OK|NO|BAD) )/.test(text)
}

const heard = (): undefined => undefined

function asking(io: StreamIo): ImapClient {
  const client: ImapClient = new ImapClient(io, {
    user: 'alice',
    password: 'alice',
    tlsRequired: false,
    ready: (result) => {
      if (isFailure(result)) return
      client.ask({ kind: 'SELECT', mailbox: 'INBOX', condstore: false }, heard)
      client.ask({ kind: 'SEARCH', uid: true, key: { kind: 'all' } }, heard)
    },
  })
  return client
}
