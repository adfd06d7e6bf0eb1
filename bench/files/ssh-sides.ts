// The two sides of the SSH rows, on loopback: a world whose host serves a folder, and sshd as Debian has it. Both know
// themselves by an Ed25519 key and the user by another.

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { asRootApart } from '../../test/interop/mail/rootless.ts'
import { answersTcp, Daemon, freePort, runProgram } from '../peer.ts'
import { RunningWorld, type Place } from '../world.ts'
import { openToAll } from './places.ts'

export interface SshSide {
  /** The folder of this machine that is served. */
  readonly root: string
  /** What its user calls that folder. */
  readonly path: string
  readonly place: Place
  readonly user: string
  /** The user's private key. */
  readonly key: string
}

const HOST = 'ssh.bench.test'
const USER = 'alice'
const SSHD = '/usr/sbin/sshd'
const SFTP_SERVER = '/usr/lib/openssh/sftp-server'
const KEYGEN_MAX_MS = 10_000
/** Far more logins at a time than a row begins: OpenSSH drops some by chance from 10 on. */
const STARTUPS = 1000

/** The user's key, made once for both sides. */
export async function makeKey(folder: string): Promise<string> {
  const key = join(folder, 'id_ed25519')
  await runProgram(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-C', 'bench', '-f', key], KEYGEN_MAX_MS)
  return key
}

export async function startWorld(folder: string, key: string, stack: AsyncDisposableStack): Promise<SshSide> {
  const root = join(folder, 'ours')
  openToAll(root)
  const text = `domains:
  bench.test: {}
hosts:
  ${HOST}:
    services:
      - ssh: { folder: ./ours, write: true, quota: 16GiB }
users:
  ${USER}@bench.test:
    password: ${USER}
    keys: ${readFileSync(`${key}.pub`, 'utf8').trim()}
`
  const world = stack.use(await RunningWorld.upIn(folder, text))
  return { root, path: '', place: world.at(HOST, 22, 'tcp'), user: USER, key }
}

/** Its user is root of its own mounts: sshd wants a /run/sshd of root's, and nothing else is different. */
export async function startSshd(folder: string, key: string, stack: AsyncDisposableStack): Promise<SshSide> {
  const root = join(folder, 'theirs')
  openToAll(root)
  const place = { ip: '127.0.0.1', port: await freePort() }
  const hostKey = join(folder, 'host_ed25519')
  await runProgram(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', hostKey], KEYGEN_MAX_MS)
  const config = join(folder, 'sshd_config')
  writeFileSync(config, sshdConfig(hostKey, key, place))
  const start = `mount -t tmpfs -o mode=755 tmpfs /run && mkdir -m 755 /run/sshd && exec ${SSHD} -D -e -f "$1"`
  const command = asRootApart(['--mount'], ['sh', '-c', start, 'sshd', config])
  stack.use(await Daemon.start({ command, ready: () => answersTcp(place.ip, place.port) }))
  return { root, path: root, place, user: 'root', key }
}

function sshdConfig(hostKey: string, key: string, { ip, port }: Place): string {
  return `ListenAddress ${ip}
Port ${port}
HostKey ${hostKey}
PidFile none
AuthorizedKeysFile ${key}.pub
StrictModes no
PermitRootLogin yes
MaxStartups ${STARTUPS}
KbdInteractiveAuthentication no
X11Forwarding yes
PrintMotd no
Subsystem sftp ${SFTP_SERVER}
`
}
