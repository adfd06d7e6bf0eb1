// Broken SMTP sessions against the server, broken replies against the client, broken lines against their parsers.

import type { StreamIo } from '../src/core/index.ts'
import { SmtpClient, smtp, type SmtpExchange } from '../src/protocols/smtp/index.ts'
import { formatCommand, parseCommand } from '../src/protocols/smtp/codec/command.ts'
import { mailWorld } from '../test/conformance/mail-world.ts'
import { Mutations } from './mutations.ts'
import { ADDRESS, startSessions, type Sessions } from './sessions.ts'
import type { Target } from './target.ts'

const SAMPLES = [
  'EHLO a.test\r\nMAIL FROM:<bob@island.test> SIZE=100 BODY=8BITMIME RET=HDRS ENVID=a+2Bb\r\nRCPT TO:<alice@harbor.test> NOTIFY=SUCCESS,DELAY ORCPT=rfc822;a@b\r\nDATA\r\nSubject: x\r\n\r\n..\r\n.\r\nQUIT\r\n',
  'EHLO a.test\r\nMAIL FROM:<> SMTPUTF8\r\nRCPT TO:<"a b"@harbor.test>\r\nRCPT TO:<alice@harbor.test>\r\nBDAT 6\r\nabcd\r\nBDAT 0 LAST\r\nNOOP\r\n',
  'HELO [192.0.2.1]\r\nVRFY x\r\nRSET\r\nHELP\r\nSTARTTLS\r\nEHLO b\r\n',
  'EHLO a\r\nMAIL FROM:<a@[IPv6:2001:db8::1]> BODY=BINARYMIME\r\nRCPT TO:<postmaster>\r\nBDAT 4 LAST\r\n\0\n\r.\r\n',
  '220 ready\r\n250-host\r\n250-PIPELINING\r\n250-CHUNKING\r\n250 SIZE 1000\r\n250 2.1.0 ok\r\n250 2.1.5 ok\r\n250 2.0.0 ok\r\n221 bye\r\n',
  '220 ready\r\n502 no\r\n250 host\r\n250 ok\r\n550 5.1.1 no\r\n354 go\r\n451 4.3.0 later\r\n',
]
const WORDS = [
  '\r\n',
  '\n',
  '\r',
  '\0',
  '.',
  '\r\n.\r\n',
  '<',
  '>',
  '"',
  '\\',
  '@',
  '[',
  '250-',
  '999999999999',
  'BDAT 5 LAST\r\n',
  '\xff',
  '\xc3\xa9',
]

export const smtpSessions: Target = {
  name: 'smtp',
  about: 'SMTP commands and messages against the server, replies against the client',
  async start(seed) {
    const mutations = new Mutations({ samples: SAMPLES, words: WORDS }, seed)
    let sessions = await serving(mutations, seed)
    let left = SERVED_MAX
    return {
      next: () => mutations.next(),
      async attempt(bytes) {
        parsed(bytes)
        if (--left === 0) {
          await sessions.stop()
          sessions = await serving(mutations, seed)
          left = SERVED_MAX
        }
        await sessions.attempt(bytes)
      },
      stop: () => sessions.stop(),
    }
  },
}

/** Inputs for one world: what they put into its mailboxes stays there. */
const SERVED_MAX = 2000

async function serving(mutations: Mutations, seed: number): Promise<Sessions> {
  const { view } = await mailWorld(ADDRESS, 'smtp')
  const config = { authenticate: 'off' }
  return startSessions({ service: smtp, config, world: view, port: 25, client: sending, isAnswer }, mutations, seed)
}

/** Every line that the server says must be a reply's. */
function isAnswer(text: string): boolean {
  // What follows in TLS is no text, and a handshake that fails cuts off what was said before it.
  const [answer = ''] = text.split(/(?<=ready for TLS\r\n)/)
  return /^(?:[2-5]\d\d[ -][^\r\n]*\r\n)+[2-5]?\d*[ -]?[^\r\n]*\r?$/.test(answer)
}

function sending(io: StreamIo): SmtpClient {
  const exchange: SmtpExchange = {
    mail: {
      sender: 'alice@harbor.test',
      recipients: [{ address: 'bob@island.test' }, { address: 'carol@island.test' }],
      content: Buffer.from('Subject: x\r\n\r\n.dot\r\n'),
    },
    answered: () => undefined,
  }
  return new SmtpClient(io, { name: 'host.test' }, [exchange, exchange])
}

/** A command that could be read can be written, and is the same again. */
function parsed(bytes: Uint8Array): void {
  const end = bytes.indexOf(13)
  const command = parseCommand(bytes.subarray(0, end === -1 ? bytes.length : end))
  if (command.kind === 'bad') return
  const again = parseCommand(Buffer.from(formatCommand(command)))
  if (JSON.stringify(again) !== JSON.stringify(command)) throw new Error(`${formatCommand(command)} is read otherwise`)
}
