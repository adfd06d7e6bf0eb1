// npm run check: all that must hold before a change goes in, in the order of what it costs to find out.
import { spawnSync } from 'node:child_process'

const steps = [
  ['types', 'tsc', ['--noEmit']],
  ['lint', 'oxlint', ['--deny-warnings']],
  ['format', 'oxfmt', ['--check', '.']],
  ['unused code', 'knip', []],
  ['tests and tidy', process.execPath, ['scripts/test.mjs', ...process.argv.slice(2)]],
]

for (const [name, command, args] of steps) {
  process.stdout.write(`- ${name}\n`)
  const result = spawnSync(command, args, {
    stdio: 'inherit',
    env: { ...process.env, PATH: `node_modules/.bin:${process.env.PATH}` },
  })
  if (result.status !== 0) {
    process.stdout.write(`${name}: failed\n`)
    process.exit(1)
  }
}
