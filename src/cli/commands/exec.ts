// portolan exec: joins the namespaces of a client of a running world, then becomes the program.

import { isFailure } from '../../core/failure.ts'
import { askClient, findWorld } from '../../control/client.ts'
import { findTool } from '../../host/private/tool.ts'
import { EXIT } from '../exit-codes.ts'
import { complain, withProgress } from '../output.ts'
import { readClientEnvironment } from '../client-environment.ts'

export interface ExecOptions {
  readonly world?: string
  readonly as?: string
}

/** Enters the client's network and mounts, goes back to the working directory, then enters its users; $1 is the directory. */
const ENTER =
  'cd -- "$1" 2>/dev/null || cd /; pid=$2 nsenter=$3; shift 3; exec "$nsenter" --target "$pid" --user --preserve-credentials -- "$@"'

export async function exec(command: readonly string[], options: ExecOptions): Promise<void> {
  const world = await findWorld(process.getuid?.() ?? 0, options.world)
  if (isFailure(world)) return notRun(world.message)
  if (world.status.plane !== 'private') {
    return notRun(
      `${world.id} stands on loopback, where any program reaches it; exec enters worlds that \`portolan run\` started`,
    )
  }
  const client = await withProgress('portolan: joining the world', askClient(world.folder, options.as ?? ''))
  if (isFailure(client)) return notRun(client.message)
  const nsenter = findTool('nsenter')
  if (nsenter === undefined) return notRun('the program nsenter is not installed: apt install util-linux')
  const { execve } = process
  if (execve === undefined) return notRun('this Node cannot replace its own process image')
  const pid = String(client.pid)
  const join = [
    '--target',
    pid,
    '--net',
    '--mount',
    '--',
    '/bin/sh',
    '-c',
    ENTER,
    'portolan',
    process.cwd(),
    pid,
    nsenter,
  ]
  const words = ['nsenter', '--target', String(world.status.pid), '--user', '--preserve-credentials', '--', nsenter]
  execve.call(process, nsenter, [...words, ...join, ...command], readClientEnvironment(world.folder))
}

function notRun(why: string): void {
  complain(why)
  process.exitCode = EXIT.notRun
}
