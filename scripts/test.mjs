// npm test: every *.test.ts of the tree (or of the paths given), in node:test. Interop tests skip what
// the machine lacks and say so; with CI set they fail instead.
import { spawn } from 'node:child_process'
import { globSync } from 'node:fs'

const TEST_MAX_MS = 120_000 // the slowest, who trusts the world, takes 25 s on a busy machine

const paths = process.argv.slice(2).filter((word) => !word.startsWith('-'))
const flags = process.argv.slice(2).filter((word) => word.startsWith('-'))
const patterns = paths.length === 0 ? ['src', 'test', 'bench', 'fuzz'] : paths
const files = patterns
  .flatMap((path) => (path.endsWith('.test.ts') ? [path] : globSync(`${path}/**/*.test.ts`)))
  .toSorted()
if (files.length === 0) {
  console.error('no test files there')
  process.exit(1)
}
const child = spawn(
  process.execPath,
  [
    '--test',
    `--test-timeout=${TEST_MAX_MS}`,
    '--test-reporter=dot',
    '--test-reporter-destination=stdout',
    '--test-reporter=./scripts/test-summary.mjs',
    '--test-reporter-destination=stdout',
    ...flags,
    ...files,
  ],
  { stdio: 'inherit' },
)
child.on('exit', (code) => process.exit(code ?? 1))
