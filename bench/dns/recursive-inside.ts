// What recursive.ts measures, in network and user namespaces of its own, where the hosts of the hierarchy have the ports that
// resolvers ask: prints figures of rounds as JSON.

import { join } from 'node:path'
import { setTimeout as after } from 'node:timers/promises'
import { runProgram, TemporaryFolder } from '../peer.ts'
import { alternate } from '../rounds.ts'
import { isValidated } from './ask.ts'
import { isSigned, namesIn, startHierarchy, type Hierarchy } from './hierarchy.ts'
import { answersPerSecond, onceThrough, writeQuestions } from './load.ts'
import { startOurs, startUnbound } from './resolvers.ts'

const SECONDS = 1
const CACHED_ROUNDS = 5
const CACHED_WARM_UPS = 2
const COLD_ROUNDS = 3
const COLD_WARM_UPS = 2
/** A signal has come by then. */
const FORGOTTEN_MS = 100
const COLD_MAX_MS = 60_000

async function measure(folder: string, hierarchy: Hierarchy): Promise<Readonly<Record<string, unknown>>> {
  const file = (name: string, holds: (domain: number) => boolean): string => {
    const path = join(folder, name)
    writeQuestions(path, namesIn(holds))
    return path
  }
  const all = file('all', () => true)
  const unsigned = file('unsigned', (domain) => !isSigned(domain))
  const signed = file('signed', isSigned)
  return {
    unsigned: Object.fromEntries(await cold(folder, hierarchy, unsigned)),
    signed: Object.fromEntries(await cold(folder, hierarchy, signed)),
    cached: Object.fromEntries(await cached(folder, hierarchy, all)),
  }
}

/** Ours is not started anew, but forgets: its code is compiled while it runs, as Unbound's is before. */
async function cold(folder: string, hierarchy: Hierarchy, questions: string) {
  await using ours = await startOurs(folder, hierarchy)
  const askOurs = async (): Promise<number> => {
    process.kill(ours.pid, 'SIGHUP')
    await after(FORGOTTEN_MS)
    return await onceThrough(ours.place, COLD_MAX_MS, { questions })
  }
  for (let turn = 0; turn < COLD_WARM_UPS; turn++) await askOurs()
  return await alternate(
    {
      ours: askOurs,
      theirs: async () => {
        await using theirs = await startUnbound(folder, hierarchy)
        return await onceThrough(theirs.place, COLD_MAX_MS, { questions })
      },
    },
    { rounds: COLD_ROUNDS, warmUps: 0 },
  )
}

async function cached(folder: string, hierarchy: Hierarchy, questions: string) {
  const ours = { place: hierarchy.world.at('resolver', 53, 'udp') }
  await using theirs = await startUnbound(folder, hierarchy)
  for (const { place } of [ours, theirs]) {
    await onceThrough(place, COLD_MAX_MS, { questions })
    for (const [name, signed] of [
      [namesIn(isSigned)[0], true],
      [namesIn((domain) => !isSigned(domain))[0], false],
    ] as const)
      if ((await isValidated(place, name ?? '')) !== signed) throw new Error(`${name} is not as it should be`)
  }
  return await alternate(
    {
      ours: () => answersPerSecond(ours.place, SECONDS, { questions }),
      theirs: () => answersPerSecond(theirs.place, SECONDS, { questions }),
    },
    { rounds: CACHED_ROUNDS, warmUps: CACHED_WARM_UPS },
  )
}

await runProgram(['ip', 'link', 'set', 'lo', 'up'], 5000)
using folder = new TemporaryFolder()
const hierarchy = await startHierarchy(folder.path)
await using _world = hierarchy.world
console.log(JSON.stringify(await measure(folder.path, hierarchy)))
