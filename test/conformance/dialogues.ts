// Sample conversations with each service: how its states are reached. A service without a row here still
// meets everything that needs no words of its own.

import type { WorldView } from '../../src/core/world-view.ts'
import type { PeerTls } from '../../src/sim/index.ts'
import { sampleServed } from '../../src/protocols/dns/sample-world.ts'
import { lonelyWorld, MemoryTree } from '../../src/sim/index.ts'
import { ECHO_PORT } from './echo-service.ts'
import { ftpWorld } from './ftp-dialogue.ts'
import { mailWorld } from './mail-world.ts'
import { sshWorld } from './ssh-dialogue.ts'

export interface Step {
  /** Text goes out as UTF-8. */
  readonly send: string | Uint8Array
  /** Every answer to it, as Latin-1. */
  readonly answer: RegExp
}

export interface Dialogue {
  readonly name: string
  readonly port: number
  /** For ports with implicit TLS. */
  readonly tls?: PeerTls
  readonly steps: readonly Step[]
}

export interface Question {
  readonly port: number
  readonly packet: Uint8Array
  readonly answer: RegExp
}

export interface Samples {
  /** What stands in the world file under the service's name. */
  readonly config?: unknown
  readonly world?: WorldView
  readonly dialogues?: readonly Dialogue[]
  readonly questions?: readonly Question[]
}

export const ADDRESS = '198.51.100.1'
const NAME = 'www.harbor.test'

/** A query for A of `www.harbor.test` (RFC 1035 §4.1). */
const QUERY = Buffer.from('\x12\x34\x01\0\0\x01\0\0\0\0\0\0\x03www\x06harbor\x04test\0\0\x01\0\x01', 'latin1')
const FRAMED_QUERY = Buffer.concat([Uint8Array.of(0, QUERY.length), QUERY])
/** A query for A of `localhost`, which no server has to be asked for. */
const LOCAL_QUERY = Buffer.from('\x12\x34\x01\0\0\x01\0\0\0\0\0\0\x09localhost\0\0\x01\0\x01', 'latin1')
const FRAMED_LOCAL_QUERY = Buffer.concat([Uint8Array.of(0, LOCAL_QUERY.length), LOCAL_QUERY])
/** The name in the question, and behind it a record of four octets: a query ends after five. */
const LOCAL_ANSWER = /localhost[^]{21}/
/** The name in the question, a pointer to it, and 198.51.100.1. */
const DNS_ANSWER = /harbor[^]*Æ3d/

const harbor: WorldView = {
  ...lonelyWorld([ADDRESS], 'dns'),
  served: [
    sampleServed('harbor.test', [
      `harbor.test 300 SOA ${NAME}. hostmaster.harbor.test. 1 3600 600 86400 300`,
      `harbor.test 300 NS ${NAME}.`,
      `${NAME} 300 A ${ADDRESS}`,
    ]),
  ],
}

const GET = `GET /hello HTTP/1.1\r\nHost: ${ADDRESS}\r\n\r\n`
const POST = `POST /echo HTTP/1.1\r\nHost: ${ADDRESS}\r\nContent-Length: 10\r\n\r\n`
/** Preface and an empty SETTINGS frame (RFC 9113 §3.4). */
const HTTP2_PREFACE = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0'

const MAIL = 'Message-ID: <one@harbor.test>\r\nSubject: one\r\n\r\n.first\r\nsecond\r\n'

