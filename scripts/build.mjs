// npm run build: what is published, plain JavaScript with types, in dist/ or the folder that is named. Only what the
// entries in tsconfig.build.json lead to: no tests, no fixtures. The command line comes as a bundle, which starts in half
// the time that its modules take one by one.
import { spawnSync } from 'node:child_process'
import { chmodSync, globSync, rmSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bundle } from './bundle.mjs'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const out = resolve(process.argv[2] ?? join(root, 'dist'))

rmSync(out, { recursive: true, force: true })
const result = spawnSync('tsc', ['-p', join(root, 'tsconfig.build.json'), '--outDir', out], {
  stdio: 'inherit',
  env: { ...process.env, PATH: `${join(root, 'node_modules/.bin')}:${process.env.PATH}` },
})
if (result.status !== 0) process.exit(1)
const isBin = (file) => file.startsWith(join(out, 'cli/bin.'))
for (const file of globSync(join(out, 'cli/**/*.{js,d.ts}'))) if (!isBin(file)) rmSync(file)
await bundle(join(out, 'cli'))
chmodSync(join(out, 'cli/bin.js'), 0o755)
