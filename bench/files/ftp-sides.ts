// The two sides of the FTP rows, on loopback: a world whose host serves a folder, and vsftpd as Debian has it with another.

import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createAuthority } from '../../src/net/authority/index.ts'
import { asRoot } from '../../test/interop/mail/rootless.ts'
import { answersTcp, Daemon, findProgram, freePort } from '../peer.ts'
import { RunningWorld, type Place } from '../world.ts'
import { openToAll } from './places.ts'

export interface FtpSide {
  /** The folder of this machine that is served, with `up` in it for what is sent. */
  readonly root: string
  readonly place: Place
  readonly user: string
  readonly password: string
}

const HOST = 'files.bench.test'
const USER = 'alice@bench.test'
const PASSWORD = 'alice'

/** vsftpd refuses to serve a folder that its user could write to. */
function makeRoot(path: string): string {
  mkdirSync(path, { mode: 0o755 })
  openToAll(join(path, 'up'))
  return path
}

export async function startWorld(folder: string, stack: AsyncDisposableStack): Promise<FtpSide> {
  const root = makeRoot(join(folder, 'ours'))
  const text = `domains:
  bench.test: {}
hosts:
  ${HOST}:
    services:
      - ftp: { folder: ./ours, write: true, quota: 16GiB }
users:
  ${USER}: ${PASSWORD}
`
  const world = stack.use(await RunningWorld.upIn(folder, text))
  return { root, place: world.at(HOST, 21, 'tcp'), user: USER, password: PASSWORD }
}

export async function startVsftpd(folder: string, stack: AsyncDisposableStack): Promise<FtpSide> {
  const root = makeRoot(join(folder, 'theirs'))
  const place = { ip: '127.0.0.1', port: await freePort() }
  const config = join(folder, 'vsftpd.conf')
  writeIdentity(folder)
  mkdirSync(join(folder, 'none'), { mode: 0o755 })
  writeFileSync(config, vsftpdConfig(folder, root, place))
  const command = asRoot([findProgram('vsftpd') ?? 'vsftpd', config])
  stack.use(await Daemon.start({ command, ready: () => answersTcp(place.ip, place.port) }))
  return { root, place, user: 'anonymous', password: 'bench' }
}

/** Debian's file but for where it listens, who logs in, and TLS, which it leaves off; names of users cost both sides nothing. */
function vsftpdConfig(folder: string, root: string, { ip, port }: Place): string {
  return `listen=YES
background=NO
listen_address=${ip}
listen_port=${port}
dirmessage_enable=YES
use_localtime=YES
connect_from_port_20=YES
secure_chroot_dir=${folder}/none
anonymous_enable=YES
anon_root=${root}
write_enable=YES
anon_umask=022
anon_upload_enable=YES
anon_mkdir_write_enable=YES
anon_other_write_enable=YES
ssl_enable=YES
allow_anon_ssl=YES
require_ssl_reuse=YES
force_local_data_ssl=NO
force_local_logins_ssl=NO
rsa_cert_file=${folder}/certificate.pem
rsa_private_key_file=${folder}/key.pem
ssl_ciphers=HIGH
`
}

/** A key and a certificate of the kind that worlds make: ECDSA over P-256. */
function writeIdentity(folder: string): void {
  const authority = createAuthority({ names: [HOST], ranges: [], catchAll: false, wallMs: () => Date.now() })
  const identity = authority.identity([HOST])
  writeFileSync(join(folder, 'key.pem'), identity.keyPem, { mode: 0o600 })
  writeFileSync(join(folder, 'certificate.pem'), identity.certificatePem)
}
