// The two SMTP servers that are compared: a host of a world, and a Postfix that takes mail for the same users, with a
// Dovecot that knows their passwords. Each with a port for other servers and one for submission.

import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { startWorld } from '../../../src/index.ts'
import { createAuthority } from '../../../src/net/authority/index.ts'
import { layDovecot } from './dovecot.ts'
import { postfixCommand } from './postfix.ts'
import { removeAsRoot } from './rootless.ts'
import { freePort, openFolder, removeFolder, startDaemon } from './same-daemon.ts'
import type { Place } from './same-wire.ts'

export interface SmtpPlaces {
  readonly mx: Place
  readonly submission: Place
}

export interface SmtpServers {
  readonly ours: SmtpPlaces
  readonly theirs: SmtpPlaces
  stop(): Promise<void>
}

const HOST = 'mx.peer.test'
const USERS = { 'alice@peer.test': 'alice', 'bob@peer.test': 'bob' }
const PORTS = { mx: 25, submission: 587 }
/** The largest message. */
const MESSAGE_KIB = 10

export async function startSmtpServers(): Promise<SmtpServers> {
  const smtp = { message: `${MESSAGE_KIB}KiB`, authenticate: 'off' }
  const world = await startWorld({ world: { hosts: { [HOST]: { services: [{ smtp }] } }, users: USERS } })
  const ours = { mx: world.address(HOST, PORTS.mx), submission: world.address(HOST, PORTS.submission) }
  const folder = openFolder()
  const auth = await freePort()
  const logins = { folder: join(folder, 'd'), ports: { auth }, users: USERS, lines: LOGIN_LINES }
  const stopLogins = await startDaemon(layDovecot(logins), [auth])
  const home = join(folder, 'p')
  const theirs = { mx: local(await freePort()), submission: local(await freePort()) }
  const stopPostfix = await startDaemon(postfixFor(home, theirs, auth), [theirs.mx.port, theirs.submission.port])
  return {
    ours,
    theirs,
    stop: async () => {
      await Promise.all([world.stop(), stopPostfix(), stopLogins()])
      removeAsRoot(home)
      removeFolder(folder)
    },
  }
}

/** Each login that fails is answered at once. */
const LOGIN_LINES = [
  'auth_failure_delay = 0',
  'service anvil {\n  unix_listener anvil-auth-penalty {\n    mode = 0\n  }\n}',
]

function postfixFor(folder: string, { mx, submission }: SmtpPlaces, auth: number): readonly string[] {
  const submits = nameOf(submission)
  const users = Object.keys(USERS).map((user) => `{${user} = here}`)
  return postfixCommand({
    folder,
    listens: [nameOf(mx), submits],
    parameters: {
      ...identityIn(folder),
      mynetworks: '192.0.2.0/24',
      virtual_mailbox_maps: `inline:{${users.join(' ')}}`,
      virtual_transport: 'discard:',
      default_transport: 'discard:',
      relay_transport: 'discard:',
      message_size_limit: String(MESSAGE_KIB * 1024),
      smtpd_tls_security_level: 'may',
      smtpd_helo_required: 'yes',
      smtpd_relay_restrictions: 'permit_mynetworks permit_sasl_authenticated reject_unauth_destination',
      smtpd_error_sleep_time: '0',
      smtpd_sasl_type: 'dovecot',
      smtpd_sasl_path: `inet:127.0.0.1:${auth}`,
    },
    options: {
      [submits]: [
        'smtpd_tls_security_level=encrypt',
        'smtpd_sasl_auth_enable=yes',
        'smtpd_client_restrictions=permit_sasl_authenticated,reject',
      ],
    },
  })
}

/** A certificate of the kind that worlds make, as parameters. */
function identityIn(folder: string): { smtpd_tls_cert_file: string; smtpd_tls_key_file: string } {
  mkdirSync(folder, { recursive: true, mode: 0o755 })
  const authority = createAuthority({ names: [HOST], ranges: [], catchAll: false, wallMs: () => Date.now() })
  const { certificatePem, keyPem } = authority.identity([HOST])
  const files = {
    smtpd_tls_cert_file: join(folder, 'certificate.pem'),
    smtpd_tls_key_file: join(folder, 'key.pem'),
  }
  writeFileSync(files.smtpd_tls_cert_file, certificatePem)
  writeFileSync(files.smtpd_tls_key_file, keyPem)
  return files
}

function local(port: number): Place {
  return { ip: '127.0.0.1', port }
}

function nameOf({ ip, port }: Place): string {
  return `${ip}:${port}`
}
