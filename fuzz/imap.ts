// Broken IMAP sessions against the server, broken answers against the client.

import { isFailure, type Post, type StreamIo } from '../src/core/index.ts'
import { openPost } from '../src/mailboxes/index.ts'
import { imap, ImapClient } from '../src/protocols/imap/index.ts'
import { lonelyWorld, OpenGate, serve, SimPlane, type Served } from '../src/sim/index.ts'
import { Mutations } from './mutations.ts'
import type { Target } from './target.ts'

const ADDRESS = '198.51.100.1'
/** Where a client machine takes whatever comes for its answer. */
const CLIENT_PORT = 144
const USER = 'alice@harbor.test'
/** Messages above which the mailbox is emptied. */
const MESSAGES_MAX = 50

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

export const imapSessions: Target = {
  name: 'imap',
  about: 'IMAP sessions against the server, answers against the client',
  async start(seed) {
    const mutations = new Mutations({ samples: SAMPLES, words: WORDS }, seed)
    const post = openPost({ users: [USER], anyAddress: false, wallMs: () => 0 })
    if (isFailure(post)) throw new Error(post.message)
    const served = await serving(post, seed)
    return {
      next: () => mutations.next(),
      attempt: async (bytes) => {
        await fill(post)
        await attempt(bytes, served, mutations)
      },
      stop: () => served.stop(),
    }
  },
}

/** Sessions add and remove. */
async function fill(post: Post): Promise<void> {
  const inbox = post.account(USER)?.mailbox('INBOX')
  if (inbox === undefined) return
  if (inbox.messages.length > MESSAGES_MAX) await inbox.expunge(inbox.messages)
  for (let mail = inbox.messages.length; mail < 3; mail++) await inbox.append([{ content: MAIL, flags: [] }])
}

async function serving(post: Post, seed: number): Promise<Served> {
  const user = { address: USER, password: 'alice' }
  const world = {
    ...lonelyWorld([ADDRESS], 'imap'),
    post,
    user: (login: string) => (login === 'alice' ? user : undefined),
  }
  const plane = new SimPlane({ seed })
  const gate = silentGate()
  const served = await serve(imap, { world, gate, plane, config: { 'plain-login': true } })
  const reads = { transport: 'tcp', port: CLIENT_PORT, accept: asking } as const
  await plane.listenStream(reads, { at: { ip: ADDRESS, port: CLIENT_PORT }, service: 'client' }, gate)
  return served
}

/** Keeps nothing, and takes a broken machine for a finding. */
function silentGate(): OpenGate {
  return Object.assign(new OpenGate(), {
    opened: () => 'allow' as const,
    closed: () => undefined,
    event: (_flow: unknown, _service: string, event: { readonly kind: string; readonly summary: string }) => {
      if (event.kind.endsWith('.broken')) throw new Error(event.summary)
    },
  })
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

/** Every answer must begin as one of IMAP's. Refusals of bad logins come by the clock. */
async function attempt(bytes: Uint8Array, { plane, peer: connect }: Served, mutations: Mutations): Promise<void> {
  plane.chunkMaxBytes = mutations.below(3) === 0 ? 1 + mutations.below(9) : Infinity
  const peer = connect(mutations.below(4) === 0 ? CLIENT_PORT : 143).send(bytes)
  await plane.settled()
  plane.advance(20_000)
  const answer = peer.take()
  if (peer.remote.port === 143 && answer !== '' && !/^(?:\* |\+ |\S+ (?:OK|NO|BAD) )/.test(answer))
    throw new Error(`an answer ${answer}`)
  peer.reset()
}
