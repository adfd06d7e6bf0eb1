// Who has keys, and what stock ssh is told of them.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { services } from '../services.ts'
import { ANYWHERE, knownHosts, knownHostsAt, worldHostKeys } from './host-keys.ts'
import { defaultWorld } from './world/index.ts'

const WORLD = defaultWorld(services)
const SECRET = new Uint8Array(32)

test('hosts that serve SSH have three keys each, others none', async () => {
  const keys = await worldHostKeys(WORLD, SECRET, undefined)
  assert.deepEqual([...keys.keys()], ['files.harbor.test', 'files.island.test'])
  for (const own of keys.values()) {
    assert.deepEqual(
      own.map((key) => key.algorithm),
      ['ssh-ed25519', 'ecdsa-sha2-nistp256', 'ssh-rsa'],
    )
  }
  const dumb = { ...WORLD, hosts: WORLD.hosts.filter((host) => !host.name.startsWith('files.')) }
  assert.equal((await worldHostKeys(dumb, SECRET, undefined)).size, 0)
})

test('what cannot be derived is kept, and made anew where it is no key', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'portolan-keys-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const made = await worldHostKeys(WORLD, SECRET, folder)
  assert.deepEqual(await worldHostKeys(WORLD, SECRET, folder), made)
  writeFileSync(join(folder, 'ssh-host-rsa.pem'), 'nonsense')
  assert.notDeepEqual(await worldHostKeys(WORLD, SECRET, folder), made)
})

test('known_hosts has each host by its names and addresses, or by where it is bound', async () => {
  const keys = await worldHostKeys(WORLD, SECRET, undefined)
  const lines = knownHosts(WORLD, keys).trimEnd().split('\n')
  assert.equal(lines.length, 6)
  assert.match(lines[0] ?? '', /^files\.harbor\.test,192\.0\.2\.4,2001:db8:1::4 ssh-ed25519 AAAA/)
  const binding = { host: 'files.harbor.test', service: 'ssh', transport: 'tcp', known: { ip: '', port: 22 } } as const
  const bound = knownHostsAt([{ ...binding, bound: { ip: '127.80.0.4', port: 8022 } }], keys)
  assert.match(bound, /^\[files\.harbor\.test\]:8022,\[127\.80\.0\.4\]:8022 ssh-ed25519 AAAA/)
})

test('a catch-all world has keys for every host that it does not know', async () => {
  const keys = await worldHostKeys({ ...WORLD, catchAll: true }, SECRET, undefined)
  assert.equal(keys.get(ANYWHERE)?.length, 3)
  assert.match(knownHosts(WORLD, keys), /^\* ssh-ed25519 AAAA/m)
})
