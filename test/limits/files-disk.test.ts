// A disk that is full: what was there stays, what was refused leaves nothing, and with room again files are taken.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { onSmallDisk, skipSmallDisk } from './small-disk.ts'

const CHILD = fileURLToPath(new URL('files-disk-child.ts', import.meta.url))

test('a full disk takes nothing half', { skip: skipSmallDisk }, (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'portolan-disk-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const child = spawnSync('unshare', onSmallDisk('size=1m,nr_inodes=100', folder, CHILD), { encoding: 'utf8' })
  assert.equal(child.status, 0, child.stderr)
  assert.deepEqual(JSON.parse(child.stdout), {
    upload: ['ENOSPC', true],
    afterUpload: 'what was there',
    edit: ['ENOSPC', true],
    hole: 'ENOSPC',
    start: 'start\0\0\0',
    refused: 'ENOSPC',
    names: ['edited', 'kept', 'sparse'],
    again: 65_536,
  })
})