export const samples: Readonly<Record<string, Samples>> = {
  echo: {
    dialogues: [
      {
        name: 'lines',
        port: ECHO_PORT,
        steps: [
          { send: 'one\r\n', answer: /^hello\r\none\r\n$/ },
          { send: 'think\r\n', answer: /^thought\r\n$/ },
          { send: 'ha', answer: /^$/ },
          { send: 'lf\r\nstarttls\r\n', answer: /^half\r\nready\r\n$/ },
        ],
      },
    ],
    questions: [{ port: ECHO_PORT, packet: Buffer.from('ping'), answer: /^ping$/ }],
  },
  dns: {
    world: harbor,
    dialogues: [
      {
        name: 'a query, two at once, and half of one',
        port: 53,
        steps: [
          { send: FRAMED_QUERY, answer: DNS_ANSWER },
          { send: Buffer.concat([FRAMED_QUERY, FRAMED_QUERY]), answer: /(harbor[^]*){2}/ },
          { send: FRAMED_QUERY.subarray(0, 9), answer: /^$/ },
        ],
      },
    ],
    questions: [{ port: 53, packet: QUERY, answer: DNS_ANSWER }],
  },
  resolver: {
    dialogues: [
      {
        name: 'a query, two at once, and half of one',
        port: 53,
        steps: [
          { send: FRAMED_LOCAL_QUERY, answer: LOCAL_ANSWER },
          { send: Buffer.concat([FRAMED_LOCAL_QUERY, FRAMED_LOCAL_QUERY]), answer: /(localhost[^]*){2}/ },
          { send: FRAMED_LOCAL_QUERY.subarray(0, 9), answer: /^$/ },
        ],
      },
      {
        name: 'the same inside TLS',
        port: 853,
        tls: { serverName: 'host.test', alpn: ['dot'] },
        steps: [{ send: FRAMED_LOCAL_QUERY, answer: LOCAL_ANSWER }],
      },
    ],
    questions: [{ port: 53, packet: LOCAL_QUERY, answer: LOCAL_ANSWER }],
  },
  ftp: {
    world: ftpWorld(new Map([['alice@harbor.test', new MemoryTree({ '/file': 'hello', '/sub/inner': 'x' })]]), ADDRESS),
    dialogues: [
      {
        name: 'a session',
        port: 21,
        steps: [
          { send: 'USER alice\r\nPASS alice\r\n', answer: /^220 [^\n]*\n331 [^\n]*\n230 [^\n]*\n$/ },
          {
            send: 'TYPE I\r\nSIZE file\r\nCWD sub\r\nPWD\r\nMLST inner\r\n',
            answer:
              /^200 [^\n]*\n213 5\r\n250 [^\n]*\n257 "\/sub" [^\n]*\n250-[^\n]*\n [^\n]*\/sub\/inner\r\n250 [^\n]*\n$/,
          },
          { send: 'RNFR inner\r\nREST 1\r\nEPSV\r\n', answer: /^350 [^\n]*\n350 [^\n]*\n229 [^\n]*\n$/ },
          { send: 'RETR in', answer: /^$/ },
          { send: 'ner\r\n', answer: /^$/ },
          { send: 'ABOR\r\nNOOP\r\n', answer: /^426 [^\n]*\n226 [^\n]*\n200 [^\n]*\n$/ },
          { send: 'STAT\r\nPASV\r\nSTOR up\r\n', answer: /^211-[^]*\n211 [^\n]*\n227 [^\n]*\n$/ },
        ],
      },
      {
        name: 'inside TLS, without a name',
        port: 990,
        tls: { serverName: 'files.harbor.test' },
        steps: [
          { send: 'PBSZ 0\r\nPROT P\r\n', answer: /^220 [^\n]*\n200 [^\n]*\n200 [^\n]*\n$/ },
          { send: 'USER anonymous\r\nPASS me@\r\n', answer: /^331 [^\n]*\n230 [^\n]*\n$/ },
          { send: 'EPSV\r\nMLSD\r\n', answer: /^229 [^\n]*\n$/ },
        ],
      },
      {
        name: 'on the way to TLS',
        port: 21,
        steps: [
          { send: 'FEAT\r\n', answer: /^220 [^\n]*\n211-[^]*\n AUTH TLS\r\n[^]*\n211 [^\n]*\n$/ },
          { send: 'AUTH TLS\r\n', answer: /^234 / },
        ],
      },
    ],
  },
  http: {
    config: { pages: { '/hello': { body: 'hello there' } }, echo: '/echo' },
    dialogues: [
      {
        name: 'requests, half a head, half a body',
        port: 80,
        steps: [
          { send: GET, answer: /^HTTP\/1\.1 200 OK\r\n[^]*hello there$/ },
          { send: GET.slice(0, 30), answer: /^$/ },
          { send: GET.slice(30), answer: /^HTTP\/1\.1 200 OK\r\n/ },
          { send: POST, answer: /^$/ },
          { send: '12345', answer: /^$/ },
        ],
      },
      { name: 'inside TLS', port: 443, tls: { serverName: NAME }, steps: [{ send: GET, answer: /200 OK/ }] },
      { name: 'HTTP/2', port: 80, steps: [{ send: HTTP2_PREFACE, answer: /^\0\0/ }] },
    ],
  },
  imap: {
    world: (await mailWorld(ADDRESS, 'imap', [MAIL, 'Subject: two\r\n\r\nbody'])).view,
    dialogues: [
      {
        name: 'a session inside TLS',
        port: 993,
        tls: { serverName: 'mail.harbor.test' },
        steps: [
          {
            send: 'a LOGIN alice {5}\r\n',
            answer: /^\* OK \[CAPABILITY IMAP4rev2 [^\]]*AUTH=PLAIN[^\]]*\] [^\n]*\n\+ [^\n]*\n$/,
          },
          { send: 'alice\r\nb SELECT INBOX\r\n', answer: /^a OK [^]*\* 2 EXISTS[^]*\nb OK \[READ-WRITE\]/ },
          {
            send: 'c FETCH 1:* (UID RFC822.SIZE)\r\nd UID FETCH 2 BODY.PEEK[]\r\n',
            answer: /^\* 1 FETCH [^]*\nc OK [^]*\{20\}\r\nSubject: two\r\n\r\nbody\)\r\nd OK /,
          },
          { send: 'e APPEND Drafts (\\Draft) {11}\r\n', answer: /^\+ / },
          { send: 'Subject: x', answer: /^$/ },
          { send: '\n\r\nf IDLE\r\n', answer: /^e OK \[APPENDUID \d+ \d+\] [^\n]*\n\+ idling\r\n$/ },
          { send: 'DONE\r\ng SEARCH TEXT {3+}\r\ntwo\r\nh FE', answer: /^f OK [^]*\* SEARCH 2\r\ng OK / },
        ],
      },
      {
        name: 'an exchange without TLS',
        port: 143,
        steps: [
          { send: 'a CAPABILITY\r\n', answer: /STARTTLS LOGINDISABLED[^]*\* CAPABILITY [^]*a OK / },
          { send: 'b AUTHENTICATE SCRAM-SHA-256\r\n', answer: /^\+ \r\n$/ },
          { send: 'biwsbj1hbGljZSxyPWFiY2Q=\r\n', answer: /^\+ \S+\r\n$/ },
        ],
      },
    ],
  },
  pop3: {
    world: (await mailWorld(ADDRESS, 'pop3', [MAIL, 'Subject: two\r\n\r\n'])).view,
    dialogues: [
      {
        name: 'a session inside TLS',
        port: 995,
        tls: { serverName: 'mail.harbor.test' },
        steps: [
          { send: 'CAPA\r\n', answer: /^\+OK [^]*\r\nUIDL\r\n[^]*\.\r\n$/ },
          { send: 'USER alice\r\nPASS alice\r\n', answer: /^\+OK [^]*\+OK 2 messages/ },
          {
            send: 'LIST\r\nUIDL 1\r\nTOP 1 1\r\n',
            answer: /^\+OK [^]*\n2 16\r\n\.\r\n\+OK 1 \S+\.1\r\n\+OK [^]*\n\.\.first\r\n\.\r\n$/,
          },
          { send: 'RETR 1\r\n', answer: /second\r\n\.\r\n$/ },
          { send: 'DELE 2\r\nRSET\r\nRE', answer: /^\+OK [^]*\+OK 2 messages/ },
        ],
      },
      {
        name: 'an exchange without TLS',
        port: 110,
        steps: [
          { send: 'CAPA\r\n', answer: /\r\nSTLS\r\n[^]*\.\r\n$/ },
          { send: 'AUTH SCRAM-SHA-256\r\n', answer: /^\+ \r\n$/ },
          { send: 'biwsbj1hbGljZSxyPWFiY2Q=\r\n', answer: /^\+ \S+\r\n$/ },
        ],
      },
    ],
  },
  smtp: {
    world: (await mailWorld(ADDRESS, 'smtp')).view,
    config: { authenticate: 'off' },
    dialogues: [
      {
        name: 'mail from elsewhere',
        port: 25,
        steps: [
          {
            send: 'EHLO mx.island.test\r\n',
            answer: /^220 mail\.harbor\.test [^]*\r\n250-CHUNKING\r\n[^]*250 HELP\r\n$/,
          },
          {
            send: 'MAIL FROM:<bob@island.test> SIZE=100\r\nRCPT TO:<alice@harbor.test>\r\nRCPT TO:<bob@island.test>\r\n',
            answer: /^250 2\.1\.0 [^\n]*\n250 2\.1\.5 [^\n]*\n550 5\.7\.1 [^\n]*\n$/,
          },
          { send: 'DATA\r\n', answer: /^354 / },
          { send: 'Subject: one\r\n\r\n..dot\r\n.', answer: /^$/ },
          { send: '\r\n', answer: /^250 2\.0\.0 / },
          {
            send: 'MAIL FROM:<>\r\nRCPT TO:<alice@harbor.test>\r\nBDAT 4\r\na\r\n',
            answer: /^250 [^\n]*\n250 [^\n]*\n$/,
          },
          {
            send: 'bBDAT 2 LAST\r\n\r\nNOOP\r\n',
            answer: /^250 2\.0\.0 4 octets\r\n250 2\.0\.0 [^\n]*\n250 2\.0\.0 [^\n]*\n$/,
          },
        ],
      },
      {
        name: 'a user over TLS',
        port: 465,
        tls: { serverName: 'mail.harbor.test' },
        steps: [
          { send: 'EHLO laptop\r\n', answer: /^220 [^]*\r\n250-AUTH SCRAM-SHA-256 [^]*250 HELP\r\n$/ },
          { send: 'AUTH LOGIN\r\n', answer: /^334 VXNlcm5hbWU6\r\n$/ },
          { send: 'YWxpY2U=\r\nYWxpY2U=\r\n', answer: /^334 UGFzc3dvcmQ6\r\n235 2\.7\.0 / },
          {
            send: 'MAIL FROM:<alice@harbor.test>\r\nRCPT TO:<bob@island.test>\r\n',
            answer: /^250 [^\n]*\n250 [^\n]*\n$/,
          },
        ],
      },
    ],
  },
  ssh: {
    world: sshWorld(lonelyWorld([ADDRESS], 'ssh'), new MemoryTree()),
    dialogues: [
      {
        name: 'up to the key exchange, and half a packet of it',
        port: 22,
        steps: [
          { send: 'SSH-2.0-', answer: /^SSH-2\.0-OpenSSH_9\.2 Portolan\r\n$/ },
          { send: 'client\r\n', answer: /^\0\0[^]*curve25519-sha256,[^]*aes128-gcm@openssh\.com/ },
          { send: '\0\0\x01', answer: /^$/ },
        ],
      },
    ],
  },
  sink: { dialogues: [{ name: 'anything', port: 9, steps: [{ send: 'anything', answer: /^$/ }] }] },
}
