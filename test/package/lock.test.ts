// What a fresh clone installs from.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { missingEntries, readLock } from '../../scripts/complete-lock.ts'
import { ROOT } from './unpacked.ts'

const lock = readLock()
const manifest: { readonly allowScripts: object } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))

test('the lockfile has an entry for every optional dependency, or npm ci refuses it', () => {
  assert.deepEqual(
    missingEntries(lock).map(({ name }) => name),
    [],
    'npm run lock adds them',
  )
})

test('the lockfile names no registry', () => {
  assert.deepEqual(
    Object.values(lock.packages).filter((entry) => 'resolved' in entry),
    [],
  )
})

test('package.json says of every install script whether it runs', () => {
  const scripted = Object.entries(lock.packages)
    .filter(([, entry]) => entry.hasInstallScript === true)
    .map(([path]) => path.replace(/.*node_modules\//, ''))
  assert.deepEqual(
    scripted.filter((name) => !(name in manifest.allowScripts)),
    [],
  )
})
