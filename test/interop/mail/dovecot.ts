// A Dovecot of one's own, for any user: IMAP, POP3, LMTP and SASL over Maildirs in one folder, every process under one uid.
// It runs as Debian's dovecot user of a user namespace with that uid alone, since Dovecot reads no mail as root.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export interface DovecotOptions {
  /** Made. A short path: unix sockets lie below it. */
  readonly folder: string
  /** Ports of 127.0.0.1; those that are left out stay shut. */
  readonly ports: Readonly<Partial<Record<DovecotPort, number>>>
  /** Passwords by login name. */
  readonly users: Readonly<Record<string, string>>
  /** Files in PEM. With none, there is no TLS. */
  readonly identity?: { readonly certificate: string; readonly key: string }
  /** Further lines of dovecot.conf. */
  readonly lines?: readonly string[]
}

export type DovecotPort = 'imap' | 'imaps' | 'pop3' | 'pop3s' | 'lmtp' | 'auth'

const USER = 'dovecot'

/** Writes its configuration; the command that runs it until SIGTERM. Its log is on standard error. */
export function layDovecot(options: DovecotOptions): readonly string[] {
  const { folder, users } = options
  for (const name of ['run', 'mail']) mkdirSync(join(folder, name), { recursive: true })
  const lines = Object.entries(users).map(([name, password]) => `${name}:{PLAIN}${password}\n`)
  writeFileSync(join(folder, 'users'), lines.join(''))
  const config = join(folder, 'dovecot.conf')
  writeFileSync(config, configOf(options))
  const { uid, gid } = idsOf(USER)
  return ['unshare', '--user', `--map-user=${uid}`, `--map-group=${gid}`, '/usr/sbin/dovecot', '-F', '-c', config]
}

/** The Maildir of a user. */
export function maildirOf(folder: string, user: string): string {
  return join(folder, 'mail', user, 'Maildir')
}

function idsOf(user: string): { uid: string; gid: string } {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((entry) => entry.startsWith(`${user}:`))
  const [, , uid, gid] = line?.split(':') ?? []
  if (uid === undefined || gid === undefined) throw new Error(`there is no user ${user} (apt install dovecot-core)`)
  return { uid, gid }
}

function configOf({ folder, ports, identity, lines = [] }: DovecotOptions): string {
  return `base_dir = ${folder}/run
state_dir = ${folder}/run
log_path = /dev/stderr
protocols = imap pop3 lmtp
listen = 127.0.0.1
${identity === undefined ? 'ssl = no' : `ssl = yes\nssl_cert = <${identity.certificate}\nssl_key = <${identity.key}`}
disable_plaintext_auth = no
default_internal_user = ${USER}
default_internal_group = ${USER}
default_login_user = ${USER}
first_valid_uid = 1
auth_mechanisms = plain login
mail_location = maildir:~/Maildir
namespace inbox {
  inbox = yes
  separator = /
}
passdb {
  driver = passwd-file
  args = username_format=%u ${folder}/users
}
userdb {
  driver = static
  args = uid=${USER} gid=${USER} home=${folder}/mail/%u
}
service anvil {
  chroot =
}
service imap-login {
  chroot =
${listener('imap', ports.imap)}${listener('imaps', ports.imaps)}}
service pop3-login {
  chroot =
${listener('pop3', ports.pop3)}${listener('pop3s', ports.pop3s)}}
service lmtp {
${listener('lmtp', ports.lmtp)}}
service auth {
${ports.auth === undefined ? '' : listener('auth', ports.auth)}}
${lines.join('\n')}
`
}

/** Dovecot opens the standard port of a listener that has none, and none for port 0. */
function listener(name: string, port = 0): string {
  return `  inet_listener ${name} {\n    port = ${port}\n  }\n`
}
