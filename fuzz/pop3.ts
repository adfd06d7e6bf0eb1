// Broken POP3 sessions against the server, broken answers against the client.

import { isFailure, type StreamIo } from '../src/core/index.ts'
import { pop3, Pop3Client } from '../src/protocols/pop3/index.ts'
import { mailWorld } from '../test/conformance/mail-world.ts'
import { fillInbox } from './inbox.ts'
import { ADDRESS, REFUSAL_MS, sessionTarget } from './sessions.ts'

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

export const pop3Sessions = sessionTarget({
  name: 'pop3',
  about: 'POP3 sessions against the server, answers against the client',
  samples: SAMPLES,
  words: WORDS,
  sides: async () => {
    const { post, view } = await mailWorld(ADDRESS, 'pop3')
    return {
      service: pop3,
      config: { 'plain-login': true },
      world: view,
      port: 110,
      client: asking,
      isAnswer,
      waitMs: REFUSAL_MS,
      before: () => fillInbox(post, MAIL),
    }
  },
})

/** Every first line must be one that POP3 has. */
function isAnswer(text: string): boolean {
  return text === '' || /^(?:\+OK|-ERR|\+ )/.test(text)
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
