import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isConfigError } from '../core/failure.ts'
import { defaultClient, resolveWorld } from '../net/world/index.ts'
import { services } from '../services.ts'
import { nameFiles, switchInside } from './name-files.ts'

test('only where hosts are looked up changes: users of a directory keep their names', () => {
  const own =
    '# comment\npasswd: files sss\n hosts : files mdns4_minimal [NOTFOUND=return] resolve dns\nnetgroup: nis\n'
  assert.equal(switchInside(own), 'hosts: files dns\n# comment\npasswd: files sss\nnetgroup: nis\n')
  assert.equal(switchInside(''), 'hosts: files dns\n')
})

test("names are asked of the world's servers, three at most", () => {
  const hosts = { 'a.test': ['resolver'], 'b.test': ['resolver'] }
  const world = resolveWorld({ domains: { 'a.test': {}, 'b.test': {} }, hosts }, { services, folder: undefined })
  assert.ok(!isConfigError(world))
  const files = new Map(nameFiles(world, defaultClient(world)).map(({ path, contents }) => [path, String(contents)]))
  assert.equal(files.get('/etc/resolv.conf')?.match(/^nameserver /gm)?.length, 3)
  assert.match(files.get('/etc/hosts') ?? '', /^203\.0\.113\.10 laptop$/m)
})
