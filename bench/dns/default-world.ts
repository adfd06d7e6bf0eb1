// Answers a second over UDP from the zones of the default world's first name server: beside BIND with the same zones, and by the plain
// `node:dgram`, without the native addon that batches system calls.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Zone } from '../../src/core/world-view.ts'
import { onLoopback } from '../../src/net/loopback.ts'
import { createWorldState, defaultWorld } from '../../src/net/world/index.ts'
import { services } from '../../src/services.ts'
import { missing, TemporaryFolder } from '../peer.ts'
import { alternate } from '../rounds.ts'
import type { Bench, Reach } from '../table.ts'
import { RunningWorld } from '../world.ts'
import { isThere } from './ask.ts'
import { answersPerSecond } from './load.ts'
import { bind, newFolder, run } from './servers.ts'

const ROUNDS = 5
/** Turns of a second each, until V8 has compiled what the load asks of a world: figures still rise before. */
const WARM_UPS = 3
const SECONDS = 1
const BATCHED: Reach = { of: 'ratio', bound: 'at least', limit: 1 }
const PLAIN: Reach = { of: 'ratio', bound: 'at least', limit: 0.7 }
const WITHOUT_ADDONS = '--no-addons'
const SERVER = 'ns.harbor.test'

export async function benchDefaultWorld(bench: Bench): Promise<void> {
  const work = 'DNS, default world'
  const why = missing({ named: 'bind9' })
  if (why !== undefined) return bench.skip(work, why)
  using folder = new TemporaryFolder()
  await using stack = new AsyncDisposableStack()
  const zones = zonesOfServer()
  const questions = join(folder.path, 'questions')
  writeFileSync(
    questions,
    zones.flatMap(({ records }) => records.map(({ name, type }) => `${name} ${type}\n`)).join(''),
  )
  const batched = stack.use(await RunningWorld.up({})).at(SERVER, 53, 'udp')
  const plain = stack.use(await RunningWorld.up({ nodeOptions: WITHOUT_ADDONS })).at(SERVER, 53, 'udp')
  const server = await bind(folder.path, writeZones(folder.path, zones), 1)
  stack.use(await run(server, isThere))
  const ask = (place: typeof plain) => () => answersPerSecond(place, SECONDS, { questions })
  const figures = await alternate(
    { batched: ask(batched), bind: ask(server.place), plain: ask(plain) },
    { rounds: ROUNDS, warmUps: WARM_UPS, note: bench.note(work) },
  )
  const add = (title: string, side: string, reach: Reach): void => {
    const [ours = [], theirs = []] = [figures.get(side), figures.get('bind')]
    bench.add({ work: `${work}, ${title}`, beside: 'BIND -n 1', unit: '/s', ours, theirs, reach })
  }
  add('batched calls', 'batched', BATCHED)
  add('plain dgram', 'plain', PLAIN)
}

/** The domains that it serves, as `up` has them: its hosts stand on loopback. Zones above those have servers of their own. */
function zonesOfServer(): readonly Zone[] {
  const world = onLoopback(defaultWorld(services), process.platform === 'linux')
  const { zones } = createWorldState(world, { folder: () => undefined })
  return zones.filter((zone) => zone.name.includes('.') && !zone.name.endsWith('.arpa') && isServed(zone))
}

function isServed({ name, records }: Zone): boolean {
  return records.some((one) => one.name === name && one.type === 'NS' && one.data === `${SERVER}.`)
}

/** Their files by name, for BIND. */
function writeZones(folder: string, zones: readonly Zone[]): ReadonlyMap<string, string> {
  const own = newFolder(folder, 'zones')
  return new Map(
    zones.map(({ name, records }) => {
      const file = join(own, `${name}.zone`)
      const lines = records.map((one) => `${one.name}. ${one.ttlSeconds} IN ${one.type} ${one.data}\n`)
      writeFileSync(file, lines.join(''))
      return [name, file]
    }),
  )
}
