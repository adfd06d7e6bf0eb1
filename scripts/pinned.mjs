// Runs a script under the pinned Node 24, after installing whatever is missing. Itself runs on any
// Node from 18 on, and needs nothing installed.
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { constants } from 'node:os'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const REQUIRED_MAJOR = 24

/** The lockfile that node_modules was made from says the same versions as ours. */
function installed() {
  try {
    const wanted = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages
    const found = JSON.parse(readFileSync(join(root, 'node_modules/.package-lock.json'), 'utf8')).packages
    return Object.entries(wanted).every(
      ([path, entry]) => path === '' || entry.optional || found[path]?.version === entry.version,
    )
  } catch {
    return false
  }
}

function install() {
  process.stderr.write('portolan: installing what is missing (once, about half a minute) ...\n')
  const result = spawnSync('npm', ['ci', '--no-fund', '--no-audit', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  })
  if (result.status === 0) return
  process.stderr.write('portolan: npm ci failed; its messages stand above\n')
  process.exit(1)
}

function pinnedNode() {
  const file = join(root, 'node_modules/.bin', process.platform === 'win32' ? 'node.cmd' : 'node')
  if (existsSync(file)) return file
  if (Number(process.versions.node.split('.')[0]) >= REQUIRED_MAJOR) return process.execPath
  process.stderr.write(
    `portolan: needs Node ${REQUIRED_MAJOR} or later; no pinned build is published for this platform, and this is ${process.version}\n`,
  )
  process.exit(1)
}

/** Whether the command line's bundle is older than what it was made from. */
function bundleIsStale() {
  try {
    const { mtimeMs } = statSync(join(root, 'node_modules/.cache/portolan/stamp'))
    const sources = readdirSync(join(root, 'src'), { recursive: true }).map((name) => join(root, 'src', name))
    const others = ['package-lock.json', 'scripts/bundle.mjs'].map((name) => join(root, name))
    return [...sources, ...others].some((file) => statSync(file).mtimeMs > mtimeMs)
  } catch {
    return true
  }
}

/** Without it everything works, only slower: esbuild is left out of installs without development dependencies. */
function bundle() {
  if (existsSync(join(root, 'node_modules/esbuild')))
    spawnSync(pinnedNode(), [join(root, 'scripts/bundle.mjs')], { stdio: ['ignore', 2, 2] })
}

if (!installed()) install()
if (bundleIsStale()) bundle()
const [script, ...rest] = process.argv.slice(2)
const child = spawn(pinnedNode(), [script, ...rest], { stdio: 'inherit', shell: process.platform === 'win32' })
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
  process.on(signal, () => signal !== 'SIGINT' && child.kill(signal))
child.on('exit', (code, signal) => process.exit(signal ? 128 + (constants.signals[signal] ?? 0) : (code ?? 1)))
