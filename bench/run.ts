// What `portolan run` adds to a program that does nothing, beside bare namespaces.

import { findProgram, missing, runProgram } from './peer.ts'
import { alternate } from './rounds.ts'
import type { Bench, Reach } from './table.ts'
import { PORTOLAN } from './world.ts'

const ROUNDS = 11
const WARM_UPS = 2
const RUN_MAX_MS = 20_000
const REACH: Reach = { of: 'difference', bound: 'at most', limit: 350 }

export async function benchRun(bench: Bench): Promise<void> {
  const why = process.platform === 'linux' ? missing({ unshare: 'util-linux' }) : 'the private plane needs Linux'
  if (why !== undefined) return bench.skip('portolan run -- true', why)
  const unshare = findProgram('unshare') ?? 'unshare'
  const bare = () => runProgram([unshare, '-Urnm', 'true'], RUN_MAX_MS)
  const refusal = await bare().then(
    () => undefined,
    (error: Error) => error.message,
  )
  if (refusal !== undefined) return bench.skip('portolan run -- true', `no namespaces here: ${refusal}`)
  const figures = await alternate(
    {
      ours: async () =>
        (await runProgram([PORTOLAN, 'run', '--report', 'none', '--', 'true'], RUN_MAX_MS, import.meta.dirname)).tookMs,
      theirs: async () => (await bare()).tookMs,
    },
    { rounds: ROUNDS, warmUps: WARM_UPS, note: bench.note('run') },
  )
  bench.add({
    work: 'portolan run -- true',
    beside: 'unshare -Urnm true',
    unit: 'ms',
    ours: figures.get('ours') ?? [],
    theirs: figures.get('theirs') ?? [],
    reach: REACH,
  })
}
