// A machine of one's own, for daemons that stand beside a world: uids, network and mounts apart from everybody's, where
// every port of 127.0.0.0/8 is free and names are asked of the server that is wanted. Made without root.

import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { asRootApart, JOIN_USERS } from './rootless.ts'

const FOLDERS = '/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin'
/** Holds the namespaces until its standard input ends. */
const HOLD = 'ip link set lo up && mount --bind "$1" "$(readlink -f /etc/resolv.conf)" && echo up && read -r line'

export class Machine {
  readonly #holder: ChildProcess

  private constructor(holder: ChildProcess) {
    this.#holder = holder
  }

  /** `folder` keeps its resolv.conf, which names `nameServer`. */
  static async start(folder: string, nameServer: string): Promise<Machine> {
    const resolver = join(folder, 'resolv.conf')
    writeFileSync(resolver, `nameserver ${nameServer}\n`)
    const words = asRootApart(['--net', '--mount'], ['sh', '-c', HOLD, 'machine', resolver])
    const [program = '', ...rest] = words
    const holder = spawn(program, rest, { stdio: ['pipe', 'pipe', 'pipe'], env: { ...process.env, PATH: FOLDERS } })
    const errors: Buffer[] = []
    holder.stderr.on('data', (chunk: Buffer) => errors.push(chunk))
    const up = await Promise.race([
      once(holder.stdout, 'data').then(() => true),
      once(holder, 'close').then(() => false),
    ])
    if (!up) throw new Error(`no machine: ${Buffer.concat(errors).toString()}`)
    return new Machine(holder)
  }

  /** The same program inside, as root there. Its pid stays that of what is started. */
  command(words: readonly string[]): readonly string[] {
    const target = ['--target', String(this.#holder.pid), ...JOIN_USERS, '--net', '--mount', '--wd=/']
    return ['nsenter', ...target, 'env', `PATH=${FOLDERS}`, ...words]
  }

  async stop(): Promise<void> {
    const ended = once(this.#holder, 'close')
    this.#holder.kill('SIGKILL')
    await ended
  }
}
