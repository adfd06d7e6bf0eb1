// What Portolan cannot do it says: bad world files, wrong words, a machine that forbids namespaces. Nothing is started then.

import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { newFolder } from './inside.ts'
import { portolan, PORTOLAN, runProgram, skipWithout, worldsLeft, type Ran } from './portolan.ts'

const skip = skipWithout()
const BAD_WORLD = `portolan: 1
domains: { shop.test: {} }
hosts:
  ns.shop.test: dnss
  www.shop.test: { alises: [x.shop.test], services: [http] }
  a.shop.test: { address: 127.0.0.1 }
firewall: { default: maybe }
faults: [{ host: nobody, delay: fast }]
`
const PROBLEMS = [
  /bad\.yaml:4:17: unknown service "dnss"; did you mean "dns"\?/,
  /bad\.yaml:5:20: unknown key "alises"; did you mean "aliases"\?/,
  /bad\.yaml:6:27: 127\.0\.0\.1 is loopback/,
  /bad\.yaml:7:22: expected allow or reject or drop; got "maybe"/,
  /bad\.yaml:8:18: unknown host "nobody"/,
  /bad\.yaml:8:33: expected a duration/,
  /^6 problems$/m,
]

test('a bad world file: every problem with its place, and nothing started', { skip }, async (t) => {
  const cwd = newFolder({ 'bad.yaml': BAD_WORLD })
  for (const [name, words, code] of [
    ['run', ['run', '--world', 'bad.yaml', '--', 'touch', 'started'], 125],
    ['up', ['up', '--world', 'bad.yaml'], 1],
    ['check', ['check', 'bad.yaml'], 1],
  ] as const) {
    await t.test(name, async () => {
      const ran = await portolan(words, { cwd })
      for (const problem of PROBLEMS) assert.match(ran.stderr, problem)
      assert.deepEqual([ran.code, ran.stdout], [code, ''])
    })
  }
  assert.equal(existsSync(join(cwd, 'started')), false)
  assert.deepEqual(worldsLeft(), [])
})

test('what is not there is named, and nothing started', { skip }, async (t) => {
  const cwd = newFolder()
  const refused = (name: string, words: readonly string[], said: RegExp) =>
    t.test(name, async () => {
      const ran = await portolan(['run', ...words, '--', 'touch', 'started'], { cwd })
      assert.equal(ran.code, 125, ran.stderr)
      assert.match(ran.stderr, said)
      assert.equal(existsSync(join(cwd, 'started')), false)
    })
  await refused('a world file', ['--world', 'nope.yaml'], /world file cannot be read: .*nope\.yaml/)
  await refused('a client', ['--as', 'deskto'], /no client host is called deskto; did you mean desktop\?/)
  await refused('a folder for the capture', ['--pcap', 'no/run.pcapng'], /capture cannot be written: .*no\/run\.pcapng/)
  assert.deepEqual(worldsLeft(), [])
})

test('wrong words are 2, with what was meant', async (t) => {
  const wrong = (words: readonly string[], said: RegExp) =>
    t.test(words.join(' '), async () => {
      const ran = await portolan(words)
      assert.equal(ran.code, 2)
      assert.match(ran.stderr, said)
    })
  await wrong(['run', '--catchall', '--', 'true'], /Did you mean --catch-all\?/)
  await wrong(['rnu'], /Did you mean run\?/)
  await wrong(['run', '--report', 'xml', '--', 'true'], /text, json, none/)
})

/** As on a machine whose administrator set this: in a user namespace of one's own it can be set without root. */
function forbidden(words: string): Promise<Ran> {
  const script = `echo 0 >/proc/sys/user/max_user_namespaces && exec ${PORTOLAN} ${words}`
  return runProgram('unshare', ['-Ur', 'sh', '-c', script])
}

test('where namespaces are forbidden', { skip }, async (t) => {
  await t.test('run is 125, and one paragraph names the block and the remedy', async () => {
    const { code, stdout, stderr } = await forbidden('run -- true')
    assert.deepEqual([code, stdout], [125, ''])
    assert.equal(stderr.trim().split('\n').length, 1)
    assert.match(
      stderr,
      /because the kernel setting user\.max_user_namespaces is 0\. Remedy: sudo sysctl user\.max_user/,
    )
    assert.match(stderr, /`portolan up` serves the same world on loopback/)
  })
  await t.test('doctor is 1, and says the same', async () => {
    const { code, stdout } = await forbidden('doctor')
    assert.equal(code, 1)
    assert.match(stdout, /^missing +user, network and mount namespaces.*max_user_namespaces is 0\n +remedy: /m)
  })
})

test('doctor is content with this machine', { skip: skipWithout('ip') }, async () => {
  const { code, stdout } = await portolan(['doctor'])
  assert.equal(code, 0, stdout)
  assert.doesNotMatch(stdout, /^missing/m)
})
