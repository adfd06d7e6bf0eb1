// A disk that is full: what was there stays, what was refused leaves nothing, and with room again files are taken.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

const CHILD = fileURLToPath(new URL('files-disk-child.ts', import.meta.url))
const NAMESPACES = ['--user', '--map-root-user', '--mount']
const MOUNT = 'mount -t tmpfs -o size=1m,nr_inodes=100 tmpfs "$1" && exec "$2" "$3" "$1"'
const able = spawnSync('unshare', [...NAMESPACES, 'true']).status === 0

test('a full disk takes nothing half', { skip: able ? false : 'no namespaces here' }, (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'portolan-disk-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const child = spawnSync('unshare', [...NAMESPACES, 'sh', '-c', MOUNT, 'sh', folder, process.execPath, CHILD], {
    encoding: 'utf8',
  })
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
