// npm run build: what is published, dist/ as plain JavaScript with types.
import { spawnSync } from 'node:child_process'
import { chmodSync, rmSync } from 'node:fs'

rmSync('dist', { recursive: true, force: true })
const result = spawnSync('tsc', ['-p', 'tsconfig.build.json'], {
  stdio: 'inherit',
  env: { ...process.env, PATH: `node_modules/.bin:${process.env.PATH}` },
})
if (result.status !== 0) process.exit(1)
chmodSync('dist/cli/main.js', 0o755)
