// Mails a second that a server takes for good: 4 KiB each over ten connections that stay, from Postfix's smtp-source.

import { join } from 'node:path'
import { setTimeout as after } from 'node:timers/promises'
import { outputAsRoot } from '../../test/interop/mail/rootless.ts'
import { findProgram, runProgram } from '../peer.ts'
import { alternate } from '../rounds.ts'
import type { Bench } from '../table.ts'
import type { Place } from '../world.ts'
import { openFolder, startPostfix, startWorld } from './sides.ts'

const MAILS = 3000
const MAIL_BYTES = 4096
const CONNECTIONS = 10
const ROUNDS = 5
const WARM_UPS = 2
const SEND_MAX_MS = 60_000
/** Between two looks at whether a queue has run empty. */
const LOOK_MS = 50

export async function benchAccept(bench: Bench): Promise<void> {
  using folder = openFolder()
  await using stack = new AsyncDisposableStack()
  const world = await startWorld(folder.path, stack)
  const home = join(folder.path, 'p')
  const postfix = await startPostfix(home, stack)
  const figures = await alternate(
    {
      ours: () => mailsPerSecond(world.mx, world.reader.user),
      theirs: async () => {
        const figure = await mailsPerSecond(postfix, world.reader.user)
        await drained(home)
        return figure
      },
    },
    { rounds: ROUNDS, warmUps: WARM_UPS, note: bench.note('mail taken') },
  )
  bench.add({
    work: 'mail taken durably, 4 KiB, 10 connections',
    beside: 'Postfix',
    unit: '/s',
    ours: figures.get('ours') ?? [],
    theirs: figures.get('theirs') ?? [],
    reach: { of: 'ratio', bound: 'at least', limit: 2 },
  })
}

async function mailsPerSecond({ ip, port }: Place, to: string): Promise<number> {
  const load = `-d -s ${CONNECTIONS} -m ${MAILS} -l ${MAIL_BYTES} -f load@bench.test -t ${to}`.split(' ')
  const command = [findProgram('smtp-source') ?? 'smtp-source', ...load, `${ip}:${port}`]
  const { tookMs } = await runProgram(command, SEND_MAX_MS)
  return (MAILS / tookMs) * 1000
}

/** What Postfix has taken and not yet put into a mailbox would slow what is measured next. */
async function drained(folder: string): Promise<void> {
  const queues = ['incoming', 'active'].map((queue) => join(folder, 'spool', queue))
  while (outputAsRoot(['find', ...queues, '-type', 'f']).length > 0) await after(LOOK_MS)
}
