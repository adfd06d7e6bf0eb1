// Gives targets broken input for as long as asked: `node fuzz/main.ts [TARGET...] [--seconds N | --inputs N] [--seed N]`, all of
// them by default, 10 seconds each. A finding is printed in hex and ends the run with 1: put it into test/corpus, then mend it.

import { parseArgs } from 'node:util'
import type { Target } from './target.ts'
import { targets } from './targets.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { seconds: { type: 'string', default: '10' }, inputs: { type: 'string' }, seed: { type: 'string' } },
})
const inputsMax = values.inputs === undefined ? Infinity : Number(values.inputs)
const seconds = values.inputs === undefined ? Number(values.seconds) : Infinity
const seed = values.seed === undefined ? 1 + (Date.now() % 0x7fff_ffff) : Number(values.seed)
const unknown = positionals.filter((name) => !targets.some((target) => target.name === name))
if (unknown.length > 0 || !(seconds > 0) || !(inputsMax > 0) || !Number.isInteger(seed) || seed === 0) {
  console.error('node fuzz/main.ts [TARGET...] [--seconds N | --inputs N] [--seed N]\n')
  for (const { name, about } of targets) console.error(`  ${name.padEnd(10)}  ${about}`)
  process.exit(2)
}

/** Inputs until the heap is looked at for the first time: what is made once is there by then. */
const WARM_INPUTS = 10_000

/** In use, of what cannot be collected when Node runs with --expose-gc. */
function heapMib(): number {
  globalThis.gc?.()
  return Math.round(process.memoryUsage().heapUsed / 1024 / 1024)
}

async function run(target: Target): Promise<boolean> {
  const running = await target.start(seed)
  const start = performance.now()
  const until = start + seconds * 1000
  let inputs = 0
  let heapAtFirst = heapMib()
  for (; inputs < inputsMax && performance.now() < until; inputs++) {
    if (inputs === WARM_INPUTS) heapAtFirst = heapMib()
    const bytes = running.next()
    const shown = Buffer.from(bytes)
    try {
      await running.attempt(bytes)
    } catch (thrown) {
      console.error(`${target.name}: seed ${seed}, input ${inputs}: ${shown.toString('hex')}`)
      console.error(thrown)
      return false
    }
  }
  await running.stop?.()
  const took = ((performance.now() - start) / 1000).toFixed(1)
  const heap = `heap ${heapAtFirst} then ${heapMib()} MiB`
  console.log(`${target.name}: ${inputs} inputs in ${took} s, seed ${seed}, ${heap}, nothing found`)
  return true
}

for (const target of targets.filter(({ name }) => positionals.length === 0 || positionals.includes(name)))
  if (!(await run(target))) process.exit(1)
