// Broken POP3 sessions against the server, broken answers against the client.

import { isFailure, type Post, type StreamIo } from '../src/core/index.ts'
import { openPost } from '../src/mailboxes/index.ts'
import { pop3, Pop3Client } from '../src/protocols/pop3/index.ts'
import { lonelyWorld, OpenGate, serve, SimPlane, type Served } from '../src/sim/index.ts'
import { Mutations } from './mutations.ts'
import type { Target } from './target.ts'

const ADDRESS = '198.51.100.1'
/** Where a client machine takes whatever comes for its answer. */
const CLIENT_PORT = 111
const USER = 'alice@harbor.test'

const MAIL = Buffer.from('Subject: one\n\r\n.dot\r\n..\n.\r\nend')

const SAMPLES = [
  'CAPA\r\nUSER alice\r\nPASS alice\r\nSTAT\r\nLIST\r\nUIDL\r\nRETR 1\r\nTOP 2 1\r\nDELE 1\r\nRSET\r\nNOOP\r\nQUIT\r\n',
  'AUTH PLAIN AGFsaWNlAGFsaWNl\r\nLIST 1\r\nUIDL 2\r\nRETR 2\r\n',
  'AUTH LOGIN\r\nYWxpY2U=\r\nYWxpY2U=\r\nTOP 1 0\r\nQUIT\r\n',
  'AUTH SCRAM-SHA-256 biwsbj1hbGljZSxyPWFiY2Q=\r\n*\r\nAUTH\r\nQUIT\r\n',
  '+OK hello\r\n+OK\r\nUSER\r\nSASL PLAIN\r\n.\r\n+OK\r\n+OK\r\nUIDL\r\n.\r\n+OK\r\n..dot\r\nbody\r\n.\r\n',
  '+OK\r\n-ERR\r\n+OK\r\n-ERR [AUTH] no\r\n',
]
const WORDS = [
  '\r\n',
  '\n',
  '\r',
  '\0',
  ' ',
  '.',
  '\r\n.\r\n',
  '*',
  '=',
  '+ ',
  '[',
  ']',
  '4294967296',
  '\xff',
  'QUIT\r\n',
]

export const pop3Sessions: Target = {
  name: 'pop3',
  about: 'POP3 sessions against the server, answers against the client',
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

/** Sessions delete what is there. */
async function fill(post: Post): Promise<void> {
  const inbox = post.account(USER)?.mailbox('INBOX')
  for (let mail = inbox?.messages.length ?? 0; mail < 3; mail++) await inbox?.append([{ content: MAIL, flags: [] }])
}

async function serving(post: Post, seed: number): Promise<Served> {
  const user = { address: USER, password: 'alice' }
  const world = {
    ...lonelyWorld([ADDRESS], 'pop3'),
    post,
    user: (login: string) => (login === 'alice' ? user : undefined),
  }
  const plane = new SimPlane({ seed })
  const gate = silentGate()
  const served = await serve(pop3, { world, gate, plane, config: { 'plain-login': true } })
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

function asking(io: StreamIo): Pop3Client {
  const client: Pop3Client = new Pop3Client(io, {
    user: 'alice',
    password: 'alice',
    tlsRequired: false,
    ready: (result) => {
      if (isFailure(result)) return
      for (const kind of ['LIST', 'UIDL', 'STAT'] as const) client.ask({ kind }, heard)
      client.ask({ kind: 'RETR', number: 1 }, heard)
    },
  })
  return client
}

/** Every first line must be one that POP3 has. Refusals of bad logins come by the clock. */
async function attempt(bytes: Uint8Array, { plane, peer: connect }: Served, mutations: Mutations): Promise<void> {
  plane.chunkMaxBytes = mutations.below(3) === 0 ? 1 + mutations.below(9) : Infinity
  const peer = connect(mutations.below(4) === 0 ? CLIENT_PORT : 110).send(bytes)
  await plane.settled()
  plane.advance(20_000)
  const answer = peer.take()
  if (peer.remote.port === 110 && answer !== '' && !/^(?:\+OK|-ERR|\+ )/.test(answer))
    throw new Error(`an answer ${answer}`)
  peer.reset()
}
