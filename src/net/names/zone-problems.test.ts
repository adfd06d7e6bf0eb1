import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { isConfigError } from '../../core/failure.ts'
import { resolveWorld } from '../world/index.ts'
import { TOY_SERVICES } from '../world/toy-services.ts'
import { zoneProblems } from './zone-problems.ts'

async function problemsOf(text: string): Promise<readonly string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'portolan-zone-'))
  try {
    writeFileSync(join(folder, 'a.zone'), text)
    const data = { domains: { 'a.test': { zone: './a.zone' } }, hosts: { 'ns.a.test': ['dns'] } }
    const world = resolveWorld(data, { services: TOY_SERVICES, folder })
    assert.ok(!isConfigError(world))
    return (await zoneProblems(world)).map(({ path, message }) => `${path.join('.')} ${message}`)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

test('a zone file without a mistake has no problems, and what it lacks follows from the world', async () => {
  assert.deepEqual(await problemsOf('$TTL 60\nwww A 192.0.2.7\n'), [])
})

test('each mistake is told with its place', async () => {
  const problems = await problemsOf('$TTL 60\nwww A 192.0.2\n@ MX mail\nok A 192.0.2.8\n$INCLUDE none\n')
  assert.deepEqual(
    problems.map((problem) => problem.split(':').slice(0, 3).join(':')),
    ['domains.a.test.zone ./a.zone:2:7', 'domains.a.test.zone ./a.zone:3:6', 'domains.a.test.zone ./a.zone:5:1'],
  )
})
