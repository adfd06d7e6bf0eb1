// One client of the private plane: a program with its own network and mount namespaces, joined to the
// world by a veth pair. It keeps uid, working directory, environment, terminal and signals.

import { spawn, type ChildProcess } from 'node:child_process'
import { readlinkSync } from 'node:fs'
import { createInterface, type Interface } from 'node:readline'
import { Duplex } from 'node:stream'
import { failure, isFailure, type Failure } from '../../core/failure.ts'
import { writeLaidFiles, type LaidFile } from '../laid-files.ts'
import { findTool } from './tool.ts'
import { addClientLink, clientSideBatch } from './world-side.ts'

export interface ProgramOptions {
  readonly command: readonly string[]
  readonly environment: Readonly<Record<string, string | undefined>>
  /** A folder of this client's own, outside /etc. */
  readonly folder: string
  /** Outer ids that the program keeps. */
  readonly uid: number
  readonly gid: number
  /** Joined to no terminal: a client that only holds its namespaces open. */
  readonly detached?: boolean
}

export interface Place {
  /** The world's end of the pair: `c1`. */
  readonly link: string
  readonly addresses: readonly string[]
  /** Shown over /etc, for this client only. */
  readonly files: readonly LaidFile[]
}

/** Namespaces in the making, which needs nothing of the world yet. */
export interface ClientToBe {
  /** Joins it to the world; the program then waits for `start`. */
  join(place: Place): Promise<Client | Failure>
  abandon(): void
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
  /** Resolves once the program has all of its namespaces, so that others can be put beside it; or has ended before. */
  readonly inside: Promise<unknown>
  readonly exit: Promise<ClientExit>
  kill(signal: NodeJS.Signals): void
}

/** Unix sockets by which name look-ups would leave for a daemon of the machine. */
const OUTSIDE_RESOLVERS = ['/run/nscd/socket', '/run/systemd/resolve/io.systemd.Resolve', '/run/avahi-daemon/socket']

/**
 * $1 the client's folder, $2 uid, $3 gid, $4 to $7 the tools, then the program. Speaks with us line by
 * line on fd 3: `made`, is told of the veth pair, sets up network and /etc, `ready`, is told to go, is `inside` its own
 * users, and becomes the program, which is killed when the world dies.
 */
const SET_UP = `
folder=$1 uid=$2 gid=$3 ip=$4 mount=$5 unshare=$6 setpriv=$7; shift 7
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
set -- /bin/sh -c 'echo inside >&3; exec 3>&-; exec "$@"' portolan "$@"
if [ -n "$setpriv" ]; then set -- "$setpriv" --pdeathsig KILL -- "$@"; fi
exec "$unshare" --user --map-user="$uid" --map-group="$gid" -- "$@"
`

/** Begins to make a client's namespaces, beside whatever else there is to do. */
export function beginClient(options: ProgramOptions): ClientToBe | Failure {
  const child = spawnSetUp(options)
  const exit = exitOf(child)
  const control = child.stdio[3]
  const { pid } = child
  if (!(control instanceof Duplex) || pid === undefined) return failure('ECLIENT', 'the client could not be spawned')
  control.on('error', () => undefined)
  const died = exit.then((end) => failure('ECLIENT', `the client's namespaces could not be set up (code ${end.code})`))
  const lines = createInterface({ input: control })
  const heard = (word: string) => Promise.race([heardLine(lines, word), died])
  const made = heard('made')
  const inside = heard('inside')
  const join = async (place: Place): Promise<Client | Failure> => {
    const netns = layFiles(options.folder, place) ?? (await joinToWorld(place, pid, { made, control, heard }))
    if (isFailure(netns)) {
      child.kill('SIGKILL')
      return netns
    }
    const start = () => void control.end('go\n')
    return { pid, netns, start, inside, exit, kill: (signal) => void child.kill(signal) }
  }
  return { join, abandon: () => void child.kill('SIGKILL') }
}

interface Dialogue {
  readonly made: Promise<string | Failure>
  readonly control: Duplex
  heard(word: string): Promise<string | Failure>
}

/** The identity of the client's network namespace, once it is joined. */
async function joinToWorld(place: Place, pid: number, { made, control, heard }: Dialogue): Promise<string | Failure> {
  const there = await made
  if (isFailure(there)) return there
  const linked = await addClientLink({ name: place.link, addresses: place.addresses, pid })
  if (isFailure(linked)) return linked
  const ready = heard('ready')
  control.write('linked\n')
  const set = await ready
  return isFailure(set) ? set : readlinkSync(`/proc/${pid}/ns/net`)
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

/** What is laid over /etc, and what the set-up script reads. */
function layFiles(folder: string, { files, addresses }: Place): Failure | undefined {
  return writeLaidFiles(
    [
      ...files,
      { path: 'laid', contents: files.map((file) => `${file.path}\n`).join('') },
      { path: 'client.ip', contents: clientSideBatch(addresses) },
    ],
    folder,
  )
}

function tool(name: string): string {
  return findTool(name) ?? name
}

function spawnSetUp(options: ProgramOptions): ChildProcess {
  const settings = [
    options.folder,
    String(options.uid),
    String(options.gid),
    tool('ip'),
    tool('mount'),
    tool('unshare'),
    findTool('setpriv') ?? '',
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
