// npm run lock: gives package-lock.json an entry for every optional dependency that it mentions. npm leaves out those
// that a partial registry lacks (builds for other platforms), and `npm ci` then refuses the file everywhere.

import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

export const LOCK_FILE = fileURLToPath(new URL('../package-lock.json', import.meta.url))

export interface LockEntry {
  readonly dev?: boolean
  readonly engines?: object
  readonly hasInstallScript?: boolean
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

export interface Lock {
  readonly packages: Readonly<Record<string, LockEntry>>
}

interface Missing {
  readonly name: string
  readonly version: string
  readonly owner: LockEntry
}

export function readLock(): Lock {
  return JSON.parse(readFileSync(LOCK_FILE, 'utf8'))
}

/** The optional dependencies that have no entry. */
export function missingEntries({ packages }: Lock): Missing[] {
  return Object.values(packages).flatMap((owner) =>
    Object.entries(owner.optionalDependencies ?? {})
      .filter(([name]) => packages[`node_modules/${name}`] === undefined)
      .map(([name, version]) => ({ name, version, owner })),
  )
}

/** What npm needs to see that it is for another platform: `binding-linux-arm64-musl` says it all. */
function entryOf({ name, version, owner }: Missing): object {
  const [, os, cpu, abi = ''] = /-([a-z0-9]+)-([a-z0-9_]+?)(?:-([a-z]+))?$/.exec(name) ?? []
  if (os === undefined) throw new Error(`${name} does not say its platform`)
  const libc = abi.startsWith('gnu') ? ['glibc'] : abi.startsWith('musl') ? ['musl'] : undefined
  const { dev, engines } = owner
  return {
    version,
    cpu: [cpu],
    dev,
    libc: os === 'linux' ? libc : undefined,
    license: 'MIT',
    optional: true,
    os: [os],
    engines,
  }
}

if (import.meta.main) {
  const lock = readLock()
  const missing = missingEntries(lock)
  const added = missing.map((one) => [`node_modules/${one.name}`, entryOf(one)] as const)
  const sorted = [...Object.entries(lock.packages), ...added].toSorted(([a], [b]) => (a < b ? -1 : 1))
  writeFileSync(LOCK_FILE, `${JSON.stringify({ ...lock, packages: Object.fromEntries(sorted) }, undefined, 2)}\n`)
  console.log(`${missing.length} entries added`)
}
