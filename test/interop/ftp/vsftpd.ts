// A vsftpd of one's own, for any user: each of its users has a folder of their own and logs in by any password. It runs as
// root of a user namespace, since it wants several uids.

import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { asRootApart } from '../mail/rootless.ts'

export const VSFTPD = '/usr/sbin/vsftpd'

export interface VsftpdOptions {
  /** Made; every uid can reach it. */
  readonly folder: string
  /** Of 127.0.0.1. */
  readonly port: number
  readonly users: readonly string[]
  /** Further lines of vsftpd.conf. */
  readonly lines?: readonly string[]
}

/** Debian's user of that name, whose uid all files have. */
const USER = 'ftp'

/** Writes its configuration; the command that runs it until SIGTERM. */
export function layVsftpd(options: VsftpdOptions): readonly string[] {
  const { folder, users } = options
  for (const name of ['pam.d', 'empty', ...users.map((user) => `homes/${user}`)]) {
    mkdirSync(join(folder, name), { recursive: true })
  }
  chmodSync(join(folder, 'empty'), 0o555)
  writeFileSync(join(folder, 'users'), users.map((user) => `${user}\n`).join(''))
  writeFileSync(join(folder, 'pam.d', 'vsftpd'), pamOf(folder))
  writeFileSync(join(folder, 'vsftpd.conf'), configOf(options))
  // It reads no configuration of another's, and PAM's lies where only a mount can put one.
  const start = `mount --bind "$1/pam.d" /etc/pam.d && chown 0:0 "$1/vsftpd.conf" "$1/empty" && chown -R ${USER}:0 "$1/homes" && chmod 700 "$1"/homes/* && exec ${VSFTPD} "$1/vsftpd.conf"`
  return asRootApart(['--mount'], ['sh', '-c', start, 'vsftpd', folder])
}

function pamOf(folder: string): string {
  return `auth required pam_listfile.so item=user sense=allow file=${folder}/users onerr=fail
account required pam_permit.so
session required pam_permit.so
`
}

function configOf({ folder, port, lines = [] }: VsftpdOptions): string {
  return `listen=YES
listen_address=127.0.0.1
listen_port=${port}
background=NO
anonymous_enable=NO
local_enable=YES
guest_enable=YES
guest_username=${USER}
virtual_use_local_privs=YES
user_sub_token=$USER
local_root=${folder}/homes/$USER
local_umask=022
chroot_local_user=YES
allow_writeable_chroot=YES
write_enable=YES
mdtm_write=YES
hide_ids=YES
connect_from_port_20=NO
xferlog_enable=NO
delay_failed_login=0
delay_successful_login=0
seccomp_sandbox=NO
isolate=NO
isolate_network=NO
secure_chroot_dir=${folder}/empty
pam_service_name=vsftpd
${lines.join('\n')}
`
}
