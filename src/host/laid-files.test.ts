import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { writeLaidFiles } from './laid-files.ts'

const FILES = [
  { path: '/etc/hosts', contents: '127.0.0.1 localhost\n' },
  { path: '/etc/ssl/certs/java/cacerts', contents: Uint8Array.of(1, 2, 3) },
]

test('files are written below a root, readable by all; a failure is a value', () => {
  const root = mkdtempSync(join(tmpdir(), 'portolan-laid-'))
  assert.equal(writeLaidFiles(FILES, root), undefined)
  for (const { path, contents } of FILES) {
    assert.deepEqual(readFileSync(join(root, path)), Buffer.from(contents))
    assert.equal(statSync(join(root, path)).mode & 0o444, 0o444)
  }
  assert.equal(writeLaidFiles(FILES, join(root, 'etc/hosts'))?.kind, 'failure')
  rmSync(root, { recursive: true })
})
