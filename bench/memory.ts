// Memory of the default world once it is up and idle. Resident pages as the kernel counts them for the process, shared
// ones included.

import { readFileSync } from 'node:fs'
import { alternate } from './rounds.ts'
import type { Bench, Reach } from './table.ts'
import { RunningWorld } from './world.ts'

const ROUNDS = 3
const REACH: Reach = { of: 'value', bound: 'at most', limit: 110 }
/** INetSim with ten services on a small Debian 12 machine, all its processes: a figure from elsewhere, not measured in this run. */
const INETSIM_MB = 392
const KIB_PER_MB = 1e6 / 1024

export async function benchMemory(bench: Bench): Promise<void> {
  if (process.platform !== 'linux') return bench.skip('memory', 'needs /proc')
  const figures = await alternate({ world: idleMb }, { rounds: ROUNDS, note: bench.note('memory') })
  const ours = figures.get('world') ?? []
  bench.add({
    work: 'memory of the default world, idle',
    beside: 'INetSim (published)',
    unit: 'MB',
    ours,
    theirs: ours.map(() => INETSIM_MB),
    reach: REACH,
  })
}

async function idleMb(): Promise<number> {
  await using world = await RunningWorld.up({})
  const kib = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${world.pid}/status`, 'utf8'))?.[1]
  return Number(kib) / KIB_PER_MB
}
