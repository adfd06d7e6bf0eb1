// A Postfix of one's own: configuration, queue and mailboxes in one folder, under a root as `asRoot` gives it. Receives for
// its domains into Maildirs, and sends wherever it is told. Syncs to disk as Postfix does by itself.

import { mkdirSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { asRoot, outputAsRoot } from './rootless.ts'

export interface PostfixOptions {
  /** Made; every uid must be able to reach it. */
  readonly folder: string
  /** Where it takes mail, as master(5) writes it: `127.0.0.1:10025`. */
  readonly listens: readonly string[]
  /** Lines of main.cf over those below. */
  readonly parameters?: Readonly<Record<string, string>>
  /** Options of the smtpd of a listen, by its name in `listens`. */
  readonly options?: Readonly<Record<string, readonly string[]>>
}

const OWN_QUEUES = 'active bounce corrupt defer deferred flush hold incoming private saved trace'
/** Any uid that is nobody else's, from virtual_minimum_uid (100) up. */
const MAILBOX_UID = 5000

/** Lays queue folders as `postfix check` would, then becomes master(8), which stays in the foreground. */
const START = `set -e
cd "$1"
mkdir -p spool data mail
cd spool
mkdir -p ${OWN_QUEUES} maildrop public pid
chown postfix ${OWN_QUEUES} maildrop public ../data
chmod 700 ${OWN_QUEUES} ../data
chgrp postdrop maildrop public
chmod 730 maildrop
chmod 710 public
chown ${MAILBOX_UID}:${MAILBOX_UID} ../mail
exec /usr/lib/postfix/sbin/master -c "$1/etc"`

/** Writes its configuration; the command that runs it until SIGTERM. */
export function layPostfix(options: PostfixOptions): readonly string[] {
  const { folder } = options
  mkdirSync(join(folder, 'etc'), { recursive: true, mode: 0o755 })
  writeSettled(join(folder, 'etc', 'main.cf'), mainOf(options))
  writeSettled(join(folder, 'etc', 'master.cf'), masterOf(options))
  return ['sh', '-c', START, 'postfix', folder]
}

/** Postfix waits before it reads a file that may still be written to: these look old. */
function writeSettled(file: string, text: string): void {
  writeFileSync(file, text)
  utimesSync(file, 0, 0)
}

/** The command for whoever is not inside a `Machine`. */
export function postfixCommand(options: PostfixOptions): readonly string[] {
  return asRoot(layPostfix(options))
}

/** What it logs, a line each. */
export function logOf(folder: string): string {
  return join(folder, 'log')
}

/** Every mail that it has put into a mailbox, in no order. */
export function deliveredBy(folder: string): readonly string[] {
  const script = 'find "$1" -path "*/new/*" -type f -exec cat {} ";" -exec printf "\\0" ";"'
  const mails = outputAsRoot(['sh', '-c', script, 'mails', join(folder, 'mail')]).toString('latin1')
  return mails.split('\0').slice(0, -1)
}

function mainOf({ folder, parameters = {} }: PostfixOptions): string {
  const lines: Record<string, string> = {
    compatibility_level: '3.6',
    queue_directory: join(folder, 'spool'),
    data_directory: join(folder, 'data'),
    command_directory: '/usr/sbin',
    daemon_directory: '/usr/lib/postfix/sbin',
    meta_directory: join(folder, 'etc'),
    maillog_file: logOf(folder),
    maillog_file_prefixes: folder,
    myhostname: 'mx.peer.test',
    mydomain: 'peer.test',
    mydestination: '',
    inet_interfaces: 'all',
    inet_protocols: 'ipv4',
    mynetworks: '127.0.0.0/8',
    alias_maps: '',
    smtpd_peername_lookup: 'no',
    virtual_mailbox_domains: 'peer.test',
    virtual_mailbox_base: join(folder, 'mail'),
    virtual_mailbox_maps: 'static:all/',
    virtual_uid_maps: `static:${MAILBOX_UID}`,
    virtual_gid_maps: `static:${MAILBOX_UID}`,
    ...parameters,
  }
  return Object.entries(lines)
    .map(([name, value]) => `${name} = ${value}\n`)
    .join('')
}

/** name, type, unprivileged process, wake-up, process limit, program (master(5)); none in a chroot. */
const SERVICES = `
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
virtual unix - n n - - virtual
lmtp unix - - n - - lmtp
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
`

function masterOf({ listens, options = {} }: PostfixOptions): string {
  const smtpd = listens.map((listen) => {
    const flags = (options[listen] ?? []).map((option) => ` -o ${option}`)
    return `${listen} inet n - n - - smtpd${flags.join('')}\n`
  })
  return `${smtpd.join('')}${SERVICES.trimStart()}`
}
