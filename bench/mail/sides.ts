// The two sides of the mail rows: a world that keeps its mail on disk, and a Postfix that hands over to a Dovecot with
// Maildirs, both on loopback, both syncing, in folders of the same disk.

import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createAuthority } from '../../src/net/authority/index.ts'
import { layDovecot } from '../../test/interop/mail/dovecot.ts'
import { postfixCommand } from '../../test/interop/mail/postfix.ts'
import { removeAsRoot } from '../../test/interop/mail/rootless.ts'
import { answersTcp, Daemon, freePort, TemporaryFolder } from '../peer.ts'
import { RunningWorld, type Place } from '../world.ts'

export interface Login {
  readonly user: string
  readonly password: string
}

/** What every row asks of a side. */
export interface MailSide {
  /** The process that all others descend from. */
  readonly pid: number
  readonly sender: Login
  readonly reader: Login
  /** Port 25 of the reader's server. */
  readonly mx: Place
  /** Port 587 of the sender's server. */
  readonly submission: Place
  /** Port 143 of the reader's server, which takes logins without TLS. */
  readonly imap: Place
}

const SENDER: Login = { user: 'alice@harbor.test', password: 'alice' }
const READER: Login = { user: 'bob@island.test', password: 'bob' }
/** All sessions of a row, with room to spare. */
const CONNECTIONS = 2000

const WORLD_FILE = `domains:
  harbor.test: {}
  island.test: {}
hosts:
  ns.harbor.test: dns
  mail.harbor.test: [smtp]
  mail.island.test:
    services:
      - smtp
      - imap: { plain-login: true, limits: { connections: ${CONNECTIONS} } }
users:
  ${SENDER.user}: ${SENDER.password}
  ${READER.user}: ${READER.password}
`

/** A world with two mail servers: what one submits, it relays to the other. */
export async function startWorld(folder: string, stack: AsyncDisposableStack): Promise<MailSide> {
  const world = stack.use(await RunningWorld.upIn(folder, WORLD_FILE))
  return {
    pid: world.pid,
    sender: SENDER,
    reader: READER,
    mx: world.at('mail.island.test', 25, 'tcp'),
    submission: world.at('mail.harbor.test', 587, 'tcp'),
    imap: world.at('mail.island.test', 143, 'tcp'),
  }
}

/** Dovecot alone, over Maildirs. */
export async function startDovecot(
  folder: string,
  stack: AsyncDisposableStack,
): Promise<MailSide & { readonly lmtp: Place; readonly auth: Place }> {
  const ports = { imap: await freePort(), lmtp: await freePort(), auth: await freePort() }
  const users = { [SENDER.user]: SENDER.password, [READER.user]: READER.password }
  const lines = [
    `protocol imap {\n  mail_max_userip_connections = ${CONNECTIONS}\n}`,
    `service imap {\n  process_limit = ${CONNECTIONS}\n}`,
    `service imap-login {\n  process_limit = ${CONNECTIONS}\n}`,
    `service anvil {\n  client_limit = ${4 * CONNECTIONS}\n}`,
    `service auth {\n  client_limit = ${4 * CONNECTIONS}\n}`,
  ]
  const command = layDovecot({ folder, ports, users, lines })
  const daemon = stack.use(await Daemon.start({ command, ready: () => answersTcp('127.0.0.1', ports.imap) }))
  const none = onLoopback(0)
  const sides = { sender: SENDER, reader: READER, mx: none, submission: none, imap: onLoopback(ports.imap) }
  return { pid: daemon.pid, ...sides, lmtp: onLoopback(ports.lmtp), auth: onLoopback(ports.auth) }
}

function onLoopback(port: number): Place {
  return { ip: '127.0.0.1', port }
}

/** Postfix before Dovecot: logins and mailboxes are Dovecot's. */
export async function startPostfixAndDovecot(folder: string, stack: AsyncDisposableStack): Promise<MailSide> {
  const dovecot = await startDovecot(join(folder, 'd'), stack)
  const home = join(folder, 'p')
  stack.defer(() => removeAsRoot(home))
  const mx = onLoopback(await freePort())
  const submission = onLoopback(await freePort())
  const identity = writeIdentity(home)
  const submits = `${submission.ip}:${submission.port}`
  const command = postfixCommand({
    folder: home,
    listens: [`${mx.ip}:${mx.port}`, submits],
    parameters: {
      virtual_mailbox_domains: 'harbor.test island.test',
      virtual_transport: `lmtp:inet:${dovecot.lmtp.ip}:${dovecot.lmtp.port}`,
      smtpd_tls_cert_file: identity.certificate,
      smtpd_tls_key_file: identity.key,
      smtpd_tls_security_level: 'may',
      smtpd_sasl_type: 'dovecot',
      smtpd_sasl_path: `inet:${dovecot.auth.ip}:${dovecot.auth.port}`,
    },
    options: { [submits]: ['smtpd_tls_security_level=encrypt', 'smtpd_sasl_auth_enable=yes'] },
  })
  const ready = async () => (await answersTcp(mx.ip, mx.port)) && answersTcp(submission.ip, submission.port)
  const daemon = stack.use(await Daemon.start({ command, ready }))
  return { ...dovecot, pid: daemon.pid, mx, submission }
}

/** Postfix that delivers into Maildirs by itself. */
export async function startPostfix(folder: string, stack: AsyncDisposableStack): Promise<Place> {
  stack.defer(() => removeAsRoot(folder))
  const place = onLoopback(await freePort())
  const command = postfixCommand({
    folder,
    listens: [`${place.ip}:${place.port}`],
    parameters: { virtual_mailbox_domains: 'island.test' },
  })
  stack.use(await Daemon.start({ command, ready: () => answersTcp(place.ip, place.port) }))
  return place
}

/** A folder that the many uids of Postfix can reach. */
export function openFolder(): TemporaryFolder {
  const folder = new TemporaryFolder()
  chmodSync(folder.path, 0o755)
  return folder
}

/** A key and a certificate of the kind that worlds make: ECDSA over P-256. */
function writeIdentity(folder: string): { certificate: string; key: string } {
  mkdirSync(folder, { recursive: true })
  const names = ['mx.peer.test']
  const authority = createAuthority({ names, ranges: [], catchAll: false, wallMs: () => Date.now() })
  const identity = authority.identity(names)
  const certificate = join(folder, 'certificate.pem')
  const key = join(folder, 'key.pem')
  writeFileSync(certificate, identity.certificatePem)
  writeFileSync(key, identity.keyPem)
  return { certificate, key }
}
