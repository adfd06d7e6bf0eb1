// The two servers of mailboxes that are compared, by IMAP and by POP3: a host of a world, and a Dovecot whose mailboxes
// have the same names.

import { startWorld } from '../../../src/index.ts'
import { layDovecot } from './dovecot.ts'
import { freePort, openFolder, removeFolder, startDaemon } from './same-daemon.ts'
import type { Place } from './same-wire.ts'

export interface MailServer {
  readonly imap: Place
  readonly pop3: Place
}

export interface Servers {
  readonly ours: MailServer
  readonly theirs: MailServer
  stop(): Promise<void>
}

const HOST = 'mail.harbor.test'
const PORTS = { imap: 143, pop3: 110 }
/** Of one account. */
const CONNECTIONS = 100

/** Mailboxes that every account of a world begins with, each for its use. */
const FIRST = ['Archive', 'Drafts', 'Junk', 'Sent', 'Trash']

const LINES = [
  `namespace inbox {`,
  ...FIRST.map((name) => `  mailbox ${name} {\n    auto = subscribe\n    special_use = \\${name}\n  }`),
  `  mailbox INBOX {\n    auto = subscribe\n  }`,
  `}`,
  'mail_fsync = never',
  // Each login that fails is answered at once.
  'auth_failure_delay = 0',
  'service anvil {\n  unix_listener anvil-auth-penalty {\n    mode = 0\n  }\n}',
  'mailbox_list_index = yes',
  'maildir_stat_dirs = no',
  'pop3_uidl_format = %v.%u',
  `protocol imap {\n  mail_max_userip_connections = ${CONNECTIONS}\n}`,
  'service imap-login {\n  service_count = 0\n}',
  'service pop3-login {\n  service_count = 0\n}',
]

/** Each user's password is the name. */
export async function startServers(users: readonly string[]): Promise<Servers> {
  const world = await startWorld({
    world: {
      hosts: { [HOST]: { services: [{ imap: { 'plain-login': true } }, { pop3: { 'plain-login': true } }] } },
      users: Object.fromEntries(users.map((user) => [`${user}@harbor.test`, user])),
    },
  })
  const folder = openFolder()
  const ports = { imap: await freePort(), pop3: await freePort() }
  const passwords = Object.fromEntries(users.map((user) => [user, user]))
  const command = layDovecot({ folder, ports, users: passwords, lines: LINES })
  const stopDovecot = await startDaemon(command, Object.values(ports))
  return {
    ours: { imap: world.address(HOST, PORTS.imap), pop3: world.address(HOST, PORTS.pop3) },
    theirs: { imap: local(ports.imap), pop3: local(ports.pop3) },
    stop: async () => {
      await Promise.all([world.stop(), stopDovecot()])
      removeFolder(folder)
    },
  }
}

function local(port: number): Place {
  return { ip: '127.0.0.1', port }
}
