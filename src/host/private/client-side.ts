// One client of the private plane: a program with its own network and mount namespaces, joined to the
// world by a veth pair. It keeps uid, working directory, environment, terminal and signals.

import { spawn, type ChildProcess } from 'node:child_process'
import { mkdirSync, readlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { createInterface, type Interface } from 'node:readline'
import { Duplex } from 'node:stream'
import { failure, isFailure, type Failure } from '../../core/failure.ts'
import { findTool } from './tool.ts'
import { addClientLink, clientSideBatch } from './world-side.ts'

/** A file that programs inside see in place of the machine's own. Paths lie under /etc. */
export interface LaidFile {
  readonly path: string
  readonly contents: string | Uint8Array
}

export interface ClientOptions {
  /** The world's end of the pair: `c1`. */
  readonly link: string
  readonly addresses: readonly string[]
  readonly command: readonly string[]
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Shown over /etc, for this client only. */
  readonly files: readonly LaidFile[]
  /** A folder of this client's own, outside /etc. */
  readonly folder: string
  /** Outer ids that the program keeps. */
  readonly uid: number
  readonly gid: number
  /** Joined to no terminal: a client that only holds its namespaces open. */
  readonly detached?: boolean
}

export interface ClientExit {
  readonly code: number
  readonly signal: NodeJS.Signals | undefined
}

export interface Client {
  readonly pid: number
  /** `net:[4026532000]`: the identity of its network namespace. */
  readonly netns: string
  /** Lets the program start. Until then the client is joined to the world and waits. */
  start(): void
  readonly exit: Promise<ClientExit>
  kill(signal: NodeJS.Signals): void
}

/** Unix sockets by which name look-ups would leave for a daemon of the machine. */
const OUTSIDE_RESOLVERS = ['/run/nscd/socket', '/run/systemd/resolve/io.systemd.Resolve', '/run/avahi-daemon/socket']

/**
 * $1 the client's folder, $2 uid, $3 gid, $4 to $6 the tools, then the program. Speaks with us line by
 * line on fd 3: `made`, is told of the veth pair, sets up network and /etc, `ready`, is told to go,
 * and becomes the program.
 */
const SET_UP = `
folder=$1 uid=$2 gid=$3 ip=$4 mount=$5 unshare=$6; shift 6
echo made >&3; read -r _ <&3 || exit 125
"$ip" -batch "$folder/client.ip" || exit 125
echo '0 0' 2>/dev/null >/proc/sys/net/ipv4/ping_group_range || :
for socket in ${OUTSIDE_RESOLVERS.join(' ')}; do
  if [ -S "$socket" ]; then "$mount" --bind /dev/null "$socket"; fi
done
if ! "$mount" -t overlay portolan -o "lowerdir=$folder/etc:/etc" /etc 2>/dev/null; then
  while read -r file; do if [ -e "$file" ]; then "$mount" --bind "$folder$file" "$file"; fi; done <"$folder/laid"
fi
echo ready >&3; read -r _ <&3 || exit 125
exec 3>&-
exec "$unshare" --user --map-user="$uid" --map-group="$gid" -- "$@"
`

/** Makes the client's namespaces and joins them to the world. The program starts with `start()`. */
export async function makeClient(options: ClientOptions): Promise<Client | Failure> {
  layFiles(options)
  const child = spawnSetUp(options)
  const exit = exitOf(child)
  const control = child.stdio[3]
  if (!(control instanceof Duplex) || child.pid === undefined)
    return failure('ECLIENT', 'the client could not be spawned')
  control.on('error', () => undefined)
  const lines = createInterface({ input: control })
  const joined = await joinToWorld(options, child.pid, control, lines, exit)
  if (isFailure(joined)) {
    child.kill('SIGKILL')
    return joined
  }
  return {
    pid: child.pid,
    netns: joined,
    start: () => void control.end('go\n'),
    exit,
    kill: (signal) => void child.kill(signal),
  }
}

async function joinToWorld(
  options: ClientOptions,
  pid: number,
  control: Duplex,
  lines: Interface,
  exit: Promise<ClientExit>,
): Promise<string | Failure> {
  const died = exit.then((end) => failure('ECLIENT', `the client's namespaces could not be set up (code ${end.code})`))
  const heard = (word: string) => Promise.race([heardLine(lines, word), died])
  const made = await heard('made')
  if (isFailure(made)) return made
  const linked = await addClientLink({ name: options.link, addresses: options.addresses, pid })
  if (isFailure(linked)) return linked
  control.write('linked\n')
  const ready = await heard('ready')
  if (isFailure(ready)) return ready
  return readlinkSync(`/proc/${pid}/ns/net`)
}

function heardLine(lines: Interface, word: string): Promise<string> {
  return new Promise((resolve) => {
    const listen = (line: string): void => {
      if (line !== word) return
      lines.off('line', listen)
      resolve(line)
    }
    lines.on('line', listen)
  })
}

function layFiles(options: ClientOptions): void {
  mkdirSync(join(options.folder, 'etc'), { recursive: true })
  for (const file of options.files) {
    const path = join(options.folder, file.path)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, file.contents)
  }
  writeFileSync(join(options.folder, 'laid'), options.files.map((file) => `${file.path}\n`).join(''))
  writeFileSync(join(options.folder, 'client.ip'), clientSideBatch(options.addresses))
}

function tool(name: string): string {
  return findTool(name) ?? name
}

function spawnSetUp(options: ClientOptions): ChildProcess {
  const settings = [
    options.folder,
    String(options.uid),
    String(options.gid),
    tool('ip'),
    tool('mount'),
    tool('unshare'),
  ]
  const outside = options.detached === true ? 'ignore' : 'inherit'
  return spawn(
    tool('unshare'),
    [
      '--net',
      '--mount',
      '--propagation',
      'private',
      '--',
      '/bin/sh',
      '-c',
      SET_UP,
      'portolan',
      ...settings,
      ...options.command,
    ],
    { stdio: [outside, outside, options.detached === true ? 'ignore' : 'inherit', 'pipe'], env: options.environment },
  )
}

function exitOf(child: ChildProcess): Promise<ClientExit> {
  return new Promise((resolve) => {
    child.on('error', () => resolve({ code: 125, signal: undefined }))
    child.on('exit', (code, signal) => resolve({ code: code ?? 125, signal: signal ?? undefined }))
  })
}
