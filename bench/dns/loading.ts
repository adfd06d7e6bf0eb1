// A zone of a million records from its file: the time from the start of a server to its first answer, and what it then holds in memory.
// Pages that several processes of a server share are divided among them.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as after } from 'node:timers/promises'
import { missing, TemporaryFolder } from '../peer.ts'
import { proportionalKib } from '../process-memory.ts'
import { alternate } from '../rounds.ts'
import type { Bench, Reach } from '../table.ts'
import { RunningWorld, type Place } from '../world.ts'
import { hasAddress } from './ask.ts'
import { nsd, run } from './servers.ts'
import { nameOf, SERVER, worldOf, writeZoneFile } from './zone-file.ts'

const RECORDS = 1_000_000
const ROUNDS = 3
const REACH: Reach = { of: 'ratio', bound: 'at most', limit: 2 }
const LOADED_MAX_MS = 60_000
const LOOK_MS = 5
/** From the first answer until memory is looked at: processes that only load have ended. */
const SETTLED_MS = 1000
const KIB_PER_MB = 1e6 / 1024

interface Loaded {
  readonly ms: number
  readonly mb: number
}

export async function benchLoading(bench: Bench): Promise<void> {
  const work = `loading ${RECORDS.toLocaleString('en-US')} records`
  const why = process.platform === 'linux' ? missing({ nsd: 'nsd' }) : 'needs /proc'
  if (why !== undefined) return bench.skip(work, why)
  using folder = new TemporaryFolder()
  const zoneFile = join(folder.path, 'zone')
  writeZoneFile(zoneFile, RECORDS)
  const file = join(folder.path, 'world.yaml')
  writeFileSync(file, worldOf(zoneFile, ', dnssec: false'))
  const loaded: Record<'ours' | 'theirs', Loaded[]> = { ours: [], theirs: [] }
  const noting = (side: 'ours' | 'theirs', load: () => Promise<Loaded>) => async () => {
    const result = await load()
    loaded[side].push(result)
    return result.ms
  }
  const contenders = {
    ours: noting('ours', () => loadOurs(file)),
    nsd: noting('theirs', () => loadNsd(folder.path, zoneFile)),
  }
  await alternate(contenders, { rounds: ROUNDS, warmUps: 0, note: bench.note(work) })
  const add = (what: string, unit: string, of: (one: Loaded) => number): void =>
    bench.add({
      work: `${work}, ${what}`,
      beside: 'NSD',
      unit,
      ours: loaded.ours.map(of),
      theirs: loaded.theirs.map(of),
      reach: REACH,
    })
  add('first answer', 'ms', ({ ms }) => ms)
  add('memory', 'MB', ({ mb }) => mb)
}

async function loadOurs(file: string): Promise<Loaded> {
  const begun = performance.now()
  await using world = await RunningWorld.up({ file })
  return await loadedFrom(begun, world.at(SERVER, 53, 'udp'), world.pid)
}

async function loadNsd(folder: string, zoneFile: string): Promise<Loaded> {
  const server = await nsd(folder, zoneFile)
  const begun = performance.now()
  await using daemon = await run(server, (place) => hasAddress(place, nameOf(0)))
  return await loadedFrom(begun, server.place, daemon.pid)
}

async function loadedFrom(begun: number, place: Place, pid: number): Promise<Loaded> {
  while (!(await hasAddress(place, nameOf(RECORDS - 1)))) {
    if (performance.now() > begun + LOADED_MAX_MS) throw new Error('the zone was not loaded in time')
    await after(LOOK_MS)
  }
  const ms = performance.now() - begun
  await after(SETTLED_MS)
  return { ms, mb: proportionalKib(pid) / KIB_PER_MB }
}
