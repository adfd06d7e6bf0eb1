// Answers a second of a resolver, over UDP: from what it has learnt, and of names that it must find out about, each asked once of a resolver
// that knows nothing. Ours beside Unbound with one thread. The hierarchy that both ask, root, registry and fifty domains, is a
// world in a process of its own; ours is another world with a resolver alone.

import { join } from 'node:path'
import * as v from 'valibot'
import { missing, runProgram, TemporaryFolder } from '../peer.ts'
import type { Bench, Reach } from '../table.ts'
import { NODE } from '../world.ts'
import { DOMAINS, NAMES_EACH } from './hierarchy.ts'

const MAX_MS = 300_000
const CACHED: Reach = { of: 'ratio', bound: 'at least', limit: 0.8 }
const COLD: Reach = { of: 'ratio', bound: 'at least', limit: 0.5 }
const INSIDE = join(import.meta.dirname, 'recursive-inside.ts')

const sides = v.object({ ours: v.array(v.number()), theirs: v.array(v.number()) })
const measured = v.object({ cached: sides, unsigned: sides, signed: sides })

export async function benchRecursive(bench: Bench): Promise<void> {
  const work = 'DNS, recursive'
  const why = await lacks()
  if (why !== undefined) return bench.skip(work, why)
  bench.note(work)('both', 0)
  // The world's commands look for it in a folder of this run.
  using runtime = new TemporaryFolder()
  const command = ['env', `XDG_RUNTIME_DIR=${runtime.path}`, 'unshare', '-Urn', NODE, INSIDE]
  const { output } = await runProgram(command, MAX_MS)
  const figures = v.parse(measured, JSON.parse(output.trimEnd().split('\n').at(-1) ?? ''))
  const add = (what: string, of: v.InferOutput<typeof sides>, reach: Reach): void =>
    bench.add({ work: `${work}, ${what}`, beside: 'Unbound, one thread', unit: '/s', ...of, reach })
  const half = (DOMAINS * NAMES_EACH) / 2
  const names = half.toLocaleString('en-US')
  add(`${(half * 2).toLocaleString('en-US')} names from cache`, figures.cached, CACHED)
  add(`cold, ${names} names`, figures.unsigned, COLD)
  add(`cold, ${names} signed names`, figures.signed, COLD)
}

async function lacks(): Promise<string | undefined> {
  if (process.platform !== 'linux') return 'needs Linux'
  const why = missing({ unbound: 'unbound', dnsperf: 'dnsperf', unshare: 'util-linux', ip: 'iproute2' })
  if (why !== undefined) return why
  return runProgram(['unshare', '-Urn', 'true'], 5000).then(
    () => undefined,
    (error: Error) => `no namespaces here: ${error.message}`,
  )
}
