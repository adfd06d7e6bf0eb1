// Files and remote access: moved by FTP and SFTP, and logins over SSH; a world beside vsftpd and OpenSSH, in folders of one
// file system in memory.

import { missingRoot } from '../test/interop/mail/rootless.ts'
import { benchLarge } from './files/large.ts'
import { benchLogins } from './files/logins.ts'
import { benchSftp } from './files/sftp.ts'
import { benchSmall } from './files/small.ts'
import { missing } from './peer.ts'
import type { Bench } from './table.ts'

const FTP = { vsftpd: 'vsftpd', curl: 'curl', python3: 'python3', openssl: 'openssl' }
const SSH = { sshd: 'openssh-server', sftp: 'openssh-client', 'ssh-keygen': 'openssh-client' }

export async function benchFiles(bench: Bench): Promise<void> {
  const root = missingRoot()
  const noFtp = missing(FTP) ?? root
  const noSsh = missing(SSH) ?? root
  if (noFtp === undefined) {
    await benchLarge(bench)
    await benchSmall(bench)
  } else bench.skip('FTP', noFtp)
  if (noSsh !== undefined) return bench.skip('SSH', noSsh)
  await benchSftp(bench)
  await benchLogins(bench)
}
