// Gives targets broken input for as long as asked: `node fuzz/main.ts [TARGET...] [--seconds N] [--seed N]`, all of them
// by default, 10 seconds each. A finding is printed in hex and ends the run with 1: put it into test/corpus, then mend it.

import { parseArgs } from 'node:util'
import type { Target } from './target.ts'
import { targets } from './targets.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { seconds: { type: 'string', default: '10' }, seed: { type: 'string' } },
})
const seconds = Number(values.seconds)
const seed = values.seed === undefined ? 1 + (Date.now() % 0x7fff_ffff) : Number(values.seed)
const unknown = positionals.filter((name) => !targets.some((target) => target.name === name))
if (unknown.length > 0 || !(seconds > 0) || !Number.isInteger(seed) || seed === 0) {
  console.error('node fuzz/main.ts [TARGET...] [--seconds N] [--seed N]\n')
  for (const { name, about } of targets) console.error(`  ${name.padEnd(8)}  ${about}`)
  process.exit(2)
}

async function run(target: Target): Promise<boolean> {
  const running = await target.start(seed)
  const until = performance.now() + seconds * 1000
  let inputs = 0
  for (; performance.now() < until; inputs++) {
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
  const heapMib = Math.round(process.memoryUsage().heapUsed / 1024 / 1024)
  console.log(`${target.name}: ${inputs} inputs in ${seconds} s, seed ${seed}, heap ${heapMib} MiB, nothing found`)
  return true
}

for (const target of targets.filter(({ name }) => positionals.length === 0 || positionals.includes(name)))
  if (!(await run(target))) process.exit(1)
