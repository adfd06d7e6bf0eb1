// How long the default world takes until it says that it is up, beside Node that does nothing.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { runProgram } from './peer.ts'
import { alternate } from './rounds.ts'
import type { Bench, Reach } from './table.ts'
import { NODE, PORTOLAN, ROOT } from './world.ts'

const ROUNDS = 11
/** The first fills the compile cache. */
const WARM_UPS = 2
const READY_MAX_MS = 20_000
const REACH: Reach = { of: 'ratio', bound: 'at most', limit: 7 }
const BUILT = join(ROOT, 'dist/cli/main.js')

export async function benchStart(bench: Bench): Promise<void> {
  const built = existsSync(BUILT)
  const figures = await alternate(
    {
      node: async () => (await runProgram([NODE, '-e', '0'], READY_MAX_MS)).tookMs,
      source: () => readyAfterMs([PORTOLAN, 'up']),
      ...(built && { built: () => readyAfterMs([NODE, BUILT, 'up']) }),
    },
    { rounds: ROUNDS, warmUps: WARM_UPS, note: bench.note('start') },
  )
  const add = (work: string, ours: string): void =>
    bench.add({
      work,
      beside: 'node -e 0',
      unit: 'ms',
      ours: figures.get(ours) ?? [],
      theirs: figures.get('node') ?? [],
      reach: REACH,
    })
  add('default world ready, from source', 'source')
  if (built) add('default world ready, as published', 'built')
  else bench.skip('default world ready, as published', 'dist/ is missing (npm run build)')
}

/** From the spawn until `up` has begun to print its table: every port is bound then. */
async function readyAfterMs(command: readonly string[]): Promise<number> {
  const [program = '', ...args] = command
  const begun = performance.now()
  const child = spawn(program, args, {
    stdio: ['ignore', 'pipe', 'inherit'],
    cwd: import.meta.dirname,
    timeout: READY_MAX_MS,
    killSignal: 'SIGKILL',
  })
  const ended = once(child, 'exit')
  await Promise.race([once(child.stdout, 'data'), ended])
  const tookMs = performance.now() - begun
  if (child.exitCode !== null) throw new Error(`${command.join(' ')} ended with ${child.exitCode}`)
  child.kill('SIGINT')
  await ended
  return tookMs
}
