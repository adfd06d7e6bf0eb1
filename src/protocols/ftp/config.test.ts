// Settings of a world file: what they come to, and what is wrong with others.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isConfigError } from '../../core/index.ts'
import { lonelyWorld, MemoryTree } from '../../sim/index.ts'
import { ftpConfig } from './config.ts'
import { ftp } from './index.ts'
import { DEFAULT_LIMITS } from './server/limits.ts'
import { worldPolicy } from './world-policy.ts'

test('nothing said means the usual', () => {
  const config = ftpConfig.parse(undefined)
  assert.ok(!isConfigError(config))
  assert.deepEqual([config.port, config.securePort], [[21], [990]])
  assert.deepEqual(config.passivePorts, { from: 50_000, to: 50_999 })
  assert.deepEqual([config.tls, config.sessionReuse], ['offer', 'require'])
  assert.deepEqual(config.limits, DEFAULT_LIMITS)
  assert.deepEqual(ftp.ports(config), [
    { transport: 'tcp', port: 21 },
    { transport: 'tcp', port: 990, tls: 'implicit' },
  ])
  assert.deepEqual(ftp.agreedPorts?.(config), [{ from: 50_000, to: 50_999, what: 'passive data ports' }])
  assert.deepEqual(ftp.folders?.(config), [])
})

test('folders are told with their place', () => {
  const config = ftpConfig.parse({ folder: '/a', anonymous: { folder: '/b' } })
  assert.ok(!isConfigError(config))
  assert.deepEqual(ftp.folders?.(config), [
    { path: ['folder'], folder: '/a' },
    { path: ['anonymous', 'folder'], folder: '/b' },
  ])
})

test('anonymous: true is the folder of those with a name, or a place of its own', () => {
  for (const [input, folder] of [
    [{ folder: '/a', write: true, anonymous: true }, '/a'],
    [{ anonymous: true }, undefined],
  ] as const) {
    const config = ftpConfig.parse(input)
    assert.ok(!isConfigError(config))
    assert.deepEqual(config.anonymous, { folder, write: false })
  }
})

test('what is wrong is told with its place', () => {
  const table: readonly (readonly [object, string, RegExp])[] = [
    [{ 'passive-ports': '50000' }, 'passive-ports', /a range of ports/],
    [{ 'passive-ports': '2-1' }, 'passive-ports', /a range of ports/],
    [{ 'passive-ports': '0-1' }, 'passive-ports', /a range of ports/],
    [{ 'passive-ports': '60000-70000' }, 'passive-ports', /a range of ports/],
    [{ tls: 'maybe' }, 'tls', /./],
    [{ anonymous: 'yes' }, 'anonymous', /./],
    [{ limits: { idle: 5 } }, 'limits.idle', /duration/],
    [{ answers: [{ at: 'retr', reply: '226 ok' }] }, 'answers.0.reply', /400 to 599/],
    [{ answers: [{ at: 'fly', reply: '450 no' }] }, 'answers.0.at', /./],
    [{ pasive: 1 }, 'pasive', /unknown key/],
  ]
  for (const [input, path, message] of table) {
    const result = ftpConfig.parse(input)
    assert.ok(isConfigError(result), JSON.stringify(input))
    assert.equal(result.problems[0]?.path.join('.'), path)
    assert.match(result.problems[0]?.message ?? '', message)
  }
})

test('the policy answers from the world', () => {
  const config = ftpConfig.parse({
    quota: '1KiB',
    files: 5,
    answers: [{ at: 'retr', user: 'a@b.test', reply: '450 no' }],
  })
  assert.ok(!isConfigError(config))
  const asked: unknown[] = []
  const lonely = lonelyWorld(['192.0.2.5'], 'ftp')
  const world = {
    ...lonely,
    home: (name: string, quota: object) => {
      asked.push([name, quota])
      return new MemoryTree()
    },
  }
  const policy = worldPolicy(world, config)
  policy.place('a@b.test')
  policy.anonymous()
  policy.anonymous()
  assert.deepEqual(asked, [
    ['a@b.test', { bytesMax: 1024, filesMax: 5 }],
    ['anonymous', { bytesMax: 2 ** 30, filesMax: 100_000 }],
  ])
  assert.deepEqual(
    ['HOST.test.', '192.0.2.5', 'other.test'].map((name) => policy.isHost(name)),
    [true, true, false],
  )
  assert.deepEqual(policy.overrule('retr', { peer: '192.0.2.1', user: 'a@b.test' }), { code: 450, lines: ['no'] })
  assert.equal(policy.overrule('retr', { peer: '192.0.2.1', user: 'c@b.test' }), undefined)
})
