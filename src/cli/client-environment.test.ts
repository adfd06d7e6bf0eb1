import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { test } from 'node:test'
import { makeClientEnvironment, readClientEnvironment } from './client-environment.ts'

test('programs inside get the trust variables and no proxy, those that come later the same', () => {
  const folder = mkdtempSync(join(tmpdir(), 'portolan-env-'))
  process.env['https_proxy'] = 'http://192.0.2.9:3128'
  process.env['PORTOLAN_TEST_KEPT'] = 'kept'
  try {
    const first = makeClientEnvironment(folder)
    assert.equal(first['https_proxy'], undefined)
    assert.equal(first['PORTOLAN_TEST_KEPT'], 'kept')
    assert.match(first['NODE_EXTRA_CA_CERTS'] ?? '', /portolan-authority\.pem$/)
    assert.equal(first['PORTOLAN_WORLD'], basename(folder))
    assert.deepEqual(readClientEnvironment(folder), first)
  } finally {
    delete process.env['https_proxy']
    delete process.env['PORTOLAN_TEST_KEPT']
    rmSync(folder, { recursive: true })
  }
})
