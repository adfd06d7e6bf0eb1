// Broken FTP sessions against the server, broken answers against the client, and both through the codec.

import assert from 'node:assert/strict'
import { isFailure, type StreamIo } from '../src/core/index.ts'
import {
  encodeCommand,
  encodeReply,
  ftp,
  FtpClient,
  parseExtended,
  parseFacts,
  parseGlob,
  parseListLine,
  parsePassive,
  parsePort,
  parseQuoted,
  parseTime,
  readCommand,
  ReplyReader,
} from '../src/protocols/ftp/index.ts'
import { Inbox } from '../src/wire/inbox.ts'
import { MemoryTree } from '../src/sim/index.ts'
import { ftpWorld } from '../test/conformance/ftp-dialogue.ts'
import { ADDRESS, REFUSAL_MS, sessionTarget } from './sessions.ts'

const LOGIN = 'USER alice\r\nPASS alice\r\n'
const SAMPLES = [
  `${LOGIN}PWD\r\nMKD a\r\nCWD a\r\nCDUP\r\nRNFR a\r\nRNTO b\r\nRMD b\r\nQUIT\r\n`,
  `${LOGIN}TYPE I\r\nSIZE f\r\nMDTM f\r\nMFMT 20260101000000.5 f\r\nMLST f\r\nSTAT *\r\nSITE CHMOD 600 f\r\nDELE f\r\n`,
  `${LOGIN}PASV\r\nEPSV\r\nEPSV ALL\r\nPORT 192,0,2,1,19,136\r\nEPRT |1|192.0.2.1|5000|\r\nLIST -la *.[a-z]?\r\nABOR\r\n`,
  `${LOGIN}PORT 192,0,2,1,19,136\r\nREST 3\r\nRETR f\r\nREST 99\r\nSTOR f\r\nSTOU\r\nAPPE g\r\n\xff\xf4\xff\xf2ABOR\r\nSTAT\r\n`,
  'HOST files.harbor.test\r\nFEAT\r\nOPTS MLST size;type;\r\nOPTS UTF8 ON\r\nLANG en\r\nAUTH TLS\r\nPBSZ 0\r\nPROT P\r\nREIN\r\nHELP\r\n',
  'USER anonymous\r\nPASS me@\r\nNLST\r\nMLSD\r\n\xff\xfd\x06NOOP\r\nQUIT\r\n',
  '220 hi\r\n331 x\r\n230-a\r\n 230 b\r\n230 c\r\n211-F\r\n MDTM\r\n MLST type*;size;\r\n211 End\r\n229 x (|||50000|)\r\n425 no\r\n',
  '220 hi\r\n230 in\r\n502 no\r\n227 Entering (192,0,2,1,195,80)\r\n150 ok\r\n426 no\r\n257 "/a ""b""" made\r\n213 20260101000000\r\n',
  'type=file;size=3;modify=20260101000000; a b',
  '-rw-r--r--    1 ftp      ftp          1024 Jan 01 00:00 a -> b',
]
const WORDS = [
  '\r\n',
  '\n',
  '\r',
  '\0',
  ' ',
  '/',
  '..',
  '-',
  '\xff',
  '\xff\xff',
  '\xff\xf4',
  '*',
  '[',
  ']',
  '"',
  ';',
  '=',
  '|',
  ',',
  '|||',
  '65536',
  '4294967296',
  '/../'.repeat(50),
  'QUIT\r\n',
  '226 x\r\n',
]

export const ftpSessions = sessionTarget({
  name: 'ftp',
  about: 'FTP sessions against the server, answers against the client, both through the codec',
  samples: SAMPLES,
  words: WORDS,
  sides: () => {
    const trees = new Map([['alice@harbor.test', new MemoryTree({ '/f': 'content' }, { quota: QUOTA })]])
    return {
      service: ftp,
      config: {},
      world: ftpWorld(trees, ADDRESS),
      port: 21,
      client: asking,
      isAnswer,
      waitMs: REFUSAL_MS,
      before: throughCodec,
    }
  },
})

const QUOTA = { bytesMax: 1_000_000, filesMax: 100 }

/** Every line must be a reply, or within one; Telnet may stand before it. */
function isAnswer(text: string): boolean {
  return text === '' || /^(?:\u00ff[\u00fc\u00fe][^])*(?:[1-5]\d\d[ -]|$)/.test(text)
}

/** What is understood comes out as it went in. */
function throughCodec(bytes: Uint8Array): void {
  const text = Buffer.from(bytes).toString('latin1')
  for (const line of text.split('\n')) {
    const raw = Buffer.from(line.replace(/\r$/, ''), 'latin1')
    const { command } = readCommand(raw)
    if (command.kind === 'command')
      assert.deepEqual(readCommand(encodeCommand(command).subarray(0, -2)).command, command)
    for (const parse of [parsePort, parsePassive, parseExtended, parseFacts, parseQuoted, parseTime]) parse(line)
    parseListLine(line, 0)
    parseGlob(line)(text)
  }
  repliesIn(bytes)
}

function repliesIn(bytes: Uint8Array): void {
  const [inbox, reader] = [new Inbox(), new ReplyReader()]
  inbox.push(bytes)
  for (;;) {
    const reply = reader.next(inbox)
    if (reply === 'more' || reply === 'bad') return
    const again = new Inbox()
    again.push(encodeReply(reply))
    const back = new ReplyReader().next(again)
    if (back === 'more' || back === 'bad') throw new Error(`a reply that is none: ${JSON.stringify(reply)}`)
    assert.equal(back.lines.length, reply.lines.length)
  }
}

const heard = (): undefined => undefined

function asking(io: StreamIo): FtpClient {
  const client: FtpClient = new FtpClient(io, {
    user: 'alice',
    password: 'alice',
    tlsRequired: false,
    ready: (result) => {
      if (isFailure(result)) return
      client.ask({ verb: 'PWD' }, heard)
      client.ask({ verb: 'MDTM', argument: 'f' }, heard)
    },
  })
  return client
}
